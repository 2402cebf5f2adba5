"""Offers: an assignment by decision is one until the agent takes it, where the policy gives offers a time; unanswered, it runs out."""

from __future__ import annotations

from router.domain import CHANNELS, Ticket, channel_index
from router.events import OfferExpired
from router.state import TeamState


def expires_s(state: TeamState, ticket: Ticket, now_s: float) -> float | None:
    """When an offer of the ticket made at `now_s` runs out; None where offers of its channel never do, or nothing is offered."""
    timeout_s: int = getattr(state.policy.offer_timeout_s, CHANNELS[channel_index(ticket.channel)])
    return now_s + timeout_s if timeout_s > 0 and not state.policy.shadow else None


def ran_out(state: TeamState, now_s: float) -> tuple[OfferExpired, ...]:
    """The offers that nobody answered in time as of `now_s`, the oldest first."""
    found = []
    for ticket in (state.tickets[each] for each in state.offered):
        if ticket.offer_expires_s is not None and ticket.agent_id is not None and now_s >= ticket.offer_expires_s:
            found.append((ticket.offer_expires_s, OfferExpired(now_s, ticket.id, ticket.agent_id)))
    return tuple(each for _, each in sorted(found, key=lambda pair: (pair[0], pair[1].ticket_id)))


def put(state: TeamState, ticket: Ticket, until_s: float | None) -> None:
    """The ticket, just assigned, is an offer until `until_s`."""
    if until_s is not None:
        ticket.offer_expires_s = until_s
        state.offered[ticket.id] = None


def withdraw(state: TeamState, ticket: Ticket) -> None:
    """The ticket is no offer any more."""
    ticket.offer_expires_s = None
    state.offered.pop(ticket.id, None)


def taken(state: TeamState, ticket: Ticket) -> None:
    """Somebody has the ticket for good: who was asked before may be asked again when it comes back."""
    withdraw(state, ticket)
    forget_answers(ticket)


def forget_answers(ticket: Ticket) -> None:
    """Nobody is passed over any more for having declined or let an offer run out."""
    ticket.declined_by, ticket.ignored_by = (), ()
