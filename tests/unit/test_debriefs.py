"""Debriefs: who is asked and who is not, that both must want it, what it costs whom, and that nobody else hears of it."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC
from typing import Any

import pytest

from router import debrief, snapshot
from router.aggregate import debriefs_last_week
from router.domain import Debrief
from router.errors import Conflict, Refused, Unknown
from router.events import AgentForgotten, AgentPut, DebriefAnswered
from router.ledger import recompute
from router.state import TeamState
from router.statement import sentences, statement
from router.timing import next_change_s
from support.build import (
    DAY_S,
    HOUR_S,
    MINUTE_S,
    contact,
    decide_one,
    give,
    happen,
    in_hand,
    open_ticket,
    set_status,
    take_turn,
    team,
    tell,
)
from support.policies import merged
from support.streams import START_S

WILLING = {"debrief_opt_in": True}
NO_BREAK = {"break_min_s": 0, "break_max_s": 0}


def pair(policy: dict[str, Any] | None = None, ann: dict[str, Any] | None = None, bob: dict[str, Any] | None = None) -> TeamState:
    return team({"ann": WILLING | (ann or {}), "bob": WILLING | (bob or {})}, merged(NO_BREAK, policy or {}))


def asked(state: TeamState, now_s: float | None = None) -> Debrief | None:
    """What a turn at `now_s` (else now) proposes."""
    before = set(state.debriefs)
    take_turn(state, now_s)
    return next((each for each in state.debriefs.values() if each.id not in before), None)


def after_a_tough_contact(state: TeamState, **fields: Any) -> Debrief | None:
    contact(state, "ann", **({"escalated": True} | fields))
    return asked(state)


def say(state: TeamState, found: Debrief, agent_id: str, answer: str = "accept", at_s: float | None = None) -> Debrief:
    tell(state, DebriefAnswered(state.now_s if at_s is None else at_s, found.id, agent_id, answer))
    return state.debriefs[found.id]


def held(state: TeamState) -> Debrief:
    found = after_a_tough_contact(state)
    assert found is not None
    say(state, found, "ann")
    return say(state, found, "bob")


def test_a_colleague_is_proposed_after_a_tough_contact_and_after_no_other() -> None:
    found = after_a_tough_contact(pair())
    assert found is not None
    assert (found.handler_id, found.listener_id, found.points) == ("ann", "bob", pytest.approx(0.15))
    assert after_a_tough_contact(pair(), escalated=False) is None
    abused = after_a_tough_contact(pair(), escalated=False, abuse=True)
    assert abused is not None


NOBODY: dict[str, Callable[[], TeamState]] = {
    "the handler is not willing": lambda: pair(ann={"debrief_opt_in": False}),
    "nobody is willing to listen": lambda: pair(bob={"debrief_opt_in": False}),
    "the listener is away": lambda: pair(bob={"status": "away"}),
    "no language is shared": lambda: pair(ann={"languages": ("it",)}, bob={"languages": ("en",)}),
    "nobody else is there": lambda: team({"ann": WILLING}, NO_BREAK),
}


@pytest.mark.parametrize("why", sorted(NOBODY))
def test_nobody_is_asked_where(why: str) -> None:
    assert after_a_tough_contact(NOBODY[why]()) is None


def test_a_language_that_one_does_not_name_keeps_nobody_apart() -> None:
    assert after_a_tough_contact(pair(bob={"languages": ("en",)})) is not None


def test_live_work_and_breaks_come_first() -> None:
    state = pair()
    in_hand(state, "bob", channel="chat")
    assert after_a_tough_contact(state) is None
    state = team({"ann": WILLING, "bob": WILLING})
    assert after_a_tough_contact(state) is None  # ann is on her break
    assert next_change_s(state, state.now_s) == START_S + 600
    found = asked(state, START_S + 600)
    assert found is not None
    assert found.proposed_s == START_S + 600


def test_the_listener_stays_at_or_below_their_line_with_what_listening_adds() -> None:
    """Bob took 1 point; with .15 more he would be above his line of 1.1. As it fades he is asked, at the instant that is told."""
    state = pair({"fatigue": {"ordinary_points": 1.0, "carried_share": 0.0, "line_points": 1.1}, "debrief": {"min_points": 1.2}})
    contact(state, "bob")
    assert after_a_tough_contact(state) is None
    then_s = next_change_s(state, state.now_s)
    assert then_s == pytest.approx(START_S + 60 * MINUTE_S * math.log2(1 / 0.95), abs=0.01)  # half of it fades in 60 minutes
    assert asked(state, then_s - 1) is None
    assert asked(state, then_s) is not None


def test_the_less_loaded_listens() -> None:
    state = team({"ann": WILLING, "bob": WILLING, "cleo": WILLING}, NO_BREAK)
    contact(state, "bob", reopened_count=3)
    found = after_a_tough_contact(state)
    assert found is not None
    assert found.listener_id == "cleo"


def test_the_same_two_are_not_asked_again_so_soon_and_others_go_before_them_later() -> None:
    state = pair()
    first = after_a_tough_contact(state)
    assert first is not None
    for hours, expected in ((24, None), (47, None), (49, "bob")):
        contact(state, "ann", START_S + hours * HOUR_S, escalated=True)
        again = asked(state)
        assert (again.listener_id if again else None) == expected
    state = team({"ann": WILLING, "bob": WILLING, "cleo": WILLING}, merged(NO_BREAK, {"debrief": {"repeat_gap_d": 0}}))
    listeners = []
    for day in range(4):
        contact(state, "ann", START_S + day * DAY_S, escalated=True)
        found = asked(state)
        listeners.append(found.listener_id if found else None)
    assert listeners == ["bob", "cleo", "bob", "cleo"]


def test_one_contact_is_asked_about_once_also_after_a_no_or_no_answer() -> None:
    state = pair({"debrief": {"repeat_gap_d": 0}})
    found = after_a_tough_contact(state)
    assert found is not None
    say(state, found, "bob", "decline")
    assert asked(state, START_S + 60) is None
    contact(state, "ann", START_S + 120, escalated=True)
    assert asked(state) is not None
    assert next_change_s(state, state.now_s) <= START_S + 720
    assert asked(state, START_S + 721) is None
    assert len(state.debriefs) == 2


def test_it_begins_when_both_have_said_yes_and_neither_gets_work_until_it_is_over() -> None:
    state = pair()
    found = after_a_tough_contact(state)
    assert found is not None
    assert say(state, found, "ann").start_s is None
    open_ticket(state, "T1")
    assert decide_one(state).lane == "agent"
    begun = say(state, found, "bob", at_s=START_S + 60)
    assert (begun.start_s, begun.end_s) == (START_S + 60, START_S + 360)
    decision = decide_one(state, now_s=START_S + 100)
    assert decision.lane == "queue"
    assert {rule.rule for other in decision.not_others for rule in other.rules} == {"debrief"}
    assert next_change_s(take_turn(state), state.now_s) == START_S + 360
    assert take_turn(state, START_S + 360).tickets["T1"].agent_id is not None


REFUSED: dict[str, tuple[str, str, float, type[Refused]]] = {
    "a stranger": ("cleo", "accept", 0.0, Unknown),
    "another word": ("bob", "perhaps", 0.0, Refused),
    "after its time": ("bob", "accept", 600.0, Conflict),
}


@pytest.mark.parametrize("who", sorted(REFUSED))
def test_what_is_no_answer_is_refused(who: str) -> None:
    agent_id, answer, after_s, error = REFUSED[who]
    state = team({"ann": WILLING, "bob": WILLING, "cleo": {}}, NO_BREAK)
    found = after_a_tough_contact(state)
    assert found is not None
    with pytest.raises(error):
        say(state, found, agent_id, answer, START_S + after_s)


def test_an_answer_is_taken_once_and_not_while_one_of_them_is_at_work() -> None:
    state = pair()
    found = after_a_tough_contact(state)
    assert found is not None
    say(state, found, "ann")
    assert not debrief.may_answer(state, DebriefAnswered(state.now_s, found.id, "ann", "accept"))
    chat = in_hand(state, "ann", channel="chat")
    with pytest.raises(Conflict, match="live contact"):
        say(state, found, "bob")
    happen(state, chat.id, "resolved", START_S + 100)
    assert say(state, found, "bob").start_s == START_S + 100
    with pytest.raises(Conflict):
        say(state, found, "ann", "decline")


def test_listening_is_in_the_listeners_ledger_like_a_contact() -> None:
    state = pair()
    found = held(state)
    acute = float(state.agents.acute[1])
    take_turn(state, START_S + 299)
    assert float(state.agents.project(START_S + 299, state.params).acute[1]) <= acute
    take_turn(state, START_S + 300)
    assert float(state.agents.acute[1]) == pytest.approx(0.15)
    assert state.agents.people[1].entries[-1].ticket_id == f"debrief/{found.id}"
    told = statement(state, 1, START_S + 300)
    assert told.shares[0].items == (("debrief", found.points),)
    assert any(line.startswith("Debrief, ") and "listening to a colleague" in line for line in sentences(told, (), (), UTC))


def test_late_news_counts_what_was_listened_to_as_well() -> None:
    """Bob went off for an hour, told two hours late: what is left of the debrief is what a full recomputation gives."""
    state = pair()
    held(state)
    take_turn(state, START_S + 300)
    take_turn(state, START_S + 3 * HOUR_S)
    in_time = float(state.agents.project(START_S + 3 * HOUR_S, state.params).acute[1])
    set_status(state, "bob", "offline", START_S + 3 * HOUR_S, START_S + HOUR_S)
    late = float(state.agents.acute[1])
    assert late < in_time
    recompute(state.agents, 1, state.params)
    assert float(state.agents.acute[1]) == pytest.approx(late)


@pytest.mark.parametrize(("gone", "left"), [("ann", "bob"), ("bob", "ann")])
def test_what_listening_took_is_counted_though_the_other_is_forgotten_just_then(gone: str, left: str) -> None:
    """A debrief that is over is entered by the next turn; whoever was forgotten before that was there."""
    state = pair()
    found = held(state)
    before = [each.ticket_id for each in state.agents.people[state.agents.row[left]].entries]
    tell(state, AgentForgotten(START_S + 300, gone))
    listened = [f"debrief/{found.id}"] if left == "bob" else []
    assert [each.ticket_id for each in state.agents.people[0].entries] == before + listened


def test_a_debrief_asks_for_no_debrief() -> None:
    state = pair({"debrief": {"min_points": 0, "listener_share": 1, "repeat_gap_d": 0}})
    held(state)
    take_turn(state, START_S + 300)
    assert len(state.debriefs) == 1


def test_a_no_looks_like_no_answer() -> None:
    state = pair()
    found = after_a_tough_contact(state)
    assert found is not None
    said = say(state, found, "bob", "decline")
    assert debrief.stage(said, "ann", START_S) == "over" == debrief.stage(found, "ann", START_S + 600)
    assert debrief.current(state, "ann", START_S) is None


def test_who_opts_out_is_asked_no_more() -> None:
    state = pair()
    tell(state, AgentPut(START_S, "bob", "Bob"))
    assert after_a_tough_contact(state) is None


def test_only_a_count_over_enough_people_is_told() -> None:
    agents = {f"agent-{number}": WILLING for number in range(6)}
    state = team(agents, merged(NO_BREAK, {"aggregate_min_group": 5}))
    for number in range(3):
        ticket = give(state, open_ticket(state, f"T{number}", f"account-{number}", escalated=True).id, f"agent-{number}")
        happen(state, ticket.id, "resolved")
    take_turn(state)
    assert len(state.debriefs) == 3
    for each in list(state.debriefs.values())[:2]:
        say(state, each, each.handler_id)
        say(state, each, each.listener_id)
    assert debriefs_last_week(state, START_S + 7 * DAY_S) is None  # four took part
    last = list(state.debriefs.values())[2]
    say(state, last, last.handler_id)
    say(state, last, last.listener_id)
    assert debriefs_last_week(state, START_S) is None  # the week is not over
    assert debriefs_last_week(state, START_S + 7 * DAY_S) == 3


def test_they_are_kept_for_a_month() -> None:
    state = pair()
    held(state)
    take_turn(state, START_S + 300)
    assert snapshot.load(snapshot.dump(state)).debriefs == state.debriefs
    set_status(state, "bob", "away", START_S + 31 * DAY_S)
    assert state.debriefs == {}
