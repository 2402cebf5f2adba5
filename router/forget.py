"""What a team forgets: an agent who has left, points that are older than they may be kept, and accounts that are silent."""

from __future__ import annotations

from dataclasses import replace

from fatigue_model.dynamics import DAY_S, memory_now
from router import debrief, work
from router.context import held_by
from router.domain import Account, Contact, Ticket
from router.errors import Conflict
from router.ledger import settle
from router.person import Person
from router.state import KEEP_S, TeamState

FORGOTTEN_POINTS = 0.01  # less of a memory is nothing: the account factor moves by a quarter of it
ESCALATION_KEPT_S = 365 * DAY_S  # that somebody handled one, of an account that has been silent since


def require_free(state: TeamState, agent_id: str) -> None:
    """Raises `Refused` unless the agent is known and has no ticket in hand: that would be work which nobody does."""
    state.agents.known_row(agent_id)
    held = held_by(state, agent_id)
    if held:
        raise Conflict(
            "/agent_id", f"agent {agent_id!r} has {len(held)} tickets in hand, {held[0].id!r} for one; give them to somebody first"
        )


def forget_agent(state: TeamState, agent_id: str) -> None:
    """Take an agent out, with everything that the state says of them. What they did to tickets and accounts stays done, by nobody; what
    they have in hand waits again."""
    for ticket in held_by(state, agent_id):
        work.queue(state, ticket)
    state.held.pop(agent_id, None)
    debrief.forget_agent(state, agent_id)
    state.agents.remove(agent_id)
    for account in state.accounts.values():
        _forget_of_account(account, agent_id)
    for ticket in state.tickets.values():
        _forget_of_ticket(ticket, agent_id)
    state.exclusions = {pair: why for pair, why in state.exclusions.items() if pair[0] != agent_id}
    state.plan = state.plan.without(agent_id) if state.plan is not None else None
    if state.changes is not None:
        state.changes.all_of_it()


def _forget_of_account(account: Account, agent_id: str) -> None:
    account.contacts = tuple(each for each in account.contacts if each[1] != agent_id)
    account.escalated_contacts = tuple((at_s, None if who == agent_id else who) for at_s, who in account.escalated_contacts)
    account.memory.pop(agent_id, None)


def _forget_of_ticket(ticket: Ticket, agent_id: str) -> None:
    ticket.previous_agent_id = None if ticket.previous_agent_id == agent_id else ticket.previous_agent_id
    if ticket.held_for == agent_id:
        ticket.held_for, ticket.held_why = None, None
    ticket.declined_by = tuple(each for each in ticket.declined_by if each != agent_id)
    ticket.ignored_by = tuple(each for each in ticket.ignored_by if each != agent_id)
    ticket.contacts = tuple(_by_nobody(each) if each.agent_id == agent_id else each for each in ticket.contacts)
    ticket.ratings = tuple(each for each in ticket.ratings if each[1] != agent_id)
    ticket.marks = tuple((at_s, kind, None if who == agent_id else who) for at_s, kind, who in ticket.marks)


def _by_nobody(contact: Contact) -> Contact:
    """The contact with what it used up, so that nobody meets that again, and without what it was for its agent."""
    return replace(contact, agent_id=None, points=0.0, implied=False, facts=replace(contact.facts, rating=None))


def empty(state: TeamState, account: Account) -> bool:
    """Whether nothing is left of an account that a decision could look at: it came with tickets alone, which are over for 30 days, nobody
    remembers it, no exclusion names it, and its last escalation is a year ago."""
    since_s = state.now_s - KEEP_S
    return (
        not (account.put or account.kept or account.memory or account.escalated_open)
        and not (account.created_s and account.created_s[-1] >= since_s)
        and not (account.contacts and account.contacts[-1][0] >= since_s)
        and not (account.escalated_contacts and account.escalated_contacts[-1][0] >= state.now_s - ESCALATION_KEPT_S)
        and not any(account_id == account.id for _, account_id in state.exclusions)
    )


def let_go(state: TeamState, account: Account) -> None:
    """Drop the account where nothing is left of it but facts that came with its tickets, and will with its next one."""
    if empty(state, account):
        state.set_arr(account, None)
        del state.accounts[account.id]


def overdue(state: TeamState, before_s: float) -> bool:
    """Whether the state still holds points from before an instant, of people or accounts that nothing happened to since, or accounts of
    which nothing is left."""
    return any(_old_points(person, before_s) for person in state.agents.people) or any(
        _old_contacts(account, before_s) or _faded(account, before_s, state) or empty(state, account) for account in state.accounts.values()
    )


def drop_points(state: TeamState, before_s: float) -> None:
    """Drop points from before an instant, which is before the ledger, a month long, begins, and accounts of which nothing is left. What
    the points add up to today stays."""
    for row, person in enumerate(state.agents.people):
        if _old_points(person, before_s):
            settle(state.agents, row, state.now_s, state.params)  # what is older than the ledger becomes one sum
            person.points_by_day = {day: points for day, points in person.points_by_day.items() if _end_s(day) > before_s}
    for account in list(state.accounts.values()):
        faded = _faded(account, before_s, state)
        if faded or _old_contacts(account, before_s) or empty(state, account):
            state.touch(account.id)
        account.contacts = tuple(each for each in account.contacts if each[0] >= before_s)
        for agent_id in faded:
            del account.memory[agent_id]
        let_go(state, account)
    state.agents.forget_caches()


def _old_points(person: Person, before_s: float) -> bool:
    return any(_end_s(day) <= before_s for day in person.points_by_day) or any(each.ended_s < before_s for each in person.entries)


def _end_s(day: int) -> float:
    return (day + 1) * DAY_S


def _old_contacts(account: Account, before_s: float) -> bool:
    return any(each[0] < before_s for each in account.contacts)


def _faded(account: Account, before_s: float, state: TeamState) -> list[str]:
    """Whose memory of an account has come to nothing."""
    old = ((agent_id, points, at_s) for agent_id, (points, at_s) in account.memory.items() if at_s < before_s)
    return [agent_id for agent_id, points, at_s in old if memory_now(points, state.now_s - at_s, state.params) < FORGOTTEN_POINTS]
