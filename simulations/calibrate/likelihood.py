"""The likeliest two parameters, by Newton steps on a log-likelihood, with their covariance."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Likelihood = Callable[[FloatArray], float]
STEP = 1e-4
STEPS_MAX = 200


def likeliest(likelihood: Likelihood, start: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The maximum of a smooth log-likelihood near `start`, and the covariance there (the inverse of its curvature).

    Parameters should be on a scale of 1, like logarithms. Where the curvature points the wrong way, the step follows the slope.
    """
    at, best = start, likelihood(start)
    for _ in range(STEPS_MAX):
        slope, curve = _derivatives(likelihood, at)
        values, vectors = np.linalg.eigh(curve)
        step = vectors @ (vectors.T @ slope / np.maximum(np.abs(values), 1e-9))
        step *= min(1.0, 1.0 / max(float(np.abs(step).max()), 1e-12))
        while (found := likelihood(at + step)) <= best and float(np.abs(step).max()) > 1e-9:
            step /= 2
        if found <= best:
            break
        gained, at, best = found - best, at + step, found
        if gained < 1e-9:
            break
    _, curve = _derivatives(likelihood, at)
    return at, np.asarray(np.linalg.pinv(-curve), dtype=np.float64)


def _derivatives(likelihood: Likelihood, at: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Slope and curvature by central differences."""
    size = len(at)
    each = np.eye(size) * STEP
    slope = np.array([likelihood(at + d) - likelihood(at - d) for d in each]) / (2 * STEP)
    curve = np.empty((size, size))
    for i in range(size):
        for j in range(size):
            ahead = likelihood(at + each[i] + each[j]) - likelihood(at + each[i] - each[j])
            behind = likelihood(at - each[i] + each[j]) - likelihood(at - each[i] - each[j])
            curve[i, j] = (ahead - behind) / (4 * STEP**2)
    return slope, (curve + curve.T) / 2
