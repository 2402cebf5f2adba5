"""The only clock. A rate above 1 makes demo and test days run faster than life; every instant that the service speaks of is on it."""

from __future__ import annotations

import time


class Clock:
    """Wall-clock seconds since 1970, from `origin_s` on at `rate` times the speed of life."""

    def __init__(self, rate: float = 1.0, origin_s: float | None = None) -> None:
        self.rate = rate
        self._started_s = time.time()
        self._origin_s = self._started_s if origin_s is None else origin_s

    def now_s(self) -> float:
        return self._origin_s + (time.time() - self._started_s) * self.rate

    def real_s(self, span_s: float) -> float:
        """How long `span_s` of this clock lasts in life, in seconds."""
        return span_s / self.rate

    def continued_from(self, instant_s: float) -> Clock:
        """The same clock, but never before `instant_s`: a fast clock must not run backwards over a restart."""
        return Clock(self.rate, max(self.now_s(), instant_s)) if self.rate != 1.0 else self
