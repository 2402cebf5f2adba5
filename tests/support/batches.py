"""Batches for the solver: random ones of many kinds, what breaks the rules in an answer, and what an answer costs."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from itertools import product

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from router.assign import WAITS, Assignment, Budget, Couple, Guard, assign

INTS = ("cost", "channel", "room", "step_cost", "wait_cost")
MASKS = ("allowed", "hot", "hot_room")


@dataclass(frozen=True)
class Batch:
    """The arguments of `assign`."""

    cost: NDArray[np.int64]
    allowed: NDArray[np.bool_]
    channel: NDArray[np.int64]
    room: NDArray[np.int64]
    step_cost: NDArray[np.int64]
    wait_cost: NDArray[np.int64]
    hot: NDArray[np.bool_]
    hot_room: NDArray[np.bool_]
    most: NDArray[np.int64] | None = None
    hot_alone: bool = False
    couples: tuple[Couple, ...] = ()
    guards: tuple[Guard, ...] = ()
    budgets: tuple[Budget, ...] = ()

    def solve(self) -> Assignment:
        return assign(**{each.name: getattr(self, each.name) for each in fields(self)})

    def permuted(self, tickets: NDArray[np.int64], agents: NDArray[np.int64]) -> Batch:
        """The same batch with ticket `tickets[i]` as the i-th, and agents likewise."""
        ticket, agent = np.argsort(tickets).tolist(), np.argsort(agents).tolist()
        return replace(
            self,
            cost=self.cost[np.ix_(tickets, agents)],
            allowed=self.allowed[np.ix_(tickets, agents)],
            channel=self.channel[tickets],
            room=self.room[agents],
            step_cost=self.step_cost[agents],
            wait_cost=self.wait_cost[tickets],
            hot=self.hot[tickets],
            hot_room=self.hot_room[agents],
            most=None if self.most is None else self.most[agents],
            couples=tuple(Couple(ticket[each.first], ticket[each.second], each.saving) for each in self.couples),
            guards=tuple(Guard(ticket[each.ticket], agent[each.agent], agent[each.listener], each.saving) for each in self.guards),
            budgets=tuple(Budget(each.weight[np.ix_(tickets, agents)], each.limit[agents]) for each in self.budgets),
        )

    @property
    def slots(self) -> NDArray[np.int64]:
        """How many tickets each agent may take in all."""
        room = np.maximum(self.room, 0).sum(axis=1)
        return room if self.most is None else np.minimum(self.most, room)


def fault(batch: Batch, agent_of: NDArray[np.int64]) -> str | None:
    """The first rule that the answer breaks."""
    for ticket, agent in enumerate(agent_of.tolist()):
        if agent != WAITS and not batch.allowed[ticket, agent]:
            return f"ticket {ticket} may not go to agent {agent}"
    for agent in range(len(batch.room)):
        mine = agent_of == agent
        if (np.bincount(batch.channel[mine], minlength=batch.room.shape[1]) > np.maximum(batch.room[agent], 0)).any():
            return f"agent {agent} has no room for that"
        if np.count_nonzero(mine) > batch.slots[agent]:
            return f"agent {agent} may not take so many"
        if np.count_nonzero(mine & batch.hot) > int(batch.hot_room[agent]):
            return f"agent {agent} cannot take so many hot tickets"
        if batch.hot_alone and (mine & batch.hot).any() and np.count_nonzero(mine) > 1:
            return f"agent {agent} has a hot ticket and another"
        if any(each.weight[mine, agent].sum() > each.limit[agent] for each in batch.budgets):
            return f"agent {agent} is over a budget"
    return None


def price(batch: Batch, agent_of: NDArray[np.int64]) -> int:
    """The objective in Python's own integers, savings taken off."""
    total = 0
    for ticket, agent in enumerate(agent_of.tolist()):
        total += int(batch.wait_cost[ticket]) if agent == WAITS else int(batch.cost[ticket, agent])
    for agent, step in enumerate(batch.step_cost.tolist()):
        count = int(np.count_nonzero(agent_of == agent))
        total += step * count * (count - 1) // 2
    for couple in batch.couples:
        total -= couple.saving * (agent_of[couple.first] == agent_of[couple.second] != WAITS)
    for guard in batch.guards:
        theirs = agent_of == guard.listener
        free = np.count_nonzero(theirs) < batch.slots[guard.listener] and not (theirs & batch.hot).any()
        total -= guard.saving * (agent_of[guard.ticket] == guard.agent and free)
    return int(total)


def rank(batch: Batch, agent_of: NDArray[np.int64]) -> int:
    return int(np.where(agent_of == WAITS, len(batch.room), agent_of).sum())


def all_answers(batch: Batch) -> list[NDArray[np.int64]]:
    choices = [range(-1, len(batch.room))] * len(batch.wait_cost)
    answers = (np.array(each, dtype=np.int64) for each in product(*choices))
    return [answer for answer in answers if fault(batch, answer) is None]


def draw(seed: int, kind: str, agents: int = 10, tickets: int = 24) -> Batch:
    """A random team and queue of up to this size."""
    rng = np.random.default_rng(seed)
    n_agents, n_tickets = int(rng.integers(1, agents + 1)), int(rng.integers(1, tickets + 1))
    channels = 1 if kind == "slots" else int(rng.integers(1, 4))
    top = {"equal": 1, "coarse": 4}.get(kind, 20_000)
    shape = (n_tickets, n_agents)
    skill = rng.random((n_agents, 4)) < 0.7
    share = {"hot": 0.6, "slots": 0.0}.get(kind, 0.25)
    return Batch(
        cost=rng.integers(0, top, shape),
        allowed=skill[:, rng.integers(0, 4, n_tickets)].T & (rng.random(shape) < 0.9),
        channel=rng.integers(0, channels, n_tickets),
        room=rng.integers(-1 if kind == "tight" else 0, 2 if kind == "tight" else 5, (n_agents, channels)),
        step_cost=rng.integers(0, max(top // 4, 2), n_agents),
        wait_cost=rng.integers(top // 2, 4 * top + 1, n_tickets) + (10_000_000_000 if kind == "must" else 0),
        hot=rng.random(n_tickets) < share,
        hot_room=rng.random(n_agents) < 0.8,
    )


def crowd(seed: int, tickets: int = 40) -> Batch:
    """Many tickets of a few kinds for few places: of a kind they differ in how much they weigh, and in how dear it is that they wait."""
    rng = np.random.default_rng(seed)
    n_agents, n_tickets, kinds, channels = (int(rng.integers(low, high)) for low, high in ((1, 4), (2, tickets + 1), (1, 4), (1, 3)))
    kind, points = rng.integers(0, kinds, n_tickets), rng.integers(0, rng.choice([1, 3, 40]), n_tickets)
    return Batch(
        cost=rng.integers(0, 500, (kinds, n_agents))[kind] + np.multiply.outer(points, rng.integers(1, 4, n_agents)),
        allowed=(rng.random((kinds, n_agents)) < 0.9)[kind],
        channel=rng.integers(0, channels, n_tickets),
        room=rng.integers(0, 3, (n_agents, channels)),
        step_cost=rng.integers(0, 30, n_agents),
        wait_cost=rng.integers(0, rng.choice([2, 1000]), n_tickets) + rng.choice([500, 10_000_000_000]),
        hot=rng.random(n_tickets) < rng.choice([0.0, 0.2, 1.0]),
        hot_room=rng.random(n_agents) < 0.8,
    )


def simple(cost: list[list[int]], wait: int = 1_000, room: int = 9, step: int = 0) -> Batch:
    table = np.array(cost, dtype=np.int64)
    tickets, agents = table.shape
    return Batch(
        table,
        np.ones(table.shape, dtype=np.bool_),
        np.zeros(tickets, dtype=np.int64),
        np.full((agents, 2), room),
        np.full(agents, step),
        np.full(tickets, wait),
        np.zeros(tickets, dtype=np.bool_),
        np.ones(agents, dtype=np.bool_),
    )


@st.composite
def tiny(draw: st.DrawFn) -> Batch:
    """Small enough to enumerate: up to 3 agents and 4 tickets, few distinct costs so that ties abound."""
    agents, tickets, channels = draw(st.integers(1, 3)), draw(st.integers(1, 4)), draw(st.integers(1, 2))
    number, yes = st.integers(0, draw(st.sampled_from([1, 4, 5_000]))), st.booleans()

    def array(values: st.SearchStrategy[int], *shape: int) -> NDArray[np.int64]:
        size = int(np.prod(shape))
        return np.array(draw(st.lists(values, min_size=size, max_size=size)), dtype=np.int64).reshape(shape)

    return Batch(
        array(number, tickets, agents),
        array(yes, tickets, agents).astype(np.bool_) | (draw(yes) and draw(yes)),
        array(st.integers(0, channels - 1), tickets),
        array(st.integers(-1, 3), agents, channels),
        array(number, agents),
        array(number, tickets) * draw(st.integers(1, 3)),
        array(yes, tickets).astype(np.bool_),
        array(st.sampled_from([0, 1, 1]), agents).astype(np.bool_),
    )
