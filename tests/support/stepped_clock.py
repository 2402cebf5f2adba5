"""A clock that stands still until it is set: virtual time for the live dispatcher."""

from __future__ import annotations

from api.clock import Clock


class SteppedClock(Clock):
    """Its instants are what the test says; waiting on it is waiting for the next request."""

    looks_every_s = 3600.0

    def __init__(self, instant_s: float) -> None:
        super().__init__()
        self.instant_s = instant_s

    def now_s(self) -> float:
        return self.instant_s

    def real_s(self, span_s: float) -> float:
        return 3600.0
