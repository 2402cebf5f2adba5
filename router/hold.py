"""Holding: a written ticket waits a little for the agent who is right for it, where that costs less than giving it away now."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from router import cost
from router.agents import FloatArray, IntArray
from router.eligibility import allowed
from router.moment import Case, Moment
from router.relax import LASTING, Way
from router.waiting import hold_ends_s

TEMPORARY = frozenset({"on_break", "break_pending", "ramp_in"})  # what ends at an instant that is known; a full desk does not
FIRM = LASTING | {"offline", "off_shift"}


@dataclass(frozen=True, slots=True)
class Hold:
    """For whom a ticket waits, when they will be ready, and which soft term it is for."""

    agent_id: str
    ready_s: float
    why: str


def ready_s(moment: Moment) -> FloatArray:
    """When each agent's break or ramp-in is over, as planned now; in the past for who is in neither; shape (n_agents,)."""
    agents, ramp_s = moment.state.agents, moment.state.policy.ramp_in.window_s
    return np.where(moment.pending | moment.on_break, agents.break_end_s, moment.ramp_start_s + ramp_s)


def may_hold(case: Case) -> bool:
    """Whether the ticket may be held, or was: somebody will be ready in time, and somebody has a history with the account."""
    moment, ends_s = case.moment, hold_ends_s(case.moment.state, case.ticket)
    if case.ticket.held_for is not None:
        return True
    if not case.met or moment.now_s >= ends_s:
        return False
    ready = ready_s(moment)
    return bool(np.any((moment.now_s < ready) & (ready <= ends_s)))


def held(case: Case, way: Way) -> bool:
    """Whether the ticket still waits for whom it is held: they will be ready in time, and nothing lasting keeps them from it now."""
    moment, ticket = case.moment, case.ticket
    if ticket.held_for is None:
        return False
    row = moment.state.agents.row[ticket.held_for]
    barred = any(each.mask[row] for each in way.in_force if each.rule in FIRM)
    return not barred and bool(moment.now_s < ready_s(moment)[row] <= hold_ends_s(moment.state, ticket))


def hold_for(case: Case, way: Way, costs: IntArray) -> Hold | None:
    """The agent worth waiting for instead of giving the ticket to the cheapest of those who are `way.free`; once per wait.

    Who knows the account, or took much less from it: by that term alone, and in all, they must save more than the wait costs.
    """
    moment, state, ticket = case.moment, case.moment.state, case.ticket
    ends_s = hold_ends_s(state, ticket)
    if ticket.held_for is not None or moment.now_s >= ends_s:
        return None
    ready = ready_s(moment)
    soon = allowed(way.in_force, TEMPORARY) & ~way.free & (moment.now_s < ready) & (ready <= ends_s)
    rows = np.flatnonzero(soon)
    if not rows.size:
        return None
    terms = {name: costs[index] for index, (name, _, _) in enumerate(cost.TERMS)}
    total = costs.sum(axis=0)
    best = int(np.flatnonzero(way.free)[np.argmin(total[way.free])])
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
