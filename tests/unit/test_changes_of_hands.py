"""A ticket changes hands: what counts of its messages is what whoever comes next has not met, and what is told late is of who had it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from router import snapshot
from router.domain import Ticket
from router.errors import Refused
from router.events import AgentForgotten
from router.state import TeamState, exposure
from router.work import HANDS_KEPT
from support.build import DAY_S, MINUTE_S, contact, decide_one, give, happen, open_ticket, set_status, take_turn, team, tell
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
    assert (ticket.grave, ticket.text_score, ticket.booked_milli) == (None, 0.0, 45)  # an ordinary one, half as hard again: she met them


def test_an_escalation_after_a_grave_contact_is_decided_with_what_it_will_count() -> None:
    state, ticket = met_a_mail("threat")
    happen(state, "T1", "escalated", START_S + 2 * MINUTE_S)
    expected = exposure(state, ticket, state.now_s)
    happen(state, "T1", "contact", START_S + 3 * MINUTE_S)
    assert [each.points for each in ticket.contacts] == [2.0, expected] == [2.0, 0.75]


# What is told late, and without a name, is of whoever had the ticket then.


def test_a_ticket_that_goes_round_for_days_keeps_the_last_hands_alone() -> None:
    state = team(["ann", "bob"])
    ticket = open_ticket(state)
    for turn in range(2 * HANDS_KEPT):
        give(state, "T1", ("ann", "bob")[turn % 2], START_S + turn * MINUTE_S)
    left = [(instant_s, who) for instant_s, kind, who in ticket.marks if kind == "left"]
    last = 2 * HANDS_KEPT
    assert left == [(START_S + turn * MINUTE_S, ("bob", "ann")[turn % 2]) for turn in range(last - HANDS_KEPT, last)]


SOON_S, MOVED_S, TOLD_S = (START_S + minutes * MINUTE_S for minutes in (1, 2, 3))


def overridden(state: TeamState) -> None:
    give(state, "T1", "bob", MOVED_S)


def recalled(state: TeamState) -> None:
    take_turn(state, MOVED_S)


def rotated(state: TeamState) -> None:
    happen(state, "T1", "escalated", MOVED_S)
    take_turn(state)


def declined(state: TeamState) -> None:
    happen(state, "T1", "declined", MOVED_S)
    take_turn(state)


def reassigned(state: TeamState) -> None:
    happen(state, "T1", "reassigned", MOVED_S, agent_id="bob")


def came_back(state: TeamState) -> None:
    happen(state, "T1", "resolved", MOVED_S - 1)
    happen(state, "T1", "reopened", MOVED_S)
    give(state, "T1", "bob")


WAYS = (overridden, recalled, rotated, declined, reassigned, came_back)


def passed_on(how: Callable[[TeamState], None]) -> tuple[TeamState, Ticket]:
    """ann had T1 for two minutes, bob has it now."""
    state = team(["ann", "bob"], {"offer_timeout_s": {"email": 120 if how is recalled else 0}, "rotation_after_escalations": 1})
    if how is rotated:
        contact(state, "ann", account_id="acme", ended_s=START_S - DAY_S, escalated=True)
    ticket = open_ticket(state)
    if how is rotated:
        happen(state, "T1", "reassigned", agent_id="ann")
    else:
        take_turn(state)
    assert ticket.agent_id == "ann"
    how(state)
    assert ticket.agent_id == "bob"
    return state, ticket


@pytest.mark.parametrize("how", WAYS)
def test_a_contact_that_is_told_late_goes_to_who_had_the_ticket(how: Callable[[TeamState], None]) -> None:
    state, ticket = passed_on(how)
    booked_milli = ticket.booked_milli
    happen(state, "T1", "contact", TOLD_S, SOON_S)
    assert [each.agent_id for each in ticket.contacts if not each.implied] == ["ann"]
    assert (ticket.agent_id, ticket.booked_milli > 0) == ("bob", booked_milli > 0)
    happen(state, "T1", "contact", TOLD_S)
    assert [each.agent_id for each in ticket.contacts if not each.implied] == ["ann", "bob"]


@pytest.mark.parametrize("how", WAYS)
def test_what_somebody_declined_before_does_not_take_it_from_who_has_it(how: Callable[[TeamState], None]) -> None:
    state, ticket = passed_on(how)
    happen(state, "T1", "declined", TOLD_S, SOON_S)
    assert (ticket.agent_id, ticket.declined_by) == ("bob", ("ann",))


@pytest.mark.parametrize("how", [each for each in WAYS if each is not came_back])
def test_resolving_it_was_the_contact_of_who_had_it(how: Callable[[TeamState], None]) -> None:
    state, ticket = passed_on(how)
    happen(state, "T1", "resolved", TOLD_S, SOON_S)
    assert [(each.agent_id, each.ended_s) for each in ticket.contacts] == [("ann", SOON_S)]


def test_the_next_answers_in_the_second_in_which_they_got_it() -> None:
    """As a helpdesk writes it that cuts instants to seconds."""
    state = team(["ann", "bob"], {"offer_timeout_s": {"email": 60}})
    ticket = open_ticket(state)
    take_turn(state, START_S + 0.25)
    take_turn(state, START_S + 60.5)
    assert ticket.agent_id == "bob"
    happen(state, "T1", "accepted", START_S + 60.75, START_S + 60)
    assert ticket.offer_expires_s is None


def test_a_hand_over_that_is_told_late_was_before_those_that_are_known() -> None:
    """cem has had it for two minutes by the helpdesk's word: what the router did with it meanwhile never was."""
    state = team(["ann", "bob", "cem"], {"offer_timeout_s": {"email": 120}})
    ticket = open_ticket(state)
    take_turn(state)
    take_turn(state, MOVED_S)
    happen(state, "T1", "reassigned", TOLD_S, SOON_S, "cem")
    for occurred_s in (START_S + 30, SOON_S + 30, MOVED_S + 30):
        happen(state, "T1", "contact", TOLD_S, occurred_s)
    assert [each.agent_id for each in ticket.contacts] == ["ann", "cem", "cem"]


def test_a_ticket_waits_again_and_is_known_to_have_been_with_somebody() -> None:
    state = team(["ann"], {"offer_timeout_s": {"email": 120}})
    ticket = open_ticket(state)
    take_turn(state)
    set_status(state, "ann", "offline")
    take_turn(state, MOVED_S)
    assert ticket.agent_id is None
    with pytest.raises(Refused, match="assigned to nobody"):
        happen(state, "T1", "contact", TOLD_S)
    happen(state, "T1", "contact", TOLD_S, SOON_S)
    assert [each.agent_id for each in ticket.contacts] == ["ann"]


def test_who_is_forgotten_is_not_named_and_nobody_else_is_in_their_place() -> None:
    state, ticket = passed_on(recalled)
    tell(state, AgentForgotten(MOVED_S, "ann"))
    assert '"ann"' not in json.dumps(snapshot.dump(state))
    with pytest.raises(Refused, match="/agent_id"):
        happen(state, "T1", "contact", TOLD_S, SOON_S)
    happen(state, "T1", "resolved", TOLD_S, SOON_S)
    assert (ticket.state, ticket.contacts) == ("resolved", ())


def test_who_had_a_ticket_goes_through_a_checkpoint() -> None:
    state = snapshot.load(json.loads(json.dumps(snapshot.dump(passed_on(overridden)[0]))))
    assert [each.agent_id for each in happen(state, "T1", "contact", TOLD_S, SOON_S).contacts] == ["ann"]


# In one second.


def test_from_hand_to_hand_in_one_second() -> None:
    state = team(["ann", "bob", "cem"])
    ticket = open_ticket(state)
    for agent_id in ("ann", "bob", "cem"):
        happen(state, "T1", "reassigned", agent_id=agent_id)
    assert ticket.agent_id == "cem"
    happen(state, "T1", "reassigned", agent_id="bob")  # told again
    assert ticket.agent_id == "cem"


def test_without_ids_the_second_end_in_one_second_is_a_repeat() -> None:
    state = team()
    give(state, open_ticket(state).id, "ann")
    for kind in ("resolved", "reopened", "resolved"):
        happen(state, "T1", kind)
    assert state.tickets["T1"].state == "waiting"
