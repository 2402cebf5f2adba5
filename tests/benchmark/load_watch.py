"""What the processes of a running service hold while it is loaded: memory by /proc, on Linux."""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import dataclass
from pathlib import Path

EVERY_S = 2.0
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
TICK_S = 1.0 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Look:
    """Resident memory in MiB and processor time in seconds, of all processes of the service; `at_s` on `time.perf_counter`."""

    at_s: float
    memory_mib: float
    processor_s: float


async def watch(pid: int, looks: list[Look]) -> None:
    """Look every two seconds until cancelled."""
    while True:
        looks.append(look(pid))
        await asyncio.sleep(EVERY_S)


def look(pid: int) -> Look:
    memory, spent_s = 0, 0.0
    for each in (pid, *children(pid)):
        try:
            memory += int(Path(f"/proc/{each}/statm").read_text().split()[1]) * PAGE_BYTES
            ticks = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()[11:13]
        except FileNotFoundError:  # it has ended meanwhile
            continue
        spent_s += sum(int(tick) for tick in ticks) * TICK_S
    return Look(time.perf_counter(), memory / 2**20, spent_s)


def children(pid: int) -> list[int]:
    """The processes that a process has started, and theirs."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found += [child, *children(child)]
    return found
