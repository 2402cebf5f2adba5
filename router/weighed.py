"""What rules and costs say of a ticket, and of every other one that is alike to them; choices are made and reasons are read off it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from router import cost
from router.agents import IntArray
from router.domain import Finalist
from router.eligibility import Excluded, exclusions
from router.moment import Case, once_for
from router.once import once
from router.others import Everybody, Others
from router.relax import Way, relax

FINALISTS = 2


@dataclass(frozen=True, eq=False)
class Weighed:
    """The `ids` of all agents, what the rules `found`, who may have the ticket, and the `cost.table`. What is counted from that is counted
    once, when it is first asked for."""

    ids: tuple[str, ...]
    found: tuple[Excluded, ...]
    way: Way
    costs: IntArray
    _told: dict[int, Finalist] = field(default_factory=dict, init=False)

    @once
    def totals(self) -> IntArray:
        """What each agent costs, shape (n_agents,)."""
        total: IntArray = np.add.reduce(self.costs)
        return total

    @once
    def cheapest(self) -> tuple[int, ...]:
        """The rows of the cheapest who may have it, one more than are told of as finalists; ties go to the smaller row."""
        rows = self.way.free.nonzero()[0]
        best: list[int] = rows[self.totals[rows].argsort(kind="stable")[: FINALISTS + 1]].tolist()
        return tuple(best)

    def finalists(self, chosen: int) -> tuple[Finalist, ...]:
        """The cheapest but the chosen, the cheapest first."""
        return tuple([self._finalist(row) for row in self.cheapest if row != chosen][:FINALISTS])

    def others(self, chosen: int) -> Others:
        """Why not each other than the chosen, −1 for nobody."""
        return Others(self._everybody, chosen)

    def _finalist(self, row: int) -> Finalist:
        if row not in self._told:
            terms = self.costs[:, row].tolist()
            self._told[row] = Finalist(self.ids[row], sum(terms), dict(zip(cost.NAMES, terms, strict=True)))
        return self._told[row]

    @once
    def _everybody(self) -> Everybody:
        return Everybody(self.ids, self.found, self.way.free, self.totals)


def weighed(case: Case, way: Way) -> Weighed:
    """What is said of the ticket as of now, with the rules that give way for it."""
    return _strictly(case) if way.strict else _anew(case, way)


@once_for(lambda case: case.alike)
def _strictly(case: Case) -> Weighed:
    return _anew(case, relax(case, exclusions(case)))


def _anew(case: Case, way: Way) -> Weighed:
    return Weighed(case.moment.ids, exclusions(case), way, cost.table(case))
