"""What a loaded service holds and spends, and what its neighbours on the machine do, by /proc, on Linux; and what it counts itself."""

from __future__ import annotations

import asyncio
import gc
import os
import re
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

from http_wire import Wire

EVERY_S = 2.0
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
TICK_S = 1.0 / os.sysconf("SC_CLK_TCK")
IDLE = (3, 4)  # of the columns of /proc/stat: idle, and waiting for a disk
SHARED = (type, ModuleType, FunctionType, BuiltinFunctionType)  # what everything leads to and nothing owns
PHASES = re.compile(rb'respite_phase_seconds_(sum|count)\{phase="(\w+)"\} (\S+)')
BATCHES = re.compile(rb"respite_batch_requests_(sum|count) (\S+)")


@dataclass(frozen=True, slots=True)
class Look:
    """Memory in MiB of all processes of the service: resident, and that of their own, without files that are mapped. Seconds of processor
    time: of the service and of its processes beside the first, of its database, of the load itself, of everybody on the machine (`busy_s`).
    `waited_s`: how long the service's event loop could have run, and others had the cores. `at_s` is on `time.perf_counter`."""

    at_s: float
    resident_mib: float
    memory_mib: float
    service_s: float
    beside_s: float
    database_s: float
    load_s: float
    busy_s: float
    waited_s: float


async def watch(pid: int, looks: list[Look]) -> None:
    """Look every two seconds until cancelled; `pid` is the service's first process."""
    while True:
        looks.append(look(pid))
        await asyncio.sleep(EVERY_S)


def look(pid: int) -> Look:
    us = os.getpid()
    service = [pid, *children(pid)]
    database = set(children(us)) - set(service)
    waited_s = int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9
    resident, shared = (sum(pages) * PAGE_BYTES / 2**20 for pages in zip(*map(_pages, service), strict=True))
    spent_s = [_spent_s(each) for each in service]
    there = sum(spent_s), sum(spent_s[1:]), sum(map(_spent_s, database)), _spent_s(us)
    return Look(time.perf_counter(), resident, resident - shared, *there, _busy_s(), waited_s)


def _pages(pid: int) -> tuple[int, int]:
    """In memory, and of those the ones of files."""
    try:
        _, resident, shared, *_ = map(int, Path(f"/proc/{pid}/statm").read_text().split())
    except FileNotFoundError:  # it has ended meanwhile
        return 0, 0
    return resident, shared


def _spent_s(pid: int) -> float:
    """Of a process and of those of its children that have ended."""
    try:
        ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]
    except FileNotFoundError:
        return 0.0
    return sum(int(tick) for tick in ticks) * TICK_S


def _busy_s() -> float:
    ticks = [int(each) for each in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return (sum(ticks) - sum(ticks[each] for each in IDLE)) * TICK_S


def children(pid: int) -> list[int]:
    """The processes that a process has started, and theirs."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            started = list(map(int, task.read_text().split()))
        except FileNotFoundError:
            continue
        for child in started:
            found += [child, *children(child)]
    return found


async def counted(wire: Wire, key: str) -> dict[str, float]:
    """What the service has counted since it began: seconds and number of each phase of a request (`wait_sum`, `wait_count`), and of the
    requests that were decided together (`batch_sum`, `batch_count`)."""
    _, text = await wire.call("GET", "/metrics", key)
    found = {f"{phase.decode()}_{what.decode()}": float(value) for what, phase, value in PHASES.findall(text)}
    return found | {f"batch_{what.decode()}": float(value) for what, value in BATCHES.findall(text)}


def size_bytes(thing: Any) -> int:
    """Of an object and of all that it leads to, as Python counts it."""
    seen, left, total = set[int](), [thing], 0
    while left:
        each = left.pop()
        if id(each) not in seen and not isinstance(each, SHARED):
            seen.add(id(each))
            total += sys.getsizeof(each)
            left += gc.get_referents(each)
    return total
