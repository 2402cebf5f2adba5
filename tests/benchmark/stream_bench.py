"""5,000 open streams on one process: memory each, telling all, and what routing feels of it, against `fastapi.sse` in the same run."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import re
import resource
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

import uvicorn
import uvloop

sys.path.insert(0, str(Path(__file__).parent))

from http_bench import ENDLESS
from http_load import Caller, load, served, ticket_body
from sse_app import add_peers

from api.clock import Clock
from api.live.connection import Connection
from api.main import create_app
from api.settings import DEFAULT_TEAM, Settings
from api.store import keys
from api.store.database import open_database, upgrade
from api.store.repository import Repository
from router.events import AgentPut, AgentStatus, Overridden, PolicyPut, TicketEvent, TicketOpened
from router.state import TeamState
from router.turn import fold

STREAMS, AGENTS, OPENED_AT_ONCE = 5000, 1000, 100
ROUNDS, POSTS, POSTERS, TELL_EVERY_S = 3, 500, 16, 1.0
FILES = 12_000
DEADLINE_S = 300.0
LINES = (0.3, 1.5)  # points: with the first everybody's load is above the line, with the second below it
KIB_MAX = 20.0


def run() -> list[dict[str, Any]]:
    """Rows for the table: each way of streaming on a server of its own, with the same store and the same changes."""
    found = {kind: measure(kind) for kind in ("ours", "peer")}
    ours, peer = found["ours"], found["peer"]
    note = f"{STREAMS} streams of {AGENTS} agents, one process"
    return [
        _row(f"memory of an open stream, {KIB_MAX:g} KiB over it ({note})", 1.0, "20 KiB", KIB_MAX, ours["kib"]),
        _row("the same, fastapi.sse over ours", None, "fastapi.sse", peer["kib"], ours["kib"]),
        _row(
            "the same message to all, s until the last has it",
            10.0,
            "fastapi.sse",
            peer["same_s"],
            ours["same_s"],
        ),
        _row("a change of the team that changes everybody's view, s", 10.0, "fastapi.sse", peer["views_s"], ours["views_s"]),
        _row("p99 of POST /v1/tickets, without streams over with them, told every second", 0.5, "no streams", ours["p99_0"], ours["p99"]),
    ]


def _row(name: str, bar: float | None, peer: str, upper: float, lower: float) -> dict[str, Any]:
    return {"name": name, "ratio": round(upper / lower, 2), "bar": bar, "peer": peer, "upper": round(upper, 4), "lower": round(lower, 4)}


def measure(kind: str) -> dict[str, float]:
    """Seconds, KiB and milliseconds of one way of streaming."""
    _allow_files()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.db"
        secrets = prepare(url)
        # the client reads 5,000 sockets on the cores of the server, so it had better be quick
        with served(serve, url) as (port,), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(_all_of_it(kind, port, secrets))


def _allow_files() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if most == resource.RLIM_INFINITY else min(FILES, most)
    assert wanted > STREAMS + 500, f"{STREAMS} streams need as many open files; the system allows {most}"
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def prepare(url: str) -> dict[str, str]:
    """A fresh store with agents at work who have some load each; a key of each agent, one of the helpdesk and one of a manager."""
    engine = open_database(url)
    upgrade(engine)
    now_s, state = Clock().now_s(), TeamState()
    staff: list[Any] = [PolicyPut(now_s, 1, ENDLESS)]
    for number in range(AGENTS):
        agent_id, ticket_id = f"agent-{number:04d}", f"old-{number}"
        staff += [AgentPut(now_s, agent_id, agent_id, concurrency=(1000, 2, 1)), AgentStatus(now_s, agent_id, "online", now_s)]
        staff += [TicketOpened(now_s, ticket_id, f"old-{number}", now_s, "", text_score=1.0), Overridden(now_s, ticket_id, agent_id, "")]
        staff += [TicketEvent(now_s, ticket_id, "resolved", now_s)]
    with engine.begin() as connection:
        repository = Repository(connection)
        repository.create_team(DEFAULT_TEAM, now_s)
        repository.save(DEFAULT_TEAM, 0, fold(state, staff), state, list(state.tickets), (), ())
        roles = [(person.id, "agent", person.id) for person in state.agents.people] + [
            (each, each, None) for each in ("helpdesk", "manager")
        ]
        secrets = {name: keys.create(connection, DEFAULT_TEAM, role, agent_id, now_s)[1] for name, role, agent_id in roles}
    engine.dispose()
    return secrets


def serve(url: str, port: int) -> None:
    _allow_files()
    app = create_app(Settings(database_url=url, streams_max=STREAMS + 10))
    add_peers(app)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", access_log=False, http=Connection, backlog=4096)


class Client(asyncio.Protocol):
    """One open stream, read by event names alone."""

    def __init__(self, heard: Heard, request: bytes) -> None:
        self.heard, self.request = heard, request

    def connection_made(self, transport: Any) -> None:
        transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        self.heard.count(data.count(b"event: recovery") + data.count(b"event: same"))


class Heard:
    """How many events have come, and when so many have."""

    def __init__(self) -> None:
        self.events, self.wanted, self.all = 0, 0, asyncio.Event()

    def count(self, events: int) -> None:
        self.events += events
        if self.events >= self.wanted:
            self.all.set()

    def expect(self, events: int) -> None:
        self.events, self.wanted = 0, events
        self.all.clear()

    async def wait(self) -> None:
        async with asyncio.timeout(DEADLINE_S):
            await self.all.wait()


async def _all_of_it(kind: str, port: int, secrets: dict[str, str]) -> dict[str, float]:
    pid = int((await call(port, "POST", "/listen")).rpartition(b"\r\n\r\n")[2])
    found: dict[str, float] = {}
    for number in range(AGENTS // 2):  # caches warm, so that what streams take is not mixed up with them
        await call(port, "GET", f"/v1/agents/agent-{number:04d}/recovery", secrets[f"agent-{number:04d}"])
    await _policy(port, secrets, 0)
    if kind == "ours":
        found["p99_0"] = await _posting(port, secrets, "before")
    views = "/v1/agents/{}/recovery/stream" if kind == "ours" else "/peer/views/{}"
    before = _rss_kib(pid)
    heard, open_ = await _opened(port, secrets, views)
    found["kib"] = (_rss_kib(pid) - before) / STREAMS
    spent = []
    for number in range(ROUNDS):
        await asyncio.sleep(TELL_EVERY_S)  # ours rests after a tell, so that routing has most of the time
        heard.expect(STREAMS)
        await _policy(port, secrets, number + 1)
        began = time.perf_counter()
        await heard.wait()
        spent.append(time.perf_counter() - began)
    found["views_s"] = median(spent)
    if kind == "ours":
        found["p99"] = await _posting(port, secrets, "during")
    _close(open_)
    heard, open_ = await _opened(port, secrets, f"/{kind}/same")
    spent = []
    for _ in range(ROUNDS):
        await asyncio.sleep(TELL_EVERY_S)
        heard.expect(STREAMS)
        began = time.perf_counter()
        await call(port, "POST", "/tell")
        await heard.wait()
        spent.append(time.perf_counter() - began)
    found["same_s"] = median(spent)
    _close(open_)
    return found


async def _opened(port: int, secrets: dict[str, str], path: str) -> tuple[Heard, list[asyncio.BaseTransport]]:
    """All streams, each of which has heard its first event."""
    heard, loop, open_ = Heard(), asyncio.get_running_loop(), []
    for start in range(0, STREAMS, OPENED_AT_ONCE):
        heard.expect(OPENED_AT_ONCE)
        for number in range(start, start + OPENED_AT_ONCE):
            agent_id = f"agent-{number % AGENTS:04d}"
            head = f"GET {path.format(agent_id)} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {secrets[agent_id]}\r\n\r\n".encode()
            open_.append((await loop.create_connection(lambda head=head: Client(heard, head), "127.0.0.1", port))[0])
        await heard.wait()
    return heard, open_


def _close(open_: list[asyncio.BaseTransport]) -> None:
    for each in open_:
        each.abort()  # type: ignore[attr-defined]


async def _policy(port: int, secrets: dict[str, str], number: int) -> None:
    """A policy with the other line."""
    await call(port, "PUT", "/v1/policy", secrets["manager"], {"fatigue": ENDLESS["fatigue"] | {"line_points": LINES[number % 2]}})


async def _posting(port: int, secrets: dict[str, str], name: str) -> float:
    """p99 in ms of posting tickets from a process of its own, while the policy changes every second."""
    bodies = [json.dumps(ticket_body(number, False) | {"id": f"{name}-{number}"}).encode() for number in range(POSTS)]
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        posting = asyncio.get_running_loop().run_in_executor(pool, _post, port, secrets["helpdesk"], bodies)
        number = 1
        while not posting.done():
            await asyncio.wait([posting], timeout=TELL_EVERY_S)
            await _policy(port, secrets, number)
            number += 1
        await _policy(port, secrets, 0)
        return await posting


def _post(port: int, secret: str, bodies: list[bytes]) -> float:
    return load([Caller(port, secret)] * POSTERS, bodies).p99_ms


def _rss_kib(pid: int) -> float:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return float(found[1])


async def call(port: int, method: str, path: str, secret: str = "", body: Any = None) -> bytes:
    """The answer to one request, which must succeed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    sent = b"" if body is None else json.dumps(body).encode()
    head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {secret}\r\nContent-Type: application/json\r\n"
    writer.write(f"{head}Content-Length: {len(sent)}\r\nConnection: close\r\n\r\n".encode() + sent)
    answer = await reader.read()
    writer.close()
    assert answer.startswith(b"HTTP/1.1 20"), answer
    return answer


if __name__ == "__main__":
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    for row in run():
        print(row)
