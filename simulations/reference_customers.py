"""Who comes to a textbook queue: every customer with all that is drawn for them, by class and index, before anything happens."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from simulations.reference import LCFS, RANDOM, Flow, Reference

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Chance = Callable[["Draw"], np.random.Generator]
KEY = 1000  # the first number of this file's streams; the product's are shorter keys


class Draw(IntEnum):
    """One source of chance each, within a class."""

    INTERARRIVAL = 0
    SERVICE = 1
    PATIENCE = 2
    TURN = 3
    BREAK = 4
    BREAK_LENGTH = 5
    POINTS = 6
    VACATION = 7


@dataclass(frozen=True, slots=True)
class Customers:
    """In order of arrival, each of shape (n,); times in s.

    `kind` is the index of the class. `turn` orders who waits, the smallest first; `turn` modulo n leads by `whose` to the customer.
    `pause_s` is the server's break after the service. `points` may be empty.
    """

    arrive_s: FloatArray
    kind: IntArray
    service_s: FloatArray
    leave_s: FloatArray
    turn: IntArray
    whose: IntArray
    pause_s: FloatArray
    points: FloatArray


def customers(reference: Reference, seed: int, replication: int, until_s: float) -> Customers:
    """All who come until `until_s`; those of a shorter time are the first of them."""

    def chance(index: int) -> Chance:
        return lambda draw: _generator(seed, replication, index, draw)

    flows = reference.flows
    parts = [_flow(reference, flow, until_s, chance(index)) for index, flow in enumerate(flows)]
    kind = np.repeat(np.arange(len(parts)), [len(each[0]) for each in parts])
    columns = parts[0] if len(parts) == 1 else tuple(np.concatenate(each) for each in zip(*parts, strict=True))
    if len(parts) > 1:
        order = np.argsort(columns[0], kind="stable")
        kind, columns = kind[order], tuple(each[order] for each in columns)
    arrive_s, service_s, patience_s, lottery, pause_s, points = columns
    turn, whose = _turns(reference.order, np.array([flow.priority for flow in flows], dtype=np.int64)[kind], lottery)
    return Customers(arrive_s, kind, service_s, arrive_s + patience_s, turn, whose, pause_s, points)


def vacations_s(reference: Reference, seed: int, replication: int, count: int) -> FloatArray:
    """The lengths of the first `count` vacations, in order of their beginning; none where there are no vacations."""
    if reference.vacations is None:
        return np.zeros(0)
    return reference.vacations.length.draw(_generator(seed, replication, 0, Draw.VACATION), count)


def _generator(seed: int, replication: int, flow: int, draw: Draw) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(np.random.SeedSequence(seed, spawn_key=(replication, KEY, flow, int(draw)))))


def _flow(reference: Reference, flow: Flow, until_s: float, chance: Chance) -> tuple[FloatArray, ...]:
    """Arrivals, services, patience, lottery, breaks and points of one class."""
    arrive_s = _arrivals(reference, flow, until_s, chance)
    count = len(arrive_s)
    patience_s = np.full(count, math.inf) if flow.patience is None else flow.patience.draw(chance(Draw.PATIENCE), count)
    pause, load = reference.recovery_break, reference.load
    pause_s = np.zeros(count)
    if pause is not None:
        drawn = pause.length.draw(chance(Draw.BREAK_LENGTH), count)
        pause_s = np.where(chance(Draw.BREAK).random(count) < pause.probability, drawn, 0.0)
    points = np.zeros(count) if load is None else chance(Draw.POINTS).beta(load.alpha, load.beta, count) * load.most_points
    lottery = chance(Draw.TURN).random(count) if reference.order == RANDOM else pause_s
    return arrive_s, flow.service.draw(chance(Draw.SERVICE), count), patience_s, lottery, pause_s, points


def _arrivals(reference: Reference, flow: Flow, until_s: float, chance: Chance) -> FloatArray:
    """The instants until `until_s`; all 0, and enough of them, where somebody always waits."""
    if flow.interarrival is None:
        return np.zeros(math.ceil(1.1 * until_s * reference.servers / flow.service.mean) + 100)
    count = math.ceil(1.1 * until_s * flow.rate_per_s) + 100
    while (arrive_s := np.cumsum(flow.interarrival.draw(chance(Draw.INTERARRIVAL), count)))[-1] < until_s:
        count *= 2
    return np.asarray(arrive_s[: np.searchsorted(arrive_s, until_s)])


def _turns(order: str, priority: IntArray, lottery: FloatArray) -> tuple[IntArray, IntArray]:
    """The number that each customer waits with, and who has which of these numbers modulo how many there are."""
    count = len(priority)
    place = np.arange(count)
    if order == LCFS:
        place = place[::-1].copy()
    elif order == RANDOM:
        place[np.argsort(lottery, kind="stable")] = np.arange(count)
    whose = np.empty(count, dtype=np.int64)
    whose[place] = np.arange(count)
    return priority * count + place, whose
