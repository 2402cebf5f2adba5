"""How load fades between events and rises at a contact: the closed form, exact, over arrays of agents.

Between events, in one mode for Δ minutes, with a = r·ln2/h_A[mode], b = ln2/h_B[mode] and γ = φ·ln2/60 per minute at work (else 0):

    A ← A·e^(−aΔ)
    B ← B·e^(−bΔ) + γ·A_old·(e^(−bΔ) − e^(−aΔ))/(a − b)

Half-lives are assumptions fitted to published effect sizes (Albulescu 2022, Wang 2013, Leger 2018), never facts about a person.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from fatigue_model.params import LN2, FatigueParams

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Floats = float | FloatArray
MINUTE_S = 60.0
DAY_S = 86_400.0
NEXT_TO_0 = 1e-300
UNKNOWN = 1.0  # the account factor M of who remembers nothing: its clip has 1 inside, whatever the parameters


class Mode(IntEnum):
    """What an agent is doing, as far as recovery is concerned."""

    QUEUE = 0
    BACK_OFFICE = 1
    BREAK = 2
    OFF = 3


BREAK = int(Mode.BREAK)  # as columns hold it


def acute_half_lives_min(params: FatigueParams) -> FloatArray:
    """Half-life of A in minutes, ndarray of shape (4,), indexed by `Mode`."""
    return params.rates[0]


def advance(
    acute: Floats,
    carried: Floats,
    mode: int | IntArray,
    elapsed_s: Floats,
    params: FatigueParams,
    speed: Floats = 1.0,
) -> tuple[FloatArray, FloatArray]:
    """Loads A and B after `elapsed_s` seconds in `mode`.

    All arguments broadcast: acute, carried in points (≥ 0), mode a `Mode` code, elapsed_s ≥ 0 seconds, speed r > 0.
    Negative time raises ValueError: load is never advanced backwards.
    """
    minutes = np.divide(elapsed_s, MINUTE_S)
    if np.count_nonzero(minutes < 0):
        raise ValueError("elapsed_s must not be negative")
    half_lives_min, b_rates, gammas = params.rates
    a, b = speed * LN2 / half_lives_min[mode], b_rates[mode]
    fade_a, fade_b = np.exp(-a * minutes), np.exp(-b * minutes)
    return acute * fade_a, carried * fade_b + gammas[mode] * acute * _transfer(a, b, minutes, fade_a, fade_b)


def _transfer(a: FloatArray, b: FloatArray, minutes: FloatArray, fade_a: FloatArray, fade_b: FloatArray) -> FloatArray:
    """(e^(−bΔ) − e^(−aΔ))/(a − b) as slower fade · Δ · (1 − e^(−x))/x with x = |a − b|Δ: no digits lost where the rates meet."""
    x = np.maximum(np.abs(a - b) * minutes, NEXT_TO_0)  # where it is 0 the ratio is its limit, 1
    return np.asarray(np.maximum(fade_a, fade_b) * minutes * (-np.expm1(-x) / x))


def line(carried: Floats, params: FatigueParams) -> FloatArray:
    """The line θ = θ0/(1 + B/B_ref) in points: the more is carried, the sooner an agent is relieved."""
    return np.divide(params.line_points, 1.0 + carried / params.line_carried_ref_points)


def memory_now(memory: Floats, elapsed_s: Floats, params: FatigueParams) -> FloatArray:
    """Memory S of an account after `elapsed_s` seconds: S·2^(−Δ/14 d)."""
    return np.multiply(memory, np.exp2(-(elapsed_s / DAY_S) / params.account_memory_half_life_d))


def account_factor(memory: Floats, params: FatigueParams) -> FloatArray:
    """M = clip(1 + κ·S, .5, 2): how much harder this account is for one who has met it before."""
    raw = 1.0 + params.account_memory_gain * memory
    return np.minimum(np.maximum(raw, params.account_factor_min), params.account_factor_max)


def impulse(acute: float, memory: float, points: float, params: FatigueParams, sensitivity: float = 1.0) -> tuple[float, float]:
    """A and S just after a contact of `points`: A + g·e·M(S), and S + e where the contact was hard."""
    factor = float(account_factor(memory, params))
    return acute + sensitivity * points * factor, memory + points if points >= params.hard_contact_points else memory
