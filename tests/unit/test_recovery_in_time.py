"""Breaks through restarts, and the instants at which time alone brings a decision."""

from __future__ import annotations

import json
import math
from collections.abc import Callable

import numpy as np
import pytest

from router import readiness, snapshot
from router.decide import decide
from router.events import AccountPut, AgentPut, ExclusionPut, TicketOpened
from router.state import TeamState
from router.timing import next_change_s
from support.build import contact, happen, open_ticket, set_policy, set_status, shifts, take_turn, team, tell
from support.rests import at, current, held, span, view


def test_a_running_break_ends_at_the_same_instant_after_a_restart() -> None:
    state = team()
    held(state, channel="chat")
    contact(state, "ann", at(5), escalated=True)
    again = snapshot.load(json.loads(json.dumps(snapshot.dump(state))))
    for later in (state, again):
        happen(later, "H3", "contact", at(7))
        set_status(later, "ann", "back_office", at(8))
        tell(later, AgentPut(at(9), "ann", "Ann", {"billing": 5}))
    assert span(state) == span(again) == (7, 17)
    assert snapshot.dump(state) == snapshot.dump(again)


def test_a_new_policy_does_not_move_the_end_of_a_break_in_force() -> None:
    state = team()
    contact(state, "ann", at(5), escalated=True)
    set_policy(state, {"break_min_s": 0, "break_max_s": 0})
    assert span(state) == (5, 15)


def test_the_next_change_includes_the_room_that_a_falling_load_leaves() -> None:
    state = team(policy={"fatigue": {"account_memory_gain": 0.0, "load_bound_ratio": 1.2}})
    contact(state, "ann", at(0), escalated=True)
    open_ticket(state, "angry", "another", escalated=True)
    take_turn(state, at(10))
    room_s = next_change_s(state, at(20) + 1)  # nothing else is to come
    assert decide(state, room_s - 0.01) == ()
    assert [each.agent_id for each in decide(state, room_s)] == ["ann"]


# Instants at which time alone brings a decision: a state in which a ticket waits, and when that ends.


def until_break_ends(state: TeamState) -> float:
    contact(state, "ann", at(0), escalated=True)
    open_ticket(state)
    return at(10)


def until_automation_has_had_its_time(state: TeamState) -> float:
    tell(state, TicketOpened(at(0), "T1", "acme", at(0), "T1", category="reset"))
    take_turn(state)
    return at(15)


def until_the_longest_wait(state: TeamState) -> float:
    set_policy(state, POLICY | {"rotation_after_escalations": 1, "max_wait_s": {"urgent": 3333}})
    contact(state, "ann", at(0), account_id="acme", escalated=True)
    open_ticket(state, created_s=at(1), priority="urgent", escalated=True)
    return at(1) + 3333


def until_the_renewal_is_past(state: TeamState) -> float:
    set_status(state, "ann", "offline")
    tell(state, AccountPut(at(0), "acme", renewal_s=at(60) - 86_400))
    open_ticket(state, category="reset")
    return at(60)


def until_the_shift_begins(state: TeamState) -> float:
    tell(state, AgentPut(at(0), "ann", "Ann", shifts=shifts(10 * 60, 11 * 60)))
    open_ticket(state)
    return at(60)


def until_ramp_in_ends(state: TeamState) -> float:
    set_policy(state, POLICY | {"ramp_in": {"contacts": 1, "window_s": 600}})
    contact(state, "ann", at(0.123457), escalated=True)
    held(state)
    open_ticket(state)
    take_turn(state, at(10.2))
    open_ticket(state, "T2", "another")
    return at(20.123457)


def until_an_exclusion_runs_out(state: TeamState) -> float:
    open_ticket(state)
    tell(state, ExclusionPut(at(0), "ann", "acme", "agreed", at(33)))
    return at(33)


POLICY: dict[str, object] = {"automation": {"categories": ["reset"]}}


@pytest.mark.parametrize(
    "until",
    [
        until_break_ends,
        until_automation_has_had_its_time,
        until_the_longest_wait,
        until_the_renewal_is_past,
        until_the_shift_begins,
        until_ramp_in_ends,
        until_an_exclusion_runs_out,
    ],
)
def test_the_next_change_is_when_a_decision_is_due(until: Callable[[TeamState], float]) -> None:
    state = team(policy=POLICY)
    right_s = until(state)
    take_turn(state)
    now_s, looks = state.now_s, 0
    while now_s < right_s:
        assert decide(state, now_s) == ()
        now_s, looks = next_change_s(state, now_s), looks + 1
    assert right_s <= now_s <= right_s + 2e-3
    assert decide(state, now_s - 2e-3) == ()
    assert [each.ticket_id for each in decide(state, now_s)] in (["T1"], ["T2"])
    assert looks <= 5


def test_ramp_in_is_over_when_it_is_said_to_be_however_the_sum_is_rounded() -> None:
    chance = np.random.default_rng(1)
    for _ in range(100):
        state = team(policy={"ramp_in": {"contacts": 1, "window_s": 601}}, at_s=0.0)
        contact(state, "ann", float(chance.uniform(0, 1)), escalated=True)
        state.agents.ramp_ref_s[0], state.agents.ramp_count[0] = current(state).end_s, 1
        open_ticket(state)
        take_turn(state, current(state).end_s)
        assert len(state.waiting) == 1
        assert [each.agent_id for each in decide(state, next_change_s(state, current(state).end_s))] == ["ann"]


def test_a_line_that_falls_below_the_load_is_foreseen_too() -> None:
    fatigue = {"line_points": 2.5, "line_carried_ref_points": 0.1, "carried_share": 1.0, "break_trigger_ratio": 10.0}
    state = team(policy={"fatigue": fatigue | {"ordinary_points": 1.0}})
    contact(state, "ann", at(0))
    assert view(state, 0).state == "ready"
    falls_s = next_change_s(state, at(0))
    assert (readiness.view(state, 0, falls_s - 1).state, readiness.view(state, 0, falls_s).state) == ("ready", "light_duty")
    rises_s = next_change_s(state, falls_s)
    assert (readiness.view(state, 0, rises_s - 1).state, readiness.view(state, 0, rises_s).state) == ("light_duty", "ready")
    assert next_change_s(state, rises_s) == math.inf
