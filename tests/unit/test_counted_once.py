"""A contact counts once: told by two clients, late, implied by what ended, or by nobody who had it."""

from __future__ import annotations

import pytest

from router import readiness
from router.errors import Refused
from router.events import ContactRated, TicketEvent
from router.turn import fold
from support.build import DAY_S, contact, give, happen, open_ticket, take_turn, team, tell
from support.rests import MIN_S, PLAIN, SOON_HARD, at, current, held, skip, span, view


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
    assert readiness.load_at(state, 0, at(60))[0] == pytest.approx(0.03 / 2, abs=1e-9)


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


def test_what_is_told_of_a_contact_older_than_the_ledger_makes_nobody_remember_it_twice() -> None:
    """The ticket is open for over a month; who had it then rates it otherwise."""
    state = team(policy=SOON_HARD)
    ticket = held(state, abuse=True)
    happen(state, ticket.id, "contact", at(1))
    for day in range(1, 40):
        contact(state, "ann", at(0) + day * DAY_S)
    account = state.accounts["acme"]
    assert account.memory["ann"] == (1.5, at(1))
    for rating, points in (("awful", 2.0), ("hard", 1.0)):
        tell(state, ContactRated(state.now_s, ticket.id, "ann", rating, state.now_s))
        assert account.memory["ann"] == (points, at(1))
    assert account.contacts == ((at(1), "ann", 1.0),)
