"""Letters under a lease: whoever has lost it to another changes nothing of what the other holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from api.store import letters
from api.store.database import open_database, upgrade
from api.store.letters import Letter
from api.store.repository import Repository
from api.store.tables import outbox
from support.world import NOON_S

LEASE_S = 60.0
Act = Callable[[sa.Connection, Letter, str], None]
ACTS: dict[str, Act] = {
    "remove": lambda connection, letter, owner: letters.remove(connection, outbox, "team", [letter], owner),
    "end": lambda connection, letter, owner: letters.end(connection, outbox, "team", [letter], owner, NOON_S + 70),
    "put_off": lambda connection, letter, owner: letters.put_off(connection, outbox, "team", letter, owner, NOON_S + 80, "answered 500"),
    "bury": lambda connection, letter, owner: letters.bury(connection, outbox, "team", letter, owner, NOON_S + 70, "answered 500"),
}


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sa.Connection]:
    engine = open_database(f"sqlite:///{tmp_path / 'respite.db'}")
    upgrade(engine)
    with engine.begin() as made:
        Repository(made).create_team("team", NOON_S)
        letters.add(made, outbox, "team", [{"peer": "sub", "id": "evt_1", "key": "ticket:T1", "type": "x", "body": "{}"}], NOON_S)
        yield made
    engine.dispose()


def taken(connection: sa.Connection, owner: str, life_s: float) -> list[Letter]:
    return letters.take(connection, outbox, "team", "sub", life_s, owner, life_s + LEASE_S, 10)


def stored(connection: sa.Connection) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(sa.select(outbox)).mappings()]


@pytest.mark.parametrize("act", ACTS)
def test_a_courier_whose_lease_ran_out_changes_nothing_of_what_another_has_taken(connection: sa.Connection, act: str) -> None:
    (first,) = taken(connection, "slow", NOON_S)
    assert taken(connection, "quick", NOON_S + LEASE_S - 1) == []
    (second,) = taken(connection, "quick", NOON_S + LEASE_S)
    assert second == first
    before = stored(connection)
    ACTS[act](connection, first, "slow")
    assert stored(connection) == before
    assert (before[0]["owner"], before[0]["lease_s"]) == ("quick", NOON_S + 2 * LEASE_S)
    ACTS[act](connection, second, "quick")
    assert stored(connection) != before
