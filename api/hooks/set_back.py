"""The clock of the machine set back: what waits by it would wait for as long as it was set back."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

SLACK_S = 1.0  # a clock that is slowed down a little is not set back


class SetBack:
    """Tells by a clock that can't be set. At the first look it may have been: nobody was here to see."""

    def __init__(self, life: Callable[[], float]) -> None:
        self._life = life
        self._ahead_s = math.inf

    def mend(self, work: Callable[[], None]) -> None:
        """Do the work where the clock has been set back since it was done last; where it fails it is done at the next look."""
        ahead_s = self._life() - time.monotonic()
        if ahead_s < self._ahead_s - SLACK_S:
            work()
        self._ahead_s = ahead_s
