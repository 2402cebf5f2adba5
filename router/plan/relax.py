"""The linear relaxation of the model: a bound that is proven in whole numbers, and where a good plan may lie."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from router.agents import FloatArray
from router.plan.model import Model

SCALE = 1000


@dataclass(frozen=True, slots=True)
class Relaxed:
    """No plan costs less than `bound`; `values` are the columns of the relaxation, ndarray of shape (n_columns,)."""

    bound: int
    values: FloatArray


def relax(model: Model) -> Relaxed | None:
    """Solved by the simplex of GLOP, which is repeatable; None where no plan exists at all."""
    from ortools.linear_solver.python import model_builder

    program = model_builder.Model()  # type: ignore[no-untyped-call]
    columns = [program.new_num_var(0, upper, "") for upper in model.upper]
    rows = [
        program.add_linear_constraint(
            model_builder.LinearExpr.weighted_sum([columns[each] for each in row.columns], list(row.weights)),
            -np.inf if row.low is None else row.low,
            row.high,
        )
        for row in model.rows
    ]
    program.minimize(model_builder.LinearExpr.weighted_sum(columns, [float(each) for each in model.price]))
    solver = model_builder.Solver("GLOP")
    if solver.solve(program) != model_builder.SolveStatus.OPTIMAL:
        return None
    duals = [float(solver.dual_value(row)) for row in rows]
    return Relaxed(_bound(model, duals), np.array([solver.value(each) for each in columns]))


def _bound(model: Model, duals: list[float]) -> int:
    """What weak duality proves, whatever the duals: they are rounded to thousandths and all else is whole numbers.

    For any y with y ≤ 0 where a row has no lower bound, no plan costs less than
    Σ (y > 0: y·low, else y·high) + Σ min(0, price − yᵀA)·upper.
    """
    reduced, total = [each * SCALE for each in model.price], 0
    for row, dual in zip(model.rows, duals, strict=True):
        y = round(dual * SCALE)
        if row.low is None:
            y = min(y, 0)
        if y:
            total += y * (row.low if y > 0 and row.low is not None else row.high)
            for column, weight in zip(row.columns, row.weights, strict=True):
                reduced[column] -= y * weight
    total += sum(min(0, each) * upper for each, upper in zip(reduced, model.upper, strict=True))
    return -(-total // SCALE)
