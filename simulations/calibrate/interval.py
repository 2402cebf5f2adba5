"""An estimate with its 95 % interval."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Z95 = 1.959964


@dataclass(frozen=True, slots=True)
class Interval:
    """A fitted value and the ends of its 95 % interval, in the unit of the value; `count` is how much it was fitted to."""

    value: float
    low: float
    high: float
    count: int

    def __str__(self) -> str:
        return f"{short(self.value)} ({short(self.low)}–{short(self.high)})"

    def holds(self, value: float) -> bool:
        """Whether a value lies within."""
        return self.low <= value <= self.high


def share(hits: int, count: int) -> Interval:
    """A share with Wilson's interval; 0 where there is nothing to count."""
    if not count:
        return Interval(0.0, 0.0, 1.0, 0)
    p, z2 = hits / count, Z95**2
    middle = (p + z2 / (2 * count)) / (1 + z2 / count)
    half = Z95 * math.sqrt(p * (1 - p) / count + z2 / (4 * count**2)) / (1 + z2 / count)
    return Interval(p, max(0.0, middle - half), min(1.0, middle + half), count)


def mean(values: NDArray[np.float64]) -> Interval:
    """A mean with its normal interval."""
    count, middle = len(values), float(values.mean())
    half = Z95 * float(values.std(ddof=1)) / math.sqrt(count) if count > 1 else float("inf")
    return Interval(middle, middle - half, middle + half, count)


def short(value: float) -> str:
    """A number in three or four digits, without an exponent where it has none in use."""
    if abs(value) < 1e-9:
        return "0"
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.4g}" if abs(value) >= 0.0001 else f"{value:.1e}"
