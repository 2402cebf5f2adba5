"""A key whose first request was being served by a service that was killed: free at once, and not before."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx2
import sqlalchemy as sa

from api.store.answers import RESERVED
from api.store.database import open_database
from api.store.tables import answers
from support.processes import until
from support.server import LiveServer

WORDS = "I am very disappointed, nothing works since the update and nobody has answered me. " * 40
TICKETS = [
    {"id": f"T{number}", "account_id": "acme", "subject": "s", "body": WORDS, "created_at": "2026-03-02T11:00:00Z"} for number in range(100)
]


def bulk(server: LiveServer, key: str) -> httpx2.Response:
    with server.client(key) as client:
        return client.post("/v1/tickets/bulk", json={"tickets": TICKETS}, headers={"Idempotency-Key": "k"})


def broken_off(server: LiveServer, key: str) -> bool:
    """The same; whether no answer came."""
    try:
        bulk(server, key)
    except httpx2.TransportError:
        return True
    return False


def test_the_key_of_a_bulk_dies_with_the_service_that_was_killed_over_it(tmp_path: Path, database_url: str) -> None:
    engine = open_database(database_url)

    def reserved() -> bool:
        with engine.connect().execution_options(reading=True) as connection:
            return connection.execute(sa.select(answers).where(answers.c.status == RESERVED)).first() is not None

    (tmp_path / "other").mkdir()
    other = LiveServer(tmp_path / "other", database_url)
    with LiveServer(tmp_path, database_url) as served, ThreadPoolExecutor(1) as caller, ExitStack() as stack:
        stack.callback(other.kill)
        stack.callback(served.kill)
        key = served.key("helpdesk")
        first = caller.submit(broken_off, served, key)
        until(reserved)
        os.kill(served.pid, signal.SIGSTOP)
        assert reserved()
        if engine.dialect.name == "postgresql":
            other.start()
            refused = bulk(other, key)
            assert (refused.status_code, refused.headers["retry-after"]) == (409, "1")
        served.kill()
        assert first.result()
        if engine.dialect.name == "sqlite":
            other.start()
        done = bulk(other, key)
        assert done.status_code == 200, done.text
        assert [each["ticket"]["id"] for each in done.json()["items"]] == [each["id"] for each in TICKETS]
        assert bulk(other, key).text == done.text
        other.stop()
    engine.dispose()
