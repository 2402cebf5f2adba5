"""Does the calibration find what is there? Synthetic agents with known g and r, their check-ins, and what was found of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fatigue_model.calibrate import (
    INTERCEPT_MEAN,
    INTERCEPT_SD,
    NOISE_SD,
    SENSITIVITY_CLIP,
    SENSITIVITY_MEAN,
    SENSITIVITY_SD,
    SPEED_CLIP,
    SPEED_GRID,
    SPEED_LOG_SD,
    Z_80,
    CheckIns,
    fit_population,
    posterior,
)
from fatigue_model.dynamics import DAY_S, MINUTE_S, FloatArray, IntArray
from fatigue_model.evidence.cohort import WEEKDAYS, Days, simulate
from fatigue_model.evidence.shift import SHIFT_MIN, BoolArray
from fatigue_model.params import DEFAULTS, FatigueParams

PER_DAY = 2  # one at a random minute, one 15 to 45 minutes after a hard contact where there was one
AFTER_MIN = (15, 45)
FITTED_ON = 400  # people from whose check-ins the population is fitted; the others are new to it


@dataclass(frozen=True, slots=True)
class Study:
    """`coverage`: how often the 80 % interval holds the true g; root mean square errors of g by empirical Bayes and by a separate least
    squares line for each agent; `prior_sd`: the spread of the true g, which is the error of not fitting at all."""

    agents: int
    check_ins: int
    coverage: float
    rmse: float
    rmse_separate: float
    prior_sd: float


def study(chance: np.random.Generator, agents: int, check_ins: int, params: FatigueParams = DEFAULTS) -> Study:
    """`agents` people with `check_ins` answers each, from the documented population; gates on the number of answers are left out."""
    return studies(chance, agents, (check_ins,), params)[0]


def studies(chance: np.random.Generator, agents: int, check_ins: Sequence[int], params: FatigueParams = DEFAULTS) -> tuple[Study, ...]:
    """A study for each number of `check_ins`: the first answers of the same people."""
    true_g = np.clip(chance.normal(SENSITIVITY_MEAN, SENSITIVITY_SD, agents), *SENSITIVITY_CLIP)
    true_r = np.clip(np.exp(chance.normal(0.0, SPEED_LOG_SD, agents)), *SPEED_CLIP)
    given, _ = answers(chance, true_g, true_r, max(check_ins), params)
    return tuple(_study([CheckIns(each.at_s[:n], each.answer[:n], each.loads[:n]) for each in given], true_g) for n in check_ins)


def _study(given: list[CheckIns], true_g: FloatArray) -> Study:
    now_s = max(float(each.at_s.max()) for each in given) + DAY_S
    population = fit_population(given[:FITTED_ON], now_s)
    found = [posterior(each, now_s, population).sensitivity() for each in given]
    mean, deviation = (np.array(each) for each in zip(*found, strict=True))
    lines = np.array([_slope(each) for each in given])
    held = np.abs(mean - true_g) <= Z_80 * deviation
    asked = len(given[0].at_s)
    return Study(len(given), asked, float(held.mean()), _rmse(mean, true_g), _rmse(lines, true_g), float(true_g.std()))


def answers(
    chance: np.random.Generator, true_g: FloatArray, true_r: FloatArray, check_ins: int, params: FatigueParams
) -> tuple[list[CheckIns], float]:
    """The check-ins of people with known g and r over as many weeks as it takes, and the instant after the last."""
    agents, weeks = len(true_g), -(-check_ins // (PER_DAY * WEEKDAYS))
    seed = int(chance.integers(2**63))

    def days(speed: float | FloatArray) -> Days:
        return simulate(np.random.default_rng(seed), agents, weeks, params, speed=speed)

    lived = days(true_r)
    asked = _asked(chance, lived.severe)[:check_ins]
    true_load = lived.load_at(asked)
    loads = np.stack([days(float(each)).load_at(asked) for each in SPEED_GRID], axis=-1)
    spread = chance.normal(INTERCEPT_MEAN, INTERCEPT_SD, agents) + chance.normal(0.0, NOISE_SD, (check_ins, agents))
    said = np.clip(spread + true_g * true_load, 0.0, 10.0)
    day, minute = np.divmod(asked, SHIFT_MIN)
    at_s = (day + 2 * (day // WEEKDAYS)) * DAY_S + minute * MINUTE_S
    given = [CheckIns(at_s[:, each].astype(np.float64), said[:, each], loads[:, each]) for each in range(agents)]
    return given, float(at_s.max()) + DAY_S


def _asked(chance: np.random.Generator, severe: BoolArray) -> IntArray:
    """The minutes of the check-ins, counted over all shifts, shape (n_days · 2, n_agents), in order."""
    count, _, agents = severe.shape
    at_random = chance.integers(0, SHIFT_MIN, (count, agents))
    hard = np.argmax(severe, axis=1) + chance.integers(*AFTER_MIN, (count, agents))
    after = np.where(severe.any(axis=1), np.minimum(hard, SHIFT_MIN - 1), chance.integers(0, SHIFT_MIN, (count, agents)))
    minutes = np.sort(np.stack([at_random, after], axis=1), axis=1) + SHIFT_MIN * np.arange(count)[:, None, None]
    return np.asarray(minutes.reshape(-1, agents), dtype=np.int64)


def _slope(given: CheckIns) -> float:
    """The slope of an agent's own least squares line at r = 1, 1 where all loads are equal."""
    loads = given.loads[:, len(SPEED_GRID) // 2]
    spread = loads - loads.mean()
    return float(spread @ given.answer / (spread @ spread)) if np.any(spread) else 1.0


def _rmse(found: FloatArray, true: FloatArray) -> float:
    return float(np.sqrt(np.mean((found - true) ** 2)))
