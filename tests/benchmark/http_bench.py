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
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import uvicorn

sys.path.insert(0, str(Path(__file__).parent))

from mails import mail
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
KINDS = (("ours", True), ("plain", True), ("bulk", True), ("ours", False), ("plain", False))


def run() -> list[dict[str, Any]]:
    """Rows for the table. Each round runs ours and the plain endpoint on fresh stores, one after the other; medians of the rounds.

    Both sides score the same mails; the second row posts tickets without a body, so that scoring is on neither side.
    """
    rounds = [{kind: measure(*kind) for kind in KINDS} for _ in range(ROUNDS)]
    per_s = {kind: median(each[kind]["per_s"] for each in rounds) for kind in KINDS}
    p99 = {kind: median(each[kind]["p99_ms"] for each in rounds) for kind in KINDS}
    note = f"{CONNECTIONS} keep-alive connections, {AGENTS} agents, one process, SQLite FULL"
    ours, plain, bulk, bare, bare_plain = KINDS
    return [
        _row(f"POST /v1/tickets, mails of 80–100 words, decisions/s ({note})", 3.5, "plain def endpoint", per_s[ours], per_s[plain]),
        _row("the same, subjects alone", None, "plain def endpoint", per_s[bare], per_s[bare_plain]),
        _row("POST /v1/tickets, p99 (plain over ours)", 10.0, "plain def endpoint", p99[plain], p99[ours]),
        _row(f"bulk of {BULK}, decisions/s over single posts", 10.0, "our single posts", per_s[bulk], per_s[ours]),
    ]


def _row(name: str, bar: float | None, peer: str, upper: float, lower: float) -> dict[str, Any]:
    return {"name": name, "ratio": round(upper / lower, 2), "bar": bar, "peer": peer, "upper": round(upper, 1), "lower": round(lower, 1)}


def measure(kind: str, worded: bool = True, requests: int = REQUESTS) -> dict[str, float]:
    """Start a server of `kind` on a fresh store, post `requests` tickets (twice as many by bulk), and read how long that took."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.db"
        secret = prepare(url)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        context = multiprocessing.get_context("spawn")
        server = context.Process(target=serve, args=(kind, url, secret, port))
        server.start()
        try:
            return asyncio.run(load(port, secret, _bodies(kind, worded, requests), kind))
        finally:
            server.terminate()
            server.join()


def prepare(url: str) -> str:
    """A fresh store with agents at work, and a key."""
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


def serve(kind: str, url: str, secret: str, port: int) -> None:
    app = make_plain(open_database(url), secret) if kind == "plain" else create_app(Settings(database_url=url))
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", access_log=False)


def _bodies(kind: str, worded: bool, requests: int) -> list[bytes]:
    """The bodies of the requests, made beforehand so that the generator costs little."""
    if kind != "bulk":
        return [json.dumps(ticket_body(number, worded)).encode() for number in range(requests)]
    starts = range(0, requests * 2, BULK)
    return [json.dumps({"tickets": [ticket_body(start + offset, worded) for offset in range(BULK)]}).encode() for start in starts]


def ticket_body(number: int, worded: bool) -> dict[str, Any]:
    """A ticket that was opened just now: one of last month is late, and asks rules to give way."""
    body = {"body": mail(number)} if worded else {}
    account_id = f"account-{number % 200}"
    return {"id": f"T-{number}", "account_id": account_id, "subject": "Export fails", "created_at": f"{datetime.now(UTC):%FT%TZ}"} | body


async def load(port: int, secret: str, bodies: list[bytes], kind: str) -> dict[str, float]:
    await listening(port)
    coming = iter(bodies)
    waits: list[float] = []
    path = "/v1/tickets/bulk" if kind == "bulk" else "/v1/tickets"
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {secret}\r\nContent-Type: application/json\r\n"

    async def caller() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for body in coming:
            started = time.perf_counter()
            writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            answer = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(answer.lower().split(b"content-length:")[1].split(b"\r\n")[0]))
            waits.append(time.perf_counter() - started)
            if not answer.startswith((b"HTTP/1.1 201", b"HTTP/1.1 200")):
                raise RuntimeError(answer.decode())
        writer.close()

    started = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(4 if kind == "bulk" else CONNECTIONS)))
    spent = time.perf_counter() - started
    waits.sort()
    count = len(waits) * (BULK if kind == "bulk" else 1)
    return {"per_s": count / spent, "p99_ms": waits[int(len(waits) * 0.99)] * 1000}


async def listening(port: int) -> None:
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
