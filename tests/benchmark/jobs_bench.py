"""What a running what-if job costs routing: p99 of POST /v1/tickets with and without one, on the same server and the same cores."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any

import httpx2
from http_bench import AGENTS, CONNECTIONS, prepare_two, serve
from http_load import Caller, load, served, ticket_body

ROUNDS, REQUESTS = 3, 600
PACED_PER_S, PACED = 50, 250
JOB = {"kind": "simulate", "scenario": "small-team", "replications": 10_000}
BEGUN_S = 60.0  # longest wait for a first result; on a machine without a free moment there is none, which is the point
BAR = 1 / 1.3  # without over with: a job may make the slowest hundredth slower by less than a third
SATURATED, PACES = "saturated", ("saturated", "paced")


@dataclass(slots=True)
class Measured:
    """p99 in milliseconds of each round, and what share of one core the job had meanwhile."""

    p99_ms: list[float] = field(default_factory=list)
    job_share: list[float] = field(default_factory=list)


def run(rounds: int = ROUNDS) -> list[dict[str, Any]]:
    """Rows for the table. A server for each pace, since what a fast one leaves open slows the other down; in each round it is loaded
    with and without a job, in turn first; medians of the rounds, after one that warms it up."""
    found = {(pace, busy): Measured() for pace in PACES for busy in (False, True)}
    for pace in PACES:
        with _server() as (pid, port, secret, manager):
            numbers = count()
            _measure(Measured(), pace, pid, port, secret, numbers)
            for turn in range(rounds):
                for busy in (turn % 2 == 0, turn % 2 == 1):
                    with _job(f"http://127.0.0.1:{port}", manager, pid) if busy else _nothing():
                        _measure(found[pace, busy], pace, pid, port, secret, numbers)
    return [
        _row(f"p99 of POST /v1/tickets, {CONNECTIONS} callers without a pause, without a job over with one", found, SATURATED),
        _row(f"the same, {PACED_PER_S} calls/s", found, "paced"),
    ]


def _row(name: str, found: dict[tuple[str, bool], Measured], pace: str) -> dict[str, Any]:
    alone, beside = (median(found[pace, busy].p99_ms) for busy in (False, True))
    share = median(found[pace, True].job_share)
    told = f"{name} ({AGENTS} agents, SQLite FULL; the job had {share:.0%} of a core)"
    return {"name": told, "ratio": round(alone / beside, 2), "bar": BAR, "peer": "no job", "ours_s": beside / 1000, "peer_s": alone / 1000}


def _measure(found: Measured, pace: str, pid: int, port: int, secret: str, numbers: Iterator[int]) -> None:
    bodies = [ticket_body(next(numbers), True) for _ in range(REQUESTS if pace == SATURATED else PACED)]
    begun, before_s = time.perf_counter(), _job_s(pid)
    if pace == SATURATED:
        p99_ms = load([Caller(port, secret)] * CONNECTIONS, [json.dumps(each).encode() for each in bodies]).p99_ms
    else:
        p99_ms = asyncio.run(_at_a_pace(f"http://127.0.0.1:{port}", secret, bodies))
    found.p99_ms.append(p99_ms)
    found.job_share.append((_job_s(pid) - before_s) / (time.perf_counter() - begun))


@contextmanager
def _server() -> Iterator[tuple[int, int, str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.db"
        secret, manager = prepare_two(url, "manager")
        with served(serve, "ours", url, secret) as (port,):
            yield multiprocessing.active_children()[-1].pid or 0, port, secret, manager


@contextmanager
def _nothing() -> Iterator[None]:
    yield


@contextmanager
def _job(url: str, manager: str, pid: int) -> Iterator[None]:
    """A job that is at work for as long as the context."""
    with httpx2.Client(base_url=url, headers={"Authorization": f"Bearer {manager}"}, timeout=60) as client:
        place = client.post("/v1/simulations", json=JOB).raise_for_status().headers["location"]
        until = time.monotonic() + BEGUN_S
        while client.get(place).raise_for_status().json()["progress"]["done"] == 0 and time.monotonic() < until:
            time.sleep(0.2)
        yield
        ended = client.delete(place).raise_for_status().json()
        if ended["state"] != "cancelled":
            raise RuntimeError(f"the job ended by itself: {ended}")
    while _jobs(pid):
        time.sleep(0.1)


def _jobs(server: int) -> list[int]:
    """The processes of the server's jobs."""
    children = [int(each) for task in Path(f"/proc/{server}/task").iterdir() for each in (task / "children").read_text().split()]
    return [each for each in children if os.sched_getscheduler(each) == os.SCHED_IDLE]


def _job_s(server: int) -> float:
    """Seconds of processor time that the server's jobs have had; 0 where there are none."""
    ticks = [Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()[11:13] for each in _jobs(server)]
    return sum(int(user) + int(system) for user, system in ticks) / os.sysconf("SC_CLK_TCK")


async def _at_a_pace(url: str, secret: str, bodies: list[dict[str, Any]]) -> float:
    """p99 in milliseconds of requests that leave at their times, whether or not the ones before were answered."""
    waits: list[float] = []
    async with httpx2.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {secret}"}, timeout=60) as client:

        async def call(body: dict[str, Any]) -> None:
            started = time.perf_counter()
            response = await client.post("/v1/tickets", json=body)
            waits.append(time.perf_counter() - started)
            response.raise_for_status()

        begun, calls = time.perf_counter(), []
        for number, body in enumerate(bodies):
            await asyncio.sleep(max(0.0, begun + number / PACED_PER_S - time.perf_counter()))
            calls.append(asyncio.create_task(call(body)))
        await asyncio.gather(*calls)
    waits.sort()
    return waits[int(len(waits) * 0.99)] * 1000


if __name__ == "__main__":
    for row in run():
        print(row)
