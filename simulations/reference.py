"""`[reference]`: a textbook queue instead of a support team, so that the simulation can be held against an exact answer.

No policy, no shifts, no accounts: customers come, wait in line, are served by alike servers, or leave. A second may stand for
whatever unit of time the textbook uses.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from fatigue_model.bounds import bounded
from simulations.distributions import Distribution, distribution, none_or
from simulations.reading import Form, Found, choice, fitting, named, numbers, overlay, read_flag, setting
from simulations.schema import schema_of

ONE = Distribution("exponential", 1.0)
RATE_MAX = 1e6
COUNTED = 100_000  # customers of a replication, where the file names no horizon
COUNTED_MAX = 300_000
RELAXATIONS = 400  # a replication is at least this many relaxation times of the queue long, and warms up for a fortieth of that
FCFS, LCFS, RANDOM = "fcfs", "lcfs", "random"
NON_PREEMPTIVE, PREEMPTIVE = "non-preemptive", "preemptive-resume"
MULTIPLE, SINGLE = "multiple", "single"
PYTHON, NUMBA = "python", "numba"


def number(low: float, high: float, whole: bool = False) -> Form:
    """A number from `low` to `high`; with `whole`, a whole one."""
    kinds = int if whole else int | float
    what = f"a {'whole ' if whole else ''}number from {low:g} to {high:g}"
    schema = {"type": "integer" if whole else "number", "minimum": low, "maximum": high}

    def fits(value: Any) -> bool:
        return isinstance(value, kinds) and not isinstance(value, bool) and low <= value <= high

    return fitting(fits, what, schema, int if whole else float)


def table(part: type) -> Form:
    """A table laid over a new `part`."""

    def read(value: Any, at: str, found: Found) -> Any:
        return overlay(part(), value, at, found)

    return Form(read, lambda _: schema_of(part()))


@dataclass(frozen=True, slots=True)
class Kind:
    """Customers of one class; what is not given here is as in `[reference]` itself."""

    arrivals_per_s: float | None = setting(None, number(1e-6, RATE_MAX), "per s", "Poisson arrivals")
    interarrival: Distribution | None = none_or(ONE, "renewal arrivals instead of Poisson ones")
    service: Distribution | None = none_or(ONE, "that of [reference]")
    patience: Distribution | None = none_or(ONE, "that of [reference]")
    priority: int = bounded(1, 1, 1000, "", "1 goes first; equal ones keep the queue's order")


@dataclass(frozen=True, slots=True)
class Flow:
    """Customers of one class with all that holds for them; no `interarrival` where the queue is saturated."""

    name: str
    interarrival: Distribution | None
    service: Distribution
    patience: Distribution | None
    priority: int

    @property
    def rate_per_s(self) -> float:
        return 1 / self.interarrival.mean if self.interarrival is not None else 0.0


@dataclass(frozen=True, slots=True)
class RecoveryBreak:
    """What a server does after a service, with some probability, before the next one."""

    probability: float = bounded(0.2, 0, 1, "per service", "each service by itself")
    length: Distribution = distribution(ONE, "a unit of time")


@dataclass(frozen=True, slots=True)
class Vacations:
    """What a server does when nobody waits."""

    kind: str = setting(MULTIPLE, choice(MULTIPLE, SINGLE), "", "again and again until somebody waits; single: once, then idle")
    length: Distribution = distribution(ONE, "a unit of time")


@dataclass(frozen=True, slots=True)
class ShotNoise:
    """Load that each served customer adds to, and that decays exponentially (Campbell's theorem gives its moments)."""

    decay_s: float = bounded(4.0, 0.001, 1e9, "s", "the time in which load falls to 1/e")
    alpha: float = bounded(2.0, 0.01, 1000, "", "points of a customer are Beta(alpha, beta)")
    beta: float = bounded(5.0, 0.01, 1000, "", "points of a customer are Beta(alpha, beta)")
    most_points: float = bounded(1.0, 0.001, 1e6, "points", "times this")


@dataclass(frozen=True, slots=True)
class Reference:
    """One queue, in the words of Kendall's notation; times in seconds."""

    servers: int = bounded(1, 1, 10_000, "servers", "one")
    arrivals_per_s: float | None = setting(None, number(1e-6, RATE_MAX), "per s", "Poisson arrivals")
    interarrival: Distribution | None = none_or(ONE, "renewal arrivals instead of Poisson ones")
    saturated: bool = setting(False, read_flag, "", "somebody always waits: no server is ever idle, and waits mean nothing")
    service: Distribution = distribution(ONE, "a unit of time")
    patience: Distribution | None = none_or(ONE, "nobody leaves unserved")
    classes: Mapping[str, Kind] = setting({}, named(Kind), "", "one class")
    order: str = setting(FCFS, choice(FCFS, LCFS, RANDOM), "", "first come, first served")
    priorities: str = setting(NON_PREEMPTIVE, choice(NON_PREEMPTIVE, PREEMPTIVE), "", "a service that has begun is finished first")
    capacity: int | None = setting(None, number(1, 10**6, whole=True), "customers", "no bound on those waiting and in service")
    waiting_room: int | None = setting(None, number(0, 10**6, whole=True), "customers", "no bound on those waiting")
    recovery_break: RecoveryBreak | None = setting(None, table(RecoveryBreak), "", "none")
    vacations: Vacations | None = setting(None, table(Vacations), "", "a server with nothing to do is idle")
    load: ShotNoise | None = setting(None, table(ShotNoise), "", "not measured")
    within_s: tuple[float, ...] = setting((), numbers(0, 1e9, 20), "s", "times within which to count who is served")
    horizon_s: float | None = setting(None, number(0.001, 1e10), "s", "counted time of a replication; long enough for a narrow interval")
    warm_up_s: float | None = setting(None, number(0, 1e10), "s", "time before, from an empty queue; long enough to forget that")
    engine: str = setting(PYTHON, choice(PYTHON, NUMBA), "", "numba, of the extra `fast`, compiles first and says the same")

    @property
    def flows(self) -> tuple[Flow, ...]:
        """Every class, in the order of the file; one without a name where it has none."""
        return tuple(self._flow(name, kind) for name, kind in (self.classes or {"": Kind()}).items())

    def _flow(self, name: str, kind: Kind) -> Flow:
        rate = kind.arrivals_per_s or self.arrivals_per_s
        between = kind.interarrival or self.interarrival or (replace(ONE, mean_s=1 / rate) if rate is not None else None)
        return Flow(name, between, kind.service or self.service, kind.patience or self.patience, kind.priority)

    @property
    def counted_s(self) -> float:
        """How long a replication counts."""
        if self.horizon_s is not None:
            return self.horizon_s
        rate = sum(flow.rate_per_s for flow in self.flows) or self.servers / self.service.mean
        return max(COUNTED / rate, min(RELAXATIONS * self.relaxation_s, COUNTED_MAX / rate))

    @property
    def before_s(self) -> float:
        """How long it runs before it counts."""
        return self.warm_up_s if self.warm_up_s is not None else max(10 * self.relaxation_s, self.counted_s / 10)

    @property
    def relaxation_s(self) -> float:
        """About how long the queue remembers: 4 services / (1 − load)² at one server in heavy traffic, as long as patience at most."""
        longest = max(flow.service.mean + flow.service.variance / flow.service.mean for flow in self.flows)
        pauses = [each.length.mean for each in (self.recovery_break, self.vacations) if each is not None]
        decay = self.load.decay_s if self.load is not None else 0.0
        spare = 1 - offered(self) / self.servers
        queue = 2 * longest / self.servers / spare**2 if spare > 0 and not self.saturated else math.inf
        patient = [flow.patience.mean for flow in self.flows if flow.patience is not None]
        if len(patient) == len(self.flows):
            queue = min(queue, 2 * max(patient))
        elif self.saturated or self.capacity is not None or self.waiting_room is not None:
            queue = min(queue, longest * (1 + (self.capacity or self.waiting_room or 0) / self.servers))
        return longest + sum(pauses) + decay + (queue if math.isfinite(queue) else 0.0)


read_reference = table(Reference)


def offered(reference: Reference, impatient: bool = True) -> float:
    """How many servers are needed for all who come, breaks included; with `impatient` false only for those who never leave."""
    pause = reference.recovery_break
    after = pause.probability * pause.length.mean if pause is not None else 0.0
    taken = [flow for flow in reference.flows if impatient or flow.patience is None]
    return sum(flow.rate_per_s * (flow.service.mean + after) for flow in taken)
