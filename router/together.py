"""What hard tickets of one solve may add to an agent together: each may be within the bound on load and the streak, and several not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from router.agents import FloatArray, IntArray
from router.assign import Budget
from router.booking import MILLI
from router.moment import Case, Moment


def budgets(moment: Moment, cases: Sequence[Case]) -> tuple[Budget, ...]:
    """Those that the tickets could exceed: hard contacts in a row, and points of load in thousandths.

    Where a rule gives way for a ticket at an agent, nothing else that is hard goes there in this solve: the others can come when that
    is done.
    """
    return tuple(_exceeded(moment, cases)) if sum(case.hard for case in cases) > 1 else ()


def _exceeded(moment: Moment, cases: Sequence[Case]) -> Iterator[Budget]:
    hard = np.array([case.hard for case in cases], dtype=np.bool_)[:, np.newaxis]
    points = np.array([case.points for case in cases]) * hard[:, 0]
    added: FloatArray = np.multiply.outer(points, moment.factor_of_strangers)
    for place, case in enumerate(cases):
        if case.hard and case.remembered:
            added[place] = case.demand
    in_row = np.repeat(hard, len(moment.ids), axis=1).astype(np.int64)
    for weight, limit in (
        (in_row, moment.state.policy.hard_streak_max - moment.streak),
        (np.rint(MILLI * added).astype(np.int64), np.rint(MILLI * (moment.load_limit - moment.expected)).astype(np.int64)),
    ):
        most: IntArray = np.maximum(limit, 1)
        if np.any(weight.sum(axis=0) > most):
            yield Budget(np.minimum(weight, most), most)
