"""Solves a plan: the relaxation for a bound, a search for a good start, CP-SAT for what is left. Repeatable: limits are efforts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from router.plan import check
from router.plan.model import Model, build
from router.plan.problem import Activity, Problem
from router.plan.prove import prove
from router.plan.relax import Relaxed, relax
from router.plan.search import SURE, search

Status = Literal["optimal", "feasible", "infeasible"]
WHOLE = 40  # activities up to which CP-SAT is given the whole plan at once
UNSURE = 70  # activities that it is given of a larger one, those of which the relaxation is least sure
PART = 14  # members whose activities it is given at a time in a larger one


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is tried, in steps of the search, in parts that CP-SAT solves again, in its deterministic seconds for each,
    and how small a gap ends it."""

    trials: int = 1000
    parts: int = 8
    part_s: float = 0.2
    whole_s: float = 1.5
    near: float = 0.005
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Solution:
    """Where activities begin (slots by id) at which price; no plan costs less than `bound`. `unmet`: what can't be placed at all."""

    status: Status
    starts: dict[str, int]
    price: int
    bound: int
    unmet: tuple[str, ...] = ()

    @property
    def gap(self) -> float:
        """How much cheaper the best plan could be at most, as a share of this one's price."""
        return (self.price - self.bound) / self.price if self.price else 0.0


INSTANT = Effort(trials=0, parts=0)


def solve(problem: Problem, effort: Effort | None = None) -> Solution:
    """The best plan found. `infeasible` names in `unmet` every activity of the people for whom no day has room for all of theirs."""
    effort, model = effort or Effort(), build(problem)
    if not problem.activities:
        return _solution(model, {}, 0)
    relaxed = relax(model)
    starts = None if relaxed is None else _first(model, relaxed, effort)
    if relaxed is None or starts is None:
        return Solution("infeasible", {}, 0, 0, _unmet(problem))
    bound = max(relaxed.bound, 0)
    if check.price(problem, starts) == bound:
        return _solution(model, starts, bound)
    if len(problem.activities) <= WHOLE:
        found, proven = prove(model, starts, None, effort.whole_s, effort.seed)
        return _solution(model, found or starts, max(bound, proven))
    return _solution(model, _by_parts(model, _unsure(model, relaxed, starts, effort), bound, effort), bound)


def _solution(model: Model, starts: dict[str, int], bound: int) -> Solution:
    price = check.price(model.problem, starts)
    if not starts:
        bound = price
    return Solution("optimal" if price <= bound else "feasible", starts, price, min(bound, price))


def _first(model: Model, relaxed: Relaxed, effort: Effort) -> dict[str, int] | None:
    """A plan to begin with: the last one's starts where they still hold, else what the search makes of the relaxation."""
    found = [search(model, hint, effort.trials, effort.seed) for hint in _hints(model, relaxed)]
    kept = [each for each in found if each is not None and not check.violations(model.problem, each)]
    if kept:
        return min(kept, key=lambda each: check.price(model.problem, each))
    return prove(model, None, None, effort.whole_s, effort.seed)[0]


def _hints(model: Model, relaxed: Relaxed) -> list[np.ndarray]:
    hints, last = [relaxed.values], dict(model.problem.last)
    if last:
        hint = np.zeros(len(model.price))
        for name, columns in model.starts.items():
            if last.get(name) in columns:
                hint[columns[last[name]]] = 1.0
        hints.append(hint)
    return hints


def _unsure(model: Model, relaxed: Relaxed, starts: dict[str, int], effort: Effort) -> dict[str, int]:
    """CP-SAT places what the relaxation is least sure of and the rest stays: nearly the best plan, as most of it is whole."""
    doubt = {name: float(relaxed.values[columns[starts[name]]]) for name, columns in model.starts.items()}
    free = {name for name in sorted(doubt, key=lambda each: (doubt[each], each))[:UNSURE] if doubt[name] < SURE}
    free |= {each.partner for each in model.problem.activities if each.id in free and each.partner is not None}
    found, _ = prove(model, starts, free, effort.whole_s, effort.seed)
    return starts if found is None else found


def _by_parts(model: Model, starts: dict[str, int], bound: int, effort: Effort) -> dict[str, int]:
    """CP-SAT places a part of the team anew while everybody else stays, again and again, until that is near enough to the bound."""
    problem, rng = model.problem, np.random.default_rng(effort.seed)
    movable = sorted({each.member_id for each in problem.activities})
    skills = {each.id: set(each.skills) for each in problem.members}
    for _ in range(effort.parts):
        if check.price(problem, starts) * (1 - effort.near) <= bound:
            break
        first = movable[int(rng.integers(len(movable)))]
        noise = rng.random(len(movable))
        alike = {each: _alike(skills[first], skills[each]) + 0.3 * chance for each, chance in zip(movable, noise, strict=True)}
        part = set(sorted(movable, key=lambda each: (-alike[each], each))[:PART])
        free = {each.id for each in problem.activities if each.member_id in part}
        free |= {each.partner for each in problem.activities if each.id in free and each.partner is not None}
        found, _ = prove(model, starts, free, effort.part_s, effort.seed)
        if found is not None and check.price(problem, found) < check.price(problem, starts):
            starts = found
    return starts


def _alike(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 1.0


def _unmet(problem: Problem) -> tuple[str, ...]:
    """Every activity of those who have no room for all of theirs. The floors only price, so people stand apart but for debriefs."""
    unmet: list[str] = []
    todo = {each.id: each for each in problem.activities}
    while todo:
        part = _joined(next(iter(todo.values())), todo)
        only = Problem(problem.start_s, problem.slot_s, problem.slots, problem.members, part, spacing=problem.spacing)
        if relax(model := build(only)) is None or prove(model, None, None, 1.0, 1)[0] is None:
            unmet += [each.id for each in part]
        for each in part:
            del todo[each.id]
    return tuple(sorted(unmet))


def _joined(first: Activity, todo: dict[str, Activity]) -> tuple[Activity, ...]:
    """The activities of one member, and of everybody whom debriefs tie to them."""
    people, size = {first.member_id}, 0
    while size != len(people):
        size = len(people)
        tied = {each.partner for each in todo.values() if each.member_id in people}
        people |= {each.member_id for each in todo.values() if each.id in tied}
    return tuple(each for each in todo.values() if each.member_id in people)
