"""The only clock. A rate above 1 makes demo and test days run faster than life; every instant that the service speaks of is on it.

It never runs backwards, because instants in a log do not. What passes is counted by the machine's clock that nobody sets and that counts
through sleep, and put right by the wall clock:

- the wall clock is a little ahead, or a laptop was asleep: it is followed at once;
- it jumps ahead by more than `JUMP_S`: it is followed when it has said so for `DOUBT_S`. Where it is set right before, nothing has
  happened; a log that had gone ahead by hours could not be taken back;
- it is set back, or the log has later instants than it: time goes on at half its speed until the wall clock is there. No timer stands
  still, and no break ends before its instant.

Local time is no matter here: instants are seconds since 1970, and only shifts are looked up in time zones.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

JUMP_S = 60.0
DOUBT_S = 30.0
SLOWER = 0.5


def running_s() -> float:
    """Seconds of a clock that nobody sets, asleep or awake (where the system has one; else awake)."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class Clock:
    """Seconds since 1970, from `origin_s` on at `rate` times the speed of life.

    `wall` tells the time, and `running` how much has passed; both in seconds.
    """

    looks_every_s = 1.0  # in life: who waits for an instant looks so often whether time has jumped

    def __init__(
        self,
        rate: float = 1.0,
        origin_s: float | None = None,
        wall: Callable[[], float] = time.time,
        running: Callable[[], float] = running_s,
    ) -> None:
        self.rate = rate
        self._wall, self._running = wall, running
        self._started_s = self._life_s = wall()
        self._running_s = running()
        self._doubted_s: float | None = None
        self._origin_s = self._started_s if origin_s is None else origin_s
        self._lock = threading.Lock()

    def now_s(self) -> float:
        with self._lock:
            self._go_on()
            return self._told_s()

    def at_least(self, instant_s: float) -> float:
        """Now; `instant_s` where that is later: a log is ahead of this clock, which goes on from there."""
        now_s = self.now_s()
        if now_s >= instant_s:
            return now_s
        with self._lock:
            self._life_s += (instant_s - now_s) / self.rate
        return instant_s

    def ahead_s(self) -> float:
        """How far this clock is from where the wall clock would have it, in seconds of life; below 0 where it is behind."""
        with self._lock:
            self._go_on()
            return self._life_s - self._wall()

    def real_s(self, span_s: float) -> float:
        """How long `span_s` of this clock lasts in life, in seconds."""
        return span_s / self.rate

    def continued_from(self, instant_s: float) -> Clock:
        """The same clock, but never before `instant_s`: it must not run backwards over a restart."""
        if self.rate != 1.0:
            return Clock(self.rate, max(self.now_s(), instant_s), self._wall, self._running)
        self.at_least(instant_s)
        return self

    def _told_s(self) -> float:
        return self._origin_s + (self._life_s - self._started_s) * self.rate

    def _go_on(self) -> None:
        """Count what has passed since the last look, and follow the wall clock where it is to be believed."""
        running_s, wall_s = self._running(), self._wall()
        passed_s, self._running_s = max(running_s - self._running_s, 0.0), running_s
        ahead_s = wall_s - (self._life_s + passed_s)
        if ahead_s < 0:
            self._doubted_s = None
            self._life_s = max(wall_s, self._life_s + passed_s * SLOWER)
        elif ahead_s <= JUMP_S or self._said_long(running_s):
            self._doubted_s = None
            self._life_s = wall_s
        else:
            self._life_s += passed_s

    def _said_long(self, running_s: float) -> bool:
        """Whether the wall clock has been far ahead for long enough."""
        if self._doubted_s is None:
            self._doubted_s = running_s
        return running_s - self._doubted_s >= DOUBT_S
