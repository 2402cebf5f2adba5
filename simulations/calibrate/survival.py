"""How long callers are willing to wait, from waits that an answer cut short: Kaplan–Meier's curve and three shapes fitted to it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulations.calibrate.interval import Z95, Interval
from simulations.calibrate.likelihood import likeliest
from simulations.calibrate.special import TINY, gamma_sf, normal_sf

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
TICK_S = 0.5  # a wait of 0 s in a log of whole seconds
AT_RISK_MIN = 50  # below so many who still wait, the curve is drawn out with a steady rate
CV_MAX = 10.0  # what a scenario takes


@dataclass(frozen=True, slots=True)
class Curve:
    """Kaplan–Meier: the share of callers who would still wait at `times_s`, which is where somebody hung up, with Greenwood's 95 % band.

    After the last time the share falls at `tail_rate` a second.
    """

    times_s: FloatArray
    share: FloatArray
    low: FloatArray
    high: FloatArray
    tail_rate: float

    def at(self, waits_s: FloatArray) -> FloatArray:
        """The share who would wait longer than each of `waits_s`."""
        steps = np.concatenate([[1.0], self.share])
        found = steps[np.searchsorted(self.times_s, waits_s, side="right")]
        last_s = self.times_s[-1] if len(self.times_s) else 0.0
        return np.asarray(found * np.exp(-self.tail_rate * np.maximum(waits_s - last_s, 0.0)))

    def draw(self, chance: FloatArray, from_s: FloatArray) -> FloatArray:
        """Patience in seconds for each number of `chance` from (0, 1], of callers who have waited `from_s` already."""
        want = chance * self.at(from_s)
        place = np.searchsorted(-self.share, -want, side="left")
        last_s, last = (self.times_s[-1], self.share[-1]) if len(self.times_s) else (0.0, 1.0)
        beyond = last_s + np.log(last / np.maximum(want, TINY)) / max(self.tail_rate, 1e-12)
        within = np.append(self.times_s, math.inf)[place]
        return np.maximum(np.where(np.isfinite(within), within, beyond), from_s)


@dataclass(frozen=True, slots=True)
class Patience:
    """One shape fitted to censored waits: mean in seconds, spread over mean, log-likelihood and Akaike's criterion (smaller is better).

    `distance` is the largest distance from Kaplan–Meier's curve while at least `AT_RISK_MIN` still wait.
    """

    shape: str
    mean_s: Interval
    cv: Interval
    log_likelihood: float
    aic: float
    distance: float


def kaplan_meier(waits_s: FloatArray, left: BoolArray) -> Curve:
    """The curve of waits that ended by hanging up (`left`) or were cut short by an answer; arrays of shape (n,)."""
    waits_s = np.maximum(waits_s, TICK_S)
    times, place = np.unique(waits_s, return_inverse=True)
    gone = np.bincount(place, weights=left).astype(np.float64)
    at_risk = len(waits_s) - np.concatenate([[0], np.cumsum(np.bincount(place))[:-1]])
    kept = (gone > 0) & (at_risk >= min(AT_RISK_MIN, len(waits_s)))
    factor = np.where(kept, 1 - gone / at_risk, 1.0)
    share = np.asarray(np.cumprod(factor)[kept], dtype=np.float64)
    inner = kept & (at_risk > gone)
    spread = np.sqrt(np.cumsum(np.where(inner, gone / (at_risk * np.maximum(at_risk - gone, 1)), 0.0)))[kept]
    last_s = times[kept][-1] if kept.any() else 0.0
    late = np.maximum(waits_s - last_s / 2, 0.0)  # the rate of the later half of the curve goes on
    rate = float(left[waits_s > last_s / 2].sum()) / max(float(late.sum()), 1e-9)
    band = Z95 * spread * share
    return Curve(times[kept], share, np.maximum(share - band, 0), np.minimum(share + band, 1), rate)


def fitted(waits_s: FloatArray, left: BoolArray) -> tuple[Patience, ...]:
    """Exponential, lognormal and gamma patience by maximum likelihood, the best by Akaike's criterion first.

    At least one caller must have left.
    """
    waits_s = np.maximum(waits_s, TICK_S)
    times, place = np.unique(waits_s, return_inverse=True)
    ends, cut = (np.bincount(place, weights=which).astype(np.float64) for which in (left, ~left))
    mean_s = float(waits_s.sum() / left.sum())
    curve = kaplan_meier(waits_s, left)
    found = [_exponential(mean_s, int(left.sum()), curve)]
    found += [_shaped(shape, times, ends, cut, mean_s, curve) for shape in ("lognormal", "gamma")]
    return tuple(sorted((each for each in found if each.cv.value <= CV_MAX), key=lambda each: each.aic))


def survival(shape: str, mean_s: float, cv: float, times_s: FloatArray) -> FloatArray:
    """The share who wait longer than `times_s` > 0, for a patience of this shape."""
    if shape == "exponential":
        return np.asarray(np.exp(-times_s / mean_s))
    if shape == "gamma":
        return gamma_sf(cv**-2, times_s / (mean_s * cv**2))
    sigma = math.sqrt(math.log1p(cv**2))
    return normal_sf((np.log(times_s / mean_s) + sigma**2 / 2) / sigma)


def _exponential(mean_s: float, count: int, curve: Curve) -> Patience:
    likelihood = -count * (math.log(mean_s) + 1)
    wide = math.exp(Z95 / math.sqrt(count))
    around = Interval(mean_s, mean_s / wide, mean_s * wide, count)
    return Patience(
        "exponential", around, Interval(1.0, 1.0, 1.0, count), likelihood, 2 - 2 * likelihood, _apart("exponential", mean_s, 1, curve)
    )


def _shaped(shape: str, times: FloatArray, ends: FloatArray, cut: FloatArray, mean_s: float, curve: Curve) -> Patience:
    """Parameters are the logarithms of mean and cv, so that their interval is that of the estimates."""

    def likelihood(at: FloatArray) -> float:
        mean, cv = math.exp(min(at[0], 50.0)), math.exp(min(max(at[1], -7.0), 7.0))
        tail = np.log(np.maximum(survival(shape, mean, cv, times), TINY))
        return float(ends @ _log_density(shape, mean, cv, times) + cut @ tail)

    at, covariance = likeliest(likelihood, np.array([math.log(mean_s), 0.0]))
    wide, count = np.sqrt(np.maximum(np.diag(covariance), 0.0)) * Z95, int(ends.sum())
    mean, cv = (Interval(math.exp(m), math.exp(m - w), math.exp(min(m + w, 700.0)), count) for m, w in zip(at, wide, strict=True))
    best = likelihood(at)
    return Patience(shape, mean, cv, best, 4 - 2 * best, _apart(shape, mean.value, cv.value, curve))


def _log_density(shape: str, mean: float, cv: float, times: FloatArray) -> FloatArray:
    if shape == "gamma":
        k, scale = cv**-2, mean * cv**2
        return np.asarray((k - 1) * np.log(times) - times / scale - k * math.log(scale) - math.lgamma(k))
    sigma = math.sqrt(math.log1p(cv**2))
    z = (np.log(times / mean) + sigma**2 / 2) / sigma
    return np.asarray(-(z**2) / 2 - np.log(times * sigma * math.sqrt(2 * math.pi)))


def _apart(shape: str, mean_s: float, cv: float, curve: Curve) -> float:
    if not len(curve.times_s):
        return 0.0
    return float(np.abs(survival(shape, mean_s, cv, curve.times_s) - curve.share).max())
