"""What a contact puts into the ledger, once: entered when it is reported or implied, corrected when the ticket's course was another."""

from __future__ import annotations

from bisect import insort
from dataclasses import replace
from typing import TypeVar

import numpy as np

from fatigue_model.dynamics import line
from fatigue_model.exposure import ContactFacts, points
from router import booking, recovery, streak
from router.course import Course, Heat, course
from router.domain import Account, Contact, Ticket
from router.ledger import enter, itemised, take_out
from router.person import Entry
from router.state import KEEP_S, TeamState, facts, facts_behind

ESCALATIONS_KEPT = 20
Noted = TypeVar("Noted", bound=tuple[object, ...])


def count(state: TeamState, ticket: Ticket, agent_id: str, ended_s: float) -> None:
    """Enter a contact that ended into the agent's ledger and the account's history, and owe a break where one is due."""
    _add(state, ticket, agent_id, ended_s, implied=False)
    follow(state, ticket)
    recovery.live_work_ended(state, state.agents.row[agent_id])


def follow(state: TeamState, ticket: Ticket) -> Course:
    """Bring contacts, flags, counters and ledgers to what the ticket's course is as of now."""
    known, contacts = course(ticket), ticket.contacts
    ticket.reopened_count = ticket.came_reopened + len(known.reopened_s)
    replaced = _imply(state, ticket, known)
    if ticket.contacts is not contacts:
        known = course(ticket)
    for index, met in enumerate(known.met):
        contact = ticket.contacts[index]
        if contact.agent_id is None:
            continue
        right = _as_met(contact, met, ticket.came_reopened)
        if not contact.counted:
            known_hot = replaced.get(contact.agent_id)
            _correct(state, ticket, index, right, newly_hot=right.hot and not known_hot, gained=known_hot is None)
        elif right is not contact:
            _correct(state, ticket, index, right, newly_hot=right.hot and not contact.hot, gained=False)
    _flag(state, ticket, known.now)
    return known


def passed_on(state: TeamState, ticket: Ticket) -> None:
    """The ticket came to an agent or to nobody: what counts of its messages is what they have not met. Nobody has met any."""
    if ticket.messages and ticket.contacts:
        follow(state, ticket)


def _as_met(contact: Contact, met: Heat, came_reopened: int) -> Contact:
    """The contact with what it met; itself where that is known of it."""
    found = met.of(contact.facts, came_reopened)
    if found is contact.facts and (met.hot, met.by_escalation) == (contact.hot, contact.escalation):
        return contact
    return replace(contact, facts=found, hot=met.hot, escalation=met.by_escalation)


def _imply(state: TeamState, ticket: Ticket, known: Course) -> dict[str, bool]:
    """Add the contacts that are implied and take out those that are no more; of whom, and whether a break was due for it."""
    wrong = [each for each in ticket.contacts if each.implied and (each.agent_id, each.ended_s) not in known.implied]
    for contact in wrong:
        _take_out(state, ticket, contact)
        if contact.agent_id is not None:
            streak.count(state, state.agents.row[contact.agent_id])
    if wrong:
        ticket.contacts = tuple(each for each in ticket.contacts if each not in wrong)
    there = {(each.agent_id, each.ended_s) for each in ticket.contacts if each.implied}
    for agent_id, ended_s in known.implied:
        if (agent_id, ended_s) not in there:
            _add(state, ticket, agent_id, ended_s, implied=True)
    return {each.agent_id: each.hot for each in wrong if each.agent_id is not None}


def _add(state: TeamState, ticket: Ticket, agent_id: str, ended_s: float, implied: bool) -> None:
    known = facts(state, ticket, ended_s)
    ticket.contacts = (*ticket.contacts, Contact(agent_id, ended_s, 0.0, False, implied, False, known, counted=False))


def _flag(state: TeamState, ticket: Ticket, now: Heat) -> None:
    before, after = (ticket.hot, ticket.text_score, ticket.grave), (now.hot, now.text_score, now.grave)
    ticket.escalated, ticket.abuse = now.escalated, now.abuse
    ticket.hot, ticket.text_score, ticket.grave = after
    if ticket.agent_id is not None:
        state.agents.hot_open[state.agents.row[ticket.agent_id]] += int(now.hot) - int(before[0])
        # one whose contact has ended is booked anew where something is left to be answered: that contact may be told late
        if after != before if ticket.booked_milli else any(after):
            booking.book(state, ticket)
    opened = state.accounts[ticket.account_id].escalated_open
    if now.escalated and not ticket.over:
        opened[ticket.id] = None
    else:
        opened.pop(ticket.id, None)


def _correct(state: TeamState, ticket: Ticket, index: int, right: Contact, newly_hot: bool, gained: bool) -> None:
    """Put the contact into the ledger as it was, and owe what it owes beyond what was known; `gained`: nothing was known of it."""
    wrong = ticket.contacts[index]
    assert right.agent_id is not None
    day = _take_out(state, ticket, wrong)
    agent_id, account = right.agent_id, state.accounts[ticket.account_id]
    row = state.agents.row[agent_id]
    demand = points(right.facts, state.params)
    enter(state.agents, row, account, ticket.id, demand, right.ended_s, state.params, day)
    right = replace(right, points=demand, counted=True)
    ticket.contacts = (*ticket.contacts[:index], right, *ticket.contacts[index + 1 :])
    _remember(account, agent_id, right)
    recovery.settle_owed(state, row)
    insort(state.agents.people[row].recent, (right.ended_s, demand >= state.params.hard_contact_points))
    streak.count(state, row)
    _owe(state, row, ticket, right, newly_hot, gained or (wrong.counted and _harder(state, right, wrong)))
    if gained and state.agents.people[row].owed:
        recovery.trigger(state, row, (), right.ended_s)


def _harder(state: TeamState, right: Contact, wrong: Contact) -> bool:
    """Whether more is known of a contact than was, its words left out."""
    return points(_without_words(right.facts), state.params) > points(_without_words(wrong.facts), state.params)


def _take_out(state: TeamState, ticket: Ticket, contact: Contact) -> int | None:
    """Undo what is known of the contact; the day that it was counted for, if it was."""
    if not contact.counted or contact.agent_id is None:
        return None
    row, account = state.agents.row[contact.agent_id], state.accounts[ticket.account_id]
    known = take_out(state.agents, row, account, ticket.id, contact.points, contact.ended_s, state.params)
    account.contacts = _without(account.contacts, (contact.ended_s, contact.agent_id, contact.points))
    if contact.escalation:
        account.escalated_contacts = _without(account.escalated_contacts, (contact.ended_s, contact.agent_id))
    recent = state.agents.people[row].recent
    counted = contact.ended_s, contact.points >= state.params.hard_contact_points if known is None else known.hard
    if counted in recent:
        recent.remove(counted)
    return None if known is None else known.day


def _without(entries: tuple[Noted, ...], entry: Noted) -> tuple[Noted, ...]:
    if entry not in entries:
        return entries
    index = entries.index(entry)
    return entries[:index] + entries[index + 1 :]


def _remember(account: Account, agent_id: str, contact: Contact) -> None:
    kept = [each for each in account.contacts if each[0] >= contact.ended_s - KEEP_S]
    account.contacts = tuple(sorted([*kept, (contact.ended_s, agent_id, contact.points)]))
    if contact.escalation:
        known = [*account.escalated_contacts, (contact.ended_s, agent_id)]
        account.escalated_contacts = tuple(sorted(known, key=lambda each: (each[0], each[1] or "")))[-ESCALATIONS_KEPT:]


def _owe(state: TeamState, row: int, ticket: Ticket, contact: Contact, newly_hot: bool, gained: bool) -> None:
    """A break follows a hot contact, and a load far above the line. What was read into the words of one contact does not send one."""
    if newly_hot:
        why = recovery.reason(contact.escalation, ticket.id)
    elif gained and _far_above(state, row, ticket, contact):
        why = f"load:{ticket.id}"
    else:
        return
    recovery.trigger(state, row, (why,), contact.ended_s)


def _far_above(state: TeamState, row: int, ticket: Ticket, contact: Contact) -> bool:
    """Whether the agent's own load is where a break is due, and would be without what single messages were read to mean.

    Left out are the words of this contact, and the floor that grave words set for any: one wrong reading must not send a break, now or
    with the next ticket. That many contacts in a row were worded angrily counts, at most `text_points_max` each.
    """
    agents, params = state.agents, state.params

    def due(acute: float, carried: float) -> bool:
        return acute >= params.break_trigger_ratio * float(line(carried, params))

    acute, carried = float(agents.own_acute[row]), float(agents.own_carried[row])
    if not due(acute, carried):
        return False
    lots = itemised(agents, row, params, agents.people[row].paces)
    here = (ticket.id, contact.ended_s)
    read = np.array([_read_share(state, agents.people[row].id, each, (each.ticket_id, each.ended_s) == here) for each in lots.entries])
    return due(acute - float(read @ lots.acute), max(0.0, carried - float(read @ lots.carried)))


def _read_share(state: TeamState, agent_id: str, entry: Entry, whole: bool) -> float:
    """The share of a contact's points, 0 … 1, that comes from grave words and from no fact; with `whole`, from any of the words."""
    facts = facts_behind(state, agent_id, entry)
    counted = points(facts, state.params) if facts is not None else 0.0
    if facts is None or counted <= 0:
        return 0.0
    return 1 - points(_without_words(facts) if whole else replace(facts, grave=None), state.params) / counted


def _without_words(facts: ContactFacts) -> ContactFacts:
    return replace(facts, text_score=0.0, grave=None) if facts.text_score or facts.grave else facts
