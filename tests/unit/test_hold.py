"""A written ticket is held a little for the agent who is right for it, where that costs less; never a call, never past its target."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from router import snapshot
from router.counterfactual import counterfactual, told
from router.decide import decide
from router.domain import Decision
from router.events import BreakShifted, PolicyRelaxed
from router.explain import sentences
from router.plain import plain
from router.record import as_record
from router.state import TeamState
from router.timing import next_change_s
from router.turn import conclude
from support.build import HOUR_S, contact, decide_one, give, happen, in_hand, open_ticket, set_status, take_turn, team, tell
from support.policies import merged
from support.streams import START_S

BREAK_S = 120.0
SHORT_BREAKS = {"break_min_s": 120, "break_max_s": 120, "weights": {"fairness": 0}}


def known_to_bob(policy: dict[str, Any] | None = None) -> TeamState:
    """Bob knows acme, and is on a break of two minutes; ann is free."""
    state = team(["ann", "bob"], merged(SHORT_BREAKS, policy or {}))
    contact(state, "bob", account_id="acme")
    contact(state, "bob", escalated=True)
    return state


def too_much_for_ann(policy: dict[str, Any] | None = None) -> TeamState:
    """Ann took an escalation of acme a day ago and is free; bob, who never met it, is on a break of two minutes."""
    state = team(["ann", "bob"], merged(SHORT_BREAKS, {"weights": {"continuity": 0}}, policy or {}))
    contact(state, "ann", START_S - 0.0, account_id="acme", escalated=True)
    contact(state, "bob", START_S + 24 * HOUR_S, escalated=True)
    return state


def held_for(decision: Decision) -> tuple[str | None, float | None, str | None]:
    waits_for = decision.waits_for or {}
    return waits_for.get("agent_id"), waits_for.get("ready_s"), waits_for.get("why")


@pytest.mark.parametrize(("build", "why"), [(known_to_bob, "continuity"), (too_much_for_ann, "account_exposure")])
def test_it_waits_for_the_right_agent_and_goes_to_them(build: Callable[[], TeamState], why: str) -> None:
    state = build()
    opened_s = state.now_s
    open_ticket(state)
    decision = decide_one(state)
    assert (decision.lane, held_for(decision)) == ("queue", ("bob", opened_s + BREAK_S, why))
    assert any(line.startswith("It is held for bob") for line in sentences(as_record(decision)))
    take_turn(state)
    assert decide(state, opened_s + BREAK_S / 2) == ()
    assert next_change_s(state, opened_s) == opened_s + BREAK_S
    after = decide_one(state, now_s=opened_s + BREAK_S)
    assert (after.agent_id, after.relaxed) == ("bob", ())


def test_what_keeps_it_from_who_is_free_is_the_hold_alone() -> None:
    state = known_to_bob()
    open_ticket(state)
    found = counterfactual(as_record(decide_one(state)), "ann", state)
    assert found is not None
    assert (found.lifts, found.gap, found.busy, found.held_for) == ((), None, False, "bob")
    assert told(plain(found) | {"dearer": False}) == ("Nothing keeps ticket T1 from ann but that it is held a little for bob.",)


def test_a_choice_to_hold_needs_no_explanation() -> None:
    state = known_to_bob()
    open_ticket(state)
    (bare,) = decide(state, state.now_s, explain=False)
    assert held_for(bare) == held_for(decide_one(state))


@pytest.mark.parametrize(
    ("policy", "fields"),
    [
        ({}, {"channel": "chat"}),
        ({}, {"channel": "phone"}),
        ({"hold_max_s": 0}, {}),
        ({"hold_max_s": 119}, {}),
        ({}, {"target_s": START_S + 119}),
        ({"max_wait_s": {"normal": 119}}, {}),
        ({}, {"priority": "urgent"}),  # two minutes of an urgent customer's wait cost 20
        ({"weights": {"continuity": 1}}, {}),
    ],
    ids=["chat", "phone", "turned off", "too short", "target", "longest wait", "urgent", "worth less than the wait"],
)
def test_what_is_not_held(policy: dict[str, Any], fields: dict[str, Any]) -> None:
    state = known_to_bob(policy)
    open_ticket(state, **fields)
    decision = decide_one(state)
    assert (decision.agent_id, decision.relaxed) == ("ann", ())


def test_a_web_form_is_held_like_an_email() -> None:
    state = known_to_bob()
    open_ticket(state, channel="web")
    assert decide_one(state).lane == "queue"


def test_a_full_desk_is_not_waited_for() -> None:
    state = team({"ann": {}, "bob": {"concurrency": (1, 1, 1)}}, SHORT_BREAKS)
    contact(state, "bob", account_id="acme")
    in_hand(state, "bob")
    open_ticket(state)
    assert decide_one(state).agent_id == "ann"


def test_who_will_not_be_allowed_then_is_not_waited_for() -> None:
    state = known_to_bob({"hard_streak_max": 1, "fatigue": {"load_bound_ratio": 1.0}})
    open_ticket(state, escalated=True)
    assert decide_one(state).agent_id == "ann"


def test_a_ramp_in_is_waited_for_too() -> None:
    state = team(["ann", "bob"], {"ramp_in": {"contacts": 1, "window_s": 100}, "weights": {"fairness": 0, "open_work": 0}})
    contact(state, "bob", account_id="acme")
    set_status(state, "bob", "away")
    set_status(state, "bob", "online", START_S + HOUR_S)
    set_status(state, "ann", "away")
    set_status(state, "ann", "online", START_S + HOUR_S)
    in_hand(state, "bob")
    open_ticket(state)
    assert held_for(decide_one(state)) == ("bob", START_S + HOUR_S + 100, "continuity")


def test_a_pending_break_is_waited_for_with_its_whole_length() -> None:
    state = team(["ann", "bob"], merged(SHORT_BREAKS, {"pending_deadline_s": 60, "weights": {"open_work": 0}}))
    contact(state, "bob", account_id="acme")
    in_hand(state, "bob", channel="chat")
    contact(state, "bob", escalated=True)
    open_ticket(state)
    assert held_for(decide_one(state)) == ("bob", START_S + 60 + BREAK_S, "continuity")


# The end of a hold.


def held() -> TeamState:
    state = known_to_bob()
    open_ticket(state)
    return take_turn(state)


@pytest.mark.parametrize(
    "how",
    [
        lambda state: tell(state, BreakShifted(state.now_s, "bob", 600.0)),
        lambda state: set_status(state, "bob", "offline"),
        lambda state: happen(state, "T1", "declined", agent_id="bob"),
    ],
    ids=["the break is moved", "gone", "declined"],
)
def test_when_they_will_not_come_it_goes_to_the_best_free_one_and_says_so(how: Callable[[TeamState], Any]) -> None:
    state = held()
    how(state)
    decision = decide_one(state)
    assert (decision.agent_id, decision.relaxed) == ("ann", ("continuity",))
    logged = conclude(state, state.now_s)
    assert PolicyRelaxed(state.now_s, "T1", decision.id, ("continuity",)) in logged


def test_when_they_are_back_and_full_it_goes_to_somebody_else_and_says_so() -> None:
    state = held()
    for number in range(5):
        give(state, open_ticket(state, f"B{number}", f"account-{number}").id, "bob")
    assert decide(state, state.now_s) == ()
    after = decide_one(state, now_s=START_S + BREAK_S)
    assert (after.agent_id, after.relaxed) == ("ann", ("continuity",))


def test_from_one_break_into_the_next_it_is_held_no_longer_in_all() -> None:
    state = held()
    contact(state, "bob", START_S + BREAK_S, escalated=True)  # the next break begins when the first is over
    assert decide(state, state.now_s) == ()
    contact(state, "bob", START_S + 2 * BREAK_S, escalated=True)  # and would end six minutes after the ticket came
    assert (decide_one(state).agent_id, decide_one(state).relaxed) == ("ann", ("continuity",))


def test_a_ticket_that_comes_back_may_be_held_again() -> None:
    state = held()
    give(state, "T1", "ann")
    assert state.tickets["T1"].held_for is None


def test_others_are_served_meanwhile() -> None:
    state = held()
    open_ticket(state, "T2", "other")
    assert decide_one(state, "T2").agent_id == "ann"


def test_a_hold_goes_through_a_checkpoint() -> None:
    state = snapshot.load(snapshot.dump(held()))
    assert decide(state, START_S + 1) == ()
    assert decide_one(state, now_s=START_S + BREAK_S).agent_id == "bob"
