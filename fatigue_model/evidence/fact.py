"""What a fact is, and the simulated people behind the facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from fatigue_model.calibrate import INTERCEPT_SD, NOISE_SD, SENSITIVITY_MEAN, SENSITIVITY_SD
from fatigue_model.evidence.cohort import Days, simulate
from fatigue_model.params import FatigueParams

AGENTS, WEEKS, SETTLED = 200, 8, 2  # of the cohort; the first weeks after rest are left out


@dataclass(frozen=True, slots=True)
class Fact:
    """`found` names what was computed; `ok` says whether all of it is as accepted."""

    id: str
    says: str
    found: Mapping[str, float]
    accept: str
    ok: bool
    source: str


@dataclass(frozen=True, slots=True)
class Misfit:
    """What the literature has and the model has not, or not to that size; documented and not tuned away."""

    says: str
    found: str
    source: str


class Cohort:
    """The simulated people behind the facts, each simulation run when it is first asked for."""

    def __init__(self, params: FatigueParams) -> None:
        self.params = params

    @cached_property
    def normal(self) -> Days:
        return self._run()

    def exposed(self, factor: float) -> Days:
        return self.normal if factor == 1 else self._run(exposure=factor)

    @cached_property
    def with_breaks(self) -> Days:
        return self._run(mandatory_break_min=15)

    def after_vacation(self, weeks: int) -> Days:
        return self._run(weeks_off_after={SETTLED: weeks})

    @cached_property
    def check_in_sd(self) -> float:
        """The standard deviation of a single check-in y = α + g·x + ε over people and moments of usual shifts, in points of its scale:
        √(Var α + Var ε + E[g²]·Var x + Var g·E[x]²), with x = A + ½·B. Drops in an expected answer are given in units of it."""
        load = self.normal.since(SETTLED).load
        people = INTERCEPT_SD**2 + SENSITIVITY_SD**2 * load.mean() ** 2
        return float(np.sqrt(people + NOISE_SD**2 + (SENSITIVITY_MEAN**2 + SENSITIVITY_SD**2) * load.var()))

    def _run(self, **how: object) -> Days:
        return simulate(np.random.default_rng(1), AGENTS, WEEKS, self.params, **how)  # type: ignore[arg-type]
