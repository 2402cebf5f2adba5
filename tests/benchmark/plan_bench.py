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
from router.plan.model import build
from router.plan.problem import Problem
from router.plan.solve import solve
from support.plans import draw

LARGE = 10**7
NOTHING = 1e-4  # a gap of 0 counts as a hundredth of a percent in a ratio


def plain(problem: Problem, limit_s: float) -> tuple[float, float]:
    """Gap and seconds of the plain time-slot model: a Boolean for each start, no-overlap and floors in each slot, given to CP-SAT as it
    is. All workers that the machine has room for, stopped by the clock."""
    begin, program, solver = perf_counter(), cp_model.CpModel(), cp_model.CpSolver()
    model = build(problem)
    columns = [program.new_int_var(0, upper, "") for upper in model.upper]
    for row in model.rows:
        total = cp_model.LinearExpr.weighted_sum([columns[each] for each in row.columns], list(row.weights))
        program.add_linear_constraint(total, -LARGE if row.low is None else row.low, row.high)
    program.minimize(cp_model.LinearExpr.weighted_sum(columns, model.price))
    solver.parameters.max_time_in_seconds = limit_s
    solver.parameters.num_workers = os.cpu_count() or 1
    status = solver.solve(program)
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
