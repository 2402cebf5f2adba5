"""Holding: a written ticket waits a little for the agent who is right for it, where that costs less than giving it away now."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from router import cost
from router.eligibility import allowed
from router.moment import Case
from router.relax import LASTING, Way
from router.waiting import hold_ends_s
from router.weighed import Weighed

TEMPORARY = frozenset({"on_break", "break_pending", "ramp_in"})  # what ends at an instant that is known; a full desk does not
FIRM = LASTING | {"offline", "off_shift"}


@dataclass(frozen=True, slots=True)
class Hold:
    """For whom a ticket waits, when they will be ready, and which soft term it is for."""

    agent_id: str
    ready_s: float
    why: str


def may_hold(case: Case) -> bool:
    """Whether the ticket may be held, or was: somebody will be ready in time, and somebody has a history with the account."""
    moment, ends_s = case.moment, hold_ends_s(case.moment.state, case.ticket)
    if case.ticket.held_for is not None:
        return True
    return case.met and moment.next_ready_s <= ends_s


def held(case: Case, way: Way) -> bool:
    """Whether the ticket still waits for whom it is held: they will be ready in time, and nothing lasting keeps them from it now."""
    moment, ticket = case.moment, case.ticket
    if ticket.held_for is None:
        return False
    row = moment.state.agents.row[ticket.held_for]
    barred = any(each.mask[row] for each in way.in_force if each.rule in FIRM)
    return not barred and bool(moment.now_s < moment.ready_s[row] <= hold_ends_s(moment.state, ticket))


def hold_for(case: Case, weighed: Weighed) -> Hold | None:
    """The agent worth waiting for instead of giving the ticket to the cheapest of those who are free; once per wait.

    Who knows the account, or took much less from it: by that term alone, and in all, they must save more than the wait costs.
    """
    moment, state, ticket = case.moment, case.moment.state, case.ticket
    ends_s = hold_ends_s(state, ticket)
    if ticket.held_for is not None or moment.next_ready_s > ends_s:
        return None
    ready, way, costs, total = moment.ready_s, weighed.way, weighed.costs, weighed.totals
    soon = allowed(way.in_force, TEMPORARY) & ~way.free & (moment.now_s < ready) & (ready <= ends_s)
    rows = np.flatnonzero(soon)
    if not rows.size:
        return None
    terms = dict(zip(cost.NAMES, costs, strict=True))
    best = weighed.cheapest[0]
    known = terms["continuity"] + terms["handover"]
    now_price = cost.waiting(state, ticket, moment.now_s)
    saved = []
    for row in rows.tolist():
        wait = cost.waiting(state, ticket, float(ready[row])) - now_price
        gain, why = max(
            (int(known[best] - known[row]), "continuity"),
            (int(terms["account_exposure"][best] - terms["account_exposure"][row]), "account_exposure"),
        )
        if gain > wait and total[best] - total[row] > wait:
            saved.append((int(total[row]) + wait, row, why))
    if not saved:
        return None
    _, row, why = min(saved)
    return Hold(state.agents.people[row].id, float(ready[row]), why)
