"""How often somebody may call: token buckets, each for one key or one address, in this process."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

KEPT_MOST = 20_000  # buckets; who has not called for longest begins anew


class Buckets:
    """`rate_per_s` tokens come back each second, up to `burst`; a call takes one. By the clock of the machine, not of the service."""

    def __init__(self, rate_per_s: float, burst: float, now_s: Callable[[], float] = time.monotonic) -> None:
        self.rate_per_s, self.burst, self._now_s = rate_per_s, burst, now_s
        self._left: dict[str, tuple[float, float]] = {}

    def take(self, name: str) -> float:
        """0 where there was a token, else in how many seconds there will be one."""
        left, now_s = self._refilled(name)
        if left < 1.0:
            self._keep(name, left, now_s)
            return (1.0 - left) / self.rate_per_s
        self._keep(name, left - 1.0, now_s)
        return 0.0

    def wait_s(self, name: str) -> float:
        """What `take` would say, with nothing taken."""
        left, _ = self._refilled(name)
        return 0.0 if left >= 1.0 else (1.0 - left) / self.rate_per_s

    def _refilled(self, name: str) -> tuple[float, float]:
        now_s = self._now_s()
        left, then_s = self._left.get(name, (self.burst, now_s))
        return min(self.burst, left + (now_s - then_s) * self.rate_per_s), now_s

    def _keep(self, name: str, left: float, now_s: float) -> None:
        self._left.pop(name, None)
        self._left[name] = (left, now_s)
        if len(self._left) > KEPT_MOST:
            del self._left[next(iter(self._left))]


def retry_after(wait_s: float) -> dict[str, str]:
    return {"Retry-After": str(math.ceil(wait_s))}
