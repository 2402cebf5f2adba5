"""The few special functions that fits and tests need, in numpy alone: tails of normal, gamma, χ² and Kolmogorov's distribution."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
TINY = 1e-300
_TERMS = 500
_ERFC = np.frompyfunc(math.erfc, 1, 1)


def normal_sf(z: ArrayLike) -> FloatArray:
    """The upper tail of the standard normal distribution."""
    return 0.5 * np.asarray(_ERFC(np.asarray(z) / math.sqrt(2)), dtype=np.float64)


def gamma_sf(shape: float, x: ArrayLike) -> FloatArray:
    """The upper tail Q(shape, x) of a gamma distribution of scale 1, for x ≥ 0.

    Series below shape + 1, Lentz's continued fraction above (Abramowitz & Stegun 6.5.29 and 6.5.31).
    """
    x = np.atleast_1d(np.asarray(x, dtype=np.float64))
    front = np.exp(shape * np.log(np.maximum(x, TINY)) - x - math.lgamma(shape))
    low = x < shape + 1
    found = np.empty_like(x)
    found[low] = 1 - front[low] * _series(shape, x[low])
    found[~low] = front[~low] * _fraction(shape, x[~low])
    return np.asarray(np.clip(found, 0.0, 1.0))


def _series(shape: float, x: FloatArray) -> FloatArray:
    term = np.full_like(x, 1 / shape)
    total = term.copy()
    for n in range(1, _TERMS):
        term *= x / (shape + n)
        total += term
        if not term.size or term.max() < 1e-14 * total.max():
            break
    return total


def _fraction(shape: float, x: FloatArray) -> FloatArray:
    b = x + 1 - shape
    c, d = np.full_like(x, 1 / TINY), 1 / b
    found = d.copy()
    for n in range(1, _TERMS):
        a = -n * (n - shape)
        b = b + 2
        d = 1 / _away(a * d + b)
        c = _away(b + a / c)
        found *= d * c
        if not x.size or np.abs(d * c - 1).max() < 1e-14:
            break
    return found


def _away(x: FloatArray) -> FloatArray:
    """Away from 0, which Lentz's method divides by."""
    return np.where(np.abs(x) < TINY, TINY, x)


def chi2_sf(statistic: float, freedom: float) -> float:
    """The chance of a larger χ² with so many degrees of freedom."""
    return float(gamma_sf(freedom / 2, statistic / 2)[0])


def kolmogorov_sf(distance: float, count: int) -> float:
    """The chance of a larger Kolmogorov–Smirnov distance among `count` draws (Stephens' correction; for n of 5 and more)."""
    root = math.sqrt(count)
    scaled = (root + 0.12 + 0.11 / root) * distance
    if scaled < 0.2:
        return 1.0
    terms = np.arange(1, 101)
    return float(np.clip(2 * np.sum((-1.0) ** (terms - 1) * np.exp(-2 * terms**2 * scaled**2)), 0, 1))
