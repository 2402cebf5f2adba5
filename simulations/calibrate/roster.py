"""How many people are at work by weekday and half hour, and shifts that put as many there."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from router.domain import WEEKDAYS
from simulations.calibrate.arrivals import HALF_HOUR_S, HALF_HOURS, half_hour
from simulations.hours import Span

FloatArray = NDArray[np.float64]
ALIKE = 0.35  # weekdays whose staffing differs by less than this share get the same shifts
STEP = 0.75  # of a person, by which the mean must leave the number at work before somebody comes or goes


@dataclass(frozen=True, slots=True)
class Stint:
    """Shifts that are alike: on which weekdays (0 is Monday), from which half hour until before which, and how many people."""

    weekdays: tuple[int, ...]
    start: int
    end: int
    agents: int


def at_work(spans: Iterable[Span], zone: ZoneInfo, days_of_weekday: NDArray[np.int64]) -> FloatArray:
    """The mean number of people at work, shape (7, 48), Monday first, from everybody's spans; `days_of_weekday` has shape (7,)."""
    pieces = [(start, end) for from_s, to_s in spans for start, end in _pieces(from_s, to_s)]
    if not pieces:
        return np.zeros((7, HALF_HOURS))
    starts, ends = np.array(pieces, dtype=np.float64).T
    day, part = half_hour(starts, zone)
    seconds = np.zeros((7, HALF_HOURS))
    np.add.at(seconds, ((day + 6) % 7, part), ends - starts)  # ordinal 1 is a Monday
    return np.asarray(seconds / HALF_HOUR_S / np.maximum(days_of_weekday, 1)[:, None])


def stints(curve: FloatArray) -> list[Stint]:
    """Shifts that make the curve, of shape (7, 48), in whole people on each day; weekdays that are alike share their mean.

    Where the number rises somebody begins, where it falls whoever has been there longest goes. Where the mean is never near one
    person, one is there whenever anybody ever was.
    """
    found: list[Stint] = []
    if curve.max() < STEP:
        curve = np.ceil(curve)
    for weekdays in _classes(curve):
        level = _whole(curve[list(weekdays)].mean(axis=0))
        began: list[int] = []
        ends: dict[tuple[int, int], int] = {}
        for place, (before, now) in enumerate(zip([0, *level], [*level, 0], strict=True)):
            began += [place] * (now - before)
            for _ in range(before - now):
                shift = (began.pop(0), place)
                ends[shift] = ends.get(shift, 0) + 1
        found += [Stint(weekdays, start, end, agents) for (start, end), agents in sorted(ends.items())]
    return found


def _whole(means: FloatArray) -> list[int]:
    """Whole people for each half hour, which do not follow every tremble of their mean."""
    found, now = [], 0
    for mean in means.tolist():
        if abs(mean - now) >= STEP:
            now = math.floor(mean + 0.5)
        found.append(now)
    return found


def _pieces(from_s: float, to_s: float) -> Iterable[Span]:
    """A span cut at every half hour (all time zones in use are whole half hours or quarters from UTC)."""
    at_s = from_s
    while at_s < to_s:
        until_s = min((at_s // (HALF_HOUR_S / 2) + 1) * HALF_HOUR_S / 2, to_s)
        yield at_s, until_s
        at_s = until_s


def _classes(curve: FloatArray) -> list[tuple[int, ...]]:
    """Weekdays whose curves are alike, the first of each class being its measure."""
    classes: list[list[int]] = []
    for weekday in range(7):
        if curve[weekday].max() < STEP:
            continue
        for each in classes:
            other = curve[each[0]]
            if np.abs(curve[weekday] - other).sum() <= ALIKE * max(other.sum(), curve[weekday].sum()):
                each.append(weekday)
                break
        else:
            classes.append([weekday])
    return [tuple(each) for each in classes]


def days_named(weekdays: tuple[int, ...]) -> str:
    """`mon-thu`, or `mon-wed-fri` where they do not follow on each other; the week may begin on a Sunday."""
    names = [WEEKDAYS[each] for each in weekdays]
    run = sorted(weekdays, key=lambda each: (each - _first(weekdays)) % 7)
    follows = all((b - a) % 7 == 1 for a, b in pairwise(run))
    return f"{WEEKDAYS[run[0]]}-{WEEKDAYS[run[-1]]}" if follows and len(run) > 1 else "-".join(names)


def _first(weekdays: tuple[int, ...]) -> int:
    """The weekday that no other one of them comes just before."""
    return next((each for each in weekdays if (each - 1) % 7 not in weekdays), weekdays[0])
