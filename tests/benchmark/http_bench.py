"""Durable decisions per second through HTTP: tickets posted over keep-alive connections to one process, against a plain endpoint."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import socket
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import uvicorn

sys.path.insert(0, str(Path(__file__).parent))

from plain_app import make as make_plain

from api.clock import Clock
from api.main import create_app
from api.settings import DEFAULT_TEAM, Settings
from api.store import keys
from api.store.database import open_database, upgrade
from api.store.repository import Repository
from router.events import AgentPut, AgentStatus, PolicyPut
from router.state import TeamState
from router.turn import turn

CONNECTIONS, REQUESTS, ROUNDS, AGENTS = 64, 3000, 3, 50
BULK = 50


def run() -> list[dict[str, Any]]:
    """Rows for the table. Each round runs ours and the plain endpoint on fresh stores, one after the other; medians of the rounds."""
    rounds = [(measure("ours"), measure("plain"), measure("bulk")) for _ in range(ROUNDS)]
    ours, plain, bulk = ([each[index] for each in rounds] for index in range(3))
    rate = {name: median(each["per_s"] for each in each_round) for name, each_round in (("ours", ours), ("plain", plain), ("bulk", bulk))}
    tail = {name: median(each["p99_ms"] for each in each_round) for name, each_round in (("ours", ours), ("plain", plain))}
    note = f"{CONNECTIONS} keep-alive connections, {AGENTS} agents, one process, SQLite FULL"
    posted, tails, bulks = f"POST /v1/tickets, decisions/s ({note})", "POST /v1/tickets, p99 (plain over ours)", f"bulk of {BULK}"
    return [
        _row(posted, rate["ours"] / rate["plain"], 3.5, "plain def endpoint", rate["ours"], rate["plain"]),
        _row(tails, tail["plain"] / tail["ours"], 10.0, "plain def endpoint", tail["ours"], tail["plain"]),
        _row(f"{bulks}, decisions/s over single posts", rate["bulk"] / rate["ours"], 10.0, "our single posts", rate["bulk"], rate["ours"]),
    ]


def _row(name: str, ratio: float, bar: float, peer: str, ours: float, theirs: float) -> dict[str, Any]:
    return {"name": name, "ratio": round(ratio, 2), "bar": bar, "peer": peer, "ours": round(ours, 1), "theirs": round(theirs, 1)}


def measure(kind: str) -> dict[str, float]:
    """Start a server of `kind` on a fresh store, post the tickets, and read how long that took."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.db"
        secret = _prepare(url)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        context = multiprocessing.get_context("spawn")
        server = context.Process(target=_serve, args=(kind, url, secret, port))
        server.start()
        try:
            return asyncio.run(_load(port, secret, kind))
        finally:
            server.terminate()
            server.join()


def _prepare(url: str) -> str:
    engine = open_database(url)
    upgrade(engine)
    now_s = Clock().now_s()
    staff = [PolicyPut(now_s, 1, {})]
    for number in range(AGENTS):
        agent_id = f"agent-{number:03d}"
        staff += [AgentPut(now_s, agent_id, agent_id, concurrency=(1000, 2, 1)), AgentStatus(now_s, agent_id, "online", now_s)]
    with engine.begin() as connection:
        repository, state = Repository(connection), TeamState()
        repository.create_team(DEFAULT_TEAM, now_s)
        repository.save(DEFAULT_TEAM, 0, turn(state, staff, now_s), state, (), (), ())
        secret = keys.create(connection, DEFAULT_TEAM, "helpdesk", None, now_s)[1]
    engine.dispose()
    return secret


def _serve(kind: str, url: str, secret: str, port: int) -> None:
    app = make_plain(open_database(url), secret) if kind == "plain" else create_app(Settings(database_url=url))
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", access_log=False)


async def _load(port: int, secret: str, kind: str) -> dict[str, float]:
    await _listening(port)
    numbers = iter(range(REQUESTS))
    waits: list[float] = []
    head = f"Host: x\r\nAuthorization: Bearer {secret}\r\nContent-Type: application/json\r\n"
    path = "/v1/tickets/bulk" if kind == "bulk" else "/v1/tickets"

    async def caller() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in numbers:
            body = _bulk(number) if kind == "bulk" else json.dumps(_ticket(number)).encode()
            started = time.perf_counter()
            writer.write(f"POST {path} HTTP/1.1\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            answer = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(answer.lower().split(b"content-length:")[1].split(b"\r\n")[0]))
            waits.append(time.perf_counter() - started)
            if not answer.startswith((b"HTTP/1.1 201", b"HTTP/1.1 200")):
                raise RuntimeError(answer.decode())
        writer.close()

    if kind == "bulk":
        numbers = iter(range(0, REQUESTS * 2, BULK))
    started = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(4 if kind == "bulk" else CONNECTIONS)))
    spent = time.perf_counter() - started
    waits.sort()
    count = len(waits) * (BULK if kind == "bulk" else 1)
    return {"per_s": count / spent, "p99_ms": waits[int(len(waits) * 0.99)] * 1000}


def _ticket(number: int) -> dict[str, Any]:
    return {
        "id": f"T-{number}",
        "account_id": f"account-{number % 200}",
        "subject": "Export fails",
        "body": "x" * 1500,
        "created_at": "2026-03-02T11:00:00Z",
    }


def _bulk(start: int) -> bytes:
    return json.dumps({"tickets": [_ticket(start + offset) for offset in range(BULK)]}).encode()


async def _listening(port: int) -> None:
    deadline = time.perf_counter() + 30
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        except OSError:
            if time.perf_counter() > deadline:
                raise
            await asyncio.sleep(0.05)


if __name__ == "__main__":
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    for row in run():
        print(row)
