"""The next instant of change is told also where nobody waits, where nobody is there, and where the chance for it soon passes."""

from __future__ import annotations

import math

import pytest

from router import readiness
from router.events import AgentForgotten, DebriefAnswered, LightDutyAsked, QueueAtRisk
from router.state import TeamState
from router.timing import next_change_s
from router.turn import conclude
from support.build import DAY_S, HOUR_S, MINUTE_S, contact, decide_one, open_ticket, rejections, take_turn, team, tell
from support.policies import merged
from support.streams import START_S

WILLING = {"ann": {"debrief_opt_in": True}, "bob": {"debrief_opt_in": True}}
NO_BREAK = {"break_min_s": 0, "break_max_s": 0}


def run_to(state: TeamState, until_s: float) -> list[float]:
    """Take turns at the instants that are told, as a live day does, up to `until_s`; the instants."""
    taken = [state.now_s]
    while (now_s := next_change_s(state, taken[-1])) <= until_s:
        take_turn(state, now_s)
        taken.append(now_s)
    return taken


@pytest.mark.parametrize("fresh_s", [267, 300, 511])
def test_a_debrief_that_becomes_possible_shortly_before_it_is_too_late_is_proposed(fresh_s: int) -> None:
    """Bob took 1 point and may take .15 more once a twentieth has faded, after 266.4 s."""
    fatigue = {"ordinary_points": 1.0, "carried_share": 0.0, "line_points": 1.1}
    state = team(WILLING, merged(NO_BREAK, {"fatigue": fatigue, "debrief": {"min_points": 1.2, "fresh_s": fresh_s}}))
    contact(state, "bob")
    contact(state, "ann", escalated=True)
    run_to(take_turn(state), START_S + HOUR_S)
    assert [each.proposed_s for each in state.debriefs.values()] == [pytest.approx(START_S + 60 * MINUTE_S * math.log2(1 / 0.95), abs=0.01)]


def test_who_wanted_a_debrief_may_listen_as_soon_as_they_want_none_any_more() -> None:
    """Both want one; ann's contact is stale a minute before bob's."""
    state = team(WILLING, merged(NO_BREAK, {"debrief": {"fresh_s": 600}, "fatigue": {"line_points": 20.0}}))
    contact(state, "ann", escalated=True)
    contact(state, "bob", START_S + 60, escalated=True)
    run_to(take_turn(state), START_S + HOUR_S)
    assert [(each.handler_id, each.listener_id) for each in state.debriefs.values()] == [("bob", "ann")]
    assert next(iter(state.debriefs.values())).proposed_s == pytest.approx(START_S + 600, abs=2e-3)


@pytest.mark.parametrize("leaver", ["ann", "bob"])
def test_whoever_was_in_a_debrief_with_somebody_forgotten_is_free(leaver: str) -> None:
    state = team(WILLING, NO_BREAK)
    contact(state, "ann", escalated=True)
    found = next(iter(take_turn(state).debriefs.values()))
    tell(state, *(DebriefAnswered(START_S, found.id, each, "accept") for each in WILLING))
    open_ticket(state)
    assert {each.rule for who in WILLING for each in rejections(decide_one(state), who)} == {"debrief"}
    tell(state, AgentForgotten(START_S + 10, leaver))
    assert state.debriefs == {}
    assert decide_one(state).agent_id == next(each for each in WILLING if each != leaver)


def test_light_duty_that_was_asked_for_ends_at_an_instant_that_is_told_also_where_nobody_waits() -> None:
    state = team()
    tell(state, LightDutyAsked(START_S, "ann", START_S + 600))
    assert readiness.view(state, 0, START_S + 599).state == "light_duty"
    assert next_change_s(state, START_S) == START_S + 600
    assert readiness.view(state, 0, START_S + 600).state == "ready"
    assert next_change_s(state, START_S + 600) == math.inf


def test_a_manager_hears_of_a_late_ticket_of_a_team_that_has_nobody() -> None:
    state = team((), {"max_wait_s": {"normal": 1800}})
    open_ticket(state)
    take_turn(state)
    assert next_change_s(state, START_S) == START_S + 1800
    assert conclude(state, START_S + 1799) == []
    assert [type(each) for each in conclude(state, START_S + 1800)] == [QueueAtRisk]
    assert next_change_s(state, START_S + 1800) == math.inf
    assert conclude(state, START_S + DAY_S) == []


def test_a_late_ticket_comes_to_who_waits_for_cover_as_soon_as_they_are_below_their_line() -> None:
    """Over the bound, which gives way below the line alone: 1.5 points come to the line, 1.45, after 2.9 minutes."""
    fatigue = {"line_points": 1.45, "load_bound_ratio": 1.0, "carried_share": 0.0}
    state = team(policy={"coverage_floor": 1, "max_wait_s": {"normal": 60}, "ramp_in": {"window_s": 0}, "fatigue": fatigue})
    contact(state, "ann", escalated=True)
    ticket = open_ticket(state)
    run_to(take_turn(state), START_S + 5 * MINUTE_S)
    assert ticket.agent_id == "ann"
    assert ticket.since_s == pytest.approx(START_S + 60 * MINUTE_S * math.log2(1.5 / 1.45), abs=2e-3)


@pytest.mark.parametrize("others", [0, 1, 3])
def test_who_remembers_an_account_is_looked_at_when_its_ticket_fits_and_sooner_for_one_that_they_do_not_remember(others: int) -> None:
    """The first look is when ann falls below her line. Acme's ticket counts more for who has had two of theirs than one of anybody else."""
    fatigue = {"ordinary_points": 1.0, "carried_share": 0.0, "line_points": 2.0, "load_bound_ratio": 1.0}
    state = team(["ann"], merged(NO_BREAK, {"fatigue": fatigue}))
    for _ in range(2):
        contact(state, "ann", account_id="acme")
    open_ticket(state)
    for number in range(others):
        open_ticket(state, f"U{number}", f"other-{number}")
    line_s, fits_s = run_to(take_turn(state), START_S + 2 * HOUR_S if others else START_S + 3 * HOUR_S)[1:3]
    assert fits_s - START_S == pytest.approx(4211.73 if others else 7788.65, abs=0.01)
    assert line_s < fits_s
    assert {each.id for each in state.tickets.values() if each.agent_id == "ann"} == {"U0" if others else "T1"}
