"""What hard tickets of one solve may add to an agent together: each may be within the bound on load and the streak, and several not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from fatigue_model.dynamics import UNKNOWN
from router.agents import IntArray
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
    n_agents, hard = len(moment.ids), np.array([case.hard for case in cases], dtype=np.int64)
    points = np.rint(MILLI * (np.array([case.points for case in cases]) * UNKNOWN)).astype(np.int64)
    added = np.repeat((points * hard)[:, np.newaxis], n_agents, axis=1)
    for place, case in enumerate(cases):
        if case.hard and case.remembered:
            added[place] = np.rint(MILLI * case.demand)
    for weight, limit in (
        (np.repeat(hard[:, np.newaxis], n_agents, axis=1), moment.state.policy.hard_streak_max - moment.streak),
        (added, np.rint(MILLI * (moment.load_limit - moment.expected)).astype(np.int64)),
    ):
        most: IntArray = np.maximum(limit, 1)
        if np.any(weight.sum(axis=0) > most):
            yield Budget(np.minimum(weight, most), most)
