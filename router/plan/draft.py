"""From a problem to the plan that is published; what has no room is left out of it by name."""

from __future__ import annotations

from router.plan.problem import Problem
from router.plan.published import Plan, publish
from router.plan.solve import Effort, solve


def draft(problem: Problem, kept: tuple[str, ...] = (), effort: Effort | None = None) -> Plan:
    """The plan of a problem. `kept`: who was the reserve in the plan before. Takes up to seconds, the same plan every time."""
    found = solve(problem, effort)
    unmet = found.unmet
    if found.status == "infeasible":
        problem = problem.without(frozenset(unmet))
        found = solve(problem, effort)
    return publish(problem, found, unmet, kept)
