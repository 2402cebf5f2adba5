"""The batch as a network, and the cheapest flow through it.

Each ticket sends one unit either straight to the sink, at its waiting cost, or along a pair arc to an agent:

    ticket ──cost──▶ [hot gate: 1] ──▶ [channel gate: room] ──▶ agent ──0, s, 2s, …──▶ sink

Skills, breaks and the like are pair arcs that do not exist; the k-th ticket of an agent in this batch pays k·s more, by
parallel arcs (s is the agent's step, k counts from 0). A channel gate stands where the batch holds several channels, a
hot gate per agent and channel where it holds several hot tickets.
"""

from __future__ import annotations

from copy import copy
from functools import cache
from typing import Any

import numpy as np

from router.agents import BoolArray, IntArray
from router.errors import AssignmentError
from router.solver.batch import WAITS, Batch

LARGEST = int(np.iinfo(np.int64).max)


def largest_cost(n_nodes: int) -> int:
    """Largest cost of an arc: the solver adds two nodes, multiplies by one more than all, and sums need spare bits."""
    return LARGEST // (4 * (n_nodes + 3))


@cache
def _solver() -> Any:
    """The class of the solver, imported when it is first needed: that takes its time."""
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow  # type: ignore[import-untyped]

    return SimpleMinCostFlow


class Network:
    """Arcs, those of the pairs first, those of waiting last; nodes: tickets, agents, the sink, gates.

    An arc costs `scale` × milli-units plus a rank: the agent's column where served, the number of agents where not. The
    ranks of two answers differ by less than `scale`, so never outweigh a milli-unit; where 64 bits do not hold that,
    `scale` is 1 and nothing is ranked. `arcs` holds the network's slices by what they are for.
    """

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.n_tickets, n_agents = batch.usable.shape
        self.n_pairs, self.sink = batch.ticket.size, self.n_tickets + n_agents
        # who has a place below the limit whatever others get does not wait, and large numbers take longer; but a proof wants waiting dear
        wait = batch.wait if batch.most_saved else np.minimum(batch.wait, batch.limit + 1)
        self.n_nodes, lanes, longest = self.sink + 1, batch.free.shape[1], int(wait.max())
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
        gain = np.zeros(n_agents, dtype=np.int64)  # nobody pays a step that is more than any of the agent's tickets is below its limit
        np.maximum.at(gain, batch.agent, batch.limit[batch.ticket] - batch.price)
        load = np.where(batch.step > 0, np.minimum(load, gain // np.maximum(batch.step, 1) + 1), load)
        longest += batch.most_saved
        self.owner = np.repeat(np.arange(n_agents), load)  # of each arc from an agent to the sink
        self.nth = np.arange(self.owner.size) - np.repeat(np.cumsum(load) - load, load)
        to_sink = np.full(self.owner.size + self.n_tickets, self.sink)
        tails = (batch.ticket, gate, self.owner + self.n_tickets, np.arange(self.n_tickets))
        heads = (entry, *gate_ends, to_sink)
        self.tail, self.head = (np.concatenate(each, dtype=np.int32, casting="same_kind") for each in (tails, heads))
        self.capacity = np.concatenate((np.ones_like(entry), *gate_room, np.ones_like(to_sink)))
        self.first_load = self.n_pairs + gate.size
        ranks = min(self.n_tickets, self.owner.size) * n_agents
        self.scale = ranks + 1 if longest * (ranks + 1) + n_agents <= largest_cost(self.n_nodes) else 1
        self.cost = np.concatenate((batch.price, np.zeros_like(gate), self.nth * batch.step[self.owner], wait))
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

    def cheaper(self, discount: IntArray) -> Network:
        """The same network with these milli-units, one number for each pair, taken off the prices of pairs."""
        other = copy(self)
        other.cost = self.cost.copy()
        other.cost[: self.n_pairs] -= discount * self.scale
        return other

    def near(self, reduced: IntArray, width: int, keep: BoolArray) -> Network:
        """The same network priced in reduced costs up to this width, and of pairs and loads with these arcs alone: smaller, sooner solved.
        Ties are not ranked."""
        other, most, keep = copy(self), min(width, largest_cost(self.n_nodes) - self.batch.most_saved), keep.copy()
        keep[self.n_pairs : self.first_load] = keep[-self.n_tickets :] = True
        pairs, loads = keep[: self.n_pairs], keep[self.first_load : -self.n_tickets]
        usable = np.zeros_like(self.batch.usable)
        usable[self.batch.ticket[pairs], self.batch.agent[pairs]] = True
        other.batch, other.owner, other.nth = self.batch.narrowed(usable), self.owner[loads], self.nth[loads]
        other.n_pairs = int(np.count_nonzero(pairs))
        other.first_load = self.first_load - self.n_pairs + other.n_pairs
        other.tail, other.head, other.capacity = self.tail[keep], self.head[keep], self.capacity[keep]
        other.cost, other.scale = np.clip(reduced[keep], -most, most), 1
        return other

    def solve(self, capacity: IntArray) -> IntArray:
        """The cheapest flow, one number per arc."""
        solver = _solver()()
        solver.add_arcs_with_capacity_and_unit_cost(self.tail, self.head, capacity, self.cost)
        supply = np.zeros(self.n_nodes, dtype=np.int64)
        supply[: self.n_tickets], supply[self.sink] = 1, -self.n_tickets
        solver.set_nodes_supplies(np.arange(self.n_nodes, dtype=np.int32), supply)
        status = solver.solve()
        if status != solver.OPTIMAL:
            raise AssignmentError(f"the flow was refused: {status.name}")
        flow: IntArray = solver.flows(np.arange(self.tail.size, dtype=np.int32))
        return flow

    def served(self, flow: IntArray) -> IntArray:
        """The agent of each ticket in this flow."""
        return self.batch.serve(flow[: self.n_pairs] > 0)

    def potential(self, flow: IntArray, capacity: IntArray) -> IntArray:
        """A price of each node, in milli-units, that proves this flow to be the cheapest: shortest distances over what it leaves."""
        cost = self.cost // self.scale
        more, less = flow < capacity, flow > 0
        tail, head = np.append(self.tail[more], self.head[less]), np.append(self.head[more], self.tail[less])
        length = np.append(cost[more], -cost[less])
        potential, before = np.zeros(self.n_nodes, dtype=np.int64), None
        while before is None or (potential != before).any():
            before = potential.copy()
            np.minimum.at(potential, head, before[tail] + length)
        return potential

    def reduced_cost(self, potential: IntArray) -> IntArray:
        """What one unit more on an arc adds to the cheapest flow at least; if full, minus what one unit less adds."""
        reduced: IntArray = self.cost // self.scale + potential[self.tail] - potential[self.head]
        return reduced

    def flow_of(self, agent_of: IntArray) -> IntArray:
        """The flow of an answer that keeps to every capacity."""
        batch, n_agents = self.batch, len(self.batch.step)
        pairs = np.flatnonzero(agent_of[batch.ticket] == batch.agent)
        flow = np.zeros_like(self.capacity)
        flow[pairs] = 1
        inflow = np.bincount(self.head[pairs], minlength=self.n_nodes)
        gates = np.arange(self.n_pairs, self.first_load)
        for gate in gates[::-1].tolist():  # hot gates come last and lead to channel gates
            flow[gate] = inflow[self.tail[gate]]
            inflow[self.head[gate]] += flow[gate]
        load = np.bincount(agent_of[agent_of != WAITS], minlength=n_agents)
        flow[self.first_load : self.first_load + self.owner.size] = self.nth < load[self.owner]
        flow[-self.n_tickets :] = agent_of == WAITS
        return flow
