"""CP-SAT over the model of a plan: the whole of it, or some activities while all others stay."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

import numpy as np

from router.plan.model import Model

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

Starts = Mapping[str, int]
OPEN_BELOW = -(10**7)


def prove(model: Model, hint: Starts | None, free: Collection[str] | None, limit_s: float, seed: int) -> tuple[dict[str, int] | None, int]:
    """Starts and a bound on what is cheaper; over the activities in `free` (None: all), the others as in `hint`.

    Stops after `limit_s` deterministic seconds; None where it has found nothing by then. One worker with the relaxation in full
    proves ten people in a fifth of the time that it takes the usual mix of workers, and is repeatable.
    """
    from ortools.sat.python import cp_model

    fixed = _fixed(model, hint, free)
    program = cp_model.CpModel()
    variables = {each: program.new_int_var(0, upper, "") for each, upper in enumerate(model.upper) if each not in fixed}
    _write(program, model, variables, fixed)
    if hint is not None:
        for column, value in _values(model, hint).items():
            if column in variables:
                program.add_hint(variables[column], value)
    solver = cp_model.CpSolver()
    parameters = solver.parameters  # attributes of the solver itself are ignored in silence
    parameters.num_workers = 1
    parameters.random_seed = seed
    parameters.max_deterministic_time = limit_s
    parameters.linearization_level = 2
    parameters.cp_model_probing_level = 0
    parameters.symmetry_level = 0
    if solver.solve(program) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None, 0
    chosen = {
        name: start
        for name, columns in model.starts.items()
        for start, column in columns.items()
        if column in variables and solver.value(variables[column])
    }
    return {**(hint or {}), **chosen}, int(np.ceil(solver.best_objective_bound - 1e-6))


def _fixed(model: Model, hint: Starts | None, free: Collection[str] | None) -> dict[int, int]:
    """The columns that are no question: starts that may not be, and the activities that stay."""
    fixed = {each: 0 for each, upper in enumerate(model.upper) if not upper}
    if free is not None and hint is not None:
        for name, columns in model.starts.items():
            if name not in free:
                fixed |= {column: int(hint[name] == start) for start, column in columns.items()}
    return fixed


def _write(program: cp_model.CpModel, model: Model, variables: Mapping[int, cp_model.IntVar], fixed: Mapping[int, int]) -> None:
    """Rows and prices, with what is fixed counted in."""
    from ortools.sat.python.cp_model import LinearExpr

    for row in model.rows:
        terms = [(variables[each], weight) for each, weight in zip(row.columns, row.weights, strict=True) if each in variables]
        given = sum(weight * fixed[each] for each, weight in zip(row.columns, row.weights, strict=True) if each in fixed)
        total = LinearExpr.weighted_sum([each for each, _ in terms], [weight for _, weight in terms])
        program.add_linear_constraint(total, OPEN_BELOW if row.low is None else row.low - given, row.high - given)
    priced = [(each, model.price[column]) for column, each in variables.items() if model.price[column]]
    offset = sum(model.price[column] * value for column, value in fixed.items())
    program.minimize(LinearExpr.weighted_sum([each for each, _ in priced], [price for _, price in priced]) + offset)


def _values(model: Model, starts: Starts) -> dict[int, int]:
    """Every column's value in a plan: a hint that leaves some out is worth nothing."""
    values = {column: int(starts.get(name) == start) for name, columns in model.starts.items() for start, column in columns.items()}
    for index, missing in model.short.items():
        row = model.rows[index]
        taken = sum(weight * values.get(each, 0) for each, weight in zip(row.columns, row.weights, strict=True) if each != missing)
        values[missing] = max(0, taken - row.high)
    return values
