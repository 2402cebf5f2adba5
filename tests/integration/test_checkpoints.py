"""Checkpoints: what is kept of a state is the whole log folded, whoever wrote it, in parts where it is large, and over a restart."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from api.json_text import to_json
from api.store import repository, states
from api.store.database import open_database, read_only, upgrade
from api.store.past import begin_at
from api.store.repository import Repository
from api.store.tables import checkpoints
from api.writer.dispatcher import Dispatcher
from router import snapshot
from router.events import AccountPut, TicketOpened
from router.replay import Erased
from router.state import TeamState
from router.turn import fold
from support.accounts import put
from support.stepped_clock import SteppedClock
from support.world import NOON_S
from support.world import world as make_world


def test_a_checkpoint_costs_an_event_no_more_in_a_large_team() -> None:
    """A team of 1,000 agents keeps a million tickets: written down at every 2,000th event they would cost each event 500 tickets."""
    for held in (0, 10, 1000, 1024, 50_000, 1_000_000):
        every = repository.checkpoint_every(held)
        assert held <= every <= max(repository.CHECKPOINT_EVERY, 2 * held)


@pytest.mark.parametrize(("accounts", "newest"), [(3, 36), (10, 32)])
def test_a_checkpoint_is_seldomer_with_many_accounts(
    engine: sa.Engine, accounts: int, newest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At every fourth event with three of them, at every sixteenth with ten."""
    monkeypatch.setattr(repository, "CHECKPOINT_EVERY", 2)
    dispatcher = Dispatcher(engine, SteppedClock(NOON_S))
    for number in range(38):
        put(dispatcher, f"a{number % accounts}")
    dispatcher.close()
    with read_only(engine) as connection:
        assert connection.exec_driver_sql("SELECT max(revision) FROM checkpoints").scalar_one() == newest


def test_a_checkpoint_and_the_log_after_it_are_the_whole_log(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repository, "CHECKPOINT_EVERY", 10)
    dispatcher = Dispatcher(engine, SteppedClock(NOON_S))
    for number in range(24):
        put(dispatcher, f"a{number % 5}")
    dispatcher.close()
    with engine.connect().execution_options(reading=True) as connection:
        kept = connection.exec_driver_sql("SELECT revision FROM checkpoints").scalars().all()
        state = Repository(connection).load("team")
        whole = Repository(connection).catch_up("team", TeamState())
    assert kept == [20]
    assert (state.revision, set(state.accounts)) == (24, set(whole.accounts))


def test_a_checkpoint_of_another_engine_is_passed_over(engine: sa.Engine) -> None:
    """What it folded may not be what this one folds: the log is read from its beginning."""
    dispatcher = Dispatcher(engine, SteppedClock(NOON_S))
    for name in ("a", "b", "c"):
        put(dispatcher, name)
    dispatcher.close()
    other = TeamState()
    fold(other, [AccountPut(NOON_S, name) for name in ("x", "y")])
    with engine.begin() as connection:
        stored = Repository(connection)
        stored.checkpoint("team", other)
        assert set(stored.load("team").accounts) == {"x", "y", "c"}
        connection.execute(sa.update(checkpoints).where(checkpoints.c.team == "team").values(engine="respite-0"))
        assert set(stored.load("team").accounts) == {"a", "b", "c"}


def test_a_state_outgrows_no_value_of_the_database(tmp_path: Path) -> None:
    """Either database takes values of up to 1 GB, here of 1 MiB: a state of more is written in parts, whole or as a log's beginning."""
    many, few = (
        [
            *(TicketOpened(NOON_S, f"T{number}", f"account-{number % 50}", NOON_S, "x") for number in range(count)),
            *(AccountPut(NOON_S, f"company-{number}", tier="a longer name of a tier" * 4) for number in range(2 * count)),
        ]
        for count in (2 * states.A_PART + 1, 3)
    )
    engine = open_database(f"sqlite:///{tmp_path / 'a.db'}")
    upgrade(engine)
    with engine.begin() as connection:
        stored = Repository(connection)
        stored.create_team("team", NOON_S)
        raw: Any = connection.connection.driver_connection
        raw.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 2**20)
        for opened in (many, few):
            state = TeamState()
            fold(state, opened)
            stored.checkpoint("team", state)
            begin_at(connection, "team", state, Erased())
            for found in (stored.load("team"), stored.first("team")):
                assert snapshot.dump(found) == snapshot.dump(state)
            if opened is many:
                with pytest.raises(sa.exc.DataError):
                    connection.execute(sa.update(checkpoints).values(body=to_json(snapshot.whole(state))))
                connection.execute(sa.delete(checkpoints))
    engine.dispose()


def test_a_whole_state_of_before_is_read_as_it_is(engine: sa.Engine) -> None:
    """Also where parts of another one lie beside it: services of both kinds may run while they are being replaced."""
    state = TeamState()
    fold(state, [TicketOpened(NOON_S, "T1", "acme", NOON_S, "x")])
    with engine.begin() as connection:
        stored = Repository(connection)
        stored.checkpoint("team", state)
        fold(state, [TicketOpened(NOON_S, "T2", "acme", NOON_S, "x")])
        connection.execute(sa.update(checkpoints).values(revision=2, body=to_json(snapshot.whole(state))))
        assert snapshot.dump(stored.load("team")) == snapshot.dump(state)


def test_a_restart_keeps_the_instant_at_which_a_break_ends(database_url: str) -> None:
    with make_world(database_url) as before:
        before.agent("ana")
        before.ticket("T1", escalated=True)
        before.happened("T1", "resolved")
        until = before.ok("ana", "GET", "/v1/agents/ana/recovery")["until"]
    with make_world(database_url, SteppedClock(NOON_S + 100)) as after:
        now = after.ok("ana", "GET", "/v1/agents/ana/recovery")
        assert (now["state"], now["until"]) == ("break", until)
        assert after.ticket("T2")["decision"]["lane"] == "queue"
