"""A history routed again: the same each time, rotation moves a ticket, and what is taken over from the history stays as it was."""

import pytest

from router.aggregate import gini
from router.policy import Policy, policy_from
from simulations.columns import column_map
from simulations.history import History, read
from simulations.presence import presence
from simulations.rerouting import Rerouting, reroute
from simulations.spread import longest_run, mean_largest_share
from support.histories import TICKETS_MAP, events_map, hard_account, json_lines, read_events

# nothing but the hard rule may move a ticket: who knows the account is worth any load
LOYAL = {"weights": {"continuity": 1000, "load": 0, "account_exposure": 0, "open_work": 0}}


def rerouted(found: History, policy: Policy | None = None) -> Rerouting:
    return reroute(found.cases, events_map(), policy)


def test_the_same_history_gives_the_same_result() -> None:
    found = read_events(hard_account(8, ("ben", "cid")))
    assert rerouted(found) == rerouted(found)


def test_who_answered_the_last_five_escalations_of_an_account_does_not_get_the_sixth() -> None:
    found = read_events(hard_account(6))
    result = rerouted(found, policy_from(LOYAL))
    hard = {row.case_id: row for row in result.routed if row.account_id == "angry"}
    assert {row.had for row in hard.values()} == {"ann"}
    assert [hard[f"hard-{number}"].would for number in range(6)] == ["ann"] * 5 + ["ben"]
    assert [number for number in range(6) if hard[f"hard-{number}"].rotated] == [5]
    assert (result.rotations, result.relaxed) == (1, {})
    assert (result.before.longest_run, result.before.long_runs) == (6, 1)
    assert (result.after.longest_run, result.after.long_runs) == (5, 0)
    assert (result.before.same_agent_share, result.after.same_agent_share) == (1.0, pytest.approx(5 / 6))


def test_the_policy_decides_when_rotation_begins() -> None:
    found = read_events(hard_account(6))
    assert rerouted(found, policy_from(LOYAL | {"rotation_after_escalations": 20})).rotations == 0
    assert rerouted(found, policy_from(LOYAL | {"rotation_after_escalations": 2})).rotations == 2


def test_every_escalation_is_followed_by_a_break() -> None:
    result = rerouted(read_events(hard_account(4)), policy_from({"weights": {"fairness": 20}}))
    assert (result.before.escalations, result.after.escalations) == (4, 4)
    assert (result.breaks, result.breaks_at_work, result.break_s) == (4, 4, 4 * 600.0)
    assert result.contacts_away == 0


def test_automation_takes_what_the_policy_opens_and_gives_back_what_is_re_opened() -> None:
    rows = []
    for number, product in enumerate(("reset", "reset", "other")):
        rows.append((str(number), f"acc{number}", "ann", "take", f"2024-01-01 09:0{number}", "", product))
        rows.append((str(number), f"acc{number}", "ann", "solve", f"2024-01-01 10:0{number}", "", product))
    rows.append(("1", "acc1", "ann", "solve", "2024-01-01 12:00"))  # a second end is none
    rows.append(("0", "acc0", "ann", "take", "2024-01-01 12:00"))  # work after the end
    rows.append(("0", "acc0", "ann", "solve", "2024-01-01 13:00"))
    result = rerouted(read_events(rows), policy_from({"automation": {"categories": ["reset"]}}))
    assert [row.lane for row in result.routed] == ["agent", "automation", "agent"]
    assert [row.would for row in result.routed] == ["ann", None, "ann"]
    assert (result.to_automation, result.came_back, result.automation_usd) == (2, 1, 1.0)
    assert (result.comparable, result.same_agent) == (2, 2)


def test_drafts_are_paid_for_too() -> None:
    rows = [("1", "acc", "ann", what, f"2024-01-01 09:0{minute}", "", "reset") for minute, what in enumerate(("take", "solve"))]
    result = rerouted(read_events(rows), policy_from({"automation": {"draft_categories": ["reset"]}}))
    assert (result.to_automation, result.automation_usd) == (0, 0.25)


def test_an_escalation_brings_an_automated_ticket_to_a_person() -> None:
    whats = (("note", "09:00"), ("escalate", "10:00"), ("solve", "11:00"))
    rows = [("1", "acme", "ann", what, f"2024-01-01 {when}", "", "reset") for what, when in whats]
    result = rerouted(read_events(rows), policy_from({"automation": {"categories": ["reset"]}}))
    assert [(row.lane, row.would) for row in result.routed] == [("agent", "ann")]
    assert (result.to_automation, result.came_back, result.after.escalations) == (1, 1, 1)


def test_a_ticket_of_the_night_waits_for_the_morning() -> None:
    rows = [
        ("1", "acme", "", "note", "2024-01-01 22:00"),
        ("1", "acme", "ann", "solve", "2024-01-02 10:00"),
        ("2", "acme", "", "note", "2024-01-03 22:00"),
        ("2", "acme", "", "solve", "2024-01-03 23:00"),
    ]
    result = rerouted(read_events(rows))
    assert [(row.would, row.waited_s) for row in result.routed] == [("ann", 11 * 3600.0), (None, None)]
    assert result.unserved == 1
    assert (result.before.wait_median_s, result.after.wait_median_s) == (12 * 3600.0, 11 * 3600.0)


def test_presence_is_the_working_day_of_each_day_with_an_act_and_the_acts_outside_it() -> None:
    rows = [
        ("1", "acme", "ann", "note", "2024-07-01 05:00"),
        ("1", "acme", "ann", "solve", "2024-07-01 20:00"),
        ("1", "acme", "robot", "archive", "2024-07-09 20:00"),
        ("2", "acme", "ann", "solve", "2024-07-03 12:00"),
    ]
    spans = presence(read_events(rows).cases, events_map())
    assert list(spans) == ["ann"]
    nine_s = 1_719_824_400.0  # 2024-07-01T09:00Z
    assert spans["ann"] == (
        (nine_s - 4 * 3600, nine_s + 11 * 3600 + 60),
        (nine_s + 48 * 3600, nine_s + 56 * 3600),
    )


def test_skills_are_those_of_the_tickets_that_somebody_worked_on() -> None:
    made = {"organization": "acme", "solved_at": "2024-01-01T12:00:00Z"}
    rows = [
        made | {"id": n, "assignee": who, "created_at": f"2024-01-01T1{n}:00:00Z", "tags": [tag]}
        for n, who, tag in ((0, "ann", "vpn"), (1, "ben", "mac"))
    ]
    columns = column_map(TICKETS_MAP)
    result = reroute(read(json_lines(rows), columns).cases, columns)
    assert [(row.had, row.would) for row in result.routed] == [("ann", "ann"), ("ben", "ben")]


def test_few_people_get_no_aggregate() -> None:
    result = rerouted(read_events(hard_account(4)))
    assert result.before.points_gini is None
    many = rerouted(read_events(hard_account(4, tuple(f"h{n}" for n in range(9)))))
    assert many.before.points_gini is not None
    assert many.after.points_gini is not None
    assert many.after.points_gini < many.before.points_gini


def test_nothing_is_no_error() -> None:
    result = reroute((), events_map())
    assert (result.tickets, result.before.wait_median_s, result.after.same_agent_share) == (0, None, None)


def test_progress_hears_of_every_ticket() -> None:
    heard: list[int] = []
    found = read_events(hard_account(3))
    reroute(found.cases, events_map(), progress=heard.append)
    assert heard == sorted(heard)
    assert heard[-1] == len(found.cases) == 6


def test_spread() -> None:
    assert gini([1, 1, 1]) == pytest.approx(0)
    assert gini([0, 0, 0, 8]) == pytest.approx(3 / 4)
    assert gini([1, 3]) == pytest.approx(1 / 4)
    assert gini([0, 0]) is None
    assert longest_run("aabbba") == 3
    assert longest_run("") == 0
    assert mean_largest_share({"x": "aab", "y": "a", "z": "ab"}) == pytest.approx((2 + 1) / 5)
    assert mean_largest_share({"y": "a"}) is None
