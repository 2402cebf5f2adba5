"""How long contacts take: mean and spread as they were, how well a lognormal tells the rest, and the quantiles side by side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulations.calibrate.interval import Z95, Interval, mean
from simulations.calibrate.special import kolmogorov_sf, normal_sf
from simulations.distributions import lognormal_sigma

FloatArray = NDArray[np.float64]
QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)
FAR = 0.1  # a Kolmogorov–Smirnov distance beyond which the durations are drawn as they were, not from a lognormal
DRAWN = 200  # durations that stand for all of them then


@dataclass(frozen=True, slots=True)
class Durations:
    """Durations in seconds: a lognormal of the same mean and ratio of spread to mean, and its distance from them.

    Mean and spread are those of the log, not the likeliest parameters, since queues hang on the two moments. `observed_s` and
    `fitted_s` are the `QUANTILES`.
    """

    mean_s: Interval
    cv: Interval
    distance: float
    p: float
    observed_s: tuple[float, ...]
    fitted_s: tuple[float, ...]
    values_s: tuple[float, ...]

    @property
    def lognormal(self) -> bool:
        """Whether a lognormal is near enough."""
        return self.distance <= FAR


def durations(values_s: FloatArray) -> Durations:
    """The fit of at least two durations above 0 s."""
    values_s = np.sort(values_s)
    middle, cv = mean(values_s), _cv(values_s)
    sigma = lognormal_sigma(cv.value)
    mu = np.log(middle.value) - sigma**2 / 2
    fitted = 1 - normal_sf((np.log(values_s) - mu) / sigma) if sigma else (values_s >= middle.value).astype(float)
    steps = np.arange(len(values_s) + 1) / len(values_s)
    distance = float(max(np.max(steps[1:] - fitted), np.max(fitted - steps[:-1])))
    quantiles_s = np.exp(mu + sigma * np.array([_normal_quantile(q) for q in QUANTILES]))
    parts = (np.arange(DRAWN) + 0.5) / DRAWN
    return Durations(
        mean_s=middle,
        cv=cv,
        distance=distance,
        p=kolmogorov_sf(distance, len(values_s)),
        observed_s=tuple(map(float, np.quantile(values_s, QUANTILES))),
        fitted_s=tuple(map(float, quantiles_s)),
        values_s=tuple(map(float, np.quantile(values_s, parts))),
    )


def _cv(values: FloatArray) -> Interval:
    """Spread over mean, its interval by the delta method from the first four moments."""
    count, centre = len(values), float(values.mean())
    from_mean = values - centre
    m2, m3, m4 = (float(np.mean(from_mean**power)) for power in (2, 3, 4))
    cv = np.sqrt(m2) / centre
    if m2 == 0:
        return Interval(0.0, 0.0, 0.0, count)
    # gradient of √m2 / m1 in (m1, m2), with Var(m1) = m2/n, Var(m2) = (m4 − m2²)/n, Cov = m3/n
    by_mean, by_m2 = -cv / centre, cv / (2 * m2)
    variance = (by_mean**2 * m2 + 2 * by_mean * by_m2 * m3 + by_m2**2 * (m4 - m2**2)) / count
    half = Z95 * np.sqrt(max(variance, 0.0))
    return Interval(float(cv), float(max(0.0, cv - half)), float(cv + half), count)


def _normal_quantile(p: float) -> float:
    """The p-quantile of the standard normal distribution, by bisection of its tail."""
    low, high = -10.0, 10.0
    for _ in range(60):
        middle = (low + high) / 2
        if float(normal_sf(middle)) > 1 - p:
            low = middle
        else:
            high = middle
    return (low + high) / 2
