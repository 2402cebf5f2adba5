"""Who is there when: absences shift by shift, and spells of meetings and training in the shifts that are left; drawn beforehand."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fatigue_model.dynamics import DAY_S
from simulations.behaviour import Attendance
from simulations.hours import Span


def pieces(on_shift: tuple[Span, ...]) -> Iterator[Span]:
    """The times on shift, those without an end in pieces of a day."""
    for start_s, end_s in on_shift:
        from_s = start_s
        while end_s - from_s > DAY_S:
            yield from_s, from_s + DAY_S
            from_s += DAY_S
        yield from_s, end_s


def absences(on_shift: tuple[Span, ...], settings: Attendance, chance: np.random.Generator) -> tuple[Span, ...]:
    """The shifts of an agent that they miss, each with the same probability."""
    return tuple(span for span in pieces(on_shift) if chance.random() < settings.absence)


def meetings(there: tuple[Span, ...], settings: Attendance, chance: np.random.Generator) -> tuple[Span, ...]:
    """When an agent who is `there` is in meetings or training.

    Exponential spells with exponential gaps, in balance from the first instant: at each instant of a shift with the same probability,
    the share that is set, so that the share of time is exact in expectation, in short shifts too.
    """
    share, mean_s = settings.meetings_share, 60.0 * settings.meeting_mean_min
    gap_s = mean_s * (1 - share) / share if share > 0 else 0.0
    found: list[Span] = []
    for start_s, end_s in there if share > 0 else ():
        from_s, inside = start_s, bool(chance.random() < share)
        while from_s < end_s:
            until_s = from_s + float(chance.exponential(mean_s if inside else gap_s))
            if inside:
                found.append((from_s, min(until_s, end_s)))
            from_s, inside = until_s, not inside
    return tuple(found)
