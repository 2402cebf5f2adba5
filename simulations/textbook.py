"""Exact answers of textbook queues beyond Erlang's: one server with any service, priorities, vacations, recovery breaks, shot noise.

Times are in seconds and rates per second throughout; any other unit does as well, if it is used for all. What is out of bounds, or
would grow without end, raises `InvalidValues` with the argument's name and its bound.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fatigue_model.bounds import InvalidValues, Violation
from router.agents import FloatArray
from simulations.queueing import erlang_c, refuse_outside

_HUGE = 1e12


def pollaczek_khinchine(arrivals_per_s: float, service_s: float, service_cv: float = 1.0) -> float:
    """Mean wait of M/G/1, first come first served (Pollaczek 1930, Khinchine 1932)."""
    load = _load("service_s", arrivals_per_s, service_s, 1)
    refuse_outside(("service_cv", service_cv, 0.0, 1000.0, ""))
    return load * service_s * (1 + service_cv**2) / 2 / (1 - load)


def priorities(arrivals_per_s: Sequence[float], service_s: float, servers: int = 1) -> tuple[float, ...]:
    """Mean wait of each class of M/M/c, the first served first, no service interrupted (Cobham 1954)."""
    load = _load("arrivals_per_s", sum(arrivals_per_s), service_s, servers)
    residual_s = erlang_c(load * servers, servers) * service_s / servers
    until = [sum(arrivals_per_s[:number]) * service_s / servers for number in range(len(arrivals_per_s) + 1)]
    return tuple(residual_s / (1 - before) / (1 - after) for before, after in itertools.pairwise(until))


def interrupting_priorities(arrivals_per_s: Sequence[float], service_s: float) -> tuple[float, ...]:
    """Mean time in the system of each class of M/M/1, the first interrupts the others, who resume (White & Christie 1958)."""
    _load("arrivals_per_s", sum(arrivals_per_s), service_s, 1)
    until = [sum(arrivals_per_s[:number]) * service_s for number in range(len(arrivals_per_s) + 1)]
    return tuple(service_s / (1 - before) / (1 - after) for before, after in itertools.pairwise(until))


def multiple_vacations(arrivals_per_s: float, service_s: float, service_cv: float, vacation_s: float, vacation_cv: float) -> float:
    """Mean wait of M/G/1 whose server goes away again and again while nobody waits (Levy & Yechiali 1975)."""
    refuse_outside(("vacation_s", vacation_s, 1e-12, _HUGE, "s"), ("vacation_cv", vacation_cv, 0.0, 1000.0, ""))
    return pollaczek_khinchine(arrivals_per_s, service_s, service_cv) + vacation_s * (1 + vacation_cv**2) / 2


def single_vacation(
    arrivals_per_s: float, service_s: float, service_cv: float, vacation_s: float, vacation_cv: float, nobody_comes: float
) -> float:
    """Mean wait of M/G/1 whose server goes away once when nobody waits, then idles (Levy & Yechiali 1975).

    `nobody_comes` is the probability of no arrival in a vacation: 1 / (1 + λ v) for exponential ones, e^(-λ v) for constant ones.
    """
    refuse_outside(("vacation_s", vacation_s, 1e-12, _HUGE, "s"), ("nobody_comes", nobody_comes, 0.0, 1.0, ""))
    come = arrivals_per_s * vacation_s
    extra_s = come * vacation_s * (1 + vacation_cv**2) / 2 / (nobody_comes + come)
    return pollaczek_khinchine(arrivals_per_s, service_s, service_cv) + extra_s


def shot_noise(contacts_per_s: float, mean_points: float, variance_points: float, decay_s: float) -> tuple[float, float]:
    """Mean and variance of a load that Poisson contacts add to and that decays exponentially (Campbell 1909)."""
    refuse_outside(("contacts_per_s", contacts_per_s, 0.0, _HUGE, "per s"), ("decay_s", decay_s, 1e-12, _HUGE, "s"))
    rate = contacts_per_s * decay_s
    return rate * mean_points, rate * (variance_points + mean_points**2) / 2


@dataclass(frozen=True, slots=True)
class Breaks:
    """A queue with recovery breaks in its steady state: shares of customers, of servers' time, and the mean wait of all who come."""

    p_wait: float
    abandonment: float
    mean_wait_s: float
    busy: float
    on_break: float


def recovery_breaks(arrivals_per_s: float, service_s: float, patience_s: float, servers: int, probability: float, break_s: float) -> Breaks:
    """M/M/c+M whose servers take a break after each service with a probability, exponential of mean `break_s`: its Markov chain.

    The state is (customers there, servers on a break). By customers it is block-tridiagonal, and solved exactly from the largest
    number that matters downwards (matrix-analytic, Latouche & Ramaswami 1999).
    """
    refuse_outside(
        ("arrivals_per_s", arrivals_per_s, 1e-12, _HUGE, "per s"),
        ("service_s", service_s, 1e-12, _HUGE, "s"),
        ("patience_s", patience_s, 1e-12, _HUGE, "s"),
        ("servers", servers, 1, 500, "servers"),
        ("probability", probability, 0.0, 1.0, ""),
        ("break_s", break_s, 1e-12, _HUGE, "s"),
    )
    most = _most_there(arrivals_per_s, patience_s, servers)
    away, there = np.arange(servers + 1), np.arange(most + 1)[:, None]
    serving = np.minimum(there, servers - away)
    leaving, resting = (there - serving) / patience_s, serving / service_s * probability
    shares = _chain(arrivals_per_s, serving / service_s * (1 - probability) + leaving, resting, away / break_s)
    waiting = float((shares * (there - serving)).sum())
    return Breaks(
        p_wait=float(shares[there >= servers - away].sum()),
        abandonment=waiting / patience_s / arrivals_per_s,
        mean_wait_s=waiting / arrivals_per_s,
        busy=float((shares * serving).sum()) / servers,
        on_break=float((shares * away).sum()) / servers,
    )


def _chain(up: float, down: FloatArray, resting: FloatArray, back: FloatArray) -> FloatArray:
    """The steady state over (customers, breaks), shape (most + 1, servers + 1), of a chain with these rates.

    A customer more: `up`; one fewer: `down`, or `resting` with a break more, each of that shape; a break fewer: `back`, (servers + 1,).
    """

    def fewer(there: int) -> FloatArray:
        return np.diag(down[there]) + np.diag(resting[there, :-1], 1)

    returns = np.diag(back[1:], -1)
    steps: list[FloatArray] = []
    above: FloatArray = np.zeros_like(returns)
    for there in range(len(down) - 1, 0, -1):
        out = (up if steps else 0.0) + down[there] + resting[there] + back
        steps.append(np.asarray(up * np.linalg.inv(np.diag(out) - returns - above), dtype=np.float64))
        above = steps[-1] @ fewer(there)
    shares = [_kernel(np.diag(up + back) - returns - above)]
    for step in reversed(steps):
        shares.append(shares[-1] @ step)
    found: FloatArray = np.array(shares)
    return np.asarray(found / found.sum())


def _kernel(matrix: FloatArray) -> FloatArray:
    """The row vector x ≥ 0 of sum 1 with x · matrix = 0, where the rows of −matrix are those of a Markov chain's rates."""
    system = matrix.T.copy()
    system[-1] = 1.0
    return np.asarray(np.linalg.solve(system, np.eye(len(matrix))[-1]))


def _most_there(arrivals_per_s: float, patience_s: float, servers: int) -> int:
    """A number of customers that is practically never exceeded: of M/M/∞ with the patience of those who wait, and all servers."""
    mean = arrivals_per_s * patience_s
    return servers + math.ceil(mean + 12 * math.sqrt(mean) + 40)


def _load(name: str, arrivals_per_s: float, service_s: float, servers: int) -> float:
    refuse_outside(("arrivals_per_s", arrivals_per_s, 1e-12, _HUGE, "per s"), ("service_s", service_s, 1e-12, _HUGE, "s"))
    load = arrivals_per_s * service_s / servers
    if load >= 1:
        raise InvalidValues((Violation(f"/{name}", load * servers, f"an offered load below {servers}"),))
    return load
