"""The event loop where whoever matters more interrupts: preemptive-resume priorities, first come first served within a class."""

from __future__ import annotations

import math
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

import numpy as np

from simulations.reference_customers import Customers, FloatArray


@dataclass(frozen=True, slots=True)
class Interrupted:
    """Who began first when and ended when (infinite: never), shape (n,), and each uninterrupted piece of service, shape (pieces,)."""

    began_s: FloatArray
    ended_s: FloatArray
    piece_from_s: FloatArray
    piece_until_s: FloatArray
    complete: bool


def play_preemptive(who: Customers, servers: int, last: int, end_s: float) -> Interrupted:
    """Every customer's fate until `end_s`, and until the first `last` are done; no patience, breaks or vacations."""
    queue = _Preemptive(who, servers)
    complete = queue.run(last, end_s)
    pieces = np.array(queue.pieces).reshape(-1, 2)
    return Interrupted(np.array(queue.began), np.array(queue.ended), pieces[:, 0], pieces[:, 1], complete)


class _Preemptive:
    """`busy` has until when each customer's service lasts if nobody interrupts; `ranks` the same customers, least urgent first."""

    def __init__(self, who: Customers, servers: int) -> None:
        self.arrive, self.left = [*who.arrive_s.tolist(), math.inf], who.service_s.tolist()
        self.turn, self.whose, self.servers = who.turn.tolist(), who.whose.tolist(), servers
        count = len(self.left)
        self.rank = [turn // count for turn in self.turn]
        self.began, self.ended = [math.inf] * count, [math.inf] * count
        self.since: dict[int, float] = {}
        self.busy: list[tuple[float, int]] = []
        self.waiting: list[int] = []
        self.pieces: list[tuple[float, float]] = []

    def run(self, last: int, end_s: float) -> bool:
        number, now, low, count = 0, 0.0, 0, len(self.left)
        while now < end_s or low < last:
            while low < last and self.ended[low] < math.inf:
                low += 1
            if self.busy and self.busy[0][0] <= self.arrive[number]:
                now, customer = heappop(self.busy)
                self.pieces.append((self.since.pop(customer), now))
                self.ended[customer] = now
                if self.waiting:
                    self._begin(self.whose[heappop(self.waiting) % count], now)
            elif number == count:
                return False
            else:
                now = self.arrive[number]
                self._comes(number, now)
                number += 1
        return True

    def _begin(self, customer: int, now: float) -> None:
        self.began[customer] = min(self.began[customer], now)
        self.since[customer] = now
        heappush(self.busy, (now + self.left[customer], customer))

    def _comes(self, customer: int, now: float) -> None:
        if len(self.busy) < self.servers:
            self._begin(customer, now)
            return
        least = max(self.busy, key=lambda each: self.turn[each[1]])[1]
        if self.rank[least] <= self.rank[customer]:
            heappush(self.waiting, self.turn[customer])
            return
        self._interrupt(least, now)
        self._begin(customer, now)

    def _interrupt(self, customer: int, now: float) -> None:
        place = next(index for index, each in enumerate(self.busy) if each[1] == customer)
        until, _ = self.busy.pop(place)
        heapify(self.busy)
        self.left[customer] = until - now
        self.pieces.append((self.since.pop(customer), now))
        heappush(self.waiting, self.turn[customer])
