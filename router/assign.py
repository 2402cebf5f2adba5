"""Exact assignment of a batch of tickets to agents: a min-cost flow, and what closes the gap where the rules are no flow.

Most batches are a flow (`router.solver.network`), and its answer is the optimum. Five things are none:

- *one hot ticket per agent* cuts across *room per channel*: the two sets of constraints do not nest, and a single hot gate
  over all channels would let a hot e-mail leave through a chat slot. With one gate per channel the flow is exact when the hot
  tickets share a channel, and otherwise when nobody gets two of them, as is usual;
- a hot ticket may have to be *alone*: who gets it gets nothing else in the solve (`router.solver.alone`);
- *couples*: two tickets that had better go to one agent (`router.solver.couples`);
- *guards*: a hot ticket that goes better to an agent while a certain listener stays free;
- *budgets*: what an agent's tickets may weigh together (`router.solver.budgets`).

The flow without them is a bound. Where its answer keeps the rules and saves all there is to save, it is the optimum.
Otherwise further flows give an answer that keeps the rules, reduced costs rule out every pair that a cheaper answer can't use,
and CP-SAT decides over the rest (`router.solver.proof`). What is not proven says so by its bound.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from router.agents import BoolArray, IntArray
from router.errors import AssignmentError
from router.solver import checks
from router.solver.alone import alone, uncrossed
from router.solver.batch import WAITS, Batch, Budget, Couple, Guard, batch_of
from router.solver.budgets import kept_apart
from router.solver.couples import coupled, most_to_gain
from router.solver.crowded import may_be_served
from router.solver.network import Network
from router.solver.proof import prove

__all__ = ["WAITS", "Assignment", "AssignmentError", "Budget", "Couple", "Guard", "assign"]

Method = Literal["none", "argmin", "flow", "branch"]


@dataclass(frozen=True, slots=True, eq=False)
class Assignment:
    """Who gets what: `agent_of`, ndarray of shape (n_tickets,), holds the agent's column or `WAITS`.

    No answer costs less than `bound`. It equals `cost`, so the answer is proven best, unless branching was cut short.
    """

    agent_of: IntArray
    cost: int
    bound: int
    method: Method


def assign(
    cost: IntArray,
    allowed: BoolArray,
    *,
    channel: IntArray,
    room: IntArray,
    step_cost: IntArray,
    wait_cost: IntArray,
    hot: BoolArray,
    hot_room: BoolArray,
    most: IntArray | None = None,
    hot_alone: bool = False,
    couples: Sequence[Couple] = (),
    guards: Sequence[Guard] = (),
    budgets: Sequence[Budget] = (),
) -> Assignment:
    """Give tickets to agents or leave them waiting, at the least total cost in milli-units.

    `cost`, `allowed`: ndarray of shape (n_tickets, n_agents), the cost ≥ 0 where allowed and any number elsewhere;
    `channel`, `wait_cost` ≥ 0, `hot`: (n_tickets,); `room`, free slots: (n_agents, n_channels); `step_cost` ≥ 0 and
    `hot_room`, whether the agent may take one hot ticket now, `most` ≥ 0, tickets that the agent may take over all channels
    together (without it, what there is room for): (n_agents,). With `hot_alone` who gets a hot ticket gets nothing else; nobody
    gets more together than each of the `budgets` allows.
    Raises `AssignmentError` on floats, which the solver would truncate in silence, on wrong shapes, signs or indices, and on
    waiting costs and savings too large for 64-bit sums.

    Ties: give tickets and agents in the order of their ids, and the answer depends on nothing else. Among equally cheap
    answers the sum of agent columns is least, a ticket left waiting counting as n_agents; of tickets alike in all the
    first gets the smallest column. What ties even then (agents 0 and 3, or 1 and 2) is the solver's choice, repeatable
    but by no rule of ours; so is every tie after "branch", and where waiting costs leave no bits to rank (`Network`).
    """
    checks.arrays(cost, allowed, channel, room, step_cost, wait_cost, hot, hot_room, *([] if most is None else [most]))
    checks.pairs(allowed.shape, hot, wait_cost, room.shape[1], couples, guards)
    rest = (channel, room, step_cost, wait_cost, hot, hot_room, most)
    checks.sums(allowed, budgets)
    batch = batch_of(cost, allowed, *rest, alone=hot_alone, couples=couples, guards=guards, budgets=budgets)
    there = may_be_served(batch)
    if there.all():
        return _best(batch)
    found, agent_of = _best(batch.among(np.flatnonzero(there))), np.full(len(there), WAITS)
    agent_of[there] = found.agent_of
    waiting = int(wait_cost[~there].sum())
    return replace(found, agent_of=agent_of, cost=found.cost + waiting, bound=found.bound + waiting)


def _best(batch: Batch) -> Assignment:
    """The cheapest answer to a batch, as far as it is found."""
    found = _cheapest(batch)
    if not batch.over(found.agent_of).size:
        return found
    known, usable = found.agent_of, batch.usable.copy()
    while kept_apart(batch, known, usable):
        known = _first(batch.narrowed(usable.copy()))
    return _bettered(batch, known, found.bound)


def _first(batch: Batch) -> IntArray:
    """A good answer to a batch at little effort: savings and budgets left out, of the rules for hot tickets not the best one."""
    if not batch.ticket.size:
        return batch.serve([])
    network = Network(batch)
    return _keep_rules(network, network.solve(network.capacity))[0]


def _cheapest(batch: Batch) -> Assignment:
    """The cheapest answer to a batch, which may be over a budget."""
    if not batch.ticket.size:
        return _answer(batch, batch.serve([]), "none")
    if len(batch.wait) == 1 or batch.free.sum() == 1:
        return _answer(batch, batch.serve(_cheapest_pair(batch)), "argmin")
    network = Network(batch)
    flow = network.solve(network.capacity)
    agent_of = network.served(flow)
    if not batch.crossed(agent_of).size and batch.saved(agent_of) == batch.most_saved:
        return _answer(batch, agent_of, "flow")
    return _branch(network, flow)


def _bettered(batch: Batch, known: IntArray, least: int) -> Assignment:
    """A cheaper answer than `known` that keeps the budgets too, where one is found; `least`: no answer costs less."""
    network = Network(batch)
    flow = network.solve(network.capacity)
    reduced = network.reduced_cost(network.potential(flow, network.capacity))
    gain, dear = most_to_gain(network, reduced)
    if len(batch.couples) and batch.total(known) > least:
        known = coupled(network, flow, reduced, known, gain, dear)
    if batch.total(known) > least:
        known, least = prove(network, flow, reduced, known, least, gain, dear)
    return _answer(batch, known, "branch", least)


def _answer(batch: Batch, agent_of: IntArray, method: Method, bound: int | None = None) -> Assignment:
    cost = batch.total(agent_of)
    return Assignment(batch.by_id(agent_of), cost, cost if bound is None else bound, method)


def _cheapest_pair(batch: Batch) -> list[int]:
    """Of one ticket, or for one slot: the pair that beats waiting by most; none where all cost more."""
    worth = batch.price - batch.wait[batch.ticket]
    for ticket, agent, listener, saving in batch.guards.tolist():
        if batch.most[listener] > 0:
            worth[(batch.ticket == ticket) & (batch.agent == agent)] -= saving
    best = int(np.argmin(worth))
    return [best] if worth[best] <= 0 else []


def _branch(network: Network, flow: IntArray) -> Assignment:
    """Answers by further flows, the best of which is then proven or bettered."""
    batch = network.batch
    reduced = network.reduced_cost(network.potential(flow, network.capacity))
    known, plain = _keep_rules(network, flow)
    gain, dear = most_to_gain(network, reduced)
    least = max(batch.plain(network.served(flow)) - gain, plain - batch.most_saved)
    if len(batch.couples) and batch.total(known) > least:
        known = coupled(network, flow, reduced, known, gain, dear)
    if batch.total(known) > least:
        known, least = prove(network, flow, reduced, known, least, gain, dear)
    return _answer(batch, known, "branch", least)


def _keep_rules(network: Network, flow: IntArray) -> tuple[IntArray, int]:
    """An answer that keeps the rules, and a bound before savings, which holds where the network's prices are the batch's."""
    agent_of = network.served(flow)
    if not network.batch.crossed(agent_of).size:
        return agent_of, network.batch.plain(agent_of)
    if network.batch.alone:
        return alone(network, flow)
    return uncrossed(network, network.capacity, agent_of), network.batch.plain(agent_of)
