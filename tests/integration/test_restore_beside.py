"""No restore happens under services that are at work on PostgreSQL, and one that was cut off meanwhile goes on from what is there."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from api.cli import app
from api.clock import Clock
from api.settings import DEFAULT_TEAM
from api.store import backup, presence
from api.store.checking import differing_decisions
from api.store.database import DatabaseSettingError, open_database, upgrade
from api.store.repository import Repository
from api.store.restore import restore
from api.store.sole import replacing, serving
from api.writer.dispatcher import Dispatcher
from api.writer.exchange import Answer, Command
from api.writer.wire import Wire
from router.events import AgentPut
from router.replay import replay
from support.postgres import ThrowawayPostgres
from support.processes import until, workers
from support.server import LiveServer
from support.world import NOON_S
from support.world import world as make_world

LOCKS = "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database WHERE locktype = 'advisory' AND datname = 'beside'"
TICKET = {"account_id": "acme", "subject": "s", "created_at": "2026-03-02T11:00:00Z"}


@pytest.fixture
def url(postgres: ThrowawayPostgres) -> Iterator[str]:
    yield postgres.create_database("beside")
    postgres.drop_database("beside")


@pytest.fixture
def engine(url: str) -> Iterator[sa.Engine]:
    made = open_database(url)
    yield made
    made.dispose()


def respite(url: str, *arguments: str) -> Result:
    """A command beside whatever serves."""
    return CliRunner().invoke(app, [*arguments], env={"RESPITE_DATABASE_URL": url})


def present(engine: sa.Engine) -> int:
    """How many processes say that they serve."""
    held = "locktype = 'advisory' AND mode = 'ShareLock' AND datname = current_database()"
    with engine.begin() as connection:
        query = f"SELECT count(DISTINCT pid) FROM pg_locks JOIN pg_database ON pg_database.oid = database WHERE {held}"
        return int(connection.exec_driver_sql(query).scalar_one())


def cut_off(engine: sa.Engine) -> None:
    """End every connection to the database but ours, as when the server is started again."""
    with engine.begin() as connection:
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        connection.exec_driver_sql(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {others}").all()


@contextmanager
def standing_still(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def opened(server: LiveServer, key: str, *names: str) -> list[int]:
    with server.client(key) as client:
        return [client.post("/v1/tickets", json=TICKET | {"id": each}).status_code for each in names]


def found(server: LiveServer, key: str, *names: str) -> list[int]:
    with server.client(key) as client:
        return [client.get(f"/v1/tickets/{each}").status_code for each in names]


def queued(server: LiveServer, key: str) -> set[str]:
    return {each["ticket_id"] for each in server.call(key, "GET", "/v1/queue")["items"]}


def assert_refused(done: Result) -> None:
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1), done.output
    assert done.stderr.startswith("respite: RESPITE_DATABASE_URL: a service is at work on the database: stop it")


def test_a_restore_is_refused_while_workers_serve_and_all_else_goes_on_beside_them(url: str, engine: sa.Engine, tmp_path: Path) -> None:
    file = str(tmp_path / "all.gz")
    with LiveServer(tmp_path, url, cold=True, workers=2) as server:
        until(lambda: len(workers(server.pid)) == 2)
        admin, helpdesk = server.key("admin"), server.key("helpdesk")
        server.call(admin, "PUT", "/v1/agents/ana", {"name": "Ana"})
        assert opened(server, helpdesk, "A1") == [201]
        for beside in (["backup", file, "--test"], ["retention"], ["forget", "ana"], ["replay"]):
            assert respite(url, *beside).exit_code == 0, beside
        assert opened(server, helpdesk, "B1") == [201]
        assert_refused(respite(url, "restore", file, "--replace"))
        assert present(engine) == 3  # who started them says so, too
        cut_off(engine)
        until(lambda: present(engine) == 2)
        assert_refused(respite(url, "restore", file, "--replace"))
        assert found(server, helpdesk, "A1", "B1") == [200, 200]
        server.stop(in_trouble=True)
    assert respite(url, "restore", file, "--replace").exit_code == 0
    (tmp_path / "after").mkdir()
    with LiveServer(tmp_path / "after", url) as server:
        assert found(server, helpdesk, "A1", "B1") == [200, 404]


def test_no_service_starts_while_a_restore_is_at_work(url: str, engine: sa.Engine) -> None:
    upgrade(engine)
    with replacing(url):
        done = respite(url, "serve")
        assert (done.exit_code, done.stderr.count("\n")) == (2, 1), done.output
        assert "a restore is at work on the database" in done.stderr
        with pytest.raises(DatabaseSettingError, match="a restore is at work"), make_world(url):
            pass
        with pytest.raises(DatabaseSettingError, match="a service is at work"), replacing(url):
            pass
    with make_world(url):
        assert present(engine) == 1
    with replacing(url):
        assert present(engine) == 0


def test_what_a_service_or_a_restore_held_is_free_when_it_has_ended(url: str, engine: sa.Engine) -> None:
    """Where the end of its connection alone gave it back, a service that was started right after a restore did not start."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for _ in range(50):
            for held in (replacing, serving):
                with held(url):
                    assert connection.exec_driver_sql(LOCKS).scalar_one() == 1
                assert connection.exec_driver_sql(LOCKS).scalar_one() == 0


def test_a_service_that_ends_before_it_hears_of_others_is_there_no_more(url: str, engine: sa.Engine) -> None:
    upgrade(engine)
    here = presence.Presence(engine)
    here.begin()
    dispatcher = Dispatcher(engine, Clock())
    Wire(dispatcher, here).close()
    dispatcher.close()
    with replacing(url):
        assert present(engine) == 0


def test_a_service_that_was_cut_off_during_a_restore_acknowledges_nothing_that_is_not_there(
    url: str, engine: sa.Engine, tmp_path: Path
) -> None:
    """It stands still, as on a host that is suspended; another goes past the revision that it knows before it goes on."""
    file = str(tmp_path / "all.gz")
    (tmp_path / "late").mkdir()
    names = [f"B{number}" for number in range(8)]
    later = [f"C{number}" for number in range(20)]
    with LiveServer(tmp_path, url) as cut, LiveServer(tmp_path / "late", url) as late:
        helpdesk = cut.key("helpdesk")
        assert respite(url, "backup", file).exit_code == 0
        assert opened(cut, helpdesk, *names) == [201] * 8
        late.stop()
        with standing_still(cut.pid):
            cut_off(engine)
            assert respite(url, "restore", file, "--replace").exit_code == 0
            late.start()
            assert opened(late, helpdesk, *later) == [201] * 20
        assert opened(cut, helpdesk, *names) == [201] * 8
        assert found(cut, helpdesk, *names) == found(late, helpdesk, *names) == [200] * 8
        assert queued(cut, helpdesk) == queued(late, helpdesk) == {*names, *later}
        assert respite(url, "replay").exit_code == 0
        cut.stop(in_trouble=True)


def test_a_turn_notices_that_the_store_was_replaced(url: str, engine: sa.Engine, tmp_path: Path) -> None:
    """Even where nobody has told its service so: it has no wire. The revision says nothing, for it has been passed."""
    upgrade(engine)
    with engine.begin() as connection:
        Repository(connection).create_team("team", NOON_S)
    clock = Clock()
    cut = Dispatcher(engine, clock)
    try:
        put(cut, "ana")
        with backup.snapshot(engine) as connection:
            backup.write(connection, tmp_path / "all.gz", NOON_S)
        put(cut, "ben")
        restore(engine, tmp_path / "all.gz")
        other = Dispatcher(engine, clock)
        for name in ("cem", "dee", "eve"):
            put(other, name)
        other.close()
        with cut.reading("team") as (state, _):
            assert set(state.agents.row) == {"ana", "cem", "dee", "eve"}
        put(cut, "fay")
    finally:
        cut.close()
    with engine.connect() as connection:
        repository = Repository(connection)
        assert set(repository.load("team").agents.row) == {"ana", "cem", "dee", "eve", "fay"}
        assert list(differing_decisions(connection, "team", 0, repository.revision("team"))) == []
        assert replay(repository.first("team"), repository.log("team")).differences == ()


def test_a_service_that_is_there_again_shows_what_is_there(url: str, engine: sa.Engine, tmp_path: Path) -> None:
    """To who watches, and asks for nothing that would lead it to the store."""
    with make_world(url) as world:

        def seen() -> set[str]:
            with world.services.dispatcher.seeing(DEFAULT_TEAM) as (state, _):
                return set(state.agents.row)

        world.agent("ana")
        assert respite(url, "backup", str(tmp_path / "all.gz")).exit_code == 0
        world.agent("ben")
        assert seen() == {"ana", "ben"}
        lock = None
        while lock is None:
            cut_off(engine)
            with suppress(DatabaseSettingError):  # it was there again sooner
                lock = presence.exclude(engine)
        restore(engine, tmp_path / "all.gz")
        lock.close()
        until(lambda: seen() == {"ana"})
        world.agent("cem")
        assert seen() == {"ana", "cem"}


def put(dispatcher: Dispatcher, name: str) -> None:
    command = Command("team", lambda _state, now_s: [AgentPut(now_s, name, name)], lambda _outcome: Answer(200, ""))
    dispatcher.submit(command).result()
