"""Who waits, as columns, and how long a ticket may: until when it may be held for the right agent, and from when on rules give way."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from fatigue_model.dynamics import DAY_S
from router import automation, drafts
from router.agents import BoolArray
from router.domain import LIVE_CHANNELS, Ticket, channel_index
from router.queue import NO_MEMORY, Queue, Rows
from router.state import RENEWAL_NEAR_S, TeamState, exposure, is_hard, repeat_contacts, repeats

EDGE_S = 1e-3  # so near to where time changes the facts of a ticket they are looked at anew


def queue_at(state: TeamState, now_s: float) -> Queue:
    """The columns of the waiting tickets as of `now_s`, but for the fresh ones."""
    queue = state.queue
    queue.made_with(state.policy, state.agents.row, state.top_arr_usd)
    for account_id in list(queue.touched):
        _look_at(state, account_id)
    for ticket_id in queue.stale(state.waiting, now_s):
        if ticket_id not in state.waiting:
            queue.drop(ticket_id)
        elif state.tickets[ticket_id].told:
            _put(state, ticket_id, now_s)
        else:
            queue.drop(ticket_id)
            queue.fresh[ticket_id] = None
    return queue


def whole_queue_at(state: TeamState, now_s: float) -> Queue:
    """The columns of all waiting tickets as of `now_s`."""
    queue = queue_at(state, now_s)
    for ticket_id in list(queue.fresh):
        _put(state, ticket_id, now_s)
    return queue


def _look_at(state: TeamState, account_id: str) -> None:
    """Of the tickets of an account that something happened to, only those are made anew whose rows look at what is no more the same."""
    queue, account = state.queue, state.accounts.get(account_id)
    stale, rows = queue.of_account(account_id)
    made_of = None if account is None else (account.renewal_s, account.arr_usd, tuple(account.memory.items()))
    if account is not None and queue.made_of.get(account_id) == made_of:
        stale = [stale[each] for each in np.flatnonzero(repeats(account, rows["created_s"]) != rows["repeats"]).tolist()]
    queue.looked_at(account_id, made_of, stale)


def _put(state: TeamState, ticket_id: str, now_s: float) -> None:
    ticket = state.tickets[ticket_id]
    state.queue.put(ticket_id, ticket.account_id, *_row(state, ticket, now_s))


def _row(state: TeamState, ticket: Ticket, now_s: float) -> tuple[tuple[Any, ...], Any]:
    """The ticket's row in the order of `queue.COLUMNS`, and who remembers its account."""
    account, points, column = state.accounts[ticket.account_id], exposure(state, ticket, now_s), channel_index(ticket.channel)
    hard, renewal_s, edges = is_hard(state, ticket, points), account.renewal_s, list[float]()
    live_s = drafts.expected_handle_s(state, ticket) if ticket.channel in LIVE_CHANNELS else None
    if ticket.target_s is not None:
        edges.append(ticket.target_s)
    if renewal_s is not None:
        edges += [renewal_s - RENEWAL_NEAR_S, renewal_s + DAY_S]
    row = (
        points,
        overdue_s(state, ticket),
        hold_ends_s(state, ticket) if ticket.skills else math.inf,
        math.inf if renewal_s is None else renewal_s + DAY_S,
        math.nan if live_s is None else live_s,
        ticket.created_s,
        *_steady(edges, now_s),
        column,
        state.queue.kind((column, hard, ticket.hot, live_s, ticket.skills, ticket.language)),
        repeat_contacts(account, ticket.created_s),
        hard,
        ticket.told,
        ticket.advised,
        ticket.at_risk,
        automation.may_come(state, ticket),
        automation.load_may_open(state, ticket),
        bool(account.memory),
    )
    if not account.memory:
        return row, NO_MEMORY
    return row, np.array([(state.agents.row[agent_id], *memory) for agent_id, memory in account.memory.items()])


def _steady(edges: list[float], now_s: float) -> tuple[float, float]:
    """The span around `now_s` in which none of the edges lies."""
    if any(abs(each - now_s) <= EDGE_S for each in edges):
        return now_s, now_s
    past = [each + EDGE_S for each in edges if each < now_s]
    return max(past, default=-math.inf), min((each - EDGE_S for each in edges if each > now_s), default=math.inf)


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


def late(rows: Rows, now_s: float) -> BoolArray:
    """Which of some rows of the queue are of tickets that have waited their longest."""
    found: BoolArray = rows["overdue_s"] <= now_s
    return found


def may_give_way(state: TeamState, now_s: float) -> bool:
    """Whether rules may give way now for one of the waiting tickets, should nobody be free for it."""
    if not state.waiting:
        return False
    rows = whole_queue_at(state, now_s).rows
    return bool(np.count_nonzero(~rows["advised"] & (late(rows, now_s) | (rows["hold_ends_s"] <= now_s))))
