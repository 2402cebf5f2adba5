"""A log of calls, one row each, is read into cases: who was served, who hung up, who never asked for anybody."""

import pytest

from fatigue_model.bounds import InvalidValues
from router.policy import Policy
from simulations.calibrate.calls import calls
from simulations.columns import column_map
from simulations.history import MalformedRow, read
from simulations.rerouting import reroute
from support.call_logs import CALLS_MAP, HEADER, calls_map, read_calls, row
from support.histories import EVENTS_MAP, csv_lines


def test_a_served_call() -> None:
    (case,) = read_calls([row("09:00:00", id="a", **{"from": "09:00:30", "to": "09:02:00"}, level="gold", kind="loans")]).cases
    assert (case.id, case.account_id, case.channel, case.priority, case.category) == ("a", "a", "phone", "high", "loans")
    assert [(step.kind, step.agent_id) for step in case.steps] == [("reassigned", "ann"), ("contact", "ann"), ("resolved", "ann")]
    told = calls([case])
    assert (told.wait_s[0], told.service_s[0], told.left[0], told.ahead[0]) == (30.0, 90.0, False, True)


def test_a_caller_who_hangs_up() -> None:
    found = read_calls([row("09:00:00", seconds="75", who="-", end="gone"), row("09:00:10", queue="-", who="-", end="gone")])
    told = calls(found.cases)
    assert (len(found.cases), found.rows) == (1, 2)  # whoever hangs up before the queue waited for nobody
    assert (told.wait_s[0], told.left[0], told.agent[0]) == (75.0, True, -1)


def test_a_call_past_midnight() -> None:
    (case,) = read_calls([row("23:59:50", **{"from": "00:00:20", "to": "00:03:00"})]).cases
    told = calls([case])
    assert (told.wait_s[0], told.service_s[0]) == (30.0, 160.0)


def test_two_clocks_a_tick_apart() -> None:
    (case,) = read_calls([row("09:00:00", **{"from": "08:59:58", "to": "09:01:00"})]).cases
    told = calls([case])
    assert (told.wait_s[0], told.service_s[0]) == (0.0, 60.0)


def test_a_call_without_an_id_is_known_by_its_line() -> None:
    assert [case.id for case in read_calls([row("09:00:00"), row("09:01:00", end="test"), row("09:02:00")]).cases] == ["call-2", "call-4"]


def test_an_outcome_that_the_map_does_not_know_is_counted() -> None:
    found = read_calls([row("09:00:00"), row("09:01:00", end="voicemail")])
    assert (len(found.cases), found.unmapped) == (1, {"outcome 'voicemail'": 1})


def test_other_work_is_no_call_and_keeps_people_busy() -> None:
    told = calls(read_calls([row("09:00:00", to="09:10:00", kind="paper"), row("09:20:00", to="09:21:00")]).cases)
    assert len(told) == 1
    assert [(each.other, each.end_s - each.start_s) for each in told.stretches] == [(True, 600.0), (False, 60.0)]


def test_a_call_that_nobody_is_named_for() -> None:
    told = calls(read_calls([row("09:00:00", to="09:01:00", who="nobody")]).cases)
    assert (told.agent[0], told.left[0], len(told.stretches), len(told.with_known_agent())) == (-1, False, 0, 0)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"to": ""}, "'to' is empty, though the call was served"),
        ({"to": "08:00:00"}, "'to' is '08:00:00', before what it follows"),
        ({"end": "gone", "seconds": "long"}, "'seconds' is 'long', not seconds from 0 to 86400"),
        ({"end": "gone", "seconds": "-1"}, "'seconds' is '-1', not seconds from 0 to 86400"),
        ({"from": "noon"}, "'2024-01-01 noon' is not an instant as time_format '%Y-%m-%d %H:%M:%S' writes it"),
    ],
)
def test_a_malformed_row(told: dict[str, str], why: str) -> None:
    lines = csv_lines([row("09:00:00", **told)], HEADER)
    assert [str(bad) for bad in read(lines, calls_map()).bad] == [f"line 2: {why}"]
    with pytest.raises(MalformedRow):
        read(lines, calls_map(), strict=True)


@pytest.mark.parametrize(
    ("text", "pointer", "allowed"),
    [
        (CALLS_MAP.replace('begun = "from"', ""), "/columns/begun", "a column; shape 'calls' needs it"),
        (CALLS_MAP + '[activities]\nx = "contact"\n', "/activities", "nothing in shape 'calls'"),
        (CALLS_MAP.replace('talk = "served"', ""), "/outcomes", "an outcome that means served; else nobody is"),
        (CALLS_MAP.replace('"served"', '"picked up"'), "/outcomes/talk", "one of served, abandoned, ignored"),
        (CALLS_MAP.replace('case = "id"', 'case = "id"\ncreated = "when"'), "/columns/created", "nothing in shape 'calls'"),
        (EVENTS_MAP + '[outcomes]\nx = "served"\n', "/outcomes", "nothing in shape 'events'"),
    ],
)
def test_a_map_at_odds(text: str, pointer: str, allowed: str) -> None:
    with pytest.raises(InvalidValues) as invalid:
        column_map(text)
    assert (pointer, allowed) in [(each.pointer, each.allowed) for each in invalid.value.violations]


def test_a_log_of_calls_can_be_routed_again() -> None:
    """Who was served had ann; who hung up had nobody, and is offered to whoever is there."""
    rows = [
        row("09:00:00", id="a", to="09:05:00"),
        row("09:01:00", id="b", seconds="30", who="-", end="gone"),
        row("09:10:00", id="c", to="09:15:00"),
    ]
    found = read_calls(rows)
    routed = reroute(found.cases, calls_map(), Policy(), lambda _: None).routed
    assert [(each.case_id, each.had, each.would) for each in routed] == [("a", "ann", "ann"), ("b", None, "ann"), ("c", "ann", "ann")]
