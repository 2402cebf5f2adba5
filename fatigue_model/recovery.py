"""From load to time: above the line or not, how long until below it, how long a break must be."""

from __future__ import annotations

import numpy as np

from fatigue_model.dynamics import MINUTE_S, FloatArray, Floats, IntArray, Mode, acute_half_lives_min, line
from fatigue_model.params import FatigueParams


def time_to_line_s(acute: Floats, carried: Floats, mode: int | IntArray, params: FatigueParams, speed: Floats = 1.0) -> FloatArray:
    """Seconds in `mode` until A = θ with B held: max(0, (h_A/r)·log2(A/θ)). Arguments broadcast."""
    half_life_min = acute_half_lives_min(params)[mode] / speed
    with np.errstate(divide="ignore"):
        doublings = np.log2(acute / line(carried, params))
    return np.asarray(np.maximum(0.0, half_life_min * doublings) * MINUTE_S)


def break_length_s(acute: float, carried: float, min_s: float, max_s: float, params: FatigueParams, speed: float = 1.0) -> float:
    """Length of a mandatory break: the time to the line in break mode, clipped to `min_s` … `max_s` (whole seconds)."""
    needed = float(time_to_line_s(acute, carried, Mode.BREAK, params, speed))
    return float(np.ceil(np.clip(needed, min_s, max_s)))


def ready_range_s(acute: float, carried: float, mode: Mode, params: FatigueParams, speed: float = 1.0) -> tuple[float, float]:
    """Earliest and latest seconds until below the line: the point estimate, and the 80th percentile over people."""
    late = acute * params.range_factor
    return float(time_to_line_s(acute, carried, mode, params, speed)), float(time_to_line_s(late, carried, mode, params, speed))
