"""Which CPUs a thread runs on, and what it starts: both inherit it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Set


def allowed(thread: int | None = None) -> frozenset[int]:
    """The CPUs that a thread may run on, and whatever it starts, by default the calling one; empty where the system does not say."""
    return frozenset(os.sched_getaffinity(thread or 0)) if hasattr(os, "sched_getaffinity") else frozenset()


def run_on(cpus: Set[int], thread: int = 0) -> None:
    """Have a thread run on these CPUs alone, by default the calling one; where there are none, as before."""
    if cpus:
        with contextlib.suppress(OSError):  # it has ended, or may not be moved
            os.sched_setaffinity(thread, cpus)
