"""Rows become cases in the order of time; a malformed row is told with its line and reason, and stops nothing unless asked."""

import json
import math

import pytest

from fatigue_model.bounds import InvalidValues
from simulations.columns import column_map
from simulations.entries import Step
from simulations.history import History, MalformedRow, read
from simulations.rows import NoHeader
from support.histories import EVENTS_MAP, HEADER, TICKETS_MAP, csv_lines, events_map, json_lines, read_events

NINE_S = 1_704_099_600.0  # 2024-01-01T09:00Z
GOOD = ("1", "acme", "ann", "solve", "2024-01-01 09:00")


def bad(found: History) -> dict[int, str]:
    return {each.line: each.reason for each in found.bad}


def test_events_become_cases() -> None:
    rows = [
        ("2", "beta", "ben", "solve", "2024-01-01 12:00"),
        ("1", "acme", "ann", "answer", "2024-01-01 10:00", "P1", "billing", ""),
        ("1", "acme", "ann", "take", "2024-01-01 09:00", "high", "", ""),
        ("1", "acme", "ann", "solve", "2024-01-01 11:00"),
        ("1", "acme", "robot", "archive", "2024-02-01 11:00"),
    ]
    found = read_events(rows)
    assert [case.id for case in found.cases] == ["1", "2"]
    first = found.cases[0]
    assert (first.account_id, first.opened_s, first.priority, first.category) == ("acme", NINE_S, "high", "billing")
    assert [(step.kind, step.agent_id, step.at_s - NINE_S) for step in first.steps] == [
        ("reassigned", "ann", 0.0),
        ("contact", "ann", 3600.0),
        ("resolved", "ann", 7200.0),
    ]
    assert (found.rows, found.bad, found.unmapped) == (5, (), {})


def test_work_after_the_end_re_opens_a_case_and_a_second_end_is_none() -> None:
    whats = ("solve", "solve", "note", "archive", "answer", "solve")
    rows = [("1", "acme", "ann", what, f"2024-01-01 09:0{minute}") for minute, what in enumerate(whats)]
    (case,) = read_events(rows).cases
    assert [step.kind for step in case.steps] == ["resolved", "message", "reopened", "contact", "resolved"]


def test_an_escalation_by_column_counts_from_the_row_that_first_says_so() -> None:
    rows = [
        ("1", "acme", "ann", "take", "2024-01-01 09:00", "", "", "ja"),
        ("2", "acme", "ann", "take", "2024-01-01 09:00", "", "", ""),
        ("2", "acme", "ann", "answer", "2024-01-01 10:00", "", "", "yes"),
        ("3", "acme", "ann", "solve", "2024-01-01 09:00", "", "", ""),
        ("3", "acme", "robot", "archive", "2024-01-01 10:00", "", "", "yes"),
    ]
    cases = read_events(rows).cases
    assert [case.escalated for case in cases] == [True, False, False]
    assert [step.kind for step in cases[1].steps] == ["reassigned", "escalated", "contact"]
    assert [step.kind for step in cases[2].steps] == ["resolved"]


def test_the_zone_of_the_map_holds_where_the_instant_has_no_offset() -> None:
    text = EVENTS_MAP.replace('"UTC"', '"Europe/Rome"').replace('"%Y-%m-%d %H:%M"', '"iso8601"')
    rows = [(str(n), "acme", "ann", "solve", when) for n, when in enumerate(["2024-07-01T11:00", "2024-07-01T11:00+01:00"])]
    naive, aware = read(csv_lines(rows), column_map(text)).cases
    assert aware.opened_s - naive.opened_s == 3600.0


def test_malformed_rows_are_counted_by_line_and_the_rest_is_read() -> None:
    rows = [
        GOOD,
        ("", "acme", "ann", "solve", "2024-01-01 09:00"),
        ("3", "acme", "ann", "solve", "yesterday"),
        ("4", "acme", "ann", "solve", "1969-01-01 09:00"),
        ("a/b", "acme", "ann", "solve", "2024-01-01 09:00"),
        ("6", "", "ann", "solve", "2024-01-01 09:00"),
        ("7", "acme", "ann", "solve", "2024-01-01 09:00", "", "p" * 101),
        GOOD,
    ]
    lines = csv_lines(rows)
    lines.insert(3, "too,few\n")
    lines.insert(4, "\n")
    found = read(lines, events_map())
    assert [case.id for case in found.cases] == ["1"]
    assert found.rows == 3  # the one without an account was well formed; its case was not
    assert bad(found) == {
        3: "the case id is empty",
        4: "2 columns; the header has 8",
        6: "'yesterday' is not an instant as time_format '%Y-%m-%d %H:%M' writes it",
        7: "'when' is '1969-01-01 09:00', not from 1970 to 2200",
        8: "'case' is not an id: at most 200 characters without slashes and control characters, not 'a/b'",
        9: "no row of case '6' names an account",
        10: f"'product' is not a name: at most 100 characters and control characters, not '{'p' * 50}'",
    }


def test_a_quoted_field_may_hold_lines_and_its_row_has_the_number_of_the_first() -> None:
    lines = csv_lines([("1", "acme", "ann", "solve", "2024-01-01 09:00", "", "two\nlines"), ("2", "acme", "ann", "solve", "never")])
    found = read(lines, events_map())
    assert set(bad(found)) == {2, 4}  # a name has no line end; the second row begins on line 4
    (case,) = read([lines[0], '1,acme,ann,solve,2024-01-01 09:00,,x,"a\n', 'b"\n'], events_map()).cases
    assert case.category == "x"


def test_a_quote_that_is_not_closed_says_how_far_it_reaches() -> None:
    lines = csv_lines([GOOD, GOOD, GOOD])
    lines[2] = '"' + lines[2]
    found = read(lines, events_map())
    assert bad(found) == {3: "1 columns; the header has 8; it reaches to line 4, is a quote not closed?"}
    with pytest.raises(InvalidValues, match="an encoding in which the header is text"):
        read(["ca\udcffse,customer\n"], events_map())


def test_bytes_that_are_no_text_stop_the_reading() -> None:
    """Half of a file would be in the way of the other half, read in its true encoding."""
    with pytest.raises(InvalidValues, match=r"^/encoding: 'utf-8-sig' is not allowed; allowed: one in which line 3 is text"):
        read([*csv_lines([GOOD]), "2,ac\udcffme,ann,solve,2024-01-01 09:00,,,\n"], events_map())
    with pytest.raises(InvalidValues, match=r"^/encoding: 'utf-8-sig' .* line 2 is text"):
        read([*json_lines([TICKET]), '{"id": "9", "organization": "ac\udcffme"}\n'], TICKETS)


@pytest.mark.parametrize("other", [";", "\t", "|"])
def test_another_delimiter_is_said_and_nothing_else(other: str) -> None:
    lines = [line.replace(",", other) for line in csv_lines([GOOD])]
    with pytest.raises(InvalidValues) as found:
        read(lines, events_map())
    (violation,) = found.value.violations
    assert (violation.pointer, violation.given) == ("/delimiter", ",")
    assert repr(other) in violation.allowed
    assert read(lines, events_map(delimiter=json.dumps(other))).rows == 1


@pytest.mark.parametrize("lines", [[], ["\n"], [" , \n", "1,2\n"]])
def test_a_csv_without_a_header_says_so(lines: list[str]) -> None:
    with pytest.raises(NoHeader):
        read(lines, events_map())


def test_a_field_beyond_all_bounds_is_malformed() -> None:
    found = read([*csv_lines([GOOD]), f"2,{'x' * 200_000},ann,solve,2024-01-01 09:00,,,\n", *csv_lines([GOOD])[1:]], events_map())
    assert list(bad(found)) == [3]
    assert found.rows == 2


def test_an_unknown_activity_is_ignored_and_counted_or_malformed() -> None:
    rows = [GOOD, ("1", "acme", "ann", "dance", "2024-01-01 09:01")]
    assert read_events(rows).unmapped == {"activity 'dance'": 1}
    assert bad(read_events(rows, strict_activities="true")) == {3: "activity 'dance' is not in the map"}


def test_an_unknown_priority_is_normal_and_counted() -> None:
    found = read_events([(*GOOD, "P9")])
    assert found.cases[0].priority == "normal"
    assert found.unmapped == {"priority 'P9'": 1}


def test_the_future_is_malformed() -> None:
    found = read(csv_lines([GOOD]), events_map(), latest_s=NINE_S - 1)
    assert bad(found) == {2: "'when' is '2024-01-01 09:00', which lies in the future"}


def test_strict_raises_the_first_malformed_row() -> None:
    with pytest.raises(MalformedRow, match="line 3: the case id is empty") as raised:
        read(csv_lines([GOOD, ("",), ("",)]), events_map(), strict=True)
    assert raised.value.bad.line == 3
    with pytest.raises(MalformedRow, match="line 2: no row of case '1' names an account"):
        read(csv_lines([("1", "", *GOOD[2:])]), events_map(), strict=True)


def test_columns_that_the_header_lacks_are_all_named() -> None:
    with pytest.raises(InvalidValues) as invalid:
        read(["case,customer,what,flag\n"], events_map())
    assert [each.pointer for each in invalid.value.violations] == [
        "/columns/agent",
        "/columns/time",
        "/columns/priority",
        "/columns/category",
    ]


def test_a_name_that_stands_twice_may_not_be_read_but_may_stand_there() -> None:
    assert len(read(csv_lines([(*GOOD, "", "", "", "x", "y")], (*HEADER, "Variant", "Variant")), events_map()).cases) == 1
    with pytest.raises(InvalidValues, match="this name is on columns 8 and 9"):
        read(csv_lines([GOOD], (*HEADER, "flag")), events_map())


TICKETS = column_map(TICKETS_MAP)
TICKET = {"id": 7, "organization": "acme", "assignee": "ann", "created_at": "2024-01-01T09:00:00Z", "solved_at": "2024-01-02T09:00:00Z"}


def test_one_row_per_ticket() -> None:
    open_one = TICKET | {"id": 8, "solved_at": None, "tags": ["vpn", "", "vpn", "mac"]}
    unassigned = TICKET | {"id": 9, "assignee": None, "solved_at": None}
    found = read(json_lines([TICKET, open_one, unassigned]), TICKETS)
    assert [(case.id, case.steps, case.skills) for case in found.cases] == [
        ("7", (Step(NINE_S + 86_400.0, "resolved", "ann"),), ()),
        ("8", (Step(NINE_S, "reassigned", "ann"),), ("vpn", "mac")),
        ("9", (), ()),
    ]


def test_malformed_json_lines() -> None:
    lines = json_lines([TICKET, TICKET, TICKET | {"id": 8, "solved_at": "2023-01-01T09:00:00Z"}, TICKET | {"id": {"a": 1}}])
    lines += ["\n", "{\n", "[]\n", '{"id": "9", "organization": "\\ud800", "created_at": "2024-01-01T09:00:00Z"}\n']
    lines += [*json_lines([TICKET | {"id": 10, "created_at": "2024-01-01"}, TICKET | {"id": ["x"]}]), "[" * 100_000]
    found = read(lines, TICKETS)
    assert bad(found) == {
        2: "case '7' came before, on line 1",
        3: "resolved before it was created",
        4: "'id' holds neither text nor a number",
        6: "not JSON: Expecting property name enclosed in double quotes: line 2 column 1 (char 2)",
        7: "not a JSON object",
        8: "'organization' holds half a character",
        9: "'2024-01-01' has no offset, and the map no time_zone",
        10: "'id' holds a list",
        11: bad(found)[11],
    }
    assert bad(found)[11].startswith("not JSON: ")


@pytest.mark.parametrize("when", [math.nan, math.inf, -1, 1e300, "soon"])
def test_unix_instants_are_bounded(when: object) -> None:
    columns = column_map('time_format = "unix"\n' + TICKETS_MAP)
    assert read(json_lines([TICKET | {"created_at": NINE_S, "solved_at": NINE_S + 1}]), columns).cases[0].opened_s == NINE_S
    assert list(bad(read(json_lines([TICKET | {"created_at": when}]), columns))) == [1]
