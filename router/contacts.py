"""What a contact puts into the ledger, once: entered when it is reported or implied, corrected when the ticket's course was another."""

from __future__ import annotations

from bisect import insort
from dataclasses import replace
from typing import TypeVar

from fatigue_model.exposure import points
from router import booking, due, recovery, streak
from router.course import Course, Heat, course
from router.domain import Account, Contact, Ticket
from router.ledger import enter, take_out
from router.person import Entry
from router.state import KEEP_S, TeamState, facts

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
    return points(due.without_words(right.facts), state.params) > points(due.without_words(wrong.facts), state.params)


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
    """A break follows a hot contact, and a load far above the line, by now or at a later contact's end where this one is told late. What
    was read into the words of one contact does not send one."""
    if newly_hot:
        recovery.trigger(state, row, (due.reason("escalated" if contact.escalation else "abuse", ticket.id),), contact.ended_s)
    elif gained and due.by_load(state, row, _entry(state, row, ticket.id, contact.ended_s)):
        recovery.trigger(state, row, (due.reason("load", ticket.id),), contact.ended_s)
    later = state.agents.people[row].entries[-1:]  # none where the ledger begins after all of them
    if gained and later and contact.ended_s < later[0].ended_s:
        recovery.catch_up(state, row, contact.ended_s)


def _entry(state: TeamState, row: int, ticket_id: str, ended_s: float) -> Entry:
    entries = reversed(state.agents.people[row].entries)
    return next(each for each in entries if each.order == (ended_s, ticket_id))
