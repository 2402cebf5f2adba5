"""When tickets come and what changes on the way: half hours, days of their own, incidents, steps of the policy."""

import math
from datetime import date, time
from typing import Any

import numpy as np
import pytest

from fatigue_model.bounds import InvalidValues
from router.events import Decided, PolicyPut
from router.replay import replay
from router.snapshot import dump
from router.state import TeamState
from simulations.demand import Tickets, book, tickets
from simulations.engine import simulate
from simulations.hours import instant
from simulations.profile import profile
from simulations.scenario import Scenario, scenario_from
from support.scenarios import busy_team, merged, plain_queue

HOUR_S, DAY_S = 3600.0, 86_400.0
HALVES = [0] * 17 + [4, 1] + [0] * 29  # half past eight and nine


def drawn(scenario: Scenario, days: float = 7) -> tuple[Tickets, float]:
    """The tickets of some days, and the instant of the first midnight."""
    start_s = instant(scenario.run.start, time(0), scenario.run.time_zone)
    return tickets(scenario, 0, book(scenario, 0, start_s), start_s, start_s + days * DAY_S), start_s


def busy(**changes: Any) -> Scenario:
    return plain_queue(1, 1.0, **merged({"demand": {"tickets_per_day": 4800}}, changes))


def near(count: int, expected: float) -> bool:
    """Within four standard deviations of a Poisson number."""
    return abs(count - expected) <= 4 * math.sqrt(expected) + 1e-9


def test_arrivals_follow_half_hours() -> None:
    found, start_s = drawn(busy(demand={"tickets_per_day": 5000, "hour_weights": HALVES}))
    half = np.bincount(((found.created_s - start_s) % DAY_S // (HOUR_S / 2)).astype(int), minlength=48)
    assert near(int(half[17]), 7 * 4000)
    assert near(int(half[18]), 7 * 1000)
    assert half.sum() == half[17] + half[18]


def test_a_weekday_may_have_hours_of_its_own() -> None:
    own = {"wed": HALVES, "sat": [0] * 23 + [1]}
    found, start_s = drawn(busy(demand={"tickets_per_day": 5000, "day_weights": own, "weekday_weights": [1, 1, 1, 1, 1, 0.5, 1]}))
    day, second = np.divmod(found.created_s - start_s, DAY_S)
    assert near(int(np.sum(day == 5)), 2500)
    assert np.all(second[day == 5] >= 23 * HOUR_S)
    assert np.all((second[day == 2] >= 8.5 * HOUR_S) & (second[day == 2] < 9.5 * HOUR_S))
    assert near(int(np.sum((day == 1) & (second < HOUR_S))), 5000 / 24)


@pytest.mark.parametrize(
    ("zone", "day", "lost"), [("Europe/Berlin", date(2026, 3, 29), 1 / 24), ("Australia/Lord_Howe", date(2026, 10, 4), 1 / 48)]
)
def test_half_hours_that_a_change_of_clocks_leaves_out_bring_nothing(zone: str, day: date, lost: float) -> None:
    """Lord Howe goes forward by half an hour; hours and half hours expect the same wherever both have an edge."""
    run = {"start": day, "days": 1, "time_zone": zone}
    start_s = instant(day, time(0), zone)
    fine = profile(busy(run=run, demand={"hour_weights": [1] * 48}), start_s, start_s + 1)
    assert np.all(np.diff(fine[0]) >= 0)
    assert fine[1][-1] == pytest.approx(4800 * (1 - lost))
    assert (fine[0][-1] - start_s) / HOUR_S == pytest.approx(24 - 24 * lost)
    noon_s = instant(day, time(12), zone)
    assert np.interp(noon_s, *fine) == pytest.approx(4800 * (0.5 - lost))


def test_hours_are_two_equal_halves() -> None:
    hours = [0, 0, 1, 2, 3, 0] * 4
    coarse, fine = ({"tickets_per_day": 900, "hour_weights": each} for each in (hours, [each for each in hours for _ in (0, 1)]))
    one, other = drawn(busy(demand=coarse))[0], drawn(busy(demand=fine))[0]
    assert one.created_s == pytest.approx(other.created_s, abs=1e-3)


INCIDENT = {
    "day": 2,
    "at": time(10),
    "duration_h": 2,
    "volume_factor": 4,
    "categories": {"defect": 3, "other": 1},
    "escalation_factor": 2,
}
KINDS: dict[str, Any] = {
    "categories": {"access": {"share": 1}, "defect": {"share": 0}, "other": {"share": 0}},
    "escalation": {"ordinary": 0.2, "difficult": 0.2},
    "run": {"warm_up_days": 1, "days": 6},
}


def inside(found: Tickets, start_s: float, from_h: float, to_h: float) -> np.ndarray[Any, np.dtype[np.bool_]]:
    return (found.created_s >= start_s + from_h * HOUR_S) & (found.created_s < start_s + to_h * HOUR_S)


def test_an_incident_adds_tickets_of_its_own_kinds_that_escalate_more() -> None:
    """On the second day that counts, the third of the run; everything else is as usual."""
    found, start_s = drawn(busy(**KINDS, demand={"tickets_per_day": 24_000}, incidents=[INCIDENT]))
    window = inside(found, start_s, 48 + 10, 48 + 12)
    assert near(int(window.sum()), 2 * 4000)
    assert near(len(found) - int(window.sum()), 24_000 * 7 - 2000)
    kinds = {name: int(np.sum(found.category[window] == name)) for name in ("access", "defect", "other")}
    assert near(kinds["access"], 2000)
    assert near(kinds["defect"], 4500)
    assert near(kinds["other"], 1500)
    assert np.all(found.category[~window] == "access")
    brought = window & (found.category != "access")
    assert found.escalates[brought].mean() == pytest.approx(0.4, abs=0.02)
    assert found.escalates[~brought].mean() == pytest.approx(0.2, abs=0.01)


def test_incidents_that_overlap_add_up() -> None:
    later = {"day": 2, "at": time(11), "duration_h": 2, "volume_factor": 2}
    found, start_s = drawn(busy(**KINDS, demand={"tickets_per_day": 24_000}, incidents=[INCIDENT, later]))
    for from_h, rate in [(9, 1), (10, 4), (11, 5), (12, 2), (13, 1)]:
        assert near(int(inside(found, start_s, 48 + from_h, 49 + from_h).sum()), 1000 * rate)


def test_an_incident_that_adds_nothing_changes_nothing() -> None:
    plain, quiet = (drawn(busy(**KINDS, incidents=incidents))[0] for incidents in ([], [{**INCIDENT, "volume_factor": 1}]))
    assert plain.created_s == pytest.approx(quiet.created_s, abs=1e-3)
    assert np.array_equal(plain.escalates, quiet.escalates)


def test_the_same_customers_come_whether_there_is_an_incident_or_not() -> None:
    plain, hit = (drawn(busy(**KINDS, incidents=incidents))[0] for incidents in ([], [INCIDENT]))
    same = slice(0, len(plain))
    assert len(plain) < len(hit)
    for name in ("account", "channel", "priority", "handle_s", "abuse", "escalation_draw"):  # all kinds take equally long here
        assert np.array_equal(getattr(plain, name), getattr(hit, name)[same])


STEPS = [
    {"day": 2, "at": time(12), "policy": {"automation": {"categories": ["access", "other"], "timeout_s": 60}}},
    {"day": 1, "at": time(13), "policy": {"automation": {"categories": ["access"]}, "rotation_after_escalations": 4}},
]
RAMP: dict[str, Any] = {"policy": {"automation": {"categories": []}}, "policy_steps": STEPS}


def test_steps_of_the_policy_come_in_time_each_over_the_last() -> None:
    run = simulate(busy_team(**RAMP), explain=True)
    start_s = run.world.counts_from_s
    puts = [event for event in run.log if isinstance(event, PolicyPut)]
    assert [(each.version, (each.at_s - start_s) / HOUR_S) for each in puts] == [(1, 0), (2, 13), (3, 36)]
    last = run.state.policy
    assert (last.automation.categories, last.automation.timeout_s) == (("access", "other"), 60)
    assert (last.rotation_after_escalations, last.hard_streak_max) == (4, 2)
    seen: dict[int, set[str]] = {1: set(), 2: set(), 3: set()}
    version = 0
    for event in run.log:
        version = event.version if isinstance(event, PolicyPut) else version
        if isinstance(event, Decided):
            lanes = (record["ticket_id"] for record in event.decisions if record["lane"] == "automation")
            seen[version] |= {str(run.world.tickets.category[run.world.number[ticket]]) for ticket in lanes}
    assert seen == {1: set(), 2: {"access"}, 3: {"access", "other"}}


def test_a_run_with_steps_and_an_incident_is_replayable() -> None:
    kinds = {**INCIDENT, "day": 1}
    run = simulate(busy_team(**RAMP, incidents=[kinds], demand={"tickets_per_day": 40}), explain=True)
    state = TeamState()
    done = replay(state, run.log)
    assert done.differences == ()
    assert done.count > 100
    assert dump(state) == dump(run.state)


def refused(**values: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidValues) as caught:
        scenario_from({"categories": {"access": {}, "defect": {}}, **values})
    return [(each.pointer, each.allowed) for each in caught.value.violations]


@pytest.mark.parametrize(
    ("values", "pointer"),
    [
        ({"incidents": [{"day": 8}]}, "/incidents/0/day"),
        ({"incidents": [{}, {"volume_factor": 0.5}]}, "/incidents/1/volume_factor"),
        ({"incidents": [{"categories": {"acess": 1}}]}, "/incidents/0/categories"),
        ({"incidents": {"day": 1}}, "/incidents"),
        ({"incidents": [3]}, "/incidents/0"),
        ({"policy_steps": [{"day": 8}]}, "/policy_steps/0/day"),
        ({"policy_steps": [{"policy": 3}]}, "/policy_steps/0/policy"),
        ({"policy_steps": [{"policy": {"shadows": 1}}]}, "/policy_steps/0/policy/shadows"),
        ({"policy_steps": [{"policy": {"automation": {"capacity": -1}}}]}, "/policy_steps/0/policy/automation/capacity"),
        ({"policy_steps": [{"policy": {"automation": {"categories": ["x"]}}}]}, "/policy_steps/0/policy/automation/categories"),
        ({"policy_steps": [{"policy": {"break_min_s": 1200}}]}, "/policy_steps/0/policy/break_min_s"),
        ({"policy_steps": [{"policy": {"automation": {"cost_per_draft_usd": 1}}}]}, "/policy_steps/0/policy/automation/cost_per_draft_usd"),
        ({"demand": {"hour_weights": [1] * 47}}, "/demand/hour_weights"),
        ({"demand": {"day_weights": {"monday": [1] * 24}}}, "/demand/day_weights"),
        ({"demand": {"day_weights": {"mon": [1] * 7}}}, "/demand/day_weights/mon"),
    ],
)
def test_what_cannot_happen_is_refused(values: dict[str, Any], pointer: str) -> None:
    assert [each for each, _ in refused(**values)] == [pointer]


def test_a_step_is_checked_with_the_policy_that_it_changes() -> None:
    longer = {"policy": {"break_max_s": 1800}, "policy_steps": [{"policy": {"break_min_s": 1200}}]}
    assert scenario_from(longer).policy_steps[0].policy == {"break_min_s": 1200}
