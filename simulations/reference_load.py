"""Shot noise: a load that every served customer adds to and that decays exponentially, averaged over time without any error."""

from __future__ import annotations

import math

import numpy as np

from router.agents import FloatArray
from simulations.reference_customers import IntArray


def load_moments(
    ended_s: FloatArray, points: FloatArray, server: IntArray, servers: int, decay_s: float, from_s: float, until_s: float
) -> tuple[float, float]:
    """Mean and variance of one server's load over `from_s` … `until_s`, all servers and instants alike.

    `ended_s`, `points` and `server` are of those served, shape (n,). Between two jumps load is L e^(-t/τ), whose integral and whose
    square's are exact.
    """
    order = np.argsort(ended_s, kind="stable")
    load, since = [0.0] * servers, [0.0] * servers
    first = second = 0.0

    def decays(each: int, instant: float) -> None:
        nonlocal first, second
        start = max(since[each], from_s)
        if instant > start:
            begins = load[each] * math.exp((since[each] - start) / decay_s)
            lasts = math.exp((start - instant) / decay_s)
            first += begins * decay_s * (1 - lasts)
            second += begins * begins * decay_s / 2 * (1 - lasts * lasts)
        load[each] *= math.exp((since[each] - instant) / decay_s)
        since[each] = instant

    for instant, more, each in zip(ended_s[order].tolist(), points[order].tolist(), server[order].tolist(), strict=True):
        if instant >= until_s:
            break
        decays(each, instant)
        load[each] += more
    for each in range(servers):
        decays(each, until_s)
    whole = servers * (until_s - from_s)
    return first / whole, second / whole - (first / whole) ** 2
