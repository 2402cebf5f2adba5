"""Where else the tickets of an answer could go, and at what cost two of them would meet."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import NamedTuple

import numpy as np

from router.agents import BoolArray, IntArray
from router.solver.batch import WAITS, Batch

NEVER = 1 << 60  # more than any cost or saving that is taken; some of it can be added up


class Change(NamedTuple):
    """Tickets and the agent of each, and what that costs, savings taken off."""

    price: int
    tickets: list[int]
    agents: list[int]


class Places:
    """An answer, and what each ticket would cost at other places. Waiting is the last place, with room for all."""

    def __init__(self, batch: Batch, answer: IntArray) -> None:
        n_tickets, self.waits = batch.usable.shape
        self.batch, self.answer = batch, answer
        self.at = np.where(answer == WAITS, self.waits, answer)
        dear = int(batch.wait.max()) + batch.most_saved + 1
        self.step = np.append(np.minimum(batch.step, dear), 0)  # beyond what can be saved it is as good, and sums stay small
        self.load = np.append(batch.load(answer), 0)
        taken = [batch.load(answer, batch.lane == lane) for lane in range(batch.free.shape[1])]
        self.left = np.vstack((batch.free - np.stack(taken, axis=1), np.full(len(taken), n_tickets)))  # by place and channel
        self.slots = np.append(batch.most - self.load[:-1], n_tickets)
        self.cost = np.column_stack((np.where(batch.usable, batch.cost, NEVER), batch.wait))
        if batch.alone:
            self.cost[:, :-1][:, batch.load(answer, batch.hot) > 0] = NEVER
        self.partners = defaultdict[int, list[int]](list)
        for first, second, saving in batch.couples.tolist():
            for one, other in ((first, second), (second, first)):
                self.partners[one].append(other)
                self.cost[one, answer[other]] -= 0 if answer[other] == WAITS else saving
        movable = np.flatnonzero((answer != WAITS) & ~batch.hot)
        self.movable = movable[np.argsort(answer[movable], kind="stable")]  # the tickets of an agent beside each other

    @cached_property
    def stay(self) -> IntArray:
        """What each ticket costs where it is, as the last of its agent."""
        stay: IntArray = self.cost[np.arange(self.at.size), self.at] + self.step[self.at] * (self.load[self.at] - 1)
        return stay

    @cached_property
    def elsewhere(self) -> tuple[IntArray, IntArray]:
        """The two cheapest other places of each ticket that have room, and what it costs there, both of shape (2, n_tickets)."""
        rows, go = np.arange(self.at.size), self.cost + self.step * self.load
        go[(self.left.T[self.batch.lane] <= 0) | (self.slots <= 0)] = NEVER
        go[rows, self.at] = NEVER
        places, prices = np.zeros((2, rows.size), dtype=np.int64), np.zeros((2, rows.size), dtype=np.int64)
        for rank in range(2):
            places[rank] = go.argmin(axis=1)
            prices[rank] = go[rows, places[rank]]
            go[rows, places[rank]] = NEVER
        return places, prices

    def met(self, first: int, second: int, saving: int) -> IntArray | None:
        """The answer in which a couple meets at the least cost: beside who is there, or in the place of one or two, who go where that is
        cheapest, also where the couple came from. None where all that is no better."""
        best = min(_Meeting(self, first, second, saving).changes(), key=lambda change: change.price)
        if best.price >= self.stay[first] + self.stay[second]:
            return None
        answer = self.answer.copy()
        answer[best.tickets] = [WAITS if each == self.waits else each for each in best.agents]
        return answer


class _Meeting:
    """A couple taken from its places, that is to meet."""

    def __init__(self, places: Places, first: int, second: int, saving: int) -> None:
        batch, self.couple = places.batch, [first, second]
        self.places, from_where, lanes = places, places.at[self.couple], batch.lane[self.couple]
        load, left, slots = places.load.copy(), places.left.copy(), places.slots.copy()
        np.subtract.at(load, from_where, 1)
        np.add.at(left, (from_where, lanes), 1)
        np.add.at(slots, from_where, 1)
        self.step = places.step
        self.price = places.cost[first] + places.cost[second] + self.step * (2 * load + 1) - saving
        self.price[from_where] += saving  # it was counted there as if the other stayed
        self.short = np.maximum(np.bincount(lanes, minlength=left.shape[1]) - left, 0)  # places that they lack, by channel
        self.narrow = 2 - slots  # and in all
        known = places.movable
        self.others = known[~np.isin(known, [*self.couple, *places.partners[first], *places.partners[second]])]
        self.at, self.lanes = places.at[self.others], batch.lane[self.others]
        self.kind = np.eye(left.shape[1], dtype=np.int64)[self.lanes]
        self.stay = places.stay[self.others] - (self.step * (places.load - load))[self.at]
        to, go = (each[:, self.others] for each in places.elsewhere)
        for place in np.unique(from_where).tolist():
            fits = (left[place][self.lanes] > 0) & (slots[place] > 0) & (self.at != place)
            to = np.vstack((to, np.full(self.others.size, place)))
            go = np.vstack((go, np.where(fits, places.cost[self.others, place] + self.step[place] * load[place], NEVER)))
        self.to, self.go = to, go

    def changes(self) -> list[Change]:
        """The cheapest of each kind: beside who is there, in the place of one, in the place of two."""
        most = int(np.bincount(self.at).max(initial=0))
        return [self._beside(), *(self._for_one() if most else ()), *(found for apart in range(1, most) for found in self._for_two(apart))]

    def _fits(self, where: IntArray, gone: IntArray, number: int) -> BoolArray:
        """Whether the couple has room at a place where so many leave, in all and of each channel."""
        fits: BoolArray = np.logical_and.reduce(self.short[where] <= gone, axis=-1) & (self.narrow[where] <= number)
        return fits

    def _beside(self) -> Change:
        everywhere = np.arange(self.places.waits)
        price = np.where(self._fits(everywhere, np.zeros_like(self.short[:-1]), 0), self.price[:-1], NEVER)
        agent = int(price.argmin())
        return Change(int(price[agent]), self.couple, [agent, agent])

    def _for_one(self) -> list[Change]:
        at, way = self.at, self.go.argmin(axis=0)
        price = self.price[at] - 2 * self.step[at] - self.stay + self.go.min(axis=0)
        price = np.where(self._fits(at, self.kind, 1), price, NEVER)
        one = int(price.argmin())
        return [self._change(int(price[one]), [one], [int(way[one])])]

    def _for_two(self, apart: int) -> list[Change]:
        """Two of an agent's others so far apart in their order; they go to different places."""
        near = np.flatnonzero(self.at[:-apart] == self.at[apart:])
        near = near[self._fits(self.at[near], self.kind[near] + self.kind[near + apart], 2)]
        if not near.size:
            return []
        far, at, ways = near + apart, self.at[near], len(self.go)
        both = self.go[:, np.newaxis, near] + self.go[np.newaxis, :, far]
        both[self.to[:, np.newaxis, near] == self.to[np.newaxis, :, far]] = NEVER
        both = both.reshape(ways * ways, near.size)
        price = self.price[at] - 3 * self.step[at] - self.stay[near] - self.stay[far] + both.min(axis=0)
        one = int(price.argmin())
        return [self._change(int(price[one]), [int(near[one]), int(far[one])], [*divmod(int(both[:, one].argmin()), ways)])]

    def _change(self, price: int, others: list[int], ways: list[int]) -> Change:
        """The couple in the place of others, each of whom goes one of its ways."""
        agent = int(self.at[others[0]])
        leave = [int(self.to[way, other]) for other, way in zip(others, ways, strict=True)]
        return Change(price, [*self.couple, *self.others[others].tolist()], [agent, agent, *leave])
