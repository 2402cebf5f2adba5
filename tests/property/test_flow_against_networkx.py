"""The assignment against networkx's network simplex: another solver, another formulation, the same total cost."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from router.assign import assign


def by_network_simplex(cost: np.ndarray, allowed: np.ndarray, room: np.ndarray, step: np.ndarray, wait: np.ndarray) -> int:
    """Least total cost with tickets as sources, one node per slot of an agent, and one place to wait."""
    graph = nx.DiGraph()
    tickets, agents = cost.shape
    graph.add_node("sink", demand=tickets)
    for ticket in range(tickets):
        graph.add_node(("ticket", ticket), demand=-1)
        graph.add_edge(("ticket", ticket), "sink", weight=int(wait[ticket]), capacity=1)
        for agent in np.flatnonzero(allowed[ticket]):
            graph.add_edge(("ticket", ticket), ("agent", agent), weight=int(cost[ticket, agent]), capacity=1)
    for agent in range(agents):
        for slot in range(int(room[agent])):
            graph.add_edge(("agent", agent), ("slot", agent, slot), weight=int(step[agent]) * slot, capacity=1)
            graph.add_edge(("slot", agent, slot), "sink", weight=0, capacity=1)
    total, _ = nx.network_simplex(graph)
    return int(total)


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("bounded", [False, True])
def test_equal_totals(seed: int, bounded: bool) -> None:
    """Also where an agent may take fewer tickets than there is room for."""
    chance = np.random.default_rng(seed)
    tickets, agents = (int(each) for each in chance.integers(1, 9, size=2))
    cost = chance.integers(0, 40, size=(tickets, agents)) * 1000
    allowed = chance.random((tickets, agents)) < chance.choice([0.3, 0.7, 1.0])
    room, step = chance.integers(0, 4, size=agents), chance.integers(0, 5, size=agents) * 1000
    wait = chance.integers(0, 60, size=tickets) * 1000
    most = chance.integers(0, 3, size=agents) if bounded else None
    answer = assign(
        cost,
        allowed,
        channel=chance.integers(0, 2, size=tickets),
        room=np.column_stack((room, room)),
        step_cost=step,
        wait_cost=wait,
        hot=np.zeros(tickets, dtype=np.bool_),
        hot_room=np.ones(agents, dtype=np.bool_),
        most=room if most is None else np.minimum(most, room),
    )
    slots = room if most is None else np.minimum(most, room)
    assert answer.cost == by_network_simplex(cost, allowed, slots, step, wait)
