"""What an agent did and at which pace, over time: the modes behind a ledger, as stretches that contacts are run through."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from operator import itemgetter

import numpy as np

from fatigue_model.dynamics import Mode
from fatigue_model.params import FatigueParams
from fatigue_model.superposition import Passage, Stretch
from router.agents import Agents, FloatArray
from router.person import Person

APART_S = 6 * 3600.0  # between one day of work and the next
START = itemgetter(0)
AT_WORK = (Mode.QUEUE, Mode.BACK_OFFICE)  # else on a break, or off
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
    rest = bisect_right(person.rests, at_s, key=START)
    if rest and at_s < person.rests[rest - 1][1]:
        return int(Mode.BREAK)
    status = bisect_right(person.statuses, at_s, key=START)
    return person.statuses[status - 1][1] if status else int(Mode.OFF)


def came_s(person: Person, at_s: float) -> float:
    """When the presence that work at `at_s` is part of began: after `APART_S` away or longer, by the statuses known. `at_s` itself where
    they have been away as long by then, or there for over `THERE_MAX_S`, and where nobody says when they are there."""
    known, began_s = person.statuses, at_s
    for since_s, mode in reversed(known[: bisect_right(known, at_s, key=START)]):
        if mode in AT_WORK:
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


def absences(person: Person, from_s: float, to_s: float, breaks: bool = True) -> list[tuple[float, float]]:
    """Start and end of each unbroken time off or on a break between two settled instants; without `breaks`, off by the status alone, and
    the instants need not be settled."""
    found: list[tuple[float, float]] = []
    for start_s, end_s, mode in modes(person if breaks else replace(person, rests=[]), from_s, to_s):
        if mode not in AT_WORK:
            begun_s = found.pop()[0] if found and found[-1][1] == start_s else start_s
            found.append((begun_s, end_s))
    return found


def absent_since_s(person: Person, known_s: float) -> float:
    """Since when somebody has been away who is, by the statuses; `known_s` or earlier where none before says that they were there."""
    since_s = math.inf
    for from_s, mode in reversed(person.statuses):
        if mode in AT_WORK:
            return since_s
        since_s = from_s
    return min(since_s, known_s)


def returned_s(person: Person, least_s: float, until_s: float, known_s: float) -> float:
    """When somebody last came back, up to `until_s`, from an absence of `least_s` or longer, by the statuses; `known_s` where that is when
    they came first, which no status before tells of, and minus infinity where they never did."""
    found = absences(person, person.statuses[0][0], until_s, breaks=False)
    first_s = next((since_s for since_s, mode in person.statuses if mode in AT_WORK), math.inf)
    back_s = known_s if known_s == first_s else -math.inf
    return next((end_s for start_s, end_s in reversed(found) if end_s - start_s >= least_s), back_s)


def longest_absence_s(agents: Agents, row: int, from_s: float, to_s: float) -> float:
    """The longest unbroken time off or on a break between two settled instants, in seconds."""
    return max((end_s - start_s for start_s, end_s in absences(agents.people[row], from_s, to_s)), default=0.0)
