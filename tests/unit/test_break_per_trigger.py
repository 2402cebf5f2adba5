"""A contact that was too much sends one break, whatever else is told of it, in whatever order."""

from __future__ import annotations

from itertools import permutations

import pytest

from router import readiness
from router.events import TicketEvent
from router.turn import fold
from support.build import contact, give, happen, set_status, team, tell
from support.rests import PLAIN, at, current, has_none, held, span


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
    assert readiness.load_at(in_order, 0, at(5))[0] == pytest.approx(1.5, abs=1e-9)


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
