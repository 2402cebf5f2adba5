"""What an agent did and at which pace, over time: the modes behind a ledger, as stretches that contacts are run through."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from fatigue_model.dynamics import Mode
from fatigue_model.params import FatigueParams
from fatigue_model.superposition import Passage, Stretch
from router.agents import Agents, FloatArray
from router.person import Person

APART_S = 6 * 3600.0  # between one day of work and the next
THERE_MAX_S = 18 * 3600.0  # longer, and the status says nothing of when somebody works
Paces = Sequence[tuple[float, float, float]]  # since when, g and r


def passage(agents: Agents, row: int, from_s: float, to_s: float, params: FatigueParams, paces: Paces = ()) -> Passage:
    """The modes of an agent between two instants, under the parameters that were in force, at the speeds r of `paces`."""
    person = agents.people[row]
    stretches = []
    for start_s, end_s, mode in modes(person, from_s, to_s):
        cuts = [until_s for until_s, _ in agents.past_params] + [each_s for each_s, _, _ in paces]
        edges = [start_s, *sorted({each for each in cuts if start_s < each < end_s}), end_s]
        for begin_s, stop_s in pairwise(edges):
            then = next((past for until_s, past in agents.past_params if begin_s < until_s), params)
            stretches.append(Stretch(begin_s, stop_s, mode, then, _speed(paces, begin_s)))
    return Passage(stretches or [Stretch(from_s, to_s, int(Mode.OFF), params)])


def modes(person: Person, from_s: float, to_s: float) -> list[tuple[float, float, int]]:
    """Start, end and mode of what an agent did between two settled instants: breaks before statuses, off before the first record."""
    edges = {from_s, to_s, *(each for each, _ in person.statuses), *(each for rest in person.rests for each in rest)}
    inside = sorted(each for each in edges if from_s <= each <= to_s)
    found: list[tuple[float, float, int]] = []
    for start_s, end_s in pairwise(inside):
        mode = _mode_at(person, start_s)
        before = found.pop() if found and found[-1][2] == mode else (start_s, end_s, mode)
        found.append((before[0], end_s, mode))
    return found


def _mode_at(person: Person, at_s: float) -> int:
    if any(start_s <= at_s < end_s for start_s, end_s in person.rests):
        return int(Mode.BREAK)
    return next((mode for since_s, mode in reversed(person.statuses) if since_s <= at_s), int(Mode.OFF))


def came_s(person: Person, at_s: float) -> float:
    """When the presence that work at `at_s` is part of began: after `APART_S` away or longer, by the statuses known. `at_s` itself where
    they have been away as long by then, or there for over `THERE_MAX_S`, and where nobody says when they are there."""
    known, began_s = person.statuses, at_s
    for since_s, mode in reversed(known[: bisect_right(known, at_s, key=lambda each: each[0])]):
        if mode not in (Mode.OFF, Mode.BREAK):
            began_s = since_s
        elif began_s - since_s >= APART_S:
            return began_s
        if at_s - began_s > THERE_MAX_S:
            break
    return at_s


def sensitivity(paces: Paces, ended_s: float) -> float:
    """g at the end of a contact: a change counts for the contacts after it."""
    return next((gain for since_s, gain, _ in reversed(paces) if since_s < ended_s), 1.0)


def gains(paces: Paces, at_s: FloatArray) -> FloatArray:
    """g at each of the instants, shape (n,)."""
    return np.array([sensitivity(paces, each) for each in at_s.tolist()])


def _speed(paces: Paces, from_s: float) -> float:
    """r from an instant on."""
    return next((speed for since_s, _, speed in reversed(paces) if since_s <= from_s), 1.0)


def longest_absence_s(agents: Agents, row: int, from_s: float, to_s: float, breaks: bool = True) -> float:
    """The longest unbroken time off or on a break between two settled instants, in seconds; without `breaks`, off by the status alone."""
    longest = run = 0.0
    person = agents.people[row] if breaks else replace(agents.people[row], rests=[])
    for start, end, mode in modes(person, from_s, to_s):
        run = run + end - start if mode in (Mode.BREAK, Mode.OFF) else 0.0
        longest = max(longest, run)
    return longest
