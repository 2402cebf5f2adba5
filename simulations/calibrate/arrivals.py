"""When tickets come: by weekday and half hour of the local day, and whether they vary more than chance arrivals do."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from simulations.calibrate.interval import Z95, Interval
from simulations.calibrate.special import chi2_sf

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
HALF_HOURS, HALF_HOUR_S = 48, 1800.0
USUAL = 0.2  # of the busiest weekday
EXPECTED_MIN = 1.0  # Cochran: cells of the χ² test in which less is expected are left out


@dataclass(frozen=True, slots=True)
class Dispersion:
    """Variance over mean of counts, 1 for Poisson arrivals, and the chance of at least that much of it by chance alone (χ²)."""

    index: float
    p: float
    cells: int


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Tickets per local day by weekday, Monday first, the profile of a day (sums to 1), and the tests of dispersion.

    `counts` has shape (days, 48); `per_weekday` is None for a weekday that the log has not.
    """

    first: date
    counts: IntArray
    per_weekday: tuple[Interval | None, ...]
    profile: FloatArray
    half_hours: Dispersion
    days: Dispersion

    @property
    def per_day(self) -> float:
        """Tickets on a mean one of the weekdays that are not nearly empty: the scenario's day of weight 1."""
        told = [each.value for each in self.per_weekday if each is not None]
        usual = [each for each in told if each >= USUAL * max(told)]
        return sum(usual) / len(usual)


def half_hour(instants_s: FloatArray, zone: ZoneInfo) -> tuple[IntArray, IntArray]:
    """For each instant the local day, as a proleptic ordinal, and the half hour of that day."""
    told = [datetime.fromtimestamp(at_s, zone) for at_s in instants_s.tolist()]
    days = np.array([each.toordinal() for each in told], dtype=np.int64)
    return days, np.array([2 * each.hour + each.minute // 30 for each in told], dtype=np.int64)


def arrivals(arrived_s: FloatArray, zone: ZoneInfo) -> Arrivals:
    """The profile of at least one arrival. The log is taken to be whole from the day of the first to the day of the last."""
    day, part = half_hour(arrived_s, zone)
    first, span = int(day.min()), int(day.max() - day.min()) + 1
    counts = np.zeros((span, HALF_HOURS), dtype=np.int64)
    np.add.at(counts, (day - first, part), 1)
    weekday = np.array([(date.fromordinal(first) + timedelta(days=each)).weekday() for each in range(span)])
    return Arrivals(
        first=date.fromordinal(first),
        counts=counts,
        per_weekday=tuple(_rate(counts[weekday == each].sum(axis=1)) for each in range(7)),
        profile=counts.sum(axis=0) / counts.sum(),
        half_hours=_half_hours(counts, weekday),
        days=_days(counts.sum(axis=1), weekday),
    )


def _rate(totals: IntArray) -> Interval | None:
    """Tickets on one weekday, with the interval of a Poisson mean."""
    if not len(totals):
        return None
    seen, days = int(totals.sum()), len(totals)
    half = Z95 * math.sqrt(max(seen, 1)) / days
    return Interval(seen / days, max(0.0, seen / days - half), seen / days + half, seen)


def _half_hours(counts: IntArray, weekday: IntArray) -> Dispersion:
    """Half hours against the profile of their weekday and the total of their day: how far arrivals are chance within a day."""
    statistic, freedom, cells = 0.0, 0, 0
    for each in range(7):
        these = counts[weekday == each]
        if len(these) < 2 or not these.sum():
            continue
        expected = np.outer(these.sum(axis=1), these.sum(axis=0) / these.sum())
        used = (expected >= EXPECTED_MIN).all(axis=0)
        statistic += float(np.sum((these - expected)[:, used] ** 2 / expected[:, used]))
        freedom += (len(these) - 1) * max(int(used.sum()) - 1, 0)
        cells += int(used.sum()) * len(these)
    return _dispersion(statistic, freedom, cells)


def _days(totals: IntArray, weekday: IntArray) -> Dispersion:
    """Days against the mean of their weekday."""
    statistic, freedom, cells = 0.0, 0, 0
    for each in range(7):
        these = totals[weekday == each]
        if len(these) >= 2 and these.mean() >= EXPECTED_MIN:
            statistic += float(np.sum((these - these.mean()) ** 2) / these.mean())
            freedom, cells = freedom + len(these) - 1, cells + len(these)
    return _dispersion(statistic, freedom, cells)


def _dispersion(statistic: float, freedom: int, cells: int) -> Dispersion:
    if not freedom:
        return Dispersion(math.nan, math.nan, cells)
    return Dispersion(statistic / freedom, chi2_sf(statistic, freedom), cells)
