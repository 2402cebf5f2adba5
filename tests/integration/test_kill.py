"""kill -9 while requests come in: what was acknowledged is there afterwards, once, and breaks end when they were said to end."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import httpx2
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from api.store.database import open_database
from api.store.repository import Repository
from router.domain import Ticket
from router.replay import replay
from router.state import TeamState
from support import kill_rounds
from support.server import LiveServer

ROUNDS = 1  # of the real command, which takes its time to start; the many are of processes forked from a warm one
CALLERS = 4
FORKED_ROUNDS = {"sqlite": 100, "postgresql": 12}


def staff(server: LiveServer, keys: dict[str, str]) -> None:
    for number in range(6):
        profile = {"name": f"Agent {number}", "concurrency": {"email": 1000}}
        server.call(keys["admin"], "PUT", f"/v1/agents/a{number}", profile)
        server.call(keys["helpdesk"], "POST", f"/v1/agents/a{number}/status", {"status": "online"})


def call_until_dead(server: LiveServer, key: str, name: str, acknowledged: dict[str, Any], enough: threading.Semaphore) -> None:
    """Open tickets and end every third, as fast as answers come, until the service is gone. What was answered is noted."""
    with server.client(key) as client:
        for number in range(100_000):
            ticket = {"id": f"{name}-{number}", "account_id": f"x{number % 9}", "subject": "s", "created_at": "2026-03-02T11:00:00Z"}
            try:
                opened = client.post("/v1/tickets", json=ticket | {"escalated": number % 10 == 0})
                assert opened.status_code == 201, opened.text
                acknowledged[ticket["id"]] = opened.json()["decision"]
                if number % 3 == 0 and opened.json()["ticket"]["agent_id"]:
                    ended = client.post(f"/v1/tickets/{ticket['id']}/events", json={"type": "resolved"})
                    assert ended.status_code == 200, ended.text
                    acknowledged[f"{ticket['id']} resolved"] = True
            except httpx2.TransportError:
                return
            enough.release()


def test_the_real_command_loses_and_doubles_nothing(tmp_path: Path) -> None:
    database_url, acknowledged = f"sqlite:///{tmp_path / 'respite.db'}", dict[str, Any]()
    keys = kill_rounds.prepare(database_url)
    with LiveServer(tmp_path, database_url, cold=True) as server:
        staff(server, keys)
        for turn in range(ROUNDS):
            enough = threading.Semaphore(0)
            arguments = [(server, keys["helpdesk"], f"T{turn}-{caller}", acknowledged, enough) for caller in range(CALLERS)]
            callers = [threading.Thread(target=call_until_dead, args=each) for each in arguments]
            for caller in callers:
                caller.start()
            for _ in range(40):  # wait for answers, not for time
                assert enough.acquire(timeout=60)
            before = {f"a{n}": server.call(keys["helpdesk"], "GET", f"/v1/agents/a{n}/recovery") for n in range(6)}
            server.kill()
            for caller in callers:
                caller.join()
            server.start()
            for agent_id, known in before.items():
                now = server.call(keys["helpdesk"], "GET", f"/v1/agents/{agent_id}/recovery")
                if known["state"] == "break" and now["because"] == known["because"]:
                    assert now["until"] == known["until"]
    check_store(database_url, acknowledged)


def test_a_hundred_times_at_any_moment(tmp_path: Path, database_url: str) -> None:
    """Half of them inside the work on the store: before or after some statement, or at a commit."""
    rounds = FORKED_ROUNDS[make_url(database_url).get_backend_name()]
    found = kill_rounds.run(database_url, tmp_path, rounds)
    assert found["answered"] > 3 * rounds
    assert found["retries"] > rounds
    assert min(found.values()) > 0


def check_store(database_url: str, acknowledged: dict[str, Any]) -> None:
    engine = open_database(database_url)
    with engine.connect().execution_options(reading=True) as connection:
        repository = Repository(connection)
        done = replay(TeamState(), repository.log("default"))
        count, differences = done.count, done.differences
        state = repository.load("default")
        decisions = connection.execute(sa.text("SELECT id, body FROM decisions")).all()
        breaks = connection.execute(sa.text("SELECT because FROM breaks")).scalars().all()
    engine.dispose()
    assert (count, differences) == (len(decisions), ())
    assert len({row.id for row in decisions}) == len(decisions)
    stored = {row.id for row in decisions}
    for name, what in acknowledged.items():
        ticket: Ticket = state.tickets[name.removesuffix(" resolved")]
        if name.endswith(" resolved"):
            assert ticket.state == "resolved"
            assert len(ticket.contacts) == 1
        else:
            assert what["id"] in stored
    assert len(acknowledged) > ROUNDS * 20
    triggers = [each for text in breaks for each in text.strip("[]").split(",") if "escalated" in each]
    assert len(triggers) == len(set(triggers)) > 0
