"""How long a ticket may wait: until when it may be held for the right agent, and from when on rules give way for it."""

from __future__ import annotations

import math

from router.domain import LIVE_CHANNELS, Ticket
from router.state import TeamState


def overdue_s(state: TeamState, ticket: Ticket) -> float:
    """When the ticket will have waited the longest that its priority may wait with all rules in force."""
    longest_s: int = getattr(state.policy.max_wait_s, ticket.priority)
    return ticket.waits_from_s + longest_s


def overdue(state: TeamState, ticket: Ticket, now_s: float) -> bool:
    return now_s >= overdue_s(state, ticket)


def hold_ends_s(state: TeamState, ticket: Ticket) -> float:
    """Until when the ticket may be held back from those who are free, since it came into the queue: never past its target or its longest
    wait. −infinity for a call or a chat, which nobody holds."""
    longest_s = state.policy.hold_max_s
    if ticket.channel in LIVE_CHANNELS or longest_s == 0:
        return -math.inf
    target_s = math.inf if ticket.target_s is None else ticket.target_s
    return min(ticket.since_s + longest_s, target_s, overdue_s(state, ticket))


def may_give_way(state: TeamState, ticket: Ticket, now_s: float) -> bool:
    """Whether rules may give way for the ticket now, should nobody be free for it."""
    if ticket.advised:
        return False
    return overdue(state, ticket, now_s) or (bool(ticket.skills) and now_s >= hold_ends_s(state, ticket))
