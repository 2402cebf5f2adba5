"""Waiting for what comes by itself, and for no longer than it takes."""

from __future__ import annotations

import time
from collections.abc import Callable

DEADLINE_S = 180.0  # on a busy machine; what comes in its time takes no longer for it


def until(condition: Callable[[], bool], what: str = "it") -> None:
    """Return as soon as `condition()` is true; fail where it is not for three minutes."""
    deadline_s = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < deadline_s, f"{what} did not come within {DEADLINE_S:g} s"
        time.sleep(0.02)
