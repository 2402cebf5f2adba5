"""From a team's state to its plan and back into routing: what is planned for whom, what stays, what a decision makes of it."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from router import snapshot
from router.domain import Decision
from router.events import BreakSkipped, DebriefProposed, PlanPut, TicketOpened, decode, encode
from router.plain import plain
from router.plan import check
from router.plan.draft import draft
from router.plan.forecast import WEEK_S
from router.plan.gather import SLOT_S, problem_from
from router.plan.problem import Activity
from router.plan.published import Entry, Plan
from router.replay import replay
from router.state import TeamState
from router.turn import turn
from support.build import (
    DAY_S,
    HOUR_S,
    MINUTE_S,
    contact,
    cost_of,
    decide_one,
    open_ticket,
    put_plan,
    rejections,
    set_policy,
    set_status,
    shifts,
    team,
    tell,
)
from support.streams import START_S

DAY = shifts(8 * 60, 17 * 60)  # it is 09:00


def activity(state: TeamState, activity_id: str, now_s: float = START_S) -> Activity | None:
    return next((each for each in problem_from(state, now_s).activities if each.id == activity_id), None)


def test_slots_begin_at_full_five_minutes_after_now() -> None:
    problem = problem_from(team(), START_S + 61)
    assert (problem.start_s, problem.slot_s, problem.slots) == (START_S + SLOT_S, SLOT_S, 36)


def test_who_is_at_work_or_comes_is_planned_and_nobody_else() -> None:
    agents: dict[str, dict[str, Any]] = {
        "ann": {"shifts": DAY},
        "bob": {"status": "away"},
        "cem": {"shifts": shifts(10 * 60, 18 * 60), "status": "offline"},
        "dee": {"shifts": shifts(20 * 60, 23 * 60)},
        "eva": {"shifts": shifts(8 * 60, 10 * 60)},
    }
    found = {each.id: each.on for each in problem_from(team(agents), START_S).members}
    assert found == {"ann": (0, 36), "cem": (11, 36), "eva": (0, 11)}


def test_a_lunch_lies_in_the_middle_third_of_a_long_shift_and_once_is_enough() -> None:
    state = team({"ann": {"shifts": DAY}, "bob": {"shifts": shifts(8 * 60, 13 * 60)}})
    lunch = activity(state, "lunch:ann")
    assert lunch is not None
    assert (lunch.earliest, lunch.latest, lunch.length) == (23, 30, 6)  # from 11:00; the hours ahead end at 12:05
    assert activity(state, "lunch:bob") is None
    set_status(state, "ann", "away", START_S + HOUR_S)  # half an hour at ten is no lunch, at noon it is
    set_status(state, "ann", "online", state.now_s + 30 * MINUTE_S)
    assert activity(state, "lunch:ann", state.now_s) is not None
    set_status(state, "ann", "away", START_S + 3 * HOUR_S)
    set_status(state, "ann", "online", state.now_s + 30 * MINUTE_S)
    assert activity(state, "lunch:ann", state.now_s) is None


def test_a_break_that_is_owed_comes_within_half_an_hour() -> None:
    state = team(["ann", "bob"])
    contact(state, "ann", escalated=True)
    assert activity(state, "break:ann") is None
    assert next(each for each in problem_from(state, START_S).members if each.id == "ann").busy == ((0, 1),)  # 09:00 to 09:10
    tell(state, BreakSkipped(START_S, "ann", "a fire"))
    owed = activity(state, "break:ann")
    assert owed is not None
    assert (owed.earliest, owed.latest, owed.length) == (0, 6, 2)


def test_no_break_is_planned_for_whom_time_off_shift_will_have_rested_by_then() -> None:
    state = team({"ann": {"shifts": DAY}})
    contact(state, "ann", START_S + 7 * HOUR_S, escalated=True)
    tell(state, BreakSkipped(START_S + 7 * HOUR_S, "ann", "a fire"))
    assert activity(state, "break:ann", state.now_s) is not None
    for before_min in (20, 1, -10):  # of the next shift, at 08:00
        now_s = START_S + DAY_S - HOUR_S - before_min * MINUTE_S
        assert [each.id for each in problem_from(state, now_s).members] == ["ann"]
        assert activity(state, "break:ann", now_s) is None


@pytest.mark.parametrize("hard", [1, 2])
def test_a_break_is_expected_after_hard_contacts_or_above_the_line(hard: int) -> None:
    state = team(["ann", "bob"], {"fatigue": {"ordinary_points": 0.5, "line_points": 20}})
    for _ in range(hard):
        contact(state, "ann")
    assert (activity(state, "expected:ann") is not None) == (hard == 2)
    assert activity(state, "expected:bob") is None
    above = team(["ann", "bob"], {"fatigue": {"ordinary_points": 0.1, "line_points": 0.25}})
    for _ in range(3):
        contact(above, "ann")
    assert activity(above, "expected:ann") is not None


def test_a_debrief_that_is_offered_gets_one_slot_for_both() -> None:
    state = team(["ann", "bob", "cem"])
    tell(state, DebriefProposed(START_S, "f1", "ann", "bob", "T1", "acme", START_S, 0.1, START_S + 600))
    plan = draft(problem_from(state, START_S))
    found = [(each.agent_id, each.kind, each.start_s, each.partner_id) for each in plan.entries]
    begin_s = START_S + SLOT_S
    assert found == [("ann", "debrief", begin_s, "bob"), ("bob", "debrief", begin_s, "ann")]


def test_the_forecast_is_what_came_at_this_time_of_past_weeks() -> None:
    state = team()
    for week in (3, 2, 1):
        for number in range(12):
            at_s = START_S - week * WEEK_S + HOUR_S + number * MINUTE_S
            open_ticket(state, f"W{week}-{number}", created_s=at_s, skills=("export",), expected_handle_s=1500)
    floors = {each.skill: each.need for each in problem_from(state, START_S).floors}
    assert set(floors) == {None, "export"}
    assert floors["export"] == floors[None]
    # 12 tickets of 25 minutes, spread over an hour and five minutes: 4.6 people; none an hour later
    assert max(floors["export"]) == 5
    assert floors["export"][30:] == (0,) * 6


def test_without_a_past_week_the_last_hours_count() -> None:
    state = team(policy={"coverage_floor": 1})
    for number in range(12):
        open_ticket(state, f"T{number}", created_s=START_S - number * 600, expected_handle_s=1200)
    floors = {each.skill: each.need for each in problem_from(state, START_S).floors}
    assert floors == {None: (2,) * 36}  # 6 an hour for 20 minutes each
    assert {each.skill: each.need for each in problem_from(team(policy={"coverage_floor": 3}), START_S).floors} == {None: (3,) * 36}


def test_the_coverage_floor_is_one_of_each_skill_that_somebody_has() -> None:
    state = team({"ann": {"skills": {"export": 3}}, "bob": {"skills": {"billing": 1}}}, {"coverage_floor": 2})
    open_ticket(state, skills=("print",))
    floors = {each.skill: each.need for each in problem_from(state, START_S).floors}
    assert floors == {None: (2,) * 36, "billing": (2,) * 36, "export": (2,) * 36, "print": (1,) * 36}


def test_lunches_of_a_small_team_do_not_fall_together_and_stay_where_they_are_planned() -> None:
    state = team({each: {"shifts": DAY, "skills": {"export": 3}} for each in ("ann", "bob", "cem")}, {"coverage_floor": 2})
    problem = problem_from(state, START_S + HOUR_S)
    plan = draft(problem)
    lunches = sorted((each.start_s, each.end_s) for each in plan.entries if each.kind == "lunch")
    assert len(lunches) == 3
    assert all(before[1] <= after[0] for before, after in pairwise(lunches))
    assert plan.status == "optimal"
    tell(state, PlanPut(START_S + HOUR_S, plain(plan)))
    again = problem_from(state, START_S + HOUR_S + 7 * MINUTE_S)
    assert check.moved(again, {name.id: dict(again.last)[name.id] for name in again.activities}) == ()
    assert draft(again).entries == plan.entries


def test_what_has_begun_is_not_planned_again() -> None:
    state = put_plan(team({"ann": {"shifts": DAY}}), ("ann", "lunch", 0, 30))
    problem = problem_from(state, START_S)
    assert problem.activities == ()
    assert problem.members[0].busy == ((0, 5),)


def test_a_plan_is_kept_in_log_and_checkpoint() -> None:
    state = put_plan(team(["ann", "bob"]), ("ann", "break", 5, 15), reserve=("bob",))
    assert state.plan is not None
    assert snapshot.load(json.loads(json.dumps(snapshot.dump(state)))).plan == state.plan
    event = PlanPut(START_S, plain(state.plan))
    kind, values = encode(event)
    assert decode(kind, json.loads(json.dumps(values))) == event


def test_decisions_under_a_plan_are_derived_again_without_solving_it_again() -> None:
    state = team(["ann", "bob"])
    before = snapshot.load(snapshot.dump(state))
    plan = Plan(START_S, START_S + HOUR_S, SLOT_S, "feasible", 7, 1, (Entry("ann", "break", START_S + 300, START_S + 900),))
    opened = TicketOpened(START_S, "T1", "acme", START_S, "T1")
    log = turn(state, [PlanPut(START_S, plain(plan)), opened], START_S)
    found = replay(before, log)
    assert (found.count, found.differences) == (1, ())
    assert state.tickets["T1"].agent_id == before.tickets["T1"].agent_id == "bob"


def with_plan(*entries: tuple[str, str, float, float], reserve: tuple[str, ...] = (), **fields: Any) -> Decision:
    state = put_plan(team(["ann", "bob"]), *entries, reserve=reserve)
    open_ticket(state, **fields)
    return decide_one(state)


def test_a_ticket_that_would_reach_into_a_break_goes_to_somebody_else() -> None:
    assert with_plan().agent_id == "ann"
    assert with_plan(("ann", "break", 5, 15)).agent_id == "bob"
    assert with_plan(("ann", "debrief", 5, 10)).agent_id == "bob"
    assert with_plan(("ann", "break", 11, 20)).agent_id == "ann"  # done in ten minutes
    assert with_plan(("ann", "break", 11, 20), expected_handle_s=900.0).agent_id == "bob"
    both = with_plan(("ann", "break", 5, 15), ("bob", "break", 6, 16))
    assert (both.agent_id, cost_of(both, "plan")) == ("bob", 2000)  # four of ten minutes, half a minute each


def test_a_plan_forbids_nothing() -> None:
    state = put_plan(team(["ann"]), ("ann", "break", 0, 15), reserve=("ann",))
    open_ticket(state)
    decision = decide_one(state)
    assert (decision.agent_id, rejections(decision, "ann")) == ("ann", ())


def test_the_reserve_is_kept_for_what_is_hot() -> None:
    assert with_plan(reserve=("ann",)).agent_id == "bob"
    assert with_plan(reserve=("ann",), escalated=True).agent_id == "ann"


def test_a_plan_that_has_run_out_says_nothing() -> None:
    state = put_plan(team(["ann", "bob"]), ("ann", "break", 170, 190), reserve=("ann",))
    open_ticket(state, at_s=START_S + 3 * HOUR_S)
    assert decide_one(state).agent_id == "ann"


def test_the_reserve_stays_who_it_was_and_the_tired_are_not_in_it() -> None:
    state = team(["ann", "bob", "cem"], {"break_min_s": 0, "break_max_s": 0})
    problem = problem_from(state, START_S)
    assert draft(problem).reserve == ("ann",)
    assert draft(problem, kept=("cem",)).reserve == ("cem",)
    contact(state, "cem", escalated=True)
    assert draft(problem_from(state, START_S), kept=("cem",)).reserve == ("ann",)


def test_what_is_shown_of_the_coverage_leaves_expected_breaks_out() -> None:
    problem = problem_from(set_policy(team(["ann", "bob"]), {"coverage_floor": 1}), START_S)
    expected = Activity("expected:ann", "ann", "expected", 0, 3, 2)
    quiet, busy = (draft(replace(problem, activities=each)) for each in ((), (expected,)))
    assert [each.kind for each in busy.entries] == ["expected"]
    assert busy.cover == quiet.cover
    assert busy.cover[0].there == (2,) * 36
