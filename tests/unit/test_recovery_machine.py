"""The recovery machine in examples: one break per trigger, when it begins, when it ends, what joins, moves, delays or satisfies it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from itertools import permutations

import numpy as np
import pytest

from router import recovery, snapshot
from router.decide import decide
from router.domain import Break, Ticket
from router.errors import Conflict, Refused
from router.events import AccountPut, AgentPut, BreakShifted, BreakSkipped, ExclusionPut, TicketEvent, TicketOpened
from router.recovery import RecoveryView
from router.state import TeamState
from router.timing import next_change_s
from router.turn import fold
from support.build import (
    contact,
    decide_one,
    give,
    happen,
    in_hand,
    open_ticket,
    rejections,
    set_policy,
    set_status,
    shifts,
    take_turn,
    team,
    tell,
)
from support.streams import START_S

MIN_S = 60.0
PLAIN = {"fatigue": {"account_memory_gain": 0.0}}
SOON_HARD = {"fatigue": {"ordinary_points": 0.5, "line_points": 20.0, "repeat_points": 0.0}}  # any contact is hard, and none sends a break


def view(state: TeamState, after_s: float, agent_id: str = "ann") -> RecoveryView:
    return recovery.view(state, state.agents.row[agent_id], START_S + after_s)


def current(state: TeamState, agent_id: str = "ann") -> Break:
    found = state.agents.people[state.agents.row[agent_id]].recovery
    assert found is not None
    return found


def span(state: TeamState, agent_id: str = "ann") -> tuple[float, float]:
    """Start and end of the break, in minutes after the start of the test's day."""
    found = current(state, agent_id)
    return (found.start_s - START_S) / MIN_S, (found.end_s - START_S) / MIN_S


def has_none(state: TeamState, agent_id: str = "ann") -> bool:
    return state.agents.people[state.agents.row[agent_id]].recovery is None


def shift(state: TeamState, after_min: float, minutes: float) -> None:
    tell(state, BreakShifted(START_S + after_min * MIN_S, "ann", minutes * MIN_S))


def skip(state: TeamState, after_min: float) -> None:
    tell(state, BreakSkipped(START_S + after_min * MIN_S, "ann", "everybody is ill"))


def held(state: TeamState, agent_id: str = "ann", **fields: object) -> Ticket:
    return in_hand(state, agent_id, account_id="acme", **fields)


def at(after_min: float) -> float:
    return START_S + after_min * MIN_S


# One break per trigger.


@pytest.mark.parametrize("fields", [{"escalated": True}, {"abuse": True}, {"escalated": True, "abuse": True}])
def test_an_escalated_or_abusive_contact_that_ended_sends_one_break(fields: dict[str, bool]) -> None:
    state = team()
    ticket = held(state, **fields)
    assert has_none(state)
    happen(state, ticket.id, "contact", at(5))
    assert span(state) == (5, 15)
    happen(state, ticket.id, "resolved", at(6))
    assert span(state) == (5, 15)


def test_an_ordinary_contact_sends_none() -> None:
    state = team()
    contact(state, "ann", at(5))
    assert has_none(state)


def test_a_load_of_four_thirds_of_the_line_sends_a_break_and_less_does_not() -> None:
    fatigue = {"line_points": 1.5, "ordinary_points": 1.0, "account_memory_gain": 0.0, "repeat_points": 0.0}
    state = team(policy={"fatigue": fatigue})
    contact(state, "ann", at(0))
    assert has_none(state)
    ticket = contact(state, "ann", at(0))  # 2 points, the line is 1.5
    assert current(state).because == (f"load:{ticket.id}",)
    assert span(state) == (0, 10)


@pytest.mark.parametrize("with_id", [True, False])
@pytest.mark.parametrize("kind", ["contact", "resolved", "escalated"])
def test_a_repeat_sends_no_second_break(kind: str, with_id: bool) -> None:
    state = team()
    ticket = held(state, escalated=True)
    happen(state, ticket.id, "contact", at(5))
    happen(state, ticket.id, "resolved", at(6))
    told = {"contact": at(5), "resolved": at(6), "escalated": at(1)}
    points = ticket.contacts
    for minutes in (7, 30):  # during the break, and after it
        event_id = "same" if with_id else None
        fold(state, [TicketEvent(at(minutes), ticket.id, kind, told[kind], None, event_id)])
        assert span(state) == (5, 15)
    assert ticket.contacts == points


def test_two_clients_that_end_one_contact_send_one_break_and_count_once() -> None:
    state = team()
    ticket = held(state, escalated=True)
    happen(state, ticket.id, "contact", at(5))
    repeated = TicketEvent(at(5) + 2, ticket.id, "contact", at(5) + 2, "ann", "the other client")
    assert fold(state, [repeated]) == []
    assert [each.points for each in ticket.contacts] == [1.5]
    assert span(state) == (5, 15)


def test_a_contact_without_a_name_is_known_again_after_the_ticket_went_to_somebody_else() -> None:
    state = team(["ann", "ben"])
    ticket = held(state, escalated=True)
    happen(state, ticket.id, "contact", at(5))
    happen(state, ticket.id, "reassigned", at(6), agent_id="ben")
    assert fold(state, [TicketEvent(at(7), ticket.id, "contact", at(5))]) == []
    assert has_none(state, "ben")


def test_a_late_contact_without_a_name_is_of_the_one_who_had_the_ticket_then() -> None:
    state = team(["ann", "ben"])
    ticket = held(state)
    happen(state, ticket.id, "reassigned", at(6), agent_id="ben")
    happen(state, ticket.id, "contact", at(7), occurred_s=at(5))
    assert [each.agent_id for each in ticket.contacts] == ["ann"]


def test_the_news_of_the_escalation_after_the_contact_sends_the_break_then() -> None:
    state = team()
    ticket = held(state)
    happen(state, ticket.id, "contact", at(5))
    assert has_none(state)
    happen(state, ticket.id, "escalated", at(7), occurred_s=at(4))
    assert span(state) == (7, 17)
    assert [(each.points, each.hot) for each in ticket.contacts] == [(1.5, True)]


def test_an_escalation_after_the_contact_is_for_the_next_contact() -> None:
    state = team()
    ticket = held(state)
    happen(state, ticket.id, "contact", at(5))
    happen(state, ticket.id, "escalated", at(6))
    assert has_none(state)
    happen(state, ticket.id, "contact", at(9))
    assert span(state) == (9, 19)


def test_a_second_report_of_an_escalation_does_not_make_the_second_contact_hot() -> None:
    state = team()
    ticket = held(state, escalated=True)
    happen(state, ticket.id, "contact", at(5))
    happen(state, ticket.id, "contact", at(30))
    assert span(state) == (5, 15)
    happen(state, ticket.id, "escalated", at(31), occurred_s=at(20))
    assert span(state) == (5, 15)
    assert [each.hot for each in ticket.contacts] == [True, False]


def test_a_late_escalation_of_what_is_over_does_not_stay_on_the_reopened_ticket() -> None:
    state = team()
    ticket = contact(state, "ann", at(5))
    happen(state, ticket.id, "reopened", at(30))
    happen(state, ticket.id, "escalated", at(31), occurred_s=at(4))
    assert (ticket.escalated, ticket.hot, ticket.contacts[0].hot) == (False, False, True)
    assert not state.accounts[ticket.account_id].escalated_open


def test_an_escalation_between_the_end_and_the_reopening_is_for_the_next_contact() -> None:
    state = team()
    ticket = contact(state, "ann", at(5))
    happen(state, ticket.id, "escalated", at(20))
    happen(state, ticket.id, "reopened", at(21))
    give(state, ticket.id, "ann", at(22))
    assert state.agents.hot_open.tolist() == [1]
    happen(state, ticket.id, "contact", at(30))
    assert span(state) == (30, 40)


def test_a_repeated_resolution_does_not_end_the_reopened_ticket() -> None:
    state = team()
    ticket = contact(state, "ann", at(5))
    happen(state, ticket.id, "reopened", at(30))
    happen(state, ticket.id, "resolved", at(31), occurred_s=at(5))
    happen(state, ticket.id, "resolved", at(32), occurred_s=at(6))
    assert ticket.state == "waiting"
    assert len(ticket.contacts) == 1


def test_a_reopening_that_is_known_before_the_end_is_not_lost() -> None:
    state = team()
    ticket = held(state, escalated=True)
    happen(state, ticket.id, "reopened", at(10))
    assert ticket.state == "assigned"
    happen(state, ticket.id, "resolved", at(11), occurred_s=at(5))
    assert (ticket.state, ticket.reopened_count, ticket.hot) == ("waiting", 1, False)
    assert [(each.ended_s, each.hot) for each in ticket.contacts] == [(at(5), True)]


def test_a_repeated_reopening_does_not_reopen_again() -> None:
    state = team()
    ticket = contact(state, "ann", at(5))
    happen(state, ticket.id, "reopened", at(10))
    happen(state, ticket.id, "closed", at(20))
    happen(state, ticket.id, "reopened", at(21), occurred_s=at(10))
    happen(state, ticket.id, "reopened", at(22), occurred_s=at(11))
    assert ticket.state == "closed"


def test_a_late_resolution_leaves_a_closed_ticket_closed() -> None:
    state = team()
    ticket = held(state)
    happen(state, ticket.id, "closed", at(6))
    happen(state, ticket.id, "resolved", at(7), occurred_s=at(5))
    assert ticket.state == "closed"


HAPPENED = (("escalated", 4.0), ("contact", 5.0), ("resolved", 6.0))


@pytest.mark.parametrize("order", list(permutations(HAPPENED)), ids=lambda order: "-".join(kind for kind, _ in order))
def test_the_order_of_the_news_changes_neither_contact_nor_load_nor_the_number_of_breaks(order: tuple[tuple[str, float], ...]) -> None:
    state = team(policy=PLAIN)
    ticket = held(state)
    ids = set()
    for minutes, (kind, occurred_min) in enumerate(order, start=10):
        for _ in range(2):
            fold(state, [TicketEvent(at(minutes), ticket.id, kind, at(occurred_min))])
            ids.add(person.recovery.id if (person := state.agents.people[0]).recovery else None)
    (counted,) = ticket.contacts
    assert (counted.ended_s, counted.points, counted.hot, counted.implied) == (at(5), 1.5, True, False)
    assert len(ids - {None}) == 1
    in_order = team(policy=PLAIN)
    second = held(in_order)
    for kind, occurred_min in HAPPENED:
        happen(in_order, second.id, kind, at(occurred_min))
    assert recovery.load_at(in_order, 0, at(5))[0] == pytest.approx(1.5, abs=1e-9)


TWO_TRIGGERS = (("escalated", 1.0), ("contact", 2.0), ("contact", 5.0), ("abuse", 7.0), ("contact", 9.0))


@pytest.mark.parametrize("order", list(permutations(TWO_TRIGGERS)), ids=lambda order: "-".join(f"{kind}{at:g}" for kind, at in order))
def test_corrections_give_the_ledger_of_events_in_order(order: tuple[tuple[str, float], ...]) -> None:
    def ledger(told: tuple[tuple[str, float], ...]) -> tuple[object, ...]:
        state = team(policy=PLAIN | {"break_min_s": 0, "break_max_s": 0})
        ticket = held(state)
        for kind, occurred_min in told:
            tell(state, TicketEvent(at(30), ticket.id, kind, at(occurred_min), "ann"))
        happen(state, ticket.id, "resolved", at(30), occurred_s=at(10))
        agents, account = state.agents, state.accounts["acme"]
        set_status(state, "ann", "online", at(31))
        contacts = sorted((each.ended_s, each.points, each.hot, each.escalation) for each in ticket.contacts)
        numbers = (*agents.acute, *agents.carried, account.memory["ann"][0], *agents.people[0].points_by_day.values())
        return contacts, account.escalation_handlers, int(agents.streak[0]), pytest.approx(numbers, abs=1e-9)

    contacts, handlers, streak, numbers = ledger(order)
    right_contacts, right_handlers, right_streak, right_numbers = ledger(tuple(sorted(order, key=lambda each: each[1])))
    assert (contacts, handlers, streak) == (right_contacts, right_handlers, right_streak)
    assert numbers == right_numbers.expected  # type: ignore[attr-defined]


def test_load_taken_out_again_leaves_nothing_below_nought() -> None:
    state = team(policy={"fatigue": {"account_memory_gain": 1.0}})
    for minutes in (1, 2, 3):
        contact(state, "ann", at(minutes), account_id="acme", escalated=True)
    ticket = contact(state, "ann", at(60), account_id="acme", escalated=True)
    late = contact(state, "ann", at(90), account_id="acme", abuse=True, created_s=at(30))
    happen(state, late.id, "contact", at(91), occurred_s=at(40), agent_id="ann")  # the hot contact was an earlier one
    assert [each.hot for each in (*ticket.contacts, *late.contacts)] == [True, False, True]
    assert state.agents.acute[0] >= 0.0
    assert state.agents.carried[0] >= 0.0


# Counted once.


def test_resolving_without_a_reported_contact_implies_one() -> None:
    state = team()
    ticket = held(state)
    happen(state, ticket.id, "resolved", at(5))
    assert [(each.agent_id, each.ended_s, each.implied) for each in ticket.contacts] == [("ann", at(5), True)]


def test_a_late_report_replaces_the_implied_contact_and_says_when_it_ended() -> None:
    state = team(policy=PLAIN)
    ticket = held(state)
    happen(state, ticket.id, "resolved", at(60))
    for _ in range(2):
        fold(state, [TicketEvent(at(61), ticket.id, "contact", at(0))])
    assert [(each.ended_s, each.implied) for each in ticket.contacts] == [(at(0), False)]
    assert recovery.load_at(state, 0, at(60))[0] == pytest.approx(0.03 / 2, abs=1e-9)


def test_a_late_report_replaces_the_implied_contact_of_its_own_round() -> None:
    state = team()
    ticket = held(state)
    happen(state, ticket.id, "resolved", at(5))
    happen(state, ticket.id, "reopened", at(20))
    give(state, ticket.id, "ann", at(21))
    happen(state, ticket.id, "resolved", at(30))
    happen(state, ticket.id, "contact", at(31), occurred_s=at(29))
    assert [(each.ended_s, each.implied) for each in ticket.contacts] == [(at(5), True), (at(29), False)]


@pytest.mark.parametrize("told_min", [6, 30])
@pytest.mark.parametrize("fields", [{"escalated": True}, {"reopened_count": 9}])
def test_a_late_report_of_an_implied_contact_sends_no_second_break(fields: dict[str, object], told_min: float) -> None:
    state = team(policy={"fatigue": {"line_points": 0.3}})  # any of the two sends a break, one of them by its load
    ticket = held(state, **fields)
    happen(state, ticket.id, "resolved", at(5))
    sent = current(state).id, span(state)
    happen(state, ticket.id, "contact", at(told_min), occurred_s=at(5) + 45)
    assert (current(state).id, span(state)) == sent


def test_a_late_report_of_an_implied_contact_does_not_bring_a_skipped_break_back() -> None:
    state = team()
    ticket = held(state, escalated=True)
    happen(state, ticket.id, "resolved", at(5))
    skip(state, 6)
    happen(state, ticket.id, "contact", at(7), occurred_s=at(4))
    assert (view(state, 7 * MIN_S).state, view(state, 7 * MIN_S).owed) == ("ready", 1)


def test_a_contact_of_an_earlier_round_does_not_stand_for_this_one() -> None:
    state = team()
    ticket = held(state)
    happen(state, ticket.id, "contact", at(4))
    happen(state, ticket.id, "resolved", at(5))
    happen(state, ticket.id, "reopened", at(20))
    give(state, ticket.id, "ann", at(21))
    happen(state, ticket.id, "contact", at(22), occurred_s=at(2))
    happen(state, ticket.id, "resolved", at(30))
    assert sorted(each.ended_s for each in ticket.contacts) == [at(2), at(4), at(30)]


def test_resolving_a_ticket_that_nobody_holds_counts_for_who_is_named() -> None:
    state = team(["ann", "ben"])
    open_ticket(state, escalated=True)
    happen(state, "T1", "resolved", at(5), agent_id="ben")
    assert span(state, "ben") == (5, 15)


def test_an_event_about_somebody_unknown_is_refused() -> None:
    state = team()
    open_ticket(state, previous_agent_id="left last year")
    happen(state, "T1", "closed", at(1))
    for kind in ("contact", "declined", "accepted"):
        with pytest.raises(Refused):
            fold(state, [TicketEvent(at(2), "T1", kind, at(2))])


def test_a_ticket_that_nobody_held_implies_no_contact_of_who_had_an_earlier_one() -> None:
    state = team()
    for number, hint in enumerate(("left last year", "ann")):
        ticket = open_ticket(state, f"T{number}", previous_agent_id=hint)
        happen(state, ticket.id, "closed", at(5))
        happen(state, ticket.id, "resolved", at(6), occurred_s=at(4))
        assert (ticket.state, ticket.contacts) == ("closed", ())


def test_what_was_reassigned_before_does_not_undo_what_was_reassigned_since() -> None:
    state = team(["ann", "ben", "cem"])
    ticket = held(state)
    happen(state, ticket.id, "reassigned", at(6), agent_id="ben")
    happen(state, ticket.id, "reassigned", at(7), occurred_s=at(5), agent_id="cem")
    assert ticket.agent_id == "ben"
    give(state, ticket.id, "cem", at(8))
    happen(state, ticket.id, "reassigned", at(9), occurred_s=at(7), agent_id="ann")
    assert ticket.agent_id == "cem"


def test_a_repeated_refusal_does_not_take_the_ticket_from_the_next() -> None:
    state = team(["ann", "ben"])
    ticket = held(state)
    happen(state, ticket.id, "declined", at(1))
    take_turn(state, at(1))
    assert ticket.agent_id == "ben"
    happen(state, ticket.id, "declined", at(2), occurred_s=at(1))
    assert (ticket.agent_id, ticket.declined_by) == ("ben", ("ann",))


# Pending, and the deadline.


def test_a_break_is_pending_until_live_work_ends() -> None:
    state = team()
    held(state, channel="chat")
    contact(state, "ann", at(5), escalated=True)
    assert view(state, 5 * MIN_S).state == "pending"
    assert span(state) == (10, 20)
    happen(state, "H3", "contact", at(7))
    assert span(state) == (7, 17)


@pytest.mark.parametrize("deadline_s", [0, 120, 300, 900])
def test_a_lost_contact_delays_the_break_to_the_deadline_and_no_further(deadline_s: int) -> None:
    state = team(policy={"pending_deadline_s": deadline_s})
    held(state, channel="phone")
    contact(state, "ann", at(5), escalated=True)
    assert span(state)[0] == 5 + deadline_s / 60
    assert view(state, 5 * MIN_S + deadline_s).state == "break"
    assert view(state, 15 * MIN_S + deadline_s).state in ("ready", "light_duty")


def test_e_mail_in_hand_does_not_delay_a_break() -> None:
    state = team()
    held(state)
    contact(state, "ann", at(5), escalated=True)
    assert span(state) == (5, 15)


def test_a_live_ticket_that_is_taken_away_ends_the_wait() -> None:
    state = team(["ann", "ben"])
    ticket = held(state, channel="chat")
    contact(state, "ann", at(5), escalated=True)
    happen(state, ticket.id, "reassigned", at(6), agent_id="ben")
    assert span(state) == (6, 16)


def test_giving_somebody_what_they_hold_already_changes_nothing() -> None:
    state = team()
    ticket = held(state, channel="chat")
    contact(state, "ann", at(5), escalated=True)
    before = span(state), state.agents.open.tolist(), state.agents.live_open.tolist(), state.agents.ramp_count.tolist()
    give(state, ticket.id, "ann", at(6))
    assert before == (span(state), state.agents.open.tolist(), state.agents.live_open.tolist(), state.agents.ramp_count.tolist())


def test_a_trigger_while_a_break_is_pending_joins_it() -> None:
    state = team()
    held(state, channel="chat")
    first = contact(state, "ann", at(5), escalated=True)
    second = contact(state, "ann", at(6), abuse=True)
    assert current(state).since_s == at(5)
    assert current(state).because == (f"escalated:{first.id}", f"abuse:{second.id}")
    assert span(state) == (10, 25)  # 3 points ask for more than 10 minutes


def test_work_that_ends_inside_a_break_makes_it_begin_anew() -> None:
    state = team()
    ticket = held(state, channel="phone", escalated=True)
    contact(state, "ann", at(0), escalated=True)
    assert span(state) == (5, 15)
    begun = current(state).id
    happen(state, ticket.id, "contact", at(9), occurred_s=at(8))  # past the deadline, and told a minute late
    assert span(state) == (5, 23)
    assert current(state).id == begun


ENDS: dict[str, tuple[str, str | None]] = {
    "the contact": ("contact", None),
    "the ticket": ("resolved", None),
    "by going to somebody else": ("reassigned", "ben"),
    "by a refusal": ("declined", None),
}


@pytest.mark.parametrize("how", sorted(ENDS))
def test_an_ordinary_chat_that_runs_into_the_break_makes_it_begin_anew_when_it_ends(how: str) -> None:
    kind, who = ENDS[how]
    state = team(["ann", "ben"])
    chat, other, letter = held(state, channel="chat"), held(state, channel="chat"), held(state)
    contact(state, "ann", at(5), escalated=True)
    assert span(state) == (10, 20)
    happen(state, letter.id, "resolved", at(15))
    assert span(state) == (10, 20), "an e-mail keeps nobody from resting"
    happen(state, chat.id, kind, at(19), agent_id=who)
    assert span(state) == (10, 29)
    assert "on_break" in {each.rule for each in rejections(decide_one(state, open_ticket(state).id, at(28)), "ann")}
    happen(state, chat.id, "closed", at(20))
    assert span(state) == (10, 29), "once for each"
    happen(state, other.id, "resolved", at(21))
    assert span(state) == (10, 31)


@pytest.mark.parametrize(("told_min", "until_min"), [(12, 22), (19, 22), (20, 20)])
def test_a_chat_that_ended_in_the_break_counts_from_when_it_did_and_none_after_the_break(told_min: float, until_min: float) -> None:
    state = team()
    chat = held(state, channel="chat")
    contact(state, "ann", at(5), escalated=True)
    happen(state, chat.id, "resolved", at(told_min), occurred_s=at(12))
    assert span(state) == (10, until_min)


def test_a_chat_that_is_closed_while_its_agent_is_away_makes_no_break_longer() -> None:
    state = team()
    chat = held(state, channel="chat")
    contact(state, "ann", at(5), escalated=True)
    set_status(state, "ann", "offline", at(12))
    happen(state, chat.id, "resolved", at(15))
    assert span(state) == (10, 20)


def test_an_escalation_told_late_of_work_that_ended_inside_a_break_sends_no_second() -> None:
    """The load of other tickets made the break begin anew with that contact; to its agent it was the break for it."""
    state = team(policy={"fatigue": {"line_points": 1.02}})
    ticket = held(state)
    contact(state, "ann", at(5), escalated=True)
    happen(state, ticket.id, "contact", at(8))
    sent = current(state).id, span(state)
    assert sent[1] == (5, 18)
    happen(state, ticket.id, "escalated", at(30), occurred_s=at(7))
    assert (current(state).id, span(state)) == sent
    assert ticket.contacts[0].hot


def test_a_contact_from_before_the_break_is_covered_by_it() -> None:
    state = team()
    first, second = held(state), held(state)
    contact(state, "ann", at(5), escalated=True)
    happen(state, first.id, "abuse", at(8), occurred_s=at(3))
    happen(state, first.id, "contact", at(8), occurred_s=at(4))
    assert span(state) == (5, 20)  # the same break; twice the points ask for the longest
    happen(state, second.id, "abuse", at(30), occurred_s=at(3))
    happen(state, second.id, "contact", at(30), occurred_s=at(4))  # told only when the break is over
    assert span(state) == (5, 20)


def test_late_news_of_a_contact_that_a_break_has_followed_sends_no_other() -> None:
    state = team()
    ticket = held(state, escalated=True)
    contact(state, "ann", at(5), escalated=True)
    happen(state, ticket.id, "contact", at(16), occurred_s=at(4))
    assert view(state, 16 * MIN_S).state == "light_duty"
    assert span(state) == (5, 15)


def test_a_break_that_turns_out_too_short_while_it_runs_gets_the_length_it_should_have_had() -> None:
    state = team(policy={"fatigue": {"account_memory_gain": 0.0, "line_points": 1.9}})
    ticket = held(state, escalated=True)
    contact(state, "ann", at(5), escalated=True)
    assert span(state) == (5, 15)
    happen(state, ticket.id, "contact", at(8), occurred_s=at(5))
    assert span(state) == (5, 5 + 791 / 60)  # 20 min · log2(3 / 1.9)


def test_the_break_lasts_ten_to_fifteen_minutes_by_the_load() -> None:
    state = team(policy=PLAIN)
    contact(state, "ann", at(0), escalated=True)
    assert span(state) == (0, 10)
    contact(state, "ann", at(60), escalated=True)
    start, end = span(state)
    assert (start, 10 < end - start < 15) == (60, True)
    contact(state, "ann", at(75), escalated=True, abuse=True)
    assert 10 < span(state)[1] - span(state)[0] <= 15


# Absences.


def test_an_absence_as_long_as_the_break_satisfies_it() -> None:
    state = team()
    held(state, channel="chat")
    contact(state, "ann", at(5), escalated=True)
    set_status(state, "ann", "away", at(6))
    assert span(state) == (6, 16)
    set_status(state, "ann", "online", at(16))
    assert view(state, 16 * MIN_S).state in ("ready", "light_duty")


def test_short_absences_do_not_add_up() -> None:
    state = team()
    contact(state, "ann", at(5), escalated=True)
    for minutes in (6, 8, 10, 12):
        set_status(state, "ann", "away", at(minutes))
        set_status(state, "ann", "online", at(minutes + 1))
    assert span(state) == (5, 15)


def test_late_news_of_an_absence_begins_the_break_when_the_absence_began() -> None:
    state = team()
    contact(state, "ann", at(0), escalated=True)
    shift(state, 0, 15)
    set_status(state, "ann", "away", at(8), occurred_s=at(2))
    assert span(state) == (2, 12)


def test_late_news_of_a_contact_begins_the_break_with_the_absence_since() -> None:
    state = team()
    ticket = held(state, escalated=True)
    set_status(state, "ann", "away", at(6))
    happen(state, ticket.id, "contact", at(9), occurred_s=at(5))
    assert span(state) == (6, 16)


@pytest.mark.parametrize(("away_min", "satisfied"), [(9, False), (10, True), (60, True)])
def test_late_news_of_a_contact_after_an_absence(away_min: float, satisfied: bool) -> None:
    state = team()
    ticket = held(state, escalated=True)
    set_status(state, "ann", "away", at(6))
    set_status(state, "ann", "online", at(6 + away_min))
    happen(state, ticket.id, "contact", at(100), occurred_s=at(5))
    assert has_none(state) is satisfied


def test_a_late_status_older_than_the_known_one_changes_nothing() -> None:
    state = team()
    contact(state, "ann", at(0), escalated=True)
    shift(state, 0, 15)
    set_status(state, "ann", "online", at(8), occurred_s=at(8))
    set_status(state, "ann", "away", at(9), occurred_s=at(7))
    assert span(state) == (15, 25)
    assert view(state, 9 * MIN_S).state == "pending"


def test_a_moved_break_is_satisfied_by_an_absence_that_was_there_already() -> None:
    state = team()
    ticket = held(state, escalated=True)
    happen(state, ticket.id, "contact", at(0))
    set_status(state, "ann", "away", at(1))
    shift(state, 2, 15)
    set_status(state, "ann", "online", at(12))
    assert view(state, 12 * MIN_S).state in ("ready", "light_duty")
    assert span(state) == (1, 11)


# What the agent and the manager may do.


@pytest.mark.parametrize(("minutes", "starts"), [(-15, 6), (-3, 7), (0, 10), (15, 25)])
def test_the_agent_moves_the_start_within_fifteen_minutes_once(minutes: float, starts: float) -> None:
    state = team()
    held(state, channel="chat")
    contact(state, "ann", at(5), escalated=True)
    shift(state, 6, minutes)
    assert span(state) == (starts, starts + 10)
    with pytest.raises(Conflict):
        shift(state, 6, 1)


@pytest.mark.parametrize("minutes", [-16, 16])
def test_further_than_fifteen_minutes_is_refused(minutes: float) -> None:
    state = team()
    contact(state, "ann", at(5), escalated=True)
    with pytest.raises(Refused):
        shift(state, 5, minutes)


def test_a_break_that_runs_moves_to_later_only_and_comes_whole() -> None:
    state = team()
    contact(state, "ann", at(5), escalated=True)
    with pytest.raises(Conflict):
        shift(state, 7, -1)
    shift(state, 7, 4)
    assert (span(state), view(state, 8 * MIN_S).state) == ((11, 21), "pending")


def test_live_work_that_ends_does_not_bring_a_moved_break_forward() -> None:
    state = team()
    held(state, channel="chat")
    contact(state, "ann", at(5), escalated=True)
    shift(state, 5, 10)
    happen(state, "H3", "contact", at(7))
    assert span(state) == (20, 30)


def test_without_a_break_there_is_nothing_to_move_or_skip() -> None:
    state = team()
    contact(state, "ann", at(5), escalated=True)
    with pytest.raises(Conflict):
        shift(state, 15, 1)
    with pytest.raises(Conflict):
        skip(state, 15)


def test_a_skipped_break_stays_owed_and_follows_the_next_contact_once() -> None:
    state = team()
    contact(state, "ann", at(5), escalated=True)
    skip(state, 6)
    assert (view(state, 6 * MIN_S).state != "break", view(state, 6 * MIN_S).owed) == (True, 1)
    contact(state, "ann", at(20))
    assert (span(state), current(state).because, view(state, 20 * MIN_S).owed) == ((20, 30), ("escalated:H3",), 0)
    contact(state, "ann", at(40))
    assert span(state) == (20, 30)


def test_a_break_skipped_again_and_again_follows_once() -> None:
    state = team()
    contact(state, "ann", at(0), escalated=True)
    ids = [current(state).id]
    for minutes in (20, 40, 60):
        skip(state, minutes - 19)
        contact(state, "ann", at(minutes))
        ids.append(current(state).id)
        assert (span(state), current(state).because) == ((minutes, minutes + 10), ("escalated:H3",))
    contact(state, "ann", at(200))
    assert current(state).id == ids[-1]
    assert len(set(ids)) == 4


def test_a_skipped_break_is_satisfied_by_an_absence_that_follows() -> None:
    state = team()
    contact(state, "ann", at(5), escalated=True)
    skip(state, 6)
    set_status(state, "ann", "away", at(10))
    assert (span(state), view(state, 10 * MIN_S).owed) == ((10, 20), 0)
    set_status(state, "ann", "online", at(40))
    contact(state, "ann", at(50))
    assert span(state) == (10, 20)


@pytest.mark.parametrize(("back_min", "owed"), [(14, 1), (40, 0)])
def test_a_break_skipped_while_away_is_owed_unless_the_absence_is_long_enough(back_min: float, owed: int) -> None:
    state = team()
    contact(state, "ann", at(5), escalated=True)
    set_status(state, "ann", "away", at(5))
    skip(state, 6)
    set_status(state, "ann", "online", at(back_min))
    assert view(state, back_min * MIN_S).owed == owed


# Coverage.


def test_a_coverage_floor_delays_the_start_until_a_colleague_is_back() -> None:
    state = team(["ann", "ben"], policy={"coverage_floor": 1})
    contact(state, "ben", at(0), escalated=True)
    contact(state, "ann", at(4), escalated=True)
    assert (span(state, "ben"), span(state)) == ((0, 10), (10, 20))
    assert view(state, 4 * MIN_S).state == "pending"


@pytest.mark.parametrize("delay_s", [0, 120, 600])
def test_coverage_delays_within_its_bound_and_never_cancels(delay_s: int) -> None:
    state = team(["ann", "ben"], policy={"coverage_floor": 5, "coverage_delay_max_s": delay_s})
    contact(state, "ann", at(4), escalated=True)
    assert span(state)[0] == 4 + delay_s / 60
    contact(state, "ann", at(4.5))  # e-mail that ends meanwhile does not begin the wait anew
    assert span(state)[0] == 4 + delay_s / 60


def test_a_colleague_whose_break_is_pending_is_no_cover() -> None:
    state = team(["ann", "ben"], policy={"coverage_floor": 1})
    held(state, "ben", channel="chat")
    contact(state, "ben", at(0), escalated=True)  # pending until minute 5
    contact(state, "ann", at(1), escalated=True)
    assert (span(state, "ben"), span(state)) == ((5, 15), (11, 21))


def test_who_is_away_waits_for_no_cover() -> None:
    state = team(["ann", "ben"], policy={"coverage_floor": 5})
    contact(state, "ann", at(4), escalated=True)
    set_status(state, "ann", "away", at(6))
    assert span(state) == (6, 16)


# After the break.


def test_light_duty_until_below_the_line_then_ready() -> None:
    state = team()
    contact(state, "ann", at(0), escalated=True)
    contact(state, "ann", at(0), abuse=True)  # known a moment after the break began, and before it as well
    assert span(state) == (0, 15)
    assert view(state, 15 * MIN_S).state == "light_duty"
    until_s = next_change_s(state, at(15))
    assert recovery.view(state, 0, until_s - 0.1).state == "light_duty"
    assert recovery.view(state, 0, until_s).state == "ready"


def test_light_duty_takes_routine_tickets_and_no_hard_ones() -> None:
    state = team()
    contact(state, "ann", at(0), escalated=True)
    contact(state, "ann", at(0), escalated=True)
    open_ticket(state, "calm")
    open_ticket(state, "angry", escalated=True)
    assert decide_one(state, "calm", at(15)).agent_id == "ann"
    assert decide_one(state, "angry", at(15)).agent_id is None


def test_ramp_in_after_a_break_then_everything() -> None:
    state = team({"ann": {"concurrency": (9, 2, 1)}}, policy={"ramp_in": {"contacts": 2, "window_s": 600}})
    contact(state, "ann", at(0), escalated=True)
    given = []
    for minutes in (10, 11, 12, 13, 20):
        open_ticket(state, f"W{minutes}", f"account-{minutes}", at(minutes))
        take_turn(state, at(minutes))
        given.append(int(state.agents.open[0].sum()))
    assert given == [1, 2, 2, 2, 5]


@pytest.mark.parametrize("early", [False, True])
def test_ramp_in_when_the_shift_begins(early: bool) -> None:
    """Who stays online over night, or comes a little early, finds what came in meanwhile."""
    profile = {"concurrency": (9, 2, 1), "shifts": shifts(10 * 60, 18 * 60), "status": "offline" if early else "online"}
    state = team({"ann": profile}, policy={"ramp_in": {"contacts": 2, "window_s": 600}})
    for number in range(5):
        open_ticket(state, f"W{number}", f"account-{number}")
    if early:
        set_status(state, "ann", "online", at(55))
    taken = []
    for minutes in (59.9, 60, 69.9, 70):
        take_turn(state, at(minutes))
        taken.append(int(state.agents.open[0].sum()))
    assert taken == [0, 2, 2, 5]


@pytest.mark.parametrize("told_offline", [False, True])
@pytest.mark.parametrize(("after_min", "given"), [(14.9, 5), (15, 2)])
def test_ramp_in_at_the_first_time_online_where_somebody_was_known_before(told_offline: bool, after_min: float, given: int) -> None:
    """Of somebody who is put and online at once nothing is known; of others, that they were away since."""
    state = team((), policy={"ramp_in": {"contacts": 2, "window_s": 600}})
    tell(state, AgentPut(at(0), "ann", "Ann", concurrency=(9, 2, 1)))
    if told_offline:
        set_status(state, "ann", "offline", at(0))
    for number in range(5):
        open_ticket(state, f"W{number}", f"account-{number}")
    set_status(state, "ann", "online", at(after_min))
    assert take_turn(state).agents.open[0].sum() == given
    assert take_turn(state, at(after_min + 10)).agents.open[0].sum() == 5


def test_the_ramp_in_of_a_shift_is_found_by_time_alone() -> None:
    profile = {"concurrency": (9, 2, 1), "shifts": shifts(10 * 60, 18 * 60)}
    state = team({"ann": profile}, policy={"ramp_in": {"contacts": 2, "window_s": 600}})
    for number in range(3):
        open_ticket(state, f"W{number}", f"account-{number}")
    taken = []
    for _ in range(2):
        take_turn(state, next_change_s(take_turn(state), state.now_s))
        taken.append((round((state.now_s - START_S) / MIN_S, 3), int(state.agents.open[0].sum())))
    assert taken == [(60, 2), (70, 3)]


def test_a_break_resets_the_hard_streak_also_when_nothing_happens_in_between() -> None:
    state = team(policy={"hard_streak_max": 1} | PLAIN)
    held(state, channel="chat")
    open_ticket(state, "later", "another", escalated=True)
    contact(state, "ann", at(0), escalated=True)
    assert span(state) == (5, 15)  # the last that is heard of ann
    assert "hard_streak" in {each.rule for each in rejections(decide_one(state, "later", at(0)), "ann")}
    assert decide_one(state, "later", at(60)).agent_id == "ann"


def test_hard_contacts_from_before_a_break_are_no_part_of_the_streak() -> None:
    state = team(policy=SOON_HARD)
    contact(state, "ann", at(0))
    contact(state, "ann", at(1))
    assert state.agents.streak.tolist() == [2]
    contact(state, "ann", at(2), escalated=True)
    contact(state, "ann", at(20))
    assert state.agents.streak.tolist() == [1]


@pytest.mark.parametrize(("away_min", "streak"), [(9.9, 2), (10, 0), (16 * 60, 0)])
def test_an_absence_as_long_as_a_break_ends_a_streak_and_a_shorter_one_does_not(away_min: float, streak: int) -> None:
    state = team(policy={"hard_streak_max": 2} | SOON_HARD)
    contact(state, "ann", at(0))
    contact(state, "ann", at(1))
    set_status(state, "ann", "away", at(2))
    set_status(state, "ann", "online", at(2 + away_min))
    assert state.agents.streak.tolist() == [streak]
    open_ticket(state)
    assert [each.rule for each in rejections(decide_one(state), "ann")] == (["hard_streak"] if streak else [])
    again = snapshot.load(json.loads(json.dumps(snapshot.dump(state))))
    for each in (state, again):
        contact(each, "ann", at(1000), ended_s=at(1.5))  # told late: it ended before
        assert each.agents.streak.tolist() == [streak and 3]
        contact(each, "ann", at(1001))
        assert each.agents.streak.tolist() == [4 if streak else 1]


def test_what_ended_in_an_absence_is_part_of_the_streak_after_it() -> None:
    state = team(policy=SOON_HARD)
    contact(state, "ann", at(0))
    set_status(state, "ann", "offline", at(1))
    contact(state, "ann", at(3))
    set_status(state, "ann", "online", at(30))
    assert state.agents.streak.tolist() == [1]


# Restarts, and time that passes.


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
    assert (recovery.view(state, 0, falls_s - 1).state, recovery.view(state, 0, falls_s).state) == ("ready", "light_duty")
    rises_s = next_change_s(state, falls_s)
    assert (recovery.view(state, 0, rises_s - 1).state, recovery.view(state, 0, rises_s).state) == ("light_duty", "ready")
    assert next_change_s(state, rises_s) == math.inf
