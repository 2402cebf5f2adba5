"""How many tickets are expected when: the weights of weekdays and local hours, and what incidents add."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from router.domain import WEEKDAYS
from simulations.happenings import spans_of
from simulations.hours import Span, instant
from simulations.scenario import Scenario
from simulations.settings import Demand

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
DAY_MIN = 1440


def profile(scenario: Scenario, start_s: float, end_s: float) -> tuple[FloatArray, FloatArray]:
    """Instants from `start_s` on, and how many tickets are expected until each."""
    edges_s, masses = [start_s], [0.0]
    day = datetime.fromtimestamp(start_s, ZoneInfo(scenario.run.time_zone)).date()
    while edges_s[-1] < end_s:
        expected = _expected(scenario.demand, day)
        for begun, mass in enumerate(expected, 1):
            edges_s.append(max(edges_s[-1], _edge(day, begun * DAY_MIN // len(expected), scenario.run.time_zone)))
            # what a change to summer time leaves out brings nothing
            masses.append(mass * (edges_s[-1] > edges_s[-2]))
        day += timedelta(days=1)
    return _swelled(np.array(edges_s), np.cumsum(masses), scenario)


def brought_by(scenario: Scenario, created_s: FloatArray, chance: FloatArray) -> IntArray:
    """Which incident brought each ticket, -1 for none, as `chance` from 0 to 1 has it; shape (n,)."""
    spans = _spans(scenario)
    rates = np.ones((len(created_s), 1 + len(spans)))
    for place, (incident, (start_s, end_s)) in enumerate(zip(scenario.incidents, spans, strict=True), 1):
        rates[:, place] = (incident.volume_factor - 1) * ((created_s >= start_s) & (created_s < end_s))
    bounds = np.cumsum(rates, axis=1)
    return np.asarray(np.sum(chance[:, None] * bounds[:, -1:] >= bounds[:, :-1], axis=1) - 1, dtype=np.int64)


def _expected(demand: Demand, day: date) -> FloatArray:
    """How many tickets each hour or half hour of a day is expected to bring."""
    weekday = day.weekday()
    weights = demand.day_weights.get(WEEKDAYS[weekday], demand.hour_weights)
    return np.asarray(demand.tickets_per_day * demand.weekday_weights[weekday] * (np.array(weights) / sum(weights)))


def _edge(day: date, minute: int, time_zone: str) -> float:
    """The instant of a local minute; of one that a change to summer time leaves out, when that happens."""
    on = day + timedelta(days=minute // DAY_MIN)
    wall = datetime.combine(on, time(minute % DAY_MIN // 60, minute % 60), ZoneInfo(time_zone))
    before, after = wall.utcoffset(), wall.replace(fold=1).utcoffset()
    found = instant(on, wall.time(), time_zone)
    if before is not None and after is not None and after > before:  # left out
        found -= (wall - wall.replace(minute=0)).total_seconds()
    return found


def _spans(scenario: Scenario) -> list[Span]:
    return spans_of(scenario.incidents, scenario.run.first_day, scenario.run.time_zone)


def _swelled(edges_s: FloatArray, expected: FloatArray, scenario: Scenario) -> tuple[FloatArray, FloatArray]:
    """With what the incidents add; those that overlap add up."""
    if not scenario.incidents:
        return edges_s, expected
    spans = _spans(scenario)
    inner = [at_s for span in spans for at_s in span if edges_s[0] < at_s < edges_s[-1]]
    finer_s = np.sort(np.concatenate([edges_s, inner]))
    middle_s = (finer_s[1:] + finer_s[:-1]) / 2
    factor = np.ones(len(middle_s))
    for incident, (start_s, end_s) in zip(scenario.incidents, spans, strict=True):
        factor += (incident.volume_factor - 1) * ((middle_s >= start_s) & (middle_s < end_s))
    added = np.diff(np.interp(finer_s, edges_s, expected)) * factor
    return finer_s, np.concatenate([[0.0], np.cumsum(added)])
