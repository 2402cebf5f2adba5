"""Who was at the phones: assumed from the calls that each agent took, for a log of calls does not say it.

An agent is there from the begin of their first call of a stretch to the end of its last. A stretch ends where they took no call for
`PAUSE_S`, or where callers waited for `PASSED_OVER_S` in all while they took none: whoever is there answers a caller who waits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulations.calibrate.calls import Calls, FloatArray, Stretch

PAUSE_S = 1800.0
PASSED_OVER_S = 120.0
SELDOM = 50  # an agent with fewer calls may take every category: too few to tell
SHARE_MIN = 0.004  # of an agent's calls, for a category to count as one of theirs
ASSUMED = (
    f"an agent is at work from the first call to the last, away where they took none for {PAUSE_S / 60:.0f} minutes, "
    f"or for {PASSED_OVER_S / 60:.0f} minutes in which somebody waited"
)


@dataclass(frozen=True, slots=True)
class Session:
    """A time at the phones; `busy` are the spans in it spent on other work."""

    agent: int
    start_s: float
    end_s: float
    busy: tuple[tuple[float, float], ...] = ()


class Queue:
    """How long somebody waited within a span of time."""

    def __init__(self, calls: Calls) -> None:
        waited = calls.wait_s > 0
        starts, ends = calls.arrived_s[waited], (calls.arrived_s + calls.wait_s)[waited]
        at_s = np.concatenate([starts, ends])
        order = np.argsort(at_s, kind="stable")
        steps = np.concatenate([np.ones(len(starts)), -np.ones(len(ends))])[order]
        self._at_s: FloatArray = at_s[order]
        somebody = np.cumsum(steps) > 0
        self._waited_s: FloatArray = np.concatenate([[0.0], np.cumsum(np.diff(self._at_s) * somebody[:-1])])

    def waited_s(self, from_s: float, to_s: float) -> float:
        """Seconds between two instants in which at least one caller waited."""
        if to_s <= from_s or not len(self._at_s):
            return 0.0
        first, last = np.interp([from_s, to_s], self._at_s, self._waited_s)
        return float(last - first)


def sessions(calls: Calls) -> tuple[Session, ...]:
    """The times at the phones of every agent, in the order of their begin."""
    queue = Queue(calls)
    by_agent: dict[int, list[Stretch]] = {}
    for each in calls.stretches:
        by_agent.setdefault(each.agent, []).append(each)
    found = [session for mine in by_agent.values() for session in _of_one(mine, queue)]
    return tuple(sorted(found, key=lambda each: (each.start_s, each.agent)))


def _of_one(mine: list[Stretch], queue: Queue) -> list[Session]:
    found: list[Session] = []
    part: list[Stretch] = []
    end_s = 0.0
    for each in mine:
        away = each.start_s - end_s > PAUSE_S or queue.waited_s(end_s, each.start_s) > PASSED_OVER_S
        if part and away:
            found.append(_session(part))
            part = []
        part.append(each)
        end_s = max(end_s, each.end_s)
    return [*found, _session(part)]


def _session(part: list[Stretch]) -> Session:
    busy = tuple((each.start_s, each.end_s) for each in part if each.other)
    return Session(part[0].agent, part[0].start_s, max(each.end_s for each in part), busy)


def skills(calls: Calls) -> dict[int, frozenset[int]]:
    """The categories that each agent takes; an agent who is not named here takes all."""
    taken = calls.agent >= 0
    counts = np.zeros((len(calls.agents), len(calls.categories)), dtype=np.int64)
    np.add.at(counts, (calls.agent[taken], calls.category[taken]), 1)
    return {
        row: frozenset(map(int, np.flatnonzero(mine >= SHARE_MIN * mine.sum()))) for row, mine in enumerate(counts) if mine.sum() >= SELDOM
    }
