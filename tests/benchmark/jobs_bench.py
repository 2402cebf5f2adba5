"""What a running what-if job costs routing: p99 of POST /v1/tickets with and without one, on the same server and the same cores."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from statistics import median
from typing import Any

import httpx2
from http_bench import AGENTS, CONNECTIONS, listening, load, prepare, serve, ticket_body

from api.clock import Clock
from api.settings import DEFAULT_TEAM
from api.store import keys
from api.store.database import open_database

ROUNDS, REQUESTS = 5, 2000
PACED_PER_S, PACED = 100, 1000
JOB = {"scenario": "mid-size", "replications": 10_000}
BAR = 1 / 1.3  # without over with: a job may make the slowest hundredth slower by less than a third


def run() -> list[dict[str, Any]]:
    """Rows for the table. One server; in each round it is loaded with and without a job, in turn first; medians of the rounds."""
    found: dict[tuple[str, bool], list[float]] = {}
    with _server() as (url, port, secret, manager):
        numbers = count()
        for turn in range(ROUNDS):
            for busy in (turn % 2 == 0, turn % 2 == 1):
                with _job(url, manager) if busy else _nothing():
                    for pace, measure in (("saturated", _saturated), ("paced", _paced)):
                        found.setdefault((pace, busy), []).append(measure(port, secret, numbers))
    return [
        _row(f"p99 of POST /v1/tickets, {CONNECTIONS} callers without a pause, without a job over with one", found, "saturated"),
        _row(f"the same, {PACED_PER_S} calls/s", found, "paced"),
    ]


def _row(name: str, found: dict[tuple[str, bool], list[float]], pace: str) -> dict[str, Any]:
    alone, beside = (median(found[pace, busy]) for busy in (False, True))
    told = f"{name} ({AGENTS} agents, SQLite FULL, a job of 40 agents at work)"
    return {"name": told, "ratio": round(alone / beside, 2), "bar": BAR, "peer": "no job", "ours_s": beside / 1000, "peer_s": alone / 1000}


@contextmanager
def _server() -> Iterator[tuple[str, int, str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.db"
        secret, engine = prepare(url), open_database(url)
        with engine.begin() as connection:
            manager = keys.create(connection, DEFAULT_TEAM, "manager", None, Clock().now_s())[1]
        engine.dispose()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        server = multiprocessing.get_context("spawn").Process(target=serve, args=("ours", url, secret, port))
        server.start()
        try:
            asyncio.run(listening(port))
            yield f"http://127.0.0.1:{port}", port, secret, manager
        finally:
            server.terminate()
            server.join()


@contextmanager
def _nothing() -> Iterator[None]:
    yield


@contextmanager
def _job(url: str, manager: str) -> Iterator[None]:
    """A job that is at work for as long as the context."""
    with httpx2.Client(base_url=url, headers={"Authorization": f"Bearer {manager}"}, timeout=60) as client:
        place = client.post("/v1/simulations", json=JOB).raise_for_status().headers["location"]
        while client.get(place).raise_for_status().json()["progress"]["done"] == 0:
            time.sleep(0.2)
        yield
        ended = client.delete(place).raise_for_status().json()
        if ended["state"] != "cancelled":
            raise RuntimeError(f"the job ended by itself: {ended}")


def _saturated(port: int, secret: str, numbers: Iterator[int]) -> float:
    """Milliseconds; every caller sends its next request when it has the answer to the last."""
    bodies = [json.dumps(ticket_body(next(numbers), True)).encode() for _ in range(REQUESTS)]
    return asyncio.run(load(port, secret, bodies, "ours"))["p99_ms"]


def _paced(port: int, secret: str, numbers: Iterator[int]) -> float:
    """Milliseconds; requests leave at their times, whether or not the ones before were answered."""
    return asyncio.run(_at_a_pace(f"http://127.0.0.1:{port}", secret, [ticket_body(next(numbers), True) for _ in range(PACED)]))


async def _at_a_pace(url: str, secret: str, bodies: list[dict[str, Any]]) -> float:
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
