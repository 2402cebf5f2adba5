"""A ticket changes hands: what counts of its messages is what whoever comes next has not met."""

from __future__ import annotations

from router.domain import Ticket
from router.state import TeamState, exposure
from support.build import MINUTE_S, decide_one, give, happen, open_ticket, take_turn, team
from support.streams import START_S


def met_a_mail(grave: str, **policy: object) -> tuple[TeamState, Ticket]:
    """ann has answered the one mail of T1, in which something was grave: for her there is nothing left in it."""
    state = team(["ann", "bob"], policy)
    ticket = open_ticket(state, grave=grave, text_score=0.9, category="reset")
    take_turn(state)
    happen(state, "T1", "contact", START_S + MINUTE_S)
    assert (ticket.agent_id, ticket.grave, ticket.text_score) == ("ann", None, 0.0)
    return state, ticket


def test_a_grave_mail_that_was_answered_is_no_matter_for_automation_when_its_agent_gives_it_up() -> None:
    state, ticket = met_a_mail("self_harm", automation={"categories": ["reset"]})
    happen(state, "T1", "declined")
    assert (ticket.grave, ticket.text_score) == ("self_harm", 0.9)
    decision = decide_one(state)
    assert (decision.lane, decision.agent_id) == ("agent", "bob")
    assert "grave" in {each.rule for each in decision.not_automation}


def test_whoever_gets_a_ticket_from_another_has_its_messages_before_them() -> None:
    state, ticket = met_a_mail("threat")
    give(state, "T1", "bob")
    assert (ticket.grave, ticket.text_score) == ("threat", 0.9)
    assert ticket.booked_milli == round(1000 * exposure(state, ticket, state.now_s)) == 1000  # half of two: it is a second one
    give(state, "T1", "ann")
    assert (ticket.grave, ticket.text_score, ticket.booked_milli) == (None, 0.0, 30)


def test_an_escalation_after_a_grave_contact_is_decided_with_what_it_will_count() -> None:
    state, ticket = met_a_mail("threat")
    happen(state, "T1", "escalated", START_S + 2 * MINUTE_S)
    expected = exposure(state, ticket, state.now_s)
    happen(state, "T1", "contact", START_S + 3 * MINUTE_S)
    assert [each.points for each in ticket.contacts] == [2.0, expected] == [2.0, 0.75]
