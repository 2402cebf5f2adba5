"""How sure a mean over replications is: Student's t, exact for whole degrees of freedom, without a statistics library."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence

LEVEL = 0.95


def t_cdf(t: float, freedom: int) -> float:
    """P(T ≤ t) for Student's t with `freedom` ≥ 1 degrees of freedom, t ≥ 0: the finite sums of Abramowitz & Stegun 26.7.3–4."""
    angle = math.atan2(t, math.sqrt(freedom))
    cosine, sine = math.cos(angle), math.sin(angle)
    odd = freedom % 2
    term = cosine if odd else 1.0
    total = 0.0
    for k in range(odd, freedom - 1, 2):
        total += term
        term *= cosine * cosine * (k + 1) / (k + 2)
    inside = 2 / math.pi * (angle + sine * total) if odd else sine * total
    return (1 + inside) / 2


@functools.cache
def t_quantile(probability: float, freedom: int) -> float:
    """The t ≥ 0 with P(T ≤ t) = `probability` in [.5, 1), by bisection to the last digits."""
    low, high = 0.0, 1.0
    while t_cdf(high, freedom) < probability:
        high *= 2
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if t_cdf(middle, freedom) < probability else (low, middle)
    return (low + high) / 2


def mean_and_half_width(values: Sequence[float], level: float = LEVEL) -> tuple[float | None, float | None]:
    """Mean and half-width of its interval, over the values that are numbers; `None` where there are none, or only one."""
    known = [value for value in values if not math.isnan(value)]
    if not known:
        return None, None
    mean = math.fsum(known) / len(known)
    if len(known) < 2:
        return mean, None
    variance = math.fsum((value - mean) ** 2 for value in known) / (len(known) - 1)
    return mean, t_quantile((1 + level) / 2, len(known) - 1) * math.sqrt(variance / len(known))
