"""A batch as the solver sees it: the pairs of a ticket and an agent that can be, and what an answer costs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from router.agents import BoolArray, IntArray

WAITS: Final = -1


@dataclass(frozen=True, slots=True)
class Couple:
    """Two tickets, by index, and what is saved, in milli-units, when one agent gets both."""

    first: int
    second: int
    saving: int


@dataclass(frozen=True, slots=True)
class Guard:
    """A hot ticket and an agent, and what is saved, in milli-units, when the agent gets it and the `listener` stays free.

    Free is who gets no hot ticket in this solve and could still take one ticket more, of some channel, after it.
    """

    ticket: int
    agent: int
    listener: int
    saving: int


@dataclass(frozen=True, slots=True, eq=False)
class Budget:
    """What each agent may take together: the `weight` of a ticket at an agent, ndarray of shape (n_tickets, n_agents), no more in sum than
    the agent's `limit`, shape (n_agents,)."""

    weight: IntArray
    limit: IntArray


@dataclass(frozen=True, slots=True)
class Batch:
    """What can be in a cheapest answer: pairs of a ticket and an agent that are allowed, have room and cost no more than the ticket's
    `limit`.

    That is what waiting costs; and of a ticket's cheapest places, as many as there are tickets, the others leave one free, so whoever is
    dearer than all of them won't get it. For a ticket of a couple or a guard it is more by what those can save.
    """

    cost: IntArray
    usable: BoolArray
    ticket: IntArray  # of each usable pair, by ticket and then agent; so are the next two
    agent: IntArray
    price: IntArray
    lane: IntArray  # (n_tickets,) which of the batch's channels
    free: IntArray  # (n_agents, n_lanes)
    most: IntArray  # (n_agents,), of all channels, also those that the batch does not hold
    step: IntArray
    wait: IntArray
    hot: BoolArray
    alone: bool
    couples: IntArray  # (n_couples, 3): two tickets and the saving
    guards: IntArray  # (n_guards, 4): ticket, agent, listener and the saving
    savings_of: IntArray  # (n_tickets,) what the couples and guards of a ticket save at most
    limit: IntArray  # (n_tickets,)
    budgets: tuple[Budget, ...] = ()

    def among(self, tickets: IntArray) -> Batch:
        """The batch of these tickets, by index in ascending order, as if the others were not there."""
        place = np.full(len(self.wait), WAITS, dtype=np.int64)
        place[tickets] = np.arange(tickets.size)
        lane, lanes = _lanes(self.lane[tickets], self.free.shape[1])
        couples, guards = self.couples.copy(), self.guards.copy()
        couples[:, :2], guards[:, 0] = place[couples[:, :2]], place[guards[:, 0]]
        couples, guards = couples[(couples[:, :2] != WAITS).all(axis=1)], guards[guards[:, 0] != WAITS]
        few = replace(
            self,
            cost=self.cost[tickets],
            usable=self.usable[tickets],
            lane=lane,
            free=self.free[:, lanes],
            wait=self.wait[tickets],
            hot=self.hot[tickets],
            couples=couples,
            guards=guards,
            savings_of=_savings_of(tickets.size, couples, guards),
            limit=self.limit[tickets],
            budgets=tuple(Budget(each.weight[tickets], each.limit) for each in self.budgets),
        )
        return few.narrowed(few.usable)

    def narrowed(self, usable: BoolArray) -> Batch:
        """The batch with these pairs, of those that can be; `usable` of shape (n_tickets, n_agents)."""
        pairs = np.flatnonzero(usable)
        ticket = pairs // max(self.cost.shape[1], 1)
        return replace(self, usable=usable, ticket=ticket, agent=pairs - ticket * self.cost.shape[1], price=self.cost.take(pairs))

    def serve(self, pairs: Any) -> IntArray:
        """The agent of each ticket when these pairs, by index or by mask, are taken."""
        agent_of = np.full(len(self.wait), WAITS, dtype=np.int64)
        agent_of[self.ticket[pairs]] = self.agent[pairs]
        return agent_of

    def total(self, agent_of: IntArray) -> int:
        """What the answer costs, savings taken off."""
        return self.plain(agent_of) - self.saved(agent_of)

    def plain(self, agent_of: IntArray) -> int:
        """What the answer costs before savings."""
        served = np.flatnonzero(agent_of != WAITS)
        load = self.load(agent_of)
        steps = self.step * (load * (load - 1) // 2)
        return int(self.cost[served, agent_of[served]].sum() + self.wait[agent_of == WAITS].sum() + steps.sum())

    def saved(self, agent_of: IntArray) -> int:
        """What couples kept together and listeners kept free save."""
        if not self.most_saved:
            return 0
        first, second, saving = self.couples.T
        kept = int(saving[(agent_of[first] == agent_of[second]) & (agent_of[first] != WAITS)].sum())
        if not len(self.guards):
            return kept
        ticket, agent, listener, saving = self.guards.T
        listening = (self.load(agent_of) < self.most) & (self.load(agent_of, self.hot) == 0)
        return kept + int(saving[(agent_of[ticket] == agent) & listening[listener]].sum())

    @property
    def most_saved(self) -> int:
        """No answer saves more."""
        return int(self.couples[:, 2].sum() + self.guards[:, 3].sum()) if len(self.couples) or len(self.guards) else 0

    def load(self, agent_of: IntArray, among: BoolArray | None = None) -> IntArray:
        """How many tickets each agent gets, all or some, shape (n_agents,)."""
        served = agent_of != WAITS if among is None else among & (agent_of != WAITS)
        return np.bincount(agent_of[served], minlength=len(self.step))

    def crossed(self, agent_of: IntArray) -> IntArray:
        """Agents with more than one hot ticket or, where a hot ticket is to be alone, with one and another."""
        if not np.count_nonzero(self.hot):
            return np.zeros(0, dtype=np.int64)
        hot = self.load(agent_of, self.hot)
        broken = (hot > 1) | ((hot > 0) & (self.load(agent_of) > 1)) if self.alone else hot > 1
        return np.flatnonzero(broken)

    def over(self, agent_of: IntArray) -> IntArray:
        """Agents who get more together than one of their budgets allows."""
        if not self.budgets:
            return np.zeros(0, dtype=np.int64)
        broken = np.zeros(len(self.step), dtype=np.bool_)
        served = np.flatnonzero(agent_of != WAITS)
        for budget in self.budgets:
            spent = np.zeros_like(budget.limit)
            np.add.at(spent, agent_of[served], budget.weight[served, agent_of[served]])
            broken |= spent > budget.limit
        return np.flatnonzero(broken)

    def over_no_more(self, agent_of: IntArray, before: IntArray) -> bool:
        """Whether nobody is over a budget who is not in the answer `before`."""
        return not np.setdiff1d(self.over(agent_of), self.over(before)).size

    def by_id(self, agent_of: IntArray) -> IntArray:
        """Sort the agents among tickets alike in everything, those that wait last; those of couples and guards where it costs nothing."""
        everybody = self._sorted(agent_of, self.savings_of >= 0)
        if not self.most_saved or self.saved(everybody) == self.saved(agent_of):
            return everybody
        return self._sorted(agent_of, self.savings_of == 0)

    def _sorted(self, agent_of: IntArray, which: BoolArray) -> IntArray:
        prices, alike = np.where(self.usable, self.cost, -1), defaultdict[tuple[Any, ...], list[int]](list)
        if self.budgets:
            prices = np.concatenate((prices, *(each.weight for each in self.budgets)), axis=1)
        facts = zip(self.wait.tolist(), self.lane.tolist(), self.hot.tolist(), prices, which.tolist(), strict=True)
        for ticket, (wait, lane, hot, price, counts) in enumerate(facts):
            if counts:
                alike[wait, lane, hot, price.tobytes()].append(ticket)
        answer: list[int] = agent_of.tolist()
        for tickets in alike.values():
            if len(tickets) > 1:
                in_order = sorted((answer[each] for each in tickets), key=lambda agent: (agent == WAITS, agent))
                for ticket, agent in zip(tickets, in_order, strict=True):
                    answer[ticket] = agent
        return np.array(answer, dtype=np.int64)


def batch_of(
    cost: IntArray,
    allowed: BoolArray,
    *rest: Any,
    alone: bool,
    couples: Sequence[Couple],
    guards: Sequence[Guard],
    budgets: Sequence[Budget] = (),
) -> Batch:
    """The batch of checked arguments of `assign`."""
    channel, room, step, wait, hot, hot_room, most = rest
    slots = np.minimum(np.maximum(room, 0), len(wait) + 1).sum(axis=1, dtype=np.int64)
    slots = slots if most is None else np.minimum(most, slots)
    together = np.array([(each.first, each.second, each.saving) for each in couples], dtype=np.int64).reshape(-1, 3)
    guarded = np.array([(each.ticket, each.agent, each.listener, each.saving) for each in guards], dtype=np.int64).reshape(-1, 4)
    savings_of = _savings_of(len(wait), together, guarded)
    lane, lanes = _lanes(channel, room.shape[1])
    free = np.minimum(np.maximum(room[:, lanes], 0), len(wait)).astype(np.int64, copy=False)
    limit = wait + savings_of
    usable = allowed & (free.T > 0)[lane] & (cost <= limit[:, None])
    usable[hot] &= hot_room
    usable &= slots > 0
    deep = len(wait) // max(len(slots), 1) + 1  # places of each agent; the first one is barred by nothing
    # who takes the place of somebody's listener may cost what listening saves, and what an agent has may keep out what would come second
    if 0 < len(wait) <= slots.sum() and not guards and (deep == 1 or not (np.count_nonzero(hot) or budgets)):
        limit = np.minimum(limit, _nth_place(cost, usable & (np.minimum(free.T[lane], slots) >= deep), step, limit, deep) + savings_of)
        usable &= cost <= limit[:, None]
    pairs = np.flatnonzero(usable)
    ticket = pairs // max(cost.shape[1], 1)
    agent, price = pairs - ticket * cost.shape[1], cost.take(pairs)
    priced = cost, usable, ticket, agent, price, lane, free, slots, step, wait, hot, alone
    return Batch(*priced, together, guarded, savings_of, limit, tuple(budgets))


def _nth_place(cost: IntArray, usable: BoolArray, step: IntArray, limit: IntArray, deep: int) -> IntArray:
    """What the last of a ticket's cheapest places costs at most, as many as there are tickets, shape (n_tickets,): `deep` places of its
    cheapest agents each, who have so many; where those are too few, its limit."""
    last = np.where(usable, cost + (deep - 1) * np.minimum(step, limit.max()), limit[:, None])  # a dearer step is as good
    enough = -(-len(limit) // deep) - 1
    found: IntArray = np.partition(last, enough)[:, enough]
    return found


def _lanes(channel: IntArray, channels: int) -> tuple[IntArray, BoolArray]:
    """The channel of each ticket, counted among those that tickets have, and which these are of all."""
    present = np.bincount(channel, minlength=channels) > 0
    return (np.cumsum(present) - 1)[channel], present


def _savings_of(n_tickets: int, couples: IntArray, guards: IntArray) -> IntArray:
    """What the couples and guards of each ticket save at most, shape (n_tickets,)."""
    found = np.zeros(n_tickets, dtype=np.int64)
    for tickets, saving in ((couples[:, 0], couples[:, 2]), (couples[:, 1], couples[:, 2]), (guards[:, 0], guards[:, 3])):
        if tickets.size:
            np.add.at(found, tickets, saving)
    return found
