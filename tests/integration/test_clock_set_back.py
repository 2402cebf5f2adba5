"""The clock of the machine set back: what waits to be carried, or to be worked off, does not wait for as long as that."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from api.hooks import courier
from api.settings import DEFAULT_TEAM
from api.store import letters
from api.store.database import read_only
from api.store.tables import inbox
from support.receiver import Receiver, until
from support.subscribers import SOON, outbox_rows, path_of, subscribe
from support.world import world as make_world


def test_events_that_wait_are_carried_when_the_clock_is_set_back(upgraded_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """None was, before the clock had come to where it had been."""
    back_s, status, running = [0.0], [500], time.time
    monkeypatch.setattr(time, "time", lambda: running() - back_s[0])
    monkeypatch.setattr(courier, "LOOK_S", 0.1)
    settings = SOON | {"webhook_retry_s": 600, "webhook_retry_max_s": 600}
    with make_world(upgraded_url, **settings) as world, Receiver(lambda _: status[0]) as receiver:
        made = subscribe(world, receiver, "ticket.queued")
        sent = [world.ok("admin", "POST", path_of(made, "/ping"))["id"] for _ in range(2)]
        until(lambda: world.ok("admin", "GET", path_of(made)), lambda shown: shown["waiting"] == 2)
        until(lambda: outbox_rows(world), lambda rows: rows[0]["attempts"] == 1)  # put off by the clock as it was
        status[0], back_s[0] = 204, 3600.0
        heard = receiver.wait_for(3)
        assert [each.headers["webhook-id"] for each in heard] == [sent[0], *sent]


def test_webhooks_that_wait_are_worked_off_when_the_clock_was_set_back_meanwhile(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'respite.db'}"
    with make_world(url) as world:
        world.ok("admin", "PUT", "/v1/connections/desk", {})
    row = {"peer": "desk", "id": "m1", "key": "T1", "body": "no JSON", "received_s": world.clock.instant_s}
    with world.services.engine.begin() as connection:
        letters.add(connection, inbox, DEFAULT_TEAM, [row], time.time() + 3600.0)
    with make_world(url) as world:

        def states() -> list[str]:
            with read_only(world.services.engine) as connection:
                return list(connection.execute(sa.select(inbox.c.state)).scalars())

        until(states, lambda found: found == ["dead"])


def test_nobody_holds_a_letter_for_longer_than_a_lease(upgraded_url: str) -> None:
    with make_world(upgraded_url) as world, world.services.engine.begin() as connection:
        row = {"peer": "desk", "id": "m1", "key": "T1", "body": "{}", "received_s": 0.0}
        letters.add(connection, inbox, DEFAULT_TEAM, [row], 5000.0)
        assert letters.take(connection, inbox, DEFAULT_TEAM, "desk", 5000.0, "gone", 5060.0, 1)
        letters.mend_instants(connection, inbox, DEFAULT_TEAM, 1000.0, 64.0, 60.0)
        assert not letters.take(connection, inbox, DEFAULT_TEAM, "desk", 1059.0, "other", 1119.0, 1)
        assert letters.take(connection, inbox, DEFAULT_TEAM, "desk", 1060.0, "other", 1120.0, 1)
