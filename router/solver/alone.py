"""Who gets a hot ticket gets nothing else in the solve: no flow can say that, so prices of tickets guide two flows that do.

At given prices of the tickets each agent is worth either the ordinary tickets that pay best, or one hot ticket. The prices
come from a flow. A matching then gives hot tickets to agents at their cost plus the ordinary work that is lost by it, and a
flow gives the rest to whoever is left. The same prices give a bound (Lagrange): no answer costs less than the sum of the
prices, less what each agent is worth at most.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from router.agents import IntArray
from router.solver.batch import WAITS, Batch
from router.solver.network import Network

ROUNDS = 4


def alone(network: Network, flow: IntArray) -> tuple[IntArray, int]:
    """An answer in which every hot ticket is alone, and a bound on all such answers, savings not counted in either.

    `flow` is the cheapest one without that rule.
    """
    batch = network.batch
    best, least, capacity, seen = None, batch.plain(network.served(flow)), network.capacity, set[bytes]()
    for _ in range(ROUNDS):
        prices = _ticket_prices(network, flow, capacity)
        worth, bound = _worth(batch, prices)
        least = max(least, bound)
        hot_of = _match_hot(batch, worth)
        if (key := hot_of.tobytes()) in seen:
            break
        seen.add(key)
        capacity = _with_hot(network, hot_of)
        flow = network.solve(capacity)
        answer = network.served(flow)
        if best is None or batch.plain(answer) < batch.plain(best):
            best = answer
    assert best is not None
    return best, least


def _ticket_prices(network: Network, flow: IntArray, capacity: IntArray) -> IntArray:
    """What each ticket adds to the cost of the flow, never more than waiting; shape (n_tickets,)."""
    potential = network.potential(flow, capacity)
    price: IntArray = np.clip(potential[network.sink] - potential[: network.n_tickets], 0, network.batch.wait)
    return price


def _worth(batch: Batch, prices: IntArray) -> tuple[IntArray, int]:
    """What ordinary work each agent is worth at these prices, shape (n_agents,), and the bound that follows."""
    gain = np.where(batch.usable, prices[:, None] - batch.cost, 0)
    paid = []
    for lane in range(batch.free.shape[1]):
        rows = gain[~batch.hot & (batch.lane == lane)]
        most = min(int(batch.free[:, lane].max(initial=0)), len(rows))
        if most:
            best = -np.sort(-np.partition(rows, len(rows) - most, axis=0)[len(rows) - most :], axis=0)
            paid.append(np.where(np.arange(most)[:, None] < batch.free[:, lane], best, 0))
    n_agents = len(batch.step)
    together = -np.sort(-np.concatenate([*paid, np.zeros((1, n_agents), dtype=np.int64)]), axis=0)
    nth = np.arange(len(together))[:, None]
    # a step beyond every gain is as good as one just beyond it, and keeps the product small
    together = together - nth * np.minimum(batch.step, together.max(initial=0) + 1)
    ordinary = np.where(nth < batch.most, np.maximum(together, 0), 0).sum(axis=0)
    hot = gain[batch.hot].max(axis=0, initial=0)
    return ordinary, int(prices.sum() - np.maximum(ordinary, hot).sum())


def _match_hot(batch: Batch, worth: IntArray) -> IntArray:
    """Hot tickets to agents, one each, at their cost and at what the agent is worth without; ordinary tickets wait."""
    cost = batch.cost + worth
    usable = batch.usable & batch.hot[:, None] & (cost <= batch.wait[:, None])
    ticket, agent = np.nonzero(usable)
    if not ticket.size:
        return np.full(len(batch.wait), WAITS, dtype=np.int64)
    one = np.ones((len(batch.step), 1), dtype=np.int64)
    hot = replace(
        batch,
        cost=cost,
        usable=usable,
        ticket=ticket,
        agent=agent,
        price=cost[ticket, agent],
        lane=np.zeros_like(batch.lane),
        free=one,
        most=one[:, 0],
        step=np.zeros_like(batch.step),
        hot=np.zeros_like(batch.hot),
        limit=batch.wait,
    )
    network = Network(hot)
    return network.served(network.solve(network.capacity))


def _with_hot(network: Network, hot_of: IntArray) -> IntArray:
    """Capacities that leave hot tickets only to these agents, and these agents nothing else."""
    batch, capacity = network.batch, network.capacity.copy()
    taken = np.zeros(len(batch.step), dtype=np.bool_)
    taken[hot_of[hot_of != WAITS]] = True
    open_pairs = np.where(batch.hot[batch.ticket], hot_of[batch.ticket] == batch.agent, ~taken[batch.agent])
    capacity[: network.n_pairs] = open_pairs
    return capacity


def uncrossed(network: Network, capacity: IntArray, agent_of: IntArray) -> IntArray:
    """The answer of a flow within these capacities: whoever has several hot tickets keeps to the channel of the one that saves most, until
    nobody has."""
    batch = network.batch
    capacity, is_hot = capacity.copy(), batch.hot[batch.ticket]
    while (crossed := batch.crossed(agent_of)).size:
        for who in crossed.tolist():
            held = np.flatnonzero(batch.hot & (agent_of == who))
            lane = batch.lane[held[np.argmax(batch.wait[held] - batch.cost[held, who])]]
            barred = is_hot & (batch.agent == who) & (batch.lane[batch.ticket] != lane)
            capacity[: network.n_pairs][barred] = 0
        agent_of = network.served(network.solve(capacity))
    return agent_of
