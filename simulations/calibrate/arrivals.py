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
DIFFERS, BY_CHANCE = 0.1, 0.001
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

    `counts` has shape (days, 48); `per_weekday` is None for a weekday that the log has not; `own` are the profiles of weekdays (0 is
    Monday) that differ from the others, which share `profile`.
    """

    first: date
    counts: IntArray
    per_weekday: tuple[Interval | None, ...]
    profile: FloatArray
    own: dict[int, FloatArray]
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
    by_weekday = np.stack([counts[weekday == each].sum(axis=0) for each in range(7)]).astype(np.float64)
    alike = _alike(by_weekday)
    shared = by_weekday[alike].sum(axis=0)
    return Arrivals(
        first=date.fromordinal(first),
        counts=counts,
        per_weekday=tuple(_rate(counts[weekday == each].sum(axis=1)) for each in range(7)),
        profile=shared / shared.sum(),
        own={each: by_weekday[each] / by_weekday[each].sum() for each in range(7) if each not in alike and by_weekday[each].any()},
        half_hours=_half_hours(counts, weekday),
        days=_days(counts.sum(axis=1), weekday),
    )


def _alike(by_weekday: FloatArray) -> list[int]:
    """The weekdays that share a profile with the busiest one: at most `DIFFERS` of the tickets come at another time, or more by chance."""
    busiest = int(by_weekday.sum(axis=1).argmax())
    found = [busiest]
    for each in np.argsort(-by_weekday.sum(axis=1)).tolist():
        shared, mine = by_weekday[found].sum(axis=0), by_weekday[each]
        if each != busiest and mine.any():
            moved = float(np.abs(mine / mine.sum() - shared / shared.sum()).sum()) / 2
            if moved <= DIFFERS or _chance_alike(mine, shared) >= BY_CHANCE:
                found.append(each)
    return sorted(found)


def _chance_alike(one: FloatArray, other: FloatArray) -> float:
    """The chance that two rows of counts differ as much if their profiles are one (χ² of a 2 × 48 table)."""
    table = np.stack([one, other])
    expected = np.outer(table.sum(axis=1), table.sum(axis=0) / table.sum())
    used = (expected >= EXPECTED_MIN).all(axis=0)
    lost = (table.sum(axis=0) > 0) & ~used  # what is too rare by itself is one cell together
    cells = np.concatenate([table[:, used], table[:, lost].sum(axis=1, keepdims=True)], axis=1)
    means = np.concatenate([expected[:, used], expected[:, lost].sum(axis=1, keepdims=True)], axis=1)
    told = means.min(axis=0) > 0
    freedom = max(int(told.sum()) - 1, 1)
    return chi2_sf(float(np.sum((cells - means)[:, told] ** 2 / means[:, told])), freedom)


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
