"""Queues with an exact answer, at once: Erlang B, C and A, agents needed, square-root staffing, and the waits of one queue in order.

Times are in seconds and rates per second throughout; any other unit does as well, if it is used for all.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fatigue_model.bounds import Bound, InvalidValues, Violation, check_number

AGENTS_MAX = 100_000
_TINY, _HUGE = 1e-12, 1e12
_ENOUGH = 1e-18  # a term this far under the sum no longer changes it
_LONG = 100_000  # terms between the first and the largest, from where logarithms of the gamma function replace their product


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue in its steady state; every share is of all customers who come.

    `mean_wait_s` is of all customers, those who leave included, and infinite where the queue grows without end; `queue_length` likewise.
    """

    arrivals_per_s: float
    handling_s: float
    agents: int
    patience_s: float | None
    p_wait: float
    abandonment: float
    occupancy: float
    queue_length: float

    @property
    def mean_wait_s(self) -> float:
        return self.queue_length / self.arrivals_per_s

    def within(self, target_s: float) -> float:
        """The share of all customers who are answered within `target_s` ≥ 0."""
        refuse_outside(("target_s", target_s, 0.0, _HUGE, "s"))
        spare = self.agents / self.handling_s - self.arrivals_per_s
        if self.patience_s is None:
            return 1 - self.p_wait * math.exp(-spare * target_s) if spare > 0 else 0.0
        offered, room = self.arrivals_per_s * self.patience_s, self.agents * self.patience_s / self.handling_s
        # who waits longer than the target and is patient enough: an incomplete gamma function as its series (see `_series`)
        left = -math.expm1(-target_s / self.patience_s)
        grown = offered * left - (room + 1) * target_s / self.patience_s
        late = grown + _series(offered * (1 - left), room + 1)[0] - _series(offered, room)[0]
        return max(0.0, 1 - self.abandonment - self.p_wait * room / (room + 1) * math.exp(late))


def queue(arrivals_per_s: float, handling_s: float, agents: int, patience_s: float | None = None) -> Queue:
    """M/M/c (Erlang C), or M/M/c+M (Erlang A; Palm 1957, Garnett, Mandelbaum & Reiman 2002) with a mean patience.

    Raises `InvalidValues` naming the argument and its bound.
    """
    refuse_outside(
        ("arrivals_per_s", arrivals_per_s, _TINY, _HUGE, "per s"),
        ("handling_s", handling_s, _TINY, _HUGE, "s"),
        ("agents", agents, 1, AGENTS_MAX, "agents"),
        *([] if patience_s is None else [("patience_s", patience_s, _TINY, _HUGE, "s")]),
    )
    traffic = arrivals_per_s * handling_s
    if patience_s is None:
        p_wait = erlang_c(traffic, agents)
        length = p_wait * traffic / (agents - traffic) if traffic < agents else math.inf
        return Queue(arrivals_per_s, handling_s, agents, None, p_wait, 0.0, min(1.0, traffic / agents), length)
    log_sum, mean = _series(arrivals_per_s * patience_s, agents * patience_s / handling_s)
    not_full = _one_over_b(traffic, agents) - 1  # probability of fewer than `agents` customers, over that of exactly `agents`
    p_wait = 1 / (1 + not_full * math.exp(-log_sum))
    abandonment = p_wait * mean / (arrivals_per_s * patience_s)
    # by the balance below `agents` customers, which has no difference of two large numbers in it
    occupancy = (traffic * (1 - p_wait) + agents * p_wait * -math.expm1(-log_sum)) / agents
    return Queue(arrivals_per_s, handling_s, agents, patience_s, p_wait, abandonment, min(1.0, occupancy), p_wait * mean)


def erlang_b(traffic: float, agents: int) -> float:
    """The share that M/M/c/c turns away, with `traffic` = arrivals per handling time ≥ 0 and `agents` ≥ 0."""
    refuse_outside(("traffic", traffic, 0.0, _HUGE, "erlang"), ("agents", agents, 0, AGENTS_MAX, "agents"))
    return 1 / _one_over_b(traffic, agents) if traffic > 0 else float(agents == 0)


def erlang_c(traffic: float, agents: int) -> float:
    """P(wait > 0) in M/M/c; 1 where `agents` ≥ 1 can't cope with `traffic` ≥ 0."""
    refuse_outside(("traffic", traffic, 0.0, _HUGE, "erlang"), ("agents", agents, 1, AGENTS_MAX, "agents"))
    if traffic >= agents or traffic == 0:
        return float(traffic > 0)
    blocked = 1 / _one_over_b(traffic, agents)
    return agents * blocked / (agents - traffic * (1 - blocked))


def traffic_at(blocking: float, agents: int) -> float:
    """The traffic of which M/M/c/c turns away just the share `blocking`."""
    refuse_outside(("blocking", blocking, _TINY, 1 - 1e-6, ""), ("agents", agents, 1, AGENTS_MAX, "agents"))
    low, high = 0.0, 1.0
    while erlang_b(high, agents) < blocking:
        low, high = high, 2 * high
    while (middle := (low + high) / 2) not in (low, high):
        low, high = (middle, high) if erlang_b(middle, agents) < blocking else (low, middle)
    return high


def agents_at(blocking: float, traffic: float) -> int:
    """The fewest agents with whom M/M/c/c turns away at most the share `blocking`."""
    refuse_outside(("blocking", blocking, _TINY, 1.0, ""), ("traffic", traffic, 0.0, _HUGE, "erlang"))
    return _fewest(lambda agents: erlang_b(traffic, agents) <= blocking, 1, "blocking", blocking)


def agents_needed(
    arrivals_per_s: float,
    handling_s: float,
    service_level: float,
    target_s: float,
    patience_s: float | None = None,
    max_occupancy: float = 1.0,
    max_abandonment: float = 1.0,
) -> Queue:
    """The queue with the fewest agents who answer the share `service_level` of all within `target_s`, and keep both limits."""
    refuse_outside(
        ("service_level", service_level, 0.0, 0.999999, ""),
        ("max_occupancy", max_occupancy, 0.001, 1.0, ""),
        ("max_abandonment", max_abandonment, 1e-6, 1.0, ""),
    )

    def enough(agents: int) -> bool:
        found = queue(arrivals_per_s, handling_s, agents, patience_s)
        busy = found.occupancy <= max_occupancy and (patience_s is not None or arrivals_per_s * handling_s < agents)
        return busy and found.abandonment <= max_abandonment and found.within(target_s) >= service_level

    return queue(arrivals_per_s, handling_s, _fewest(enough, 1, "service_level", service_level), patience_s)


def halfin_whitt(beta: float) -> float:
    """P(wait > 0) of M/M/c with traffic + `beta` √traffic agents, in the limit of much traffic (Halfin & Whitt 1981)."""
    refuse_outside(("beta", beta, 1e-9, 30.0, ""))
    density = math.exp(-beta * beta / 2) / math.sqrt(2 * math.pi)
    return 1 / (1 + beta * (1 + math.erf(beta / math.sqrt(2))) / 2 / density)


def garnett(beta: float, patience_over_handling: float) -> float:
    """P(wait > 0) of M/M/c+M with traffic + `beta` √traffic agents, in the same limit (Garnett et al. 2002); `beta` may be negative."""
    refuse_outside(("beta", beta, -30.0, 30.0, ""), ("patience_over_handling", patience_over_handling, 1e-9, 1e9, ""))
    root = math.sqrt(patience_over_handling)
    return 1 / (1 + _hazard(beta * root) / root / _hazard(-beta))


def square_root_agents(traffic: float, p_wait: float) -> int:
    """How many agents square-root staffing gives: traffic + β √traffic, rounded up, with β from `halfin_whitt`."""
    refuse_outside(("traffic", traffic, _TINY, AGENTS_MAX, "erlang"), ("p_wait", p_wait, 1e-9, 1 - 1e-6, ""))
    low, high = 1e-9, 30.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if halfin_whitt(middle) > p_wait else (low, middle)
    return math.ceil(traffic + high * math.sqrt(traffic))


def waits_in_order(
    arrive_s: Sequence[float], service_s: Sequence[float], agents: int, patience_s: Sequence[float] | None = None
) -> tuple[list[float], list[bool]]:
    """How long each customer waits, and who leaves unanswered, in FCFS G/G/c+G: the recursion of Kiefer & Wolfowitz (1955).

    Customers come in order of `arrive_s`. Whoever's patience ends before an agent is free has waited that long and takes nobody's time.
    """
    refuse_outside(("agents", agents, 1, AGENTS_MAX, "agents"))
    free_s = [-math.inf] * agents
    waits: list[float] = []
    left: list[bool] = []
    patience = patience_s if patience_s is not None else [math.inf] * len(arrive_s)
    for arrived, lasts, patient in zip(arrive_s, service_s, patience, strict=True):
        start = max(arrived, free_s[0])
        leaves = start > arrived + patient
        left.append(leaves)
        waits.append(patient if leaves else start - arrived)
        if not leaves:
            heapq.heapreplace(free_s, start + lasts)
    return waits, left


def _one_over_b(traffic: float, agents: int) -> float:
    """1 / Erlang B by its recursion in the number of agents; infinite where the share is too small for a number."""
    inverse = 1.0
    for each in range(1, agents + 1):
        inverse = 1 + inverse * each / traffic
    return inverse


def _series(z: float, b: float) -> tuple[float, float]:
    """The logarithm of Σ z^k / ((b+1)…(b+k)) over k ≥ 0, and the mean of k weighted by the terms; z ≥ 0, b > 0.

    In closed form the sum is b z^-b e^z γ(b, z) (DLMF 8.7.1); here it goes both ways from its largest term, so that none is too large.
    """
    peak = max(0, math.ceil(z - b) - 1)
    total, weighted, term, k = 1.0, float(peak), 1.0, peak
    while term > _ENOUGH * total:
        k += 1
        term *= z / (b + k)
        total, weighted = total + term, weighted + k * term
    term, k = 1.0, peak
    while k > 0 and term > _ENOUGH * total:
        term *= (b + k) / z
        k -= 1
        total, weighted = total + term, weighted + k * term
    if peak == 0:
        first = 0.0
    elif peak < _LONG:
        first = -math.fsum(math.log(z / (b + each)) for each in range(1, peak + 1))
    else:
        first = math.lgamma(b + peak + 1) - math.lgamma(b + 1) - peak * math.log(z)
    return math.log(total) - first, weighted / total


def _hazard(x: float) -> float:
    """The standard normal density over the probability of more than `x`."""
    if x > 20:
        return x + 1 / x  # the next term is below the last digit of what it is used for
    return math.exp(-x * x / 2) / math.sqrt(2 * math.pi) / (math.erfc(x / math.sqrt(2)) / 2)


def _fewest(enough: Callable[[int], bool], low: int, name: str, wanted: float) -> int:
    """The smallest number from `low` on that is enough, where every larger one is enough too."""
    high = low
    while not enough(high):
        if high >= AGENTS_MAX:
            raise InvalidValues((Violation(f"/{name}", wanted, f"what at most {AGENTS_MAX} agents reach"),))
        low, high = high + 1, min(2 * high, AGENTS_MAX)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle + 1, high)
    return low


def refuse_outside(*values: tuple[str, float, float, float, str]) -> None:
    """Raises `InvalidValues` with every (name, value, low, high, unit) out of its bound; a whole `low` asks for a whole number."""
    if all(type(value) in (int, type(low)) and low <= value <= high for _, value, low, high, _ in values):
        return  # the usual case, at a tenth of the cost
    found = [each for name, value, low, high, unit in values for each in check_number(value, low, Bound(low, high, unit, ""), f"/{name}")]
    if found:
        raise InvalidValues(tuple(found))
