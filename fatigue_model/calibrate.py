"""Personal mode: sensitivity g and recovery speed r of those who opted in, from their own check-ins, by empirical Bayes.

A check-in answers "Right now, how drained are you by recent customer contacts?" with y from 0 to 10, modelled as

    y = α + g·x(r) + ε,   x(r) = (A¹ + ½·B¹)(r),   ε ~ N(0, σ²)

with A¹, B¹ the loads at g = 1 and recovery speed r. For each r on a grid the posterior of (α, g) is conjugate normal; EM over the agents
fits the hyper-parameters, held by a prior at the documented values, so that a small team stays near the population. An old check-in counts
as a fraction of a fresh one (its likelihood to the power 2^(−age/60 d)). Nothing here decides who gets a ticket: g and r say when and how
long somebody recovers, and only from enough check-ins on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from fatigue_model.dynamics import DAY_S, FloatArray

SPEED_GRID: FloatArray = np.geomspace(0.55, 1.8, 9)  # recovery speeds r that are tried, shape (9,)
SPEED_LOG_SD = 0.25  # of r over people, around 1 (assumed)
SPEED_CLIP = (0.6, 1.7)
SENSITIVITY_MEAN, SENSITIVITY_SD = 1.0, 0.35  # g over people; they differ widely, Lee 2023 (read)
SENSITIVITY_CLIP = (0.5, 2.0)
INTERCEPT_MEAN, INTERCEPT_SD = 2.5, 1.25  # α over people, on the scale 0 … 10 (assumed)
NOISE_SD = 1.2  # σ of one answer (assumed)
HALF_LIFE_D = 60.0  # of a check-in's weight
PSEUDO_AGENTS, PSEUDO_ANSWERS = 20.0, 200.0  # how many agents and answers the documented values weigh as much as (assumed)
FIT_FROM, SPEED_FROM, SHOW_SPEED_FROM = 8, 30, 60  # check-ins before g, before r, and before r is shown
ROUNDS = 30  # of EM; changes by then are far under a hundredth
Z_80 = 1.2815515655446004  # the normal's 90th percentile: 80 % lie within


@dataclass(frozen=True, slots=True)
class CheckIns:
    """One agent's check-ins: `at_s` (n,) in seconds, `answer` (n,) from 0 to 10, `loads` (n, 9): x at each r of `SPEED_GRID`, in points."""

    at_s: FloatArray
    answer: FloatArray
    loads: FloatArray

    def __post_init__(self) -> None:
        if self.loads.shape != (len(self.at_s), len(SPEED_GRID)):
            raise ValueError(f"loads must be of shape ({len(self.at_s)}, {len(SPEED_GRID)}), not {self.loads.shape}")
        if self.answer.shape != self.at_s.shape or self.at_s.ndim != 1:
            raise ValueError("at_s and answer must be of one shape (n,)")
        for name in ("at_s", "answer", "loads"):
            if not np.all(np.isfinite(getattr(self, name))):
                raise ValueError(f"{name} must be finite")
        if np.any((self.answer < 0) | (self.answer > 10)):
            raise ValueError("answer must be from 0 to 10")
        if np.any(self.loads < 0):
            raise ValueError("loads must not be negative")


@dataclass(frozen=True, slots=True)
class Personal:
    """What was found of one agent; intervals hold with 80 %, None where the population's value is used."""

    sensitivity: float = 1.0
    speed: float = 1.0
    sensitivity_80: tuple[float, float] | None = None
    speed_80: tuple[float, float] | None = None
    check_ins: int = 0
    show_speed: bool = False


@dataclass(frozen=True)
class Population:
    """Hyper-parameters: mean (2,) and covariance (2, 2) of (α, g) over people, and the variance σ² of an answer."""

    mean: FloatArray
    covariance: FloatArray
    noise: float

    @cached_property
    def precision(self) -> FloatArray:
        """Σ⁻¹, shape (2, 2)."""
        return np.asarray(np.linalg.inv(self.covariance))

    @cached_property
    def log_volume(self) -> float:
        """ln det Σ."""
        return float(np.linalg.slogdet(self.covariance)[1])


DOCUMENTED = Population(np.array([INTERCEPT_MEAN, SENSITIVITY_MEAN]), np.diag([INTERCEPT_SD**2, SENSITIVITY_SD**2]), NOISE_SD**2)


@dataclass(frozen=True, slots=True)
class Posterior:
    """What one agent's check-ins say, for each of the speeds tried: mean (k, 2) and covariance (k, 2, 2) of (α, g), the log marginal
    likelihood (k,), and the share of belief (k,) in each speed."""

    speeds: FloatArray
    mean: FloatArray
    covariance: FloatArray
    evidence: FloatArray
    belief: FloatArray

    def sensitivity(self) -> tuple[float, float]:
        """Mean and standard deviation of g over all speeds."""
        mean = float(self.belief @ self.mean[:, 1])
        second = float(self.belief @ (self.covariance[:, 1, 1] + self.mean[:, 1] ** 2))
        return mean, float(np.sqrt(max(second - mean**2, 0.0)))

    def log_evidence(self) -> float:
        top = float(self.evidence.max())
        return top + float(np.log(np.sum(np.exp(self.evidence - top))))


def calibrate(agents: Mapping[str, CheckIns], now_s: float) -> dict[str, Personal]:
    """g and r of every agent as of `now_s`: the population's under 8 check-ins, g from 8, also r from 30, r to be shown from 60."""
    fitted = {name: given for name, given in sorted(agents.items()) if len(given.at_s) >= FIT_FROM}
    population = fit_population(list(fitted.values()), now_s)
    return {
        name: _personal(given, now_s, population) if name in fitted else Personal(check_ins=len(given.at_s))
        for name, given in agents.items()
    }


def _personal(given: CheckIns, now_s: float, population: Population) -> Personal:
    found, count = posterior(given, now_s, population), len(given.at_s)
    mean, deviation = found.sensitivity()
    low, high = (float(np.clip(mean + side * Z_80 * deviation, *SENSITIVITY_CLIP)) for side in (-1, 1))
    fits_speed = count >= SPEED_FROM
    return Personal(
        sensitivity=float(np.clip(mean, *SENSITIVITY_CLIP)),
        speed=float(np.clip(np.exp(found.belief @ np.log(found.speeds)), *SPEED_CLIP)) if fits_speed else 1.0,
        sensitivity_80=(low, high),
        speed_80=_quantiles(found) if fits_speed else None,
        check_ins=count,
        show_speed=count >= SHOW_SPEED_FROM,
    )


def _quantiles(found: Posterior) -> tuple[float, float]:
    """The speeds between which the middle 80 % of belief lie, read off the grid in logarithms."""
    below = np.cumsum(found.belief) - found.belief / 2
    low, high = np.exp(np.interp([0.1, 0.9], below, np.log(found.speeds)))
    return float(np.clip(low, *SPEED_CLIP)), float(np.clip(high, *SPEED_CLIP))


def posterior(given: CheckIns, now_s: float, population: Population) -> Posterior:
    """The conjugate posterior of (α, g) for each speed, and the belief in each; under 30 check-ins r is held at 1.

    V⁻¹ = Σ⁻¹ + XᵀWX/σ², μ = V(Σ⁻¹m + XᵀWy/σ²), X = (1, x(r)), W the weights.
    """
    weight = np.exp2(-np.maximum(now_s - given.at_s, 0.0) / (HALF_LIFE_D * DAY_S))
    if len(given.at_s) >= SPEED_FROM:
        speeds, loads = SPEED_GRID, given.loads
    else:
        speeds, loads = np.ones(1), _at_speed_one(given.loads)[:, None]
    design = np.stack([np.ones_like(loads), loads], axis=-1).transpose(1, 0, 2)
    precision = population.precision
    weighted = design * weight[:, None]
    inverse = precision + weighted.transpose(0, 2, 1) @ design / population.noise
    covariance: FloatArray = np.asarray(np.linalg.inv(inverse), dtype=np.float64)
    pull = precision @ population.mean + weighted.transpose(0, 2, 1) @ given.answer / population.noise
    mean: FloatArray = np.einsum("kij,kj->ki", covariance, pull)
    fit = float(weight @ given.answer**2) / population.noise + population.mean @ precision @ population.mean
    evidence: FloatArray = np.asarray(
        -0.5 * weight.sum() * np.log(2 * np.pi * population.noise)
        - 0.5 * population.log_volume
        + 0.5 * np.linalg.slogdet(covariance)[1]
        - 0.5 * (fit - np.einsum("ki,kij,kj->k", mean, inverse, mean))
        + _log_prior(speeds)
    )
    belief = np.exp(evidence - evidence.max())
    return Posterior(speeds, mean, covariance, evidence, belief / belief.sum())


def _at_speed_one(loads: FloatArray) -> FloatArray:
    """x at r = 1, between the two grid points beside it, in logarithms of r; shape (n,)."""
    above = int(np.searchsorted(SPEED_GRID, 1.0))
    low, high = np.log(SPEED_GRID[above - 1 : above + 1])
    return np.asarray((loads[:, above - 1] * high - loads[:, above] * low) / (high - low))


def _log_prior(speeds: FloatArray) -> FloatArray:
    prior = np.exp(-0.5 * (np.log(speeds) / SPEED_LOG_SD) ** 2)
    return np.asarray(np.log(prior / prior.sum()))


def fit_population(agents: list[CheckIns], now_s: float, rounds: int = ROUNDS) -> Population:
    """EM over agents for the hyper-parameters; without agents, the documented ones."""
    population = DOCUMENTED
    for _ in range(rounds if agents else 0):
        population = _better(agents, now_s, population)
    return population


def _better(agents: list[CheckIns], now_s: float, population: Population) -> Population:
    """One round: what every agent's posterior expects, averaged with the documented values at the weight of the pseudo-agents."""
    found = [posterior(given, now_s, population) for given in agents]
    means = [each.belief @ each.mean for each in found]
    seconds = [np.einsum("k,kij->ij", each.belief, each.covariance + np.einsum("ki,kj->kij", each.mean, each.mean)) for each in found]
    total = PSEUDO_AGENTS + len(agents)
    mean = (PSEUDO_AGENTS * DOCUMENTED.mean + np.sum(means, axis=0)) / total
    off = mean - DOCUMENTED.mean
    spread = np.sum(seconds, axis=0) - np.outer(mean, np.sum(means, axis=0)) - np.outer(np.sum(means, axis=0), mean)
    spread = spread + len(agents) * np.outer(mean, mean)
    covariance = (PSEUDO_AGENTS * (DOCUMENTED.covariance + np.outer(off, off)) + spread) / total
    misses, answers = np.sum([_misses(given, each, now_s) for given, each in zip(agents, found, strict=True)], axis=0)
    noise = (PSEUDO_ANSWERS * DOCUMENTED.noise + misses) / (PSEUDO_ANSWERS + answers)
    return Population(mean, covariance, float(noise))


def _misses(given: CheckIns, found: Posterior, now_s: float) -> FloatArray:
    """The expected weighted sum of squared residuals of one agent, and the sum of weights."""
    weight = np.exp2(-np.maximum(now_s - given.at_s, 0.0) / (HALF_LIFE_D * DAY_S))
    loads = given.loads if len(found.speeds) > 1 else _at_speed_one(given.loads)[:, None]
    design = np.stack([np.ones_like(loads), loads], axis=-1)
    residual = given.answer[:, None] - np.einsum("nki,ki->nk", design, found.mean)
    spread = np.einsum("nki,kij,nkj->nk", design, found.covariance, design)
    return np.array([weight @ (residual**2 + spread) @ found.belief, weight.sum()])


def objective(agents: list[CheckIns], now_s: float, population: Population) -> float:
    """What EM climbs: the log marginal likelihood of all check-ins and the log prior of the hyper-parameters, up to a constant."""
    precision, off = population.precision, population.mean - DOCUMENTED.mean
    held = np.trace(DOCUMENTED.covariance @ precision) + off @ precision @ off + population.log_volume
    noise = np.log(population.noise) + DOCUMENTED.noise / population.noise
    evidence = sum(posterior(given, now_s, population).log_evidence() for given in agents)
    return float(evidence - 0.5 * PSEUDO_AGENTS * held - 0.5 * PSEUDO_ANSWERS * noise)
