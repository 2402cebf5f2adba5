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


def test_a_dead_letter_that_is_sent_again_begins_anew(connection: sa.Connection) -> None:
    """Else it would be given up at its first failure, for it has waited too long already."""
    (first,) = taken(connection, "me", NOON_S)
    letters.bury(connection, outbox, "team", first, "me", NOON_S + 10, "answered 500")
    assert letters.revive(connection, outbox, "team", "sub", NOON_S + 900) == 1
    (again,) = taken(connection, "me", NOON_S + 900)
    assert (again.id, again.attempts, again.since_s) == (first.id, 0, NOON_S + 900)


def backlog(connection: sa.Connection, tickets: int) -> None:
    """Three events of each of so many tickets, from before `NOON_S`, each put out a moment after the last."""
    for number in range(3 * tickets):
        row = {"peer": "sub", "id": f"old_{number}", "key": f"ticket:{number // 3}", "type": "x", "body": "{}"}
        letters.add(connection, outbox, "team", [row], NOON_S - 3 * tickets + number)


def steps(connection: sa.Connection, work: Callable[[], object]) -> int:
    """How much SQLite does for something, in steps of its machine."""
    counted: list[int] = []
    database: Any = connection.connection.dbapi_connection
    database.set_progress_handler(lambda: counted.append(1), 10)
    work()
    database.set_progress_handler(None, 0)
    return 10 * len(counted)


def test_what_waits_costs_nothing_while_its_subscriber_is_gone_nor_when_it_comes_back(connection: sa.Connection) -> None:
    """It is looked through in the transaction that routing waits for: a day's events to one that was gone made every ticket wait."""
    backlog(connection, 500)

    def look() -> None:
        assert taken(connection, "me", NOON_S + 1) == []
        assert letters.next_due_s(connection, outbox, "team", "sub", NOON_S + 1) == NOON_S + 600

    assert steps(connection, lambda: taken(connection, "me", NOON_S)) < 4000  # the first of a thousand and a half
    letters.release(connection, outbox, "team")
    while heads := taken(connection, "me", NOON_S):
        for each in heads:
            letters.put_off(connection, outbox, "team", each, "me", NOON_S + 600, "no answer")
    assert steps(connection, look) < 1000
    found = letters.take(connection, outbox, "team", "sub", NOON_S + 600, "me", NOON_S + 660, 2000)
    assert sorted(each.id for each in found) == sorted([*(f"old_{3 * number}" for number in range(500)), "evt_1"])
    letters.remove(connection, outbox, "team", found, "me")
    assert {each.id for each in letters.take(connection, outbox, "team", "sub", NOON_S + 600, "me", NOON_S + 660, 2000)} == {
        f"old_{3 * number + 1}" for number in range(500)
    }
