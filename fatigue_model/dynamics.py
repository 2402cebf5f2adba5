"""How load fades between events and rises at a contact: the closed form, exact, over arrays of agents.

Between events, in one mode for Δ minutes, with a = r·ln2/h_A[mode], b = ln2/h_B[mode] and γ = φ·ln2/60 per minute at work (else 0):

    A ← A·e^(−aΔ)
    B ← B·e^(−bΔ) + γ·A_old·(e^(−bΔ) − e^(−aΔ))/(a − b)

Half-lives are assumptions fitted to published effect sizes (Albulescu 2022, Wang 2013, Leger 2018), never facts about a person.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fatigue_model.params import FatigueParams

FloatArray = NDArray[np.float64]
LN2 = float(np.log(2.0))
MINUTE_S = 60.0
DAY_S = 86_400.0


class Mode(IntEnum):
    """What an agent is doing, as far as recovery is concerned."""

    QUEUE = 0
    BACK_OFFICE = 1
    BREAK = 2
    OFF = 3


def acute_half_lives_min(params: FatigueParams) -> FloatArray:
    """Half-life of A in minutes, ndarray of shape (4,), indexed by `Mode`."""
    return np.array(
        [
            params.acute_half_life_queue_min,
            params.acute_half_life_back_office_min,
            params.acute_half_life_break_min,
            params.acute_half_life_off_min,
        ]
    )


def _carried_half_lives_min(params: FatigueParams) -> FloatArray:
    on, off = params.carried_half_life_on_shift_h * 60.0, params.carried_half_life_off_h * 60.0
    return np.array([on, on, on, off])


def _carry_rates(params: FatigueParams) -> FloatArray:
    gamma = params.carried_share * LN2 / 60.0
    return np.array([gamma, gamma, 0.0, 0.0])


def advance(
    acute: ArrayLike,
    carried: ArrayLike,
    mode: ArrayLike,
    elapsed_s: ArrayLike,
    params: FatigueParams,
    speed: ArrayLike = 1.0,
) -> tuple[FloatArray, FloatArray]:
    """Loads A and B after `elapsed_s` seconds in `mode`.

    All arguments broadcast: acute, carried in points (≥ 0), mode a `Mode` code, elapsed_s ≥ 0 seconds, speed r > 0.
    Negative time raises ValueError: load is never advanced backwards.
    """
    minutes = np.asarray(elapsed_s, dtype=np.float64) / MINUTE_S
    if np.any(minutes < 0):
        raise ValueError("elapsed_s must not be negative")
    acute, carried = np.asarray(acute, dtype=np.float64), np.asarray(carried, dtype=np.float64)
    code = np.asarray(mode, dtype=np.int64)
    a = np.asarray(speed, dtype=np.float64) * LN2 / acute_half_lives_min(params)[code]
    b = LN2 / _carried_half_lives_min(params)[code]
    fade_a, fade_b = np.exp(-a * minutes), np.exp(-b * minutes)
    return acute * fade_a, carried * fade_b + _carry_rates(params)[code] * acute * _transfer(a, b, minutes, fade_a, fade_b)


def _transfer(a: FloatArray, b: FloatArray, minutes: FloatArray, fade_a: FloatArray, fade_b: FloatArray) -> FloatArray:
    """(e^(−bΔ) − e^(−aΔ))/(a − b) as slower fade · Δ · (1 − e^(−x))/x with x = |a − b|Δ: no digits lost where the rates meet."""
    x = np.abs(a - b) * minutes
    ratio = np.where(x > 0, -np.expm1(-x) / np.where(x > 0, x, 1.0), 1.0)
    return np.asarray(np.maximum(fade_a, fade_b) * minutes * ratio)


def line(carried: ArrayLike, params: FatigueParams) -> FloatArray:
    """The line θ = θ0/(1 + B/B_ref) in points: the more is carried, the sooner an agent is relieved."""
    return np.asarray(params.line_points / (1.0 + np.asarray(carried, dtype=np.float64) / params.line_carried_ref_points))


def memory_now(memory: ArrayLike, elapsed_s: ArrayLike, params: FatigueParams) -> FloatArray:
    """Memory S of an account after `elapsed_s` seconds: S·2^(−Δ/14 d)."""
    days = np.asarray(elapsed_s, dtype=np.float64) / DAY_S
    return np.asarray(np.asarray(memory, dtype=np.float64) * np.exp2(-days / params.account_memory_half_life_d))


def account_factor(memory: ArrayLike, params: FatigueParams) -> FloatArray:
    """M = clip(1 + κ·S, .5, 2): how much harder this account is for one who has met it before."""
    raw = 1.0 + params.account_memory_gain * np.asarray(memory, dtype=np.float64)
    return np.asarray(np.clip(raw, params.account_factor_min, params.account_factor_max))


def impulse(acute: float, memory: float, points: float, params: FatigueParams, sensitivity: float = 1.0) -> tuple[float, float]:
    """A and S just after a contact of `points`: A + g·e·M(S), and S + e where the contact was hard."""
    factor = float(account_factor(memory, params))
    return acute + sensitivity * points * factor, memory + points if points >= params.hard_contact_points else memory
