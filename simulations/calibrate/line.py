"""The queue of a call centre run again: calls in the order of their turn, agents while they are there, wrap-up after every call.

This is the Kiefer–Wolfowitz recursion with abandonment, as an event loop, so that agents may come, go and differ: a free agent takes
the call whose turn it is among those they can take; who has waited longer than their patience is gone by then.
"""

from __future__ import annotations

import heapq
from bisect import insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from simulations.calibrate.attendance import Session
from simulations.calibrate.calls import BoolArray, FloatArray, IntArray

BEGINS, BUSY, FREE, ARRIVES = range(4)


@dataclass(frozen=True, slots=True)
class Demand:
    """Calls to be answered, shape (n,) each, in order of arrival: instants, what each needs, and how long the caller would wait."""

    arrived_s: FloatArray
    service_s: FloatArray
    patience_s: FloatArray
    ahead: BoolArray
    category: IntArray


@dataclass(frozen=True, slots=True)
class Rules:
    """How the centre works: seconds of wrap-up after a call, the head start of who goes ahead, and what each agent can take."""

    wrap_up_s: float
    head_start_s: float
    skills: Mapping[int, frozenset[int]]


def run(demand: Demand, sessions: Sequence[Session], rules: Rules) -> tuple[FloatArray, BoolArray]:
    """The wait of every call in seconds, and whether the caller hung up; shape (n,) each. Who is still waiting
    when the last agent leaves hangs up, then at the latest."""
    return _Line(demand, sessions, rules).run()


class _Line:
    def __init__(self, demand: Demand, sessions: Sequence[Session], rules: Rules) -> None:
        self.demand, self.sessions, self.rules = demand, sessions, rules
        turn_s = demand.arrived_s - rules.head_start_s * demand.ahead
        self.turn_s, self.arrived_s, self.patience_s = turn_s.tolist(), demand.arrived_s.tolist(), demand.patience_s.tolist()
        self.service_s, self.category = demand.service_s.tolist(), demand.category.tolist()
        self.can = [rules.skills.get(each.agent) for each in sessions]
        self.busy_until_s = [0.0] * len(sessions)
        self.idle: dict[int, float] = {}  # session by since when; in the order of that, so the first is idle longest
        self.waiting: list[tuple[float, int]] = []
        self.wait_s, self.left = np.zeros(len(turn_s)), np.zeros(len(turn_s), dtype=np.bool_)
        begins = [(each.start_s, BEGINS, row, 0.0) for row, each in enumerate(sessions)]
        busy = [(start_s, BUSY, row, end_s) for row, each in enumerate(sessions) for start_s, end_s in each.busy]
        self.agenda = [*begins, *busy, *((at_s, ARRIVES, call, 0.0) for call, at_s in enumerate(self.arrived_s))]
        heapq.heapify(self.agenda)

    def run(self) -> tuple[FloatArray, BoolArray]:
        while self.agenda:
            now_s, kind, number, until_s = heapq.heappop(self.agenda)
            if kind == ARRIVES:
                self._arrives(number, now_s)
            elif kind == BUSY:
                self.busy_until_s[number] = max(self.busy_until_s[number], until_s)
                if self.idle.pop(number, None) is not None:
                    heapq.heappush(self.agenda, (until_s, FREE, number, 0.0))
            else:
                self._free(number, now_s)
        last_s = max((each.end_s for each in self.sessions), default=0.0)
        for _, call in self.waiting:
            self._gone(call)
            self.wait_s[call] = min(self.wait_s[call], max(0.0, last_s - self.arrived_s[call]))
        return self.wait_s, self.left

    def _arrives(self, call: int, now_s: float) -> None:
        for row in [row for row in self.idle if self.sessions[row].end_s <= now_s]:
            del self.idle[row]
        first = next((row for row in self.idle if self._takes(row, call)), None)
        if first is None:
            insort(self.waiting, (self.turn_s[call], call))
        else:
            del self.idle[first]
            self._serve(first, call, now_s)

    def _free(self, row: int, now_s: float) -> None:
        if self.busy_until_s[row] > now_s:
            heapq.heappush(self.agenda, (self.busy_until_s[row], FREE, row, 0.0))
            return
        if now_s >= self.sessions[row].end_s:
            return
        place = 0
        while place < len(self.waiting):
            call = self.waiting[place][1]
            if now_s - self.arrived_s[call] > self.patience_s[call]:
                self._gone(call)
                del self.waiting[place]
            elif self._takes(row, call):
                del self.waiting[place]
                self._serve(row, call, now_s)
                return
            else:
                place += 1
        self.idle[row] = now_s

    def _takes(self, row: int, call: int) -> bool:
        can = self.can[row]
        return can is None or self.category[call] in can

    def _serve(self, row: int, call: int, now_s: float) -> None:
        self.wait_s[call] = now_s - self.arrived_s[call]
        heapq.heappush(self.agenda, (now_s + self.service_s[call] + self.rules.wrap_up_s, FREE, row, 0.0))

    def _gone(self, call: int) -> None:
        self.wait_s[call], self.left[call] = self.patience_s[call], True
