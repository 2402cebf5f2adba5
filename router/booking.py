"""What work in hand will add to an agent: booked when a ticket is given, until its contact has ended and is in the ledger."""

from __future__ import annotations

from fatigue_model.dynamics import UNKNOWN, account_factor, memory_now
from router.domain import Ticket
from router.state import TeamState, exposure, is_hard

MILLI = 1000


def book(state: TeamState, ticket: Ticket) -> None:
    """Book the contact that is to come on a ticket in hand: its points times what the account's memory makes of them now, e·M, and whether
    it is a hard one. What was booked for the ticket before is replaced."""
    assert ticket.agent_id is not None
    clear(state, ticket)
    agents, row, params = state.agents, state.agents.row[ticket.agent_id], state.params
    points = exposure(state, ticket, state.now_s)
    known, factor = state.accounts[ticket.account_id].memory.get(ticket.agent_id), UNKNOWN
    if known is not None:
        factor = float(account_factor(memory_now(known[0], max(state.now_s - known[1], 0.0), params), params))
    ticket.booked_milli, ticket.booked_hard = round(MILLI * points * factor), is_hard(state, ticket, points)
    agents.booked_milli[row] += ticket.booked_milli
    agents.hard_open[row] += ticket.booked_hard


def clear(state: TeamState, ticket: Ticket) -> None:
    """Nothing is booked for the ticket any more: its contact has ended, or it goes out of the hands it is in."""
    assert ticket.agent_id is not None
    if ticket.booked_milli or ticket.booked_hard:
        agents, row = state.agents, state.agents.row[ticket.agent_id]
        agents.booked_milli[row] -= ticket.booked_milli
        agents.hard_open[row] -= ticket.booked_hard
        ticket.booked_milli, ticket.booked_hard = 0, False


def anew(state: TeamState) -> None:
    """Points count otherwise from now on: so does what is still to come of the work in hand."""
    for ticket_id in (each for held in state.held.values() for each in held):
        ticket = state.tickets[ticket_id]
        if ticket.booked_milli or ticket.booked_hard:
            book(state, ticket)
