"""Processes as the kernel knows them: the workers of a service, and what a process is."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

WAIT_S = 180.0


def workers(pid: int) -> list[int]:
    """The processes that serve under the service `pid`, the oldest first."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(each) for each in children if b"spawn_main" in command_of(int(each))]


def command_of(pid: int) -> bytes:
    """Its command line; nothing where there is no such process any more."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def until(true: Callable[[], bool]) -> None:
    """Look until something is so."""
    deadline_s = time.monotonic() + WAIT_S
    while not true():
        assert time.monotonic() < deadline_s
        time.sleep(0.05)
