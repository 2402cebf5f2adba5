"""Is a limit met by a mean? Tests that may look again and again, and stop as soon as the answer is sure enough.

A limit has an indifference zone on its good side, from the bound to `delta` better than the bound. A mean worse than the
bound is never to be called met; one that is better by more than `delta` is never to be called missed; inside the zone
either answer will do, which is what makes the number of replications finite (desirable, acceptable, unacceptable systems:
Batur & Kim 2010, "Finding feasible systems in the presence of constraints on multiple performance measures", ACM TOMACS 20(3)).

Repeated looks at growing data need a price: each look at `looks` is an ordinary one-sided t test that spends an equal part
of the error (alpha spending, Lan & DeMets 1983, Biometrika 70; equal parts by Bonferroni's inequality, so it holds whatever
the dependence between looks). It is exact for independent normal replications, at every number of looks, with the
variance unknown; no look is sized by the data. Against boundaries that are linear in the sum (the triangles of Fabian 1974
and of Kim & Nelson 2001, whose variance comes from the first replications alone) it takes a quarter to a half of the
replications far from the bound, and about as many inside the zone, since the variance is estimated anew at each look.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from simulations.intervals import t_quantile

FIRST_LOOK = 4  # replications; fewer tell nothing of their spread
NEXT_LOOK = 1.5  # × the last one: finer steps cost error at each look, coarser ones replications beyond the need
SPREAD_FLOOR = 0.25  # of delta: replications that agree by chance prove no smaller spread than this


class Verdict(StrEnum):
    """What is known of a limit, or of all limits of a head-count."""

    MET = "met"
    MISSED = "missed"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Limit:
    """A mean over replications that may not be worse than `bound`; `delta` > 0 is the width of the indifference zone, in the same unit."""

    metric: str
    bound: float
    at_least: bool
    delta: float

    def slack(self, mean: float) -> float:
        """How much better than the bound a mean is; negative where it is worse."""
        return mean - self.bound if self.at_least else self.bound - mean


@dataclass(frozen=True, slots=True)
class Finding:
    """One limit after some replications: mean and half-width at the error of the look (`None` where unknown), and the verdict."""

    limit: Limit
    verdict: Verdict
    mean: float | None
    half_width: float | None
    replications: int

    def standing(self, verdict: Verdict) -> Finding:
        """The same numbers under the verdict of an earlier look."""
        return replace(self, verdict=verdict)


def looks(most: int) -> tuple[int, ...]:
    """The numbers of replications at which tests look, growing to `most` ≥ `FIRST_LOOK`."""
    found = [FIRST_LOOK]
    while found[-1] < most:
        found.append(min(most, math.ceil(NEXT_LOOK * found[-1])))
    return tuple(found)


def find(limit: Limit, values: Sequence[float], error: float) -> Finding:
    """One look: the verdict on `values`, one a replication (NaN: nothing to measure in it), at a one-sided `error` in (0, .5)."""
    known = [value for value in values if not math.isnan(value)]
    if len(known) < FIRST_LOOK:
        return Finding(limit, Verdict.UNDECIDED, math.fsum(known) / len(known) if known else None, None, len(values))
    mean = math.fsum(known) / len(known)
    variance = math.fsum((value - mean) ** 2 for value in known) / (len(known) - 1)
    half = half_width(max(math.sqrt(variance), SPREAD_FLOOR * limit.delta), len(known), error)
    return Finding(limit, _verdict(limit, limit.slack(mean), half), mean, half, len(values))


def half_width(spread: float, count: int, error: float) -> float:
    """Of a mean over `count` ≥ 2 normal values with this standard deviation: what it exceeds the truth by with a chance of `error`."""
    return _quantile(1 - error, count - 1) * spread / math.sqrt(count)


def _verdict(limit: Limit, slack: float, half_width: float) -> Verdict:
    if slack >= half_width:
        return Verdict.MET
    return Verdict.MISSED if slack + half_width <= limit.delta else Verdict.UNDECIDED


_quantile = lru_cache(maxsize=4096)(t_quantile)
