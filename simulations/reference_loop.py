"""The event loop of a textbook queue: customers come, servers get free, in total order by instant, kind and number.

At one instant servers get free before customers come, the smaller number first. Who waits loses patience silently; it is noticed
when their turn comes, or before somebody needs their place. So the heap of events holds one entry for each server at most.

`reference_kernel` has the same loop over arrays, compiled; the results are equal to the last bit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from heapq import heappop, heappush, heapreplace

import numpy as np

from simulations.reference_customers import Customers, FloatArray, IntArray

WAITS, BLOCKED, GONE = -1, -2, -3  # instead of a server's number: not served (yet), turned away, noticed to have left


@dataclass(frozen=True, slots=True)
class Rules:
    """How the queue works. `capacity` bounds those in the system, `room` those who wait; −1 for no bound.

    `single` vacations are taken once until there was work again. Customers `first` to `last` − 1 are counted, so the loop runs
    until `end_s` and until their fate is known. In an `endless` queue everybody comes at 0 and somebody always waits.
    """

    servers: int
    capacity: int
    room: int
    single: bool
    endless: bool
    first: int
    last: int
    end_s: float


@dataclass(frozen=True, slots=True)
class Played:
    """What happened: who began when (infinite: never) and with which server, shape (n,); when vacations began, shape (k,).

    `complete` is false where customers or vacations ran out before the end: more of them are to be drawn.
    """

    began_s: FloatArray
    server: IntArray
    away_s: FloatArray
    complete: bool


def play(who: Customers, rules: Rules, vacations_s: FloatArray) -> Played:
    """Every customer's fate, in pure Python."""
    queue = _Queue(who, rules, vacations_s)
    complete = queue.run()
    return Played(np.array(queue.began), np.array(queue.server_of, dtype=np.int64), np.array(queue.away), complete)


class _Queue:
    """Customers' columns as lists, with what is found out about each, and the heaps of who does what until when."""

    def __init__(self, who: Customers, rules: Rules, vacations_s: FloatArray) -> None:
        self.rules, self.bound = rules, rules.capacity >= 0 or rules.room >= 0
        self.arrive, self.service = [*who.arrive_s.tolist(), math.inf], who.service_s.tolist()
        self.held, self.leave = (who.service_s + who.pause_s).tolist(), who.leave_s.tolist()
        self.turn, self.whose, self.vacations = who.turn.tolist(), who.whose.tolist(), vacations_s.tolist()
        self.began, self.server_of = [math.inf] * len(self.held), [WAITS] * len(self.held)
        self.away: list[float] = []
        self.events: list[tuple[float, int]] = []  # until when servers are busy, on a break or away
        self.idle: list[tuple[float, int]] = [(0.0, server) for server in range(rules.servers)]  # since when
        self.waiting: list[int] = []
        self.rested = [True] * rules.servers
        # counted only where there is a bound: who is in the system, who of them waits, and who leaves when (below 0: if still waiting)
        self.inside = self.queued = 0
        self.leaving: list[tuple[float, int]] = []

    def run(self) -> bool:
        """Until everything that counts is known; false where customers or vacations ran out."""
        events, arrive, count, end_s, last = self.events, self.arrive, len(self.held), self.rules.end_s, self.rules.last
        number, now, low = 0, 0.0, self.rules.first
        if not self._all_away():
            return False
        while True:
            if now >= end_s:
                low = self._known_until(low, now)
                if low >= last:
                    return True
            if events and events[0][0] <= arrive[number]:
                now, server = events[0]
                if not self._gets_free(now, server):
                    return False
            elif number == count:
                return False
            else:
                now = arrive[number]
                self._comes(number, now)
                number += 1

    def _all_away(self) -> bool:
        """At first nobody waits: where vacations follow each other, every server is away. False where too few were drawn."""
        if self.vacations and not self.rules.single:
            if len(self.vacations) < len(self.idle):
                return False
            self.away = [0.0] * len(self.idle)
            while self.idle:
                _, server = heappop(self.idle)
                heappush(self.events, (self.vacations[server], server))
        return True

    def _known_until(self, low: int, now: float) -> int:
        """The first customer that counts, from `low` on, whose fate is open."""
        while low < self.rules.last and (self.server_of[low] != WAITS or self.leave[low] < now):
            low += 1
        return low

    def _gets_free(self, now: float, server: int) -> bool:
        """The server of the first event takes the first who is still in line; false where too few customers or vacations were drawn."""
        waiting, leave, server_of = self.waiting, self.leave, self.server_of
        while waiting:
            customer = self.whose[heappop(waiting) % len(leave)]
            if leave[customer] >= now and server_of[customer] == WAITS:
                self.began[customer] = now
                server_of[customer] = server
                self.rested[server] = False
                heapreplace(self.events, (now + self.held[customer], server))
                if self.bound:
                    self.queued -= 1
                    heappush(self.leaving, (now + self.service[customer], customer))
                return True
        return self._nobody_waits(now, server)

    def _nobody_waits(self, now: float, server: int) -> bool:
        if not self.vacations or (self.rules.single and self.rested[server]):
            heappop(self.events)
            heappush(self.idle, (now, server))
            return not self.rules.endless
        if len(self.away) == len(self.vacations):
            return False
        heapreplace(self.events, (now + self.vacations[len(self.away)], server))
        self.away.append(now)
        self.rested[server] = True
        return True

    def _comes(self, customer: int, now: float) -> None:
        """A customer is served at once by who is idle longest, waits, or is turned away."""
        if self.bound and not self._enters(customer, now):
            self.server_of[customer] = BLOCKED
        elif self.idle:
            _, server = heappop(self.idle)
            self.began[customer] = now
            self.server_of[customer] = server
            self.rested[server] = False
            heappush(self.events, (now + self.held[customer], server))
        else:
            heappush(self.waiting, self.turn[customer])

    def _enters(self, customer: int, now: float) -> bool:
        """Whether there is a place, after all have left who have; if so it is taken."""
        self._see_off(now)
        rules, at_once = self.rules, bool(self.idle)
        if 0 <= rules.capacity <= self.inside or (not at_once and 0 <= rules.room <= self.queued):
            return False
        self.inside += 1
        if at_once:
            heappush(self.leaving, (now + self.service[customer], customer))
        else:
            self.queued += 1
            if self.leave[customer] < math.inf:
                heappush(self.leaving, (self.leave[customer], -customer - 1))
        return True

    def _see_off(self, now: float) -> None:
        while self.leaving and self.leaving[0][0] <= now:
            _, other = heappop(self.leaving)
            if other >= 0:
                self.inside -= 1
            elif self.server_of[-other - 1] == WAITS:
                self.server_of[-other - 1] = GONE
                self.inside -= 1
                self.queued -= 1
