"""Several processes behind one address, and SQLite, which takes one."""

from __future__ import annotations

import json
import os
import signal
import threading
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from api.cli import app
from api.settings import DEFAULT_TEAM
from api.store import keys as stored_keys
from api.store.database import open_database
from support.processes import WAIT_S, command_of, until, workers
from support.served import Events
from support.server import LiveServer

QUEUE_READS = 'respite_requests_total{method="GET",route="/v1/queue",status="200"}'
OPEN = "respite_streams_open "
READS, ASKED = 20, 5
PACE_S = 0.2  # so that there is time left for processes to start
TICKET = {"account_id": "acme", "subject": "s", "created_at": "2026-03-02T11:00:00Z"}


def respite(database_url: str, *arguments: str) -> Result:
    """A command in this process."""
    return CliRunner().invoke(app, [*arguments], env={"RESPITE_DATABASE_URL": database_url})


def refused(database_url: str, *options: str) -> str:
    """The one line that a service says that does not start."""
    done = respite(database_url, "serve", *options)
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    return done.stderr.removeprefix("respite: ")


def test_sqlite_takes_one_service(tmp_path: Path) -> None:
    (tmp_path / "other.db").symlink_to(tmp_path / "respite.db")
    with LiveServer(tmp_path) as server:
        for name in ("respite.db", "other.db"):
            line = refused(f"sqlite:///{tmp_path / name}")
            assert line.startswith(f"RESPITE_DATABASE_URL: another service is at work on {tmp_path / 'respite.db'}, and SQLite takes one")
        assert respite(f"sqlite:///{tmp_path / 'respite.db'}", "keys", "create", "--role", "admin").exit_code == 0
        server.kill()
        server.start()


def test_sqlite_takes_no_workers(tmp_path: Path) -> None:
    line = refused(f"sqlite:///{tmp_path / 'respite.db'}", "--workers", "2")
    assert line.startswith("RESPITE_WORKERS: SQLite takes one service, and 2 are asked for")


class Callers:
    """Threads that open tickets for as long as they are let, some on a connection that stays, some on a new one each time."""

    def __init__(self, server: LiveServer, key: str) -> None:
        self.server, self.key = server, key
        self.answers: list[int] = []
        self._stop = threading.Event()
        self._pool = ThreadPoolExecutor(4)
        self._done = [self._pool.submit(self._call, number) for number in range(4)]

    def _call(self, caller: int) -> None:
        client = self.server.client(self.key)
        for number in range(100_000):
            if self._stop.wait(PACE_S):
                break
            answer = client.post("/v1/tickets", json=TICKET | {"id": f"T{caller}-{number}"})
            assert answer.status_code == 201, answer.text
            self.answers.append(answer.status_code)
            if caller % 2:
                client.close()
                client = self.server.client(self.key)
        client.close()

    def more(self, number: int = 20) -> None:
        """Wait until that many more were answered."""
        enough = len(self.answers) + number
        until(lambda: len(self.answers) >= enough or any(each.done() for each in self._done))

    def close(self) -> None:
        """Raises what any of them ran into."""
        self._stop.set()
        for each in self._done:
            each.result(WAIT_S)
        self._pool.shutdown()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, postgres_url: str) -> Iterator[LiveServer]:
    """Two workers, for all tests of this module; the last one ends them."""
    with LiveServer(tmp_path_factory.mktemp("workers"), postgres_url, cold=True, workers=2, heartbeat_s=1) as made:
        until(lambda: len(workers(made.pid)) == 2)
        yield made


@pytest.fixture(scope="module")
def keys(server: LiveServer, postgres_url: str) -> dict[str, str]:
    engine = open_database(postgres_url)
    with engine.begin() as connection:
        asked = {"admin": None, "helpdesk": None, "agent": "eve"}
        made = {role: stored_keys.create(connection, DEFAULT_TEAM, role, agent, 0.0)[1] for role, agent in asked.items()}
    engine.dispose()
    return made


def test_workers_tell_each_other_and_are_replaced_without_refusing_anything(server: LiveServer, keys: dict[str, str]) -> None:
    """Each of four streams does, at whichever worker it is. When the workers are replaced they end, and no request is refused."""
    server.call(keys["admin"], "PUT", "/v1/agents/eve", {"name": "Eve"})
    server.call(keys["helpdesk"], "POST", "/v1/agents/eve/status", {"status": "online"})
    server.call(keys["helpdesk"], "POST", "/v1/tickets", TICKET | {"id": "E1", "escalated": True})
    states: list[list[str]] = [[] for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        watching = [pool.submit(watch, server, keys["agent"], seen) for seen in states]
        until(lambda: all(states))
        server.call(keys["helpdesk"], "POST", "/v1/tickets/E1/events", {"type": "resolved", "agent_id": "eve"})
        until(lambda: all(len(seen) >= 2 for seen in states))
        callers = Callers(server, keys["helpdesk"])
        callers.more()
        replace(server)
        callers.more()
        callers.close()
        for each in watching:
            each.result(WAIT_S)
    assert {tuple(seen) for seen in states} == {("ready", "break")}


def replace(server: LiveServer) -> None:
    before = set(workers(server.pid))
    os.kill(server.pid, signal.SIGHUP)
    until(lambda: len(workers(server.pid)) == 2 and not before & set(workers(server.pid)))


def test_a_worker_that_dies_is_started_again_and_metrics_are_of_all_of_them(server: LiveServer, keys: dict[str, str]) -> None:
    """Whichever worker is asked: what a dead one has counted stays, and the streams that it held do not."""
    server.call(keys["admin"], "PUT", "/v1/agents/eve", {"name": "Eve"})
    before = sample(server, QUEUE_READS)
    for _ in range(READS):
        server.call(keys["helpdesk"], "GET", "/v1/queue")
    held = [Events(server.port, keys["agent"], "/v1/agents/eve/recovery/stream") for _ in range(8)]
    assert {each.next_but_clock()[0] for each in held} == {"recovery"}
    until(lambda: told(server) == {(before + READS, len(held))})
    dead, other = workers(server.pid)
    os.kill(dead, signal.SIGKILL)
    until(lambda: dead not in workers(server.pid) and len(workers(server.pid)) == 2)
    assert other in workers(server.pid)
    server.call(keys["helpdesk"], "POST", "/v1/agents/eve/status", {"status": "away"})
    left = [each for each in held if each.next_but_clock()[0]]  # of a dead one there may still be signs of life to be read
    until(lambda: told(server) == {(before + READS, len(left))})
    for each in held:
        each.close()
    until(lambda: sample(server, OPEN) == 0)


def told(server: LiveServer) -> set[tuple[float, float]]:
    """What several who ask are told: how often the queue was read, and how many streams are open."""
    return {(sample(server, QUEUE_READS), sample(server, OPEN)) for _ in range(ASKED)}


def sample(server: LiveServer, name: str) -> float:
    """A sample of the metrics, from whichever worker takes a new connection."""
    with urllib.request.urlopen(f"{server.url}/metrics", timeout=30) as response:
        lines = response.read().decode().splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name))


def test_no_worker_outlives_who_started_it(server: LiveServer) -> None:
    alive = workers(server.pid)
    server.kill()
    until(lambda: not any(command_of(each) for each in alive))


def watch(server: LiveServer, key: str, seen: list[str]) -> None:
    """Note the states that a stream tells, until it ends."""
    with server.client(key) as client, client.stream("GET", "/v1/agents/eve/recovery/stream") as response:
        for line in response.iter_lines():
            if line.startswith("data: ") and '"state"' in line:
                seen.append(state_of(line))


def state_of(line: str) -> str:
    told: dict[str, Any] = json.loads(line.removeprefix("data: "))
    return str(told["state"])
