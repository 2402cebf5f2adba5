"""A call or a chat that runs into a break, or over all of it: the manager is told once, and the rest is had all the same."""

from __future__ import annotations

import json

import pytest

from api.pages.team_page import team_page
from router import snapshot
from router.decide import decide
from router.events import BreakAtRisk, Event
from router.replay import replay
from router.state import TeamState
from router.timing import next_change_s
from router.turn import conclude
from support.build import contact, give, happen, in_hand, open_ticket, set_status, take_turn, team
from support.rests import PLAIN, at, current, shift, span


def told(state: TeamState, until_min: float) -> list[BreakAtRisk]:
    """What a manager hears while nothing happens but time, with a turn at each instant that is told."""
    found: list[Event] = []
    now_s = state.now_s
    while now_s <= at(until_min):
        found += conclude(state, now_s)
        now_s = next_change_s(state, now_s)
    return [each for each in found if isinstance(each, BreakAtRisk)]


def on_a_call(*live: str, minute: float = 0) -> tuple[TeamState, list[str]]:
    """Ann has live work in hand, and an escalation ended; her break is due at minute 5, and lasts ten minutes."""
    state = team(["ann", "ben"], PLAIN)
    tickets = [in_hand(state, "ann", channel=channel).id for channel in live]
    contact(state, "ann", at(minute), escalated=True)
    assert span(state) == (5, 15)
    return state, tickets


# The manager is told.


def test_a_manager_is_told_at_the_deadline_of_the_call_that_goes_on_and_once() -> None:
    state, calls = on_a_call("phone")
    assert told(state, 4.99) == []
    assert told(state, 60) == [BreakAtRisk(at(5), "ann", tuple(calls))]


def test_all_live_work_is_told_and_no_e_mail() -> None:
    state, live = on_a_call("phone", "email", "chat")
    assert told(state, 60) == [BreakAtRisk(at(5), "ann", tuple(sorted((live[0], live[2]))))]


def test_a_break_that_begins_as_an_offer_runs_out_is_told_in_that_turn() -> None:
    """The chat lay unanswered over all of the first break, so another one follows, and the call goes on."""
    short = {"break_min_s": 60, "break_max_s": 60, "pending_deadline_s": 0, "offer_timeout_s": {"chat": 300}}
    state = team(["ann"], PLAIN | short)
    call = in_hand(state, "ann", channel="phone")
    open_ticket(state, "chat", channel="chat")
    take_turn(state)
    assert state.offered == {"chat": None}
    contact(state, "ann", at(1), escalated=True)
    assert conclude(state, at(1)) == [BreakAtRisk(at(1), "ann", (call.id,))]
    assert BreakAtRisk(at(5), "ann", (call.id,)) in conclude(state, at(5))


def test_a_chat_on_offer_is_told_when_it_is_accepted() -> None:
    short = {"pending_deadline_s": 0, "offer_timeout_s": {"chat": 300}}
    state = team(["ann"], PLAIN | short)
    open_ticket(state, "chat", channel="chat")
    take_turn(state)
    contact(state, "ann", at(1), escalated=True)
    assert (conclude(state, at(1)), team_page(state, at(1)).rows[0].says.count("still on a")) == ([], 0)
    happen(state, "chat", "accepted", at(2))
    assert conclude(state, at(2)) == [BreakAtRisk(at(2), "ann", ("chat",))]
    assert team_page(state, at(2)).rows[0].says.count("still on a") == 1


def test_of_a_call_that_ended_in_time_nothing_is_told() -> None:
    state, (call,) = on_a_call("phone")
    happen(state, call, "contact", at(4.9))
    assert told(state, 60) == []


def test_of_a_call_that_is_taken_over_nothing_is_told() -> None:
    state, (call,) = on_a_call("phone")
    give(state, call, "ben", at(4))
    assert told(state, 60) == []


def test_what_was_given_into_the_break_is_not_told() -> None:
    """Whoever gave it knows."""
    state = team(policy=PLAIN)
    contact(state, "ann", at(0), escalated=True)
    give(state, open_ticket(state, channel="chat").id, "ann", at(3))
    assert told(state, 60) == []


def test_who_went_away_is_on_no_call() -> None:
    state, _ = on_a_call("phone")
    set_status(state, "ann", "offline", at(3))
    assert told(state, 60) == []


def test_it_is_told_when_the_break_begins_as_it_was_moved() -> None:
    state, calls = on_a_call("phone")
    shift(state, 2, 4)
    assert told(state, 60) == [BreakAtRisk(at(9), "ann", tuple(calls))]


def test_it_is_told_once_also_where_another_chat_makes_the_break_begin_anew() -> None:
    state, (first, _) = on_a_call("chat", "phone")
    assert len(told(state, 6)) == 1
    happen(state, first, "resolved", at(7))
    assert span(state) == (5, 17)
    state = snapshot.load(json.loads(json.dumps(snapshot.dump(state))))
    assert told(state, 60) == []


def test_it_is_told_of_the_next_break_again() -> None:
    state, calls = on_a_call("phone")
    assert len(told(state, 60)) == 1
    contact(state, "ann", at(70), escalated=True)
    assert told(state, 100) == [BreakAtRisk(at(75), "ann", tuple(calls))]


def test_it_is_replayed_from_the_log() -> None:
    state, _ = on_a_call("phone")
    log = conclude(state, at(5))
    again = snapshot.load(snapshot.dump(on_a_call("phone")[0]))
    assert replay(again, log).differences == ()
    assert snapshot.dump(again) == snapshot.dump(state)


# A call over all of the break.


@pytest.mark.parametrize(("ended_min", "break_min"), [(15, (15, 25)), (40, (40, 50))])
@pytest.mark.parametrize("how", ["contact", "resolved"])
def test_a_break_that_was_all_call_follows_when_the_call_ends(how: str, ended_min: float, break_min: tuple[float, float]) -> None:
    state, (call,) = on_a_call("phone")
    sent = current(state)
    happen(state, call, how, at(ended_min))
    assert (span(state), current(state).id, current(state).because) == (break_min, sent.id, sent.because)
    happen(state, call, "closed", at(ended_min + 1))
    assert span(state) == break_min, "once"
    open_ticket(state, "T1")
    set_status(state, "ben", "offline")
    assert [each.agent_id for each in decide(state, at(break_min[1] - 0.1))] == [None]
    assert take_turn(state, at(break_min[1])).tickets["T1"].agent_id == "ann"


def test_other_live_work_may_end_first_and_the_break_is_one() -> None:
    state, (first, second) = on_a_call("phone", "chat")
    sent = current(state).id
    happen(state, first, "resolved", at(20))
    assert (span(state), current(state).id) == ((25, 35), sent)
    happen(state, second, "resolved", at(22))
    assert (span(state), current(state).id) == ((22, 32), sent)


def test_a_call_told_late_is_followed_from_when_that_is_known() -> None:
    state, (call,) = on_a_call("phone")
    happen(state, call, "resolved", at(40), occurred_s=at(30))
    assert span(state) == (40, 50)


def test_a_call_that_ended_in_the_break_and_is_told_after_it_sends_none() -> None:
    state, (call,) = on_a_call("phone")
    happen(state, call, "resolved", at(20), occurred_s=at(14))
    assert span(state) == (5, 15)


@pytest.mark.parametrize(("given_min", "follows"), [(3, True), (9.9, True), (10, False), (12, False)])
def test_what_was_given_after_the_least_rest_sends_none(given_min: float, follows: bool) -> None:
    state = team(policy=PLAIN)
    contact(state, "ann", at(0), escalated=True)
    chat = open_ticket(state, channel="chat")
    give(state, chat.id, "ann", at(given_min))
    happen(state, chat.id, "resolved", at(30))
    assert span(state) == ((30, 40) if follows else (0, 10))


@pytest.mark.parametrize(("away_min", "follows"), [(9, True), (10, False), (600, False)])
def test_an_absence_as_long_before_the_call_was_ended_stands_for_it(away_min: float, follows: bool) -> None:
    state, (call,) = on_a_call("chat")
    set_status(state, "ann", "away", at(20))
    set_status(state, "ann", "online", at(20 + away_min))
    happen(state, call, "resolved", at(640))
    assert (span(state) == (640, 650)) is follows


def test_a_break_that_the_absence_began_was_had_though_a_chat_stayed_open() -> None:
    state, (chat,) = on_a_call("chat")
    set_status(state, "ann", "offline", at(2))
    set_status(state, "ann", "online", at(14))
    happen(state, chat, "resolved", at(30))
    assert span(state) == (2, 12)


def test_a_hot_call_sends_its_own_break_and_no_second() -> None:
    state = team(policy=PLAIN)
    call = in_hand(state, "ann", channel="phone", escalated=True)
    contact(state, "ann", at(0), escalated=True)
    happen(state, call.id, "contact", at(30))
    found = current(state)
    assert (span(state)[0], found.because) == (30, (f"escalated:{call.id}",))
    happen(state, call.id, "resolved", at(31))
    assert current(state) == found
