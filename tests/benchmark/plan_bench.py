"""The plan of the next four hours: how far from proven best, and how long it took; beside a plain time-slot model for CP-SAT, same run.

A row's ratio is the peer's gap over ours, or the bar's gap or time over ours; a bar of 1 is met where ours is no more than that.
"""

from __future__ import annotations

import os
from statistics import median
from time import perf_counter, process_time
from typing import Any

from ortools.sat.python import cp_model

from router.plan import check
from router.plan.problem import LATE, RESTS, SHORT, SHORT_OF_RESERVE, Activity, Member, Problem
from router.plan.solve import solve
from support.plans import draw

NOTHING = 1e-4  # a gap of 0 counts as a hundredth of a percent in a ratio


def covers(model: cp_model.CpModel, start: cp_model.IntVar, length: int, slot: int) -> cp_model.IntVar:
    """Whether an activity that begins at `start` covers `slot`."""
    before, after, now = (model.new_bool_var("") for _ in range(3))
    model.add(start > slot).only_enforce_if(before)
    model.add(start <= slot - length).only_enforce_if(after)
    model.add(start <= slot).only_enforce_if(now)
    model.add(start > slot - length).only_enforce_if(now)
    model.add_exactly_one(before, after, now)
    return now


class Plain:
    """The model that one writes first: a start and an interval for each activity, and for each member and slot whether they are away."""

    def __init__(self, problem: Problem) -> None:
        self.problem, self.model = problem, cp_model.CpModel()
        self.members = {each.id: each for each in problem.members}
        self.away: dict[tuple[str, int], list[cp_model.IntVar]] = {}
        self.intervals: dict[str, list[Any]] = {}
        self.prices: list[Any] = []
        starts = {each.id: self.place(each) for each in problem.activities}
        for group in self.intervals.values():
            self.model.add_no_overlap(group)
        for each in problem.activities:
            if each.partner is not None:
                self.model.add(starts[each.id] == starts[each.partner])
        for floor in problem.floors:
            self.keep([each for each in problem.members if floor.counts(each)], floor.need, SHORT)
        self.keep([each for each in problem.members if each.fresh], problem.reserve, SHORT_OF_RESERVE)
        self.model.minimize(sum(self.prices))

    def place(self, activity: Activity) -> cp_model.IntVar:
        until, who = self.members[activity.member_id].on[1], activity.member_id
        there = [slot for slot in range(activity.earliest, activity.latest + 1) if slot + activity.length <= until]
        start = self.model.new_int_var_from_domain(cp_model.Domain.from_values(there), "")
        self.intervals.setdefault(who, []).append(self.model.new_fixed_size_interval_var(start, activity.length, ""))
        if activity.kind in RESTS:
            longer = self.model.new_fixed_size_interval_var(start, activity.length + self.problem.spacing, "")
            self.intervals.setdefault(f"rests of {who}", []).append(longer)
        self.prices.append(LATE[activity.kind] * (start - activity.earliest))
        for slot in range(there[0], there[-1] + activity.length):
            self.away.setdefault((who, slot), []).append(covers(self.model, start, activity.length, slot))
        return start

    def keep(self, group: list[Member], need: tuple[int, ...], price: int) -> None:
        for slot, wanted in enumerate(need):
            gone = [one for member in group for one in self.away.get((member.id, slot), ())]
            missing = self.model.new_int_var(0, max(wanted, 0), "")
            self.model.add(sum(gone) - missing <= sum(member.there(slot) for member in group) - wanted)
            self.prices.append(price * missing)


def plain(problem: Problem, limit_s: float) -> tuple[float, float]:
    """Its gap and seconds, with all of CP-SAT's workers that the machine has room for, stopped by the clock."""
    begin, solver = perf_counter(), cp_model.CpSolver()
    model = Plain(problem).model
    solver.parameters.max_time_in_seconds = limit_s
    solver.parameters.num_workers = os.cpu_count() or 1
    status = solver.solve(model)
    took = perf_counter() - begin
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return 1.0, took
    return (solver.objective_value - solver.best_objective_bound) / max(solver.objective_value, 1.0), took


def ours(problem: Problem) -> tuple[float, float, float]:
    """Gap, seconds, and seconds of the processor; on a busy machine the last say more."""
    begin, worked = perf_counter(), process_time()
    found = solve(problem)
    took, worked = perf_counter() - begin, process_time() - worked
    assert check.violations(problem, found.starts) == ()
    assert check.price(problem, found.starts) == found.price
    return found.gap, took, worked


def compare(people: int, bar: float, limit_s: float, rounds: int) -> list[dict[str, Any]]:
    """Medians over `rounds` plans; the floors bind in each of them."""
    mine, theirs = [], []
    for seed in range(1, rounds + 1):
        problem = draw(people, seed)
        mine.append(ours(problem))
        theirs.append(plain(problem, limit_s))
    gap, took, worked = (median(each[index] for each in mine) for index in range(3))
    peer_gap, peer_s = (median(each[index] for each in theirs) for index in range(2))
    worst = max(each[0] for each in mine)
    times = {"peer": f"plain time-slot model, gap {peer_gap:.1%}", "ours_s": took, "peer_s": peer_s, "ours_cpu_s": worked}
    size = f"plan, {people} people × 48 slots × 12 skills"
    return [
        {
            "name": f"{size}: gap {gap:.2%}, at most {worst:.2%}, against the bar {bar:.0%}",
            "ratio": max(bar, NOTHING) / max(gap, NOTHING),
            "bar": 1.0,
            **times,
        },
        {"name": f"{size}: gap against the peer's", "ratio": max(peer_gap, NOTHING) / max(gap, NOTHING), "bar": None, **times},
        {"name": f"{size}: {limit_s:g} s against {took:.1f} s ({worked:.1f} s of one core)", "ratio": limit_s / took, "bar": 1.0, **times},
    ]


def run() -> list[dict[str, Any]]:
    solve(draw(10, 0))  # warm: the first solve imports the solver
    return [*compare(10, 0.0, 2.0, 5), *compare(60, 0.02, 5.0, 5), *compare(200, 0.15, 5.0, 2)]
