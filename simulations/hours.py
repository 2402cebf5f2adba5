"""When people are there: shifts as spans of instants, and the clock that runs only while somebody is on shift."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import ArrayLike, NDArray

from router.domain import WEEKDAYS, Shift
from router.shifts import window
from simulations.settings import Group

Span = tuple[float, float]
DAY_MIN = 1440


def instant(day: date, at: time, time_zone: str) -> float:
    """The instant of a local date and time, in seconds."""
    return datetime.combine(day, at, ZoneInfo(time_zone)).astimezone(UTC).timestamp()


def shifts_of(group: Group) -> tuple[Shift, ...]:
    """The weekly shifts of a group's agents."""
    start, end = _minute(group.shift_start), _minute(group.shift_end)
    end = end if end > start else end + DAY_MIN
    return tuple(Shift(weekday, start, end) for weekday, name in enumerate(WEEKDAYS) if name in group.weekdays)


def spans(shifts: tuple[Shift, ...], time_zone: str, from_s: float, to_s: float) -> tuple[Span, ...]:
    """The times on shift between two instants, in order, touching ones joined."""
    return joined(_spans(shifts, time_zone, from_s, to_s))


def _spans(shifts: tuple[Shift, ...], time_zone: str, from_s: float, to_s: float) -> Iterator[Span]:
    if not shifts:
        return
    at_s = from_s
    while at_s < to_s:
        inside, until_s = window(shifts, time_zone, at_s)
        if inside:
            yield at_s, min(until_s, to_s)
        at_s = until_s


def joined(parts: Iterable[Span]) -> tuple[Span, ...]:
    """Spans in order, with those that touch or overlap made one."""
    found: list[Span] = []
    for start, end in sorted(parts):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)


def lunches(group: Group, place: int, on_shift: tuple[Span, ...], time_zone: str) -> tuple[float, ...]:
    """When the agent at `place` in the group goes to lunch, once in each time on shift that has room for it."""
    if group.lunch_start is None:
        return ()
    later_s = 60 * group.lunch_stagger_min * (place % 2)
    found = []
    for start, end in on_shift:
        day = datetime.fromtimestamp(start, ZoneInfo(time_zone)).date()
        for each in (day, day + timedelta(days=1)):
            at_s = instant(each, group.lunch_start, time_zone) + later_s
            if start < at_s and at_s + 60 * group.lunch_min < end:
                found.append(at_s)
                break
    return tuple(found)


class Clock:
    """Seconds counted while open: from an instant to what the clock shows, and back."""

    def __init__(self, open_spans: tuple[Span, ...]) -> None:
        edges = [edge for span in open_spans for edge in span]
        lengths = [end - start for start, end in open_spans]
        self._edges_s: NDArray[np.float64] = np.array(edges, dtype=np.float64)
        self._shown_s: NDArray[np.float64] = np.repeat(np.concatenate([[0.0], np.cumsum(lengths)]), 2)[1:-1]

    def shown(self, at_s: ArrayLike) -> NDArray[np.float64]:
        """Open seconds from the first opening to `at_s`."""
        return np.interp(np.asarray(at_s, dtype=np.float64), self._edges_s, self._shown_s)

    def elapsed(self, from_s: ArrayLike, to_s: ArrayLike) -> NDArray[np.float64]:
        """Open seconds between two instants."""
        return np.asarray(self.shown(to_s) - self.shown(from_s))

    def after(self, from_s: float, span_s: float) -> float:
        """The instant at which `span_s` > 0 open seconds have passed since `from_s`; infinity past the last closing."""
        want = float(self.shown(from_s)) + span_s
        index = int(np.searchsorted(self._shown_s, want, side="left"))
        if index == len(self._shown_s):
            return math.inf
        return float(self._edges_s[index] - (self._shown_s[index] - want))


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute
