"""Exact assignment of a batch of tickets to agents: a min-cost flow, closed by branching in the one case that is none.

Each ticket sends one unit either straight to the sink, at its waiting cost, or along a pair arc to an agent:

    ticket ──cost──▶ [hot gate: 1] ──▶ [channel gate: room] ──▶ agent ──0, s, 2s, …──▶ sink

Skills, breaks and the like are pair arcs that do not exist; the k-th ticket of an agent in this batch pays k·s more, by
parallel arcs (s is `step_cost`, k counts from 0). A channel gate stands where the batch holds several channels, a hot
gate per agent and channel where it holds several hot tickets.

*One hot ticket per agent* cuts across *room per channel*: the two sets of constraints do not nest, and a single hot
gate over all channels would let a hot e-mail leave through a chat slot. With one gate per channel the flow is exact
when the hot tickets share a channel. Otherwise it is a relaxation, and still the optimum when nobody gets two hot
tickets, as is usual. When somebody does: further flows hold each such agent to one hot channel, which gives an answer;
reduced costs of the relaxation rule out every arc that a cheaper answer cannot use; CP-SAT decides over the rest.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from math import ceil
from typing import Any, Final, Literal

import numpy as np

from router.agents import BoolArray, IntArray

WAITS: Final = -1
# Bounds on the branching, by effort and not by the clock: open arcs, and CP-SAT's deterministic time, about in seconds.
PROOF_ARCS: Final = 25_000
PROOF_EFFORT: Final = 1.0

Method = Literal["none", "argmin", "flow", "branch"]


class AssignmentError(ValueError):
    """A cost table that cannot be solved in exact integers."""


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
) -> Assignment:
    """Give tickets to agents or leave them waiting, at the least total cost in milli-units.

    `cost`, `allowed`: ndarray of shape (n_tickets, n_agents), the cost ≥ 0 where allowed and any number elsewhere;
    `channel`, `wait_cost` ≥ 0, `hot`: (n_tickets,); `room`, free slots: (n_agents, n_channels); `step_cost` ≥ 0 and
    `hot_room`, whether the agent may take one hot ticket now, `most` ≥ 0, tickets that the agent may take over all channels
    together (without it, what there is room for): (n_agents,). Raises `AssignmentError` on floats, which
    the solver would truncate in silence, on wrong shapes or signs, and on waiting costs too large for 64-bit sums.

    Ties: give tickets and agents in the order of their ids, and the answer depends on nothing else. Among equally cheap
    answers the sum of agent columns is least, a ticket left waiting counting as n_agents; of tickets alike in all the
    first gets the smallest column. What ties even then (agents 0 and 3, or 1 and 2) is the solver's choice, repeatable
    but by no rule of ours; so is every tie after "branch", and where waiting costs leave no bits to rank (`_Network`).
    """
    most = np.clip(room, 0, None).sum(axis=-1) if most is None else most
    _check(cost, allowed, channel, room, step_cost, wait_cost, hot, hot_room, most)
    batch = _batch(cost, allowed, channel, room, step_cost, wait_cost, hot, hot_room, most)
    if not batch.ticket.size:
        return batch.answer(batch.serve([]), "none")
    if len(wait_cost) == 1 or batch.free.sum() == 1:
        best = np.argmin(batch.price - batch.wait[batch.ticket])
        return batch.answer(batch.serve([best]), "argmin")
    network = _Network(batch)
    flow = network.solve(network.capacity)
    agent_of = batch.serve(flow[: network.n_pairs] > 0)
    if not batch.crossed(agent_of).size:
        return batch.answer(agent_of, "flow")
    return _branch(batch, network, flow, batch.total(agent_of), _uncross(batch, network, agent_of))


def _check(cost: IntArray, allowed: BoolArray, *rest: IntArray | BoolArray) -> None:
    channel, room, step_cost, wait_cost, hot, hot_room, most = rest
    tickets, agents, channels = wait_cost.size, hot_room.size, room.shape[-1]
    for name, array, shape, kind in (
        ("cost", cost, (tickets, agents), "i"),
        ("allowed", allowed, (tickets, agents), "b"),
        ("channel", channel, (tickets,), "i"),
        ("room", room, (agents, channels), "i"),
        ("step_cost", step_cost, (agents,), "i"),
        ("wait_cost", wait_cost, (tickets,), "i"),
        ("hot", hot, (tickets,), "b"),
        ("hot_room", hot_room, (agents,), "b"),
        ("most", most, (agents,), "i"),
    ):
        if array.shape != shape:
            raise AssignmentError(f"{name} has shape {array.shape}, {shape} is needed")
        if array.dtype.kind != kind:
            raise AssignmentError(f"{name} is {array.dtype}, {'integers' if kind == 'i' else 'booleans'} are needed")
    for name, array in (("channel", channel), ("step_cost", step_cost), ("wait_cost", wait_cost)):
        if array.min(initial=0) < 0:
            raise AssignmentError(f"{name} holds {array.min()}, less than 0")
    if channel.max(initial=-1) >= channels:
        raise AssignmentError(f"channel holds {channel.max()}, room has {channels} columns")
    longest, largest = int(wait_cost.max(initial=0)), _largest(tickets + agents * (1 + 2 * channels) + 1)
    if longest > largest:
        raise AssignmentError(f"wait_cost holds {longest}, more than {largest}: sums could leave 64 bits")


def _largest(n_nodes: int) -> int:
    """Largest cost of an arc: the solver adds two nodes, multiplies by one more than all, and sums need spare bits."""
    return int(np.iinfo(np.int64).max) // (4 * (n_nodes + 3))


@dataclass(frozen=True, slots=True)
class _Batch:
    """What can be: pairs of a ticket and an agent that are allowed, have room and cost no more than waiting."""

    cost: IntArray
    usable: BoolArray
    ticket: IntArray  # of each usable pair, by ticket and then agent; so are the next two
    agent: IntArray
    price: IntArray
    lane: IntArray  # (n_tickets,) which of the batch's channels
    free: IntArray  # (n_agents, n_lanes)
    most: IntArray
    step: IntArray
    wait: IntArray
    hot: BoolArray

    def serve(self, pairs: Any) -> IntArray:
        """The agent of each ticket when these pairs, by index or by mask, are taken."""
        agent_of = np.full(len(self.wait), WAITS, dtype=np.int64)
        agent_of[self.ticket[pairs]] = self.agent[pairs]
        return agent_of

    def total(self, agent_of: IntArray) -> int:
        served = np.flatnonzero(agent_of != WAITS)
        load = np.bincount(agent_of[served], minlength=len(self.step))
        steps = self.step * (load * (load - 1) // 2)
        return int(self.cost[served, agent_of[served]].sum() + self.wait[agent_of == WAITS].sum() + steps.sum())

    def crossed(self, agent_of: IntArray) -> IntArray:
        """Agents with more than one hot ticket."""
        return np.flatnonzero(np.bincount(agent_of[self.hot & (agent_of != WAITS)]) > 1)

    def answer(self, agent_of: IntArray, method: Method, bound: int | None = None) -> Assignment:
        cost = self.total(agent_of)
        return Assignment(self._by_id(agent_of), cost, cost if bound is None else bound, method)

    def _by_id(self, agent_of: IntArray) -> IntArray:
        """Sort the agents among tickets alike in everything, those that wait last."""
        _, group, size = np.unique(self.wait, return_inverse=True, return_counts=True)
        alike = np.flatnonzero(size[group] > 1)
        if not alike.size:
            return agent_of
        prices = np.where(self.usable[alike], self.cost[alike], -1)
        rows = np.column_stack((self.wait[alike], self.lane[alike], self.hot[alike], prices))
        _, twin = np.unique(rows.view(f"V{rows.itemsize * rows.shape[1]}").ravel(), return_inverse=True)
        rank = np.where(agent_of == WAITS, len(self.step), agent_of)[alike]
        agent_of[alike[np.argsort(twin, kind="stable")]] = agent_of[alike[np.lexsort((rank, twin))]]
        return agent_of


def _batch(cost: IntArray, allowed: BoolArray, *rest: Any) -> _Batch:
    channel, room, step, wait, hot, hot_room, most = rest
    present, lane = np.unique(channel, return_inverse=True)
    free = np.clip(room[:, present], 0, len(wait)).astype(np.int64, copy=False)
    usable = allowed & (free.T > 0)[lane] & (cost <= wait[:, None])
    usable[hot] &= hot_room
    usable &= most > 0
    pairs = np.flatnonzero(usable)
    ticket = pairs // max(cost.shape[1], 1)
    agent, price = pairs - ticket * cost.shape[1], cost.take(pairs)
    if price.min(initial=0) < 0:
        raise AssignmentError(f"cost holds {price.min()}, less than 0")
    return _Batch(cost, usable, ticket, agent, price, lane, free, np.clip(most, 0, len(wait)), step, wait, hot)


class _Network:
    """Arcs, those of the pairs first; nodes: tickets, agents, the sink, gates.

    An arc costs `scale` × milli-units plus a rank: the agent's column where served, the number of agents where not. The
    ranks of two answers differ by less than `scale`, so never outweigh a milli-unit; where 64 bits do not hold that,
    `scale` is 1 and nothing is ranked.
    """

    def __init__(self, batch: _Batch) -> None:
        self.n_tickets, n_agents = batch.usable.shape
        self.n_pairs, self.sink = batch.ticket.size, self.n_tickets + n_agents
        self.n_nodes, lanes, longest = self.sink + 1, batch.free.shape[1], int(batch.wait.max())
        entry, gate_ends, gate_room = batch.agent + self.n_tickets, [], []
        if lanes > 1:
            used, entry = self._gate(batch.agent * lanes + batch.lane[batch.ticket])
            gate_ends.append(used // lanes + self.n_tickets)
            gate_room.append(batch.free.ravel()[used])
        if np.count_nonzero(batch.hot) > 1:
            is_hot = batch.hot[batch.ticket]
            used, entry[is_hot] = self._gate(entry[is_hot])
            gate_ends.append(used)
            gate_room.append(np.ones_like(used))
        gate = np.arange(self.sink + 1, self.n_nodes)
        total = np.minimum(batch.free.sum(axis=1), batch.most)
        load = np.minimum(total, np.bincount(batch.agent, minlength=n_agents))
        # nobody pays a step above every waiting cost: without such arcs none costs more than `longest`
        load = np.where(batch.step > 0, np.minimum(load, longest // np.maximum(batch.step, 1) + 1), load)
        owner = np.repeat(np.arange(n_agents), load)
        nth = np.arange(owner.size) - np.repeat(np.cumsum(load) - load, load)
        to_sink = np.full(owner.size + self.n_tickets, self.sink)
        tails = (batch.ticket, gate, owner + self.n_tickets, np.arange(self.n_tickets))
        heads = (entry, *gate_ends, to_sink)
        self.tail, self.head = (np.concatenate(each, dtype=np.int32, casting="same_kind") for each in (tails, heads))
        self.capacity = np.concatenate((np.ones_like(entry), *gate_room, np.ones_like(to_sink)))
        ranks = min(self.n_tickets, owner.size) * n_agents
        self.scale = ranks + 1 if longest * (ranks + 1) + n_agents <= _largest(self.n_nodes) else 1
        self.cost = np.concatenate((batch.price, np.zeros_like(gate), nth * batch.step[owner], batch.wait))
        self.cost *= self.scale
        if self.scale > 1:
            self.cost[: self.n_pairs] += batch.agent
            self.cost[-self.n_tickets :] += n_agents

    def _gate(self, keys: IntArray) -> tuple[IntArray, IntArray]:
        """A new node for each distinct key: the keys, and the node of each element."""
        used = np.flatnonzero(np.bincount(keys))
        node = np.zeros(used.max(initial=0) + 1, dtype=np.int64)
        node[used] = self.n_nodes + np.arange(used.size)
        self.n_nodes += used.size
        return used, node[keys]

    def solve(self, capacity: IntArray) -> IntArray:
        """The cheapest flow, one number per arc."""
        from ortools.graph.python.min_cost_flow import SimpleMinCostFlow  # type: ignore[import-untyped]

        solver = SimpleMinCostFlow()
        solver.add_arcs_with_capacity_and_unit_cost(self.tail, self.head, capacity, self.cost)
        supply = np.zeros(self.n_nodes, dtype=np.int64)
        supply[: self.n_tickets], supply[self.sink] = 1, -self.n_tickets
        solver.set_nodes_supplies(np.arange(self.n_nodes, dtype=np.int32), supply)
        status = solver.solve()
        if status != solver.OPTIMAL:
            raise AssignmentError(f"the flow was refused: {status.name}")
        flow: IntArray = solver.flows(np.arange(self.tail.size, dtype=np.int32))
        return flow

    def reduced_cost(self, flow: IntArray) -> IntArray:
        """What one unit more on an arc adds to the cheapest flow at least; if full, minus what one unit less adds."""
        cost = self.cost // self.scale
        more, less = flow < self.capacity, flow > 0
        tail, head = np.append(self.tail[more], self.head[less]), np.append(self.head[more], self.tail[less])
        length = np.append(cost[more], -cost[less])
        potential, before = np.zeros(self.n_nodes, dtype=np.int64), None
        while before is None or (potential != before).any():
            before = potential.copy()
            np.minimum.at(potential, head, before[tail] + length)
        reduced: IntArray = cost + potential[self.tail] - potential[self.head]
        return reduced


def _uncross(batch: _Batch, network: _Network, agent_of: IntArray) -> IntArray:
    """An answer: whoever has several hot tickets keeps to the channel of the one that saves most, until nobody has."""
    capacity, is_hot = network.capacity.copy(), batch.hot[batch.ticket]
    while (crossed := batch.crossed(agent_of)).size:
        for who in crossed.tolist():
            held = np.flatnonzero(batch.hot & (agent_of == who))
            lane = batch.lane[held[np.argmax(batch.wait[held] - batch.cost[held, who])]]
            barred = is_hot & (batch.agent == who) & (batch.lane[batch.ticket] != lane)
            capacity[: network.n_pairs][barred] = 0
        agent_of = batch.serve(network.solve(capacity)[: network.n_pairs] > 0)
    return agent_of


def _branch(batch: _Batch, network: _Network, flow: IntArray, floor: int, agent_of: IntArray) -> Assignment:
    """Find the cheapest answer over the arcs that reduced costs leave open, or prove that `agent_of` is the cheapest.

    The model is the change from the relaxed flow, priced in reduced costs above `floor`: small numbers, tight bounds.
    """
    known, reduced = batch.total(agent_of), network.reduced_cost(flow)
    # the pairs of the flow are all among these: only they lead back to their tickets, so their reduced cost is 0
    arcs = np.flatnonzero(np.abs(reduced) < known - floor)
    if known == floor or arcs.size > PROOF_ARCS:
        return batch.answer(agent_of, "branch", floor)
    from ortools.sat.python import cp_model

    model, expression = cp_model.CpModel(), cp_model.LinearExpr
    units = [model.new_int_var(0, limit, "") for limit in network.capacity[arcs].tolist()]
    changes = [unit - before for unit, before in zip(units, flow[arcs].tolist(), strict=True)]
    balance, hot = defaultdict[int, list[Any]](list), defaultdict[int, list[Any]](list)
    for change, tail, head in zip(changes, network.tail[arcs].tolist(), network.head[arcs].tolist(), strict=True):
        balance[tail].append(change)
        balance[head].append(-change)
    pairs = arcs[arcs < network.n_pairs]
    for each in np.flatnonzero(batch.hot[batch.ticket[pairs]]).tolist():
        hot[int(batch.agent[pairs[each]])].append(units[each])
    for terms in balance.values():
        model.add(expression.sum(terms) == 0)
    for terms in hot.values():
        model.add_at_most_one(terms)
    model.minimize(expression.weighted_sum(changes, reduced[arcs].tolist()))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers, solver.parameters.random_seed = 1, 0
    solver.parameters.linearization_level, solver.parameters.max_deterministic_time = 2, PROOF_EFFORT
    status = solver.solve(model)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        flow = flow.copy()
        flow[arcs] = [solver.value(unit) for unit in units]
        agent_of = min(agent_of, batch.serve(flow[: network.n_pairs] > 0), key=batch.total)
    least = batch.total(agent_of)
    if status not in (cp_model.OPTIMAL, cp_model.INFEASIBLE):
        least = min(least, floor + ceil(max(0.0, solver.best_objective_bound)))
    return batch.answer(agent_of, "branch", least)
