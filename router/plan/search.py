"""A good plan fast: people are taken out of the plan a few at a time and put back where they are missed least."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise, permutations

import numpy as np

from router.agents import FloatArray, IntArray
from router.plan.model import Model
from router.plan.problem import RESTS, SHORT, SHORT_OF_RESERVE, Activity

NEVER = 10**9
WARM, COLD = 30.0, 0.5  # in units of price: half a person missing for a slot at first, next to nothing at last
TOGETHER = 4
SURE = 0.999


class Search:
    """Where everybody's activities begin, and how many of each group are away in each slot. Owned and changed in place."""

    def __init__(self, model: Model) -> None:
        problem = model.problem
        self.problem, self.slots = problem, problem.slots
        self.start: dict[str, int] = {}
        self.by_id = {each.id: each for each in problem.activities}
        self.row = {each.id: row for row, each in enumerate(problem.members)}
        floors = [(floor.need, [floor.counts(each) for each in problem.members], SHORT) for floor in problem.floors]
        floors.append((problem.reserve, [each.fresh for each in problem.members], SHORT_OF_RESERVE))
        self.price = np.array([price for *_, price in floors], dtype=np.int64)[:, None]
        self.member_of = np.array([counts for _, counts, _ in floors], dtype=np.bool_).reshape(len(floors), len(problem.members))
        there = np.array([[each.there(slot) for slot in range(self.slots)] for each in problem.members], dtype=np.int64)
        need = np.array([[*need, *[-NEVER] * (self.slots - len(need))] for need, *_ in floors], dtype=np.int64)
        self.slack: IntArray = self.member_of.astype(np.int64) @ there.reshape(len(problem.members), self.slots) - need
        self.away: IntArray = np.zeros_like(self.slack)
        self.groups = [np.flatnonzero(self.member_of[:, row]) for row in range(len(problem.members))]
        self.alone = {each.id: _alone(model, each) for each in problem.activities}
        self.single = [[each for each in model.of(member) if each.partner is None] for member in problem.members]
        self.shared = [[each for each in model.of(member) if each.partner is not None] for member in problem.members]

    def cost(self) -> int:
        short = int((np.maximum(self.away - self.slack, 0) * self.price).sum())
        return short + sum(int(self.alone[each][start]) for each, start in self.start.items())

    def put(self, activity: Activity, start: int) -> None:
        self.start[activity.id] = start
        self.away[self.groups[self.row[activity.member_id]], start : start + activity.length] += 1

    def take(self, activity: Activity) -> None:
        start = self.start.pop(activity.id)
        self.away[self.groups[self.row[activity.member_id]], start : start + activity.length] -= 1

    def place(self, row: int) -> bool:
        """Give a member all that is theirs alone at the starts that cost least as the plan is; False where it does not fit.

        Exact for one member: over every order of the activities, the cheapest start of each after the one before.
        """
        todo = self.single[row]
        if not todo:
            return True
        costs = [self._costs(row, each) for each in todo]
        best = NEVER
        found: tuple[tuple[int, ...], list[IntArray]] | None = None
        for order in permutations(range(len(todo))):
            reach = [costs[order[0]]]
            for before, after in pairwise(order):
                gap = self._apart(todo[before], todo[after])
                earliest = np.full(self.slots, NEVER, dtype=np.int64)
                earliest[gap:] = np.minimum.accumulate(reach[-1])[: max(self.slots - gap, 0)]
                reach.append(np.minimum(earliest + costs[after], NEVER))
            if int(reach[-1].min()) < best:
                best, found = int(reach[-1].min()), (order, reach)
        if found is None:
            return False
        order, reach = found
        until = self.slots
        for index in range(len(order) - 1, -1, -1):
            start = int(reach[index][:until].argmin())
            self.put(todo[order[index]], start)
            if index:
                until = start - self._apart(todo[order[index - 1]], todo[order[index]]) + 1
        return True

    def _apart(self, before: Activity, after: Activity) -> int:
        """Slots from the start of one to the earliest start of the other."""
        return before.length + (self.problem.spacing if {before.kind, after.kind} <= RESTS else 0)

    def _costs(self, row: int, activity: Activity) -> IntArray:
        """What each start of an activity costs: by itself, and by whom it leaves short."""
        groups = self.groups[row]
        missed = ((self.away[groups] >= self.slack[groups]) * self.price[groups]).sum(axis=0)
        summed = np.concatenate(([0], np.cumsum(missed)))
        costs = self.alone[activity.id].copy()
        last = self.slots - activity.length + 1
        costs[:last] += summed[activity.length :] - summed[:last]
        for each in self.shared[row]:
            if each.id in self.start:
                begin = self.start[each.id]
                costs[max(0, begin - activity.length + 1) : begin + each.length] = NEVER
        return np.minimum(costs, NEVER)


def _alone(model: Model, activity: Activity) -> IntArray:
    """The price of each start by itself, shape (n_slots,); `NEVER` where it may not be."""
    costs = np.full(model.problem.slots, NEVER, dtype=np.int64)
    for start, column in model.starts[activity.id].items():
        if model.upper[column]:
            costs[start] = model.price[column]
    return costs


def search(model: Model, hint: FloatArray, effort: int, seed: int = 1) -> dict[str, int] | None:
    """Starts of a plan that keeps every rule, after `effort` trials: what `hint` (a value for each column) is sure of stays.

    Simulated annealing over everybody else, repeatable by its seed: who shares skills is taken out together and put back in another
    order. None where somebody's activities can't be fitted in this way.
    """
    state, rng = Search(model), np.random.default_rng(seed)
    unsure = _begin(state, model, hint)
    if unsure is None:
        return None
    near = _near(state, unsure)
    cost = best = state.cost()
    kept = dict(state.start)
    for trial in range(effort if near else 0):
        heat = WARM * (COLD / WARM) ** (trial / effort)
        rows, debrief = _chosen(state, near, rng)
        before = _take_out(state, rows, debrief)
        if _put_back(state, rows, debrief, rng) and (after := state.cost()) <= cost + rng.exponential() * heat:
            cost = after
            if cost < best:
                best, kept = cost, dict(state.start)
        else:
            for each in before:
                if each in state.start:
                    state.take(state.by_id[each])
            for each, start in before.items():
                state.put(state.by_id[each], start)
    return kept


def _begin(state: Search, model: Model, hint: FloatArray) -> list[int] | None:
    """Put everybody into the plan, first those of whom the hint is sure, and say who the others are; None where somebody has no room."""
    likely = {name: max(columns, key=lambda each: (hint[columns[each]], -each)) for name, columns in model.starts.items() if columns}
    if len(likely) < len(state.by_id):
        return None
    for each in state.by_id.values():
        if each.partner is not None:
            start = likely[min(each.id, each.partner)]
            if start not in model.starts[each.id] or state.alone[each.id][start] >= NEVER:
                return None
            state.put(each, start)
    unsure = []
    for row, todo in enumerate(state.single):
        if all(hint[model.starts[each.id][likely[each.id]]] >= SURE for each in todo + state.shared[row]):
            for each in todo:
                state.put(each, likely[each.id])
        else:
            unsure.append(row)
    return unsure if all(state.place(row) for row in unsure) else None


def _near(state: Search, movable: list[int]) -> list[list[int]]:
    """For each member who may move, who else may of those that share a floor with them which not everybody counts for."""
    particular = state.member_of[~state.member_of.all(axis=1)].astype(np.int64)
    together = particular.T @ particular
    return [[other for other in movable if together[row, other] or other == row] for row in movable]


def _chosen(state: Search, near: list[list[int]], rng: np.random.Generator) -> tuple[list[int], Activity | None]:
    """Up to `TOGETHER` members, and perhaps a debrief of theirs that is to move."""
    pool = near[int(rng.integers(len(near)))]
    rows = [pool[each] for each in rng.permutation(len(pool))[: int(rng.integers(2, TOGETHER + 1))]]
    shared = [each for row in rows for each in state.shared[row]]
    if not shared or rng.random() < 0.5:
        return rows, None
    debrief = shared[int(rng.integers(len(shared)))]
    partner = state.by_id[debrief.partner or debrief.id]
    return list(dict.fromkeys([*rows, state.row[debrief.member_id], state.row[partner.member_id]])), debrief


def _take_out(state: Search, rows: Iterable[int], debrief: Activity | None) -> dict[str, int]:
    out = [each for row in rows for each in state.single[row]]
    if debrief is not None and debrief.partner is not None:
        out += [debrief, state.by_id[debrief.partner]]
    before = {each.id: state.start[each.id] for each in out}
    for each in out:
        state.take(each)
    return before


def _put_back(state: Search, rows: list[int], debrief: Activity | None, rng: np.random.Generator) -> bool:
    if debrief is not None and debrief.partner is not None:
        start = int(rng.integers(debrief.earliest, debrief.latest + 1))
        pair = [debrief, state.by_id[debrief.partner]]
        for each in pair:
            state.put(each, start)
        if max(state.alone[each.id][start] for each in pair) >= NEVER:
            return False
    return all(state.place(row) for row in rng.permutation(rows))
