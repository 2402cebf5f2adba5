"""The store fails: requests get a 503 that says why, /readyz says the same, reading goes on where it can, and all recovers by itself."""

from __future__ import annotations

import contextlib
import resource
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from api.store.backup import snapshot
from api.store.database import open_database, upgrade
from api.store.faults import PASSING, Unavailable, reason
from api.store.postgresql import connection_of_its_own
from api.store.repository import Repository
from api.writer.exchange import Answer, Command
from router.events import TicketOpened
from support.kill_rounds import Desk, Line, prepare
from support.patience import until
from support.postgres import ThrowawayPostgres
from support.relay import Relay
from support.warm_server import WarmServer
from support.world import World
from support.world import world as make_world

TICKET = {"account_id": "acme", "subject": "s", "created_at": "2026-03-02T11:00:00Z"}


def answer_503(response: Any) -> str:
    """The detail of an answer that must be a 503 problem with a time to come again."""
    assert (response.status_code, response.headers["content-type"]) == (503, "application/problem+json"), response.text
    assert response.headers["retry-after"] == "1"
    return str(response.json()["detail"])


# A full disk.


@pytest.fixture
def full(world: World) -> World:
    """A world whose database may grow no more; `world.room()` gives it room again."""
    world.agent("ana")
    assert world.ticket("T0")["ticket"]["agent_id"] == "ana"
    engine = world.services.engine
    if engine.dialect.name == "postgresql":
        world.room = full_postgres(engine)  # type: ignore[attr-defined]
        return world
    limit = ["max_page_count = 1"]  # SQLite makes it what there is

    @sa.event.listens_for(engine, "begin")
    def on_begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA {limit[0]}")

    world.room = lambda: limit.__setitem__(0, "max_page_count = 4294967294")  # type: ignore[attr-defined]
    return world


def full_postgres(engine: sa.Engine) -> Callable[[], None]:
    """PostgreSQL says of every further row of these tables what it says of a disk that is full; gives what makes room again."""
    tables = ("events", "answers", "outbox", "tickets", "decisions")
    refuse = "RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'"
    full = [f"CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {refuse}; END $$"]
    full += [f"CREATE TRIGGER no_room BEFORE INSERT OR UPDATE ON {each} FOR EACH ROW EXECUTE FUNCTION no_room()" for each in tables]
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)

    def run(statements: list[str]) -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            for each in statements:
                connection.execute(each)

    run(full)
    return lambda: run(["DROP FUNCTION no_room CASCADE"])


def fill(world: World) -> dict[str, Any]:
    """Post tickets until the database is full: what was answered, and the answer that was none."""
    for number in range(1, 2000):
        response = world("helpdesk", "POST", "/v1/tickets", TICKET | {"id": f"T{number}"})
        if response.status_code != 201:
            return {"count": number, "response": response}
    raise AssertionError("it was never full")


def fill_with_news(world: World) -> Any:
    """Post what is small, which may find a place where a ticket did not, until it finds none either."""
    for number in range(2000):
        response = world("helpdesk", "POST", "/v1/agents/ana/status", {"status": ("away", "online")[number % 2]})
        if response.status_code != 200:
            return response
    raise AssertionError("there was always room")


def test_a_full_database_is_said_and_recovers(full: World) -> None:
    found = fill(full)
    assert "disk of the database is full" in answer_503(found["response"])
    assert "full" in answer_503(full.client.get("/readyz"))
    assert full.client.get("/healthz").status_code == 200
    assert full.ok("helpdesk", "GET", "/v1/tickets/T0")["agent_id"] == "ana"
    assert full.ok("manager", "GET", "/v1/policy")
    answer_503(fill_with_news(full))
    full.room()  # type: ignore[attr-defined]
    until(lambda: full.client.get("/readyz").status_code == 200, "being ready")
    assert full("helpdesk", "POST", "/v1/tickets", TICKET | {"id": f"T{found['count']}"}).status_code == 201
    with full.services.engine.connect().execution_options(reading=True) as connection:
        assert set(Repository(connection).load("default").tickets) == {f"T{number}" for number in range(found["count"] + 1)}


def test_a_disk_that_is_full_under_a_process_that_serves(tmp_path: Path) -> None:
    """No file of the process may grow beyond what it has: SQLite's log can't, and that is what a full disk looks like to it."""
    database_url = f"sqlite:///{tmp_path / 'respite.db'}"
    with WarmServer(tmp_path, database_url) as server:
        line = Line(Desk(server.port, prepare(database_url)))
        server.begin()
        assert line.ask("admin", "PUT", "/v1/agents/ana", {"name": "Ana", "concurrency": {"email": 1000}})[0] == 200
        assert line.ask("helpdesk", "POST", "/v1/agents/ana/status", {"status": "online"})[0] == 200
        assert line.ask("helpdesk", "POST", "/v1/tickets", TICKET | {"id": "T0"})[0] == 201
        _, most = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (4096, most))
        status, text = line.ask("helpdesk", "POST", "/v1/tickets", TICKET | {"id": "T1"})
        assert (status, "the database can't be written" in text) == (503, True), text
        assert line.ask("helpdesk", "GET", "/readyz")[0] == 503
        assert line.ask("helpdesk", "GET", "/healthz")[0] == 200
        assert '"agent_id":"ana"' in line.ask("helpdesk", "GET", "/v1/tickets/T0")[1]
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (most, most))
        until(lambda: line.ask("helpdesk", "GET", "/readyz")[0] == 200, "being ready")
        assert line.ask("helpdesk", "POST", "/v1/tickets", TICKET | {"id": "T1"})[0] == 201
        server.end()
        server.begin()
        assert [line.ask("helpdesk", "GET", f"/v1/tickets/{each}")[0] for each in ("T0", "T1")] == [200, 200]
        line.close()


# A database that is locked, frozen, gone.


def locked(database_url: str) -> tuple[sa.Engine, sa.Connection]:
    """Somebody else holds the lock that a turn needs."""
    engine = open_database(database_url)
    connection = engine.connect()
    connection.begin()
    connection.execute(sa.text("UPDATE teams SET revision = revision WHERE id = 'default'"))
    return engine, connection


def test_a_lock_that_is_held_too_long_is_waited_for_no_longer_than_set(database_url: str) -> None:
    with make_world(database_url, database_wait_s=0.5) as world:
        world.agent("ana")
        engine, connection = locked(database_url)
        assert "the database is busy" in answer_503(world("helpdesk", "POST", "/v1/tickets", TICKET | {"id": "T1"}))
        assert world.ok("manager", "GET", "/v1/policy")  # nobody is looked at, so nothing has to be noted
        connection.rollback()
        connection.close()
        engine.dispose()
        until(lambda: world.client.get("/readyz").status_code == 200, "being ready")
        assert world.ok("helpdesk", "POST", "/v1/tickets", TICKET | {"id": "T1"})["ticket"]["agent_id"] == "ana"


def test_a_statement_takes_no_longer_than_set(postgres_url: str) -> None:
    engine = open_database(postgres_url, wait_s=0.2)
    with engine.connect() as connection, pytest.raises(PASSING) as caught:
        connection.execute(sa.text("SELECT pg_sleep(60)"))
    assert reason(caught.value) == "the database is busy"
    engine.dispose()


@pytest.mark.parametrize(
    "said",
    [
        "FATAL:  sorry, too many clients already",
        "FATAL:  remaining connection slots are reserved for roles with the SUPERUSER attribute",
        'FATAL:  too many connections for database "respite"',
    ],
)
def test_a_server_that_takes_no_more_connections_is_busy(said: str) -> None:
    assert reason(psycopg.OperationalError(f"connection failed: {said}")) == "the database is busy"


def test_all_connections_in_use_are_waited_for_no_longer_than_set(database_url: str) -> None:
    engine = open_database(database_url, wait_s=0.2)
    held = [engine.connect() for _ in range(engine.pool.size() + engine.pool._max_overflow)]  # type: ignore[attr-defined]
    with pytest.raises(PASSING) as caught:
        engine.connect()
    assert reason(caught.value) == "the database is busy"
    for each in held:
        each.close()
    engine.dispose()


def test_a_host_that_says_nothing_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        engine = open_database(f"postgresql://127.0.0.1:{silent.getsockname()[1]}/respite", connect_s=2)
        with pytest.raises(PASSING) as caught:
            engine.connect()
        assert reason(caught.value) == "the database does not answer"


def test_a_connection_that_hands_nothing_over_is_given_up(postgres: ThrowawayPostgres, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server has gone over to another, and what lies in between keeps the old connections, which it acknowledges, and never breaks."""
    monkeypatch.setattr("api.store.postgresql.ANSWER_WITHIN_S", 1)
    monkeypatch.setattr("api.store.postgresql.GONE_S", 1)
    with Relay(postgres.port) as relay:
        engine = open_database(relay.through(postgres.url()), wait_s=1.0)
        with contextlib.closing(connection_of_its_own(engine)) as own, engine.connect() as connection:
            connection.execute(sa.text("SELECT 1"))
            relay.hold()
            with pytest.raises(PASSING) as caught:
                connection.execute(sa.text("SELECT 1"))
            assert reason(caught.value) == "the database does not answer"
            with pytest.raises(psycopg.OperationalError, match="said nothing"):
                own.execute("SELECT 1")
        with engine.connect() as connection:
            assert connection.execute(sa.text("SELECT 1")).scalar_one() == 1
        engine.dispose()


def test_a_standby_is_not_ready_before_anything_is_written(postgres: ThrowawayPostgres) -> None:
    name = "standby"
    with make_world(postgres.create_database(name)) as world:
        postgres.set_default(name, "default_transaction_read_only", "on")
        assert answer_503(world.client.get("/readyz")) == "the database can't be written"
        assert world.ok("manager", "GET", "/v1/policy")
        postgres.set_default(name, "default_transaction_read_only", "off")
        assert world.client.get("/readyz").status_code == 200
    postgres.drop_database(name)


def test_a_turn_that_is_overtaken_is_taken_again_whatever_the_server_thinks_of_isolation(postgres: ThrowawayPostgres) -> None:
    name = "serializable"
    url = postgres.create_database(name)
    postgres.set_default(name, "default_transaction_isolation", "serializable")
    one, other = open_database(url), open_database(url)
    upgrade(one)
    with one.begin() as connection:
        Repository(connection).create_team("team", 0.0)
    with snapshot(one) as connection:
        Repository(connection).team_ids()
    with one.begin() as late:  # on the connection that the snapshot has given back
        assert Repository(late).revision("team") == 0
        with other.begin() as quick:
            quick.execute(sa.text("UPDATE teams SET revision = 7"))
        assert Repository(late).revision("team", taken=True) == 7
    for each in (one, other):
        each.dispose()
    postgres.drop_database(name)


def test_a_database_that_hangs_is_said_and_nothing_waits_for_ever(postgres: ThrowawayPostgres) -> None:
    """A frozen host answers nothing and refuses nothing: requests are let go, and /readyz does not hang with them."""
    name = "frozen"
    with make_world(postgres.create_database(name), answer_within_s=0.5) as world:
        world.agent("ana")
        with postgres.frozen():
            told: list[Any] = []
            callers = [
                threading.Thread(target=lambda n=n: told.append(world("helpdesk", "POST", "/v1/tickets", TICKET | {"id": f"T{n}"})))
                for n in range(3)
            ]
            for each in callers:
                each.start()
            assert "has not answered" in answer_503(world.client.get("/readyz"))
            assert world.client.get("/healthz").status_code == 200
        for each in callers:
            each.join()
        until(lambda: world.client.get("/readyz").status_code == 200, "being ready")
        for number in range(3):
            again = world.ok("helpdesk", "POST", "/v1/tickets", TICKET | {"id": f"T{number}"})
            assert again["ticket"]["agent_id"] == "ana"
    postgres.drop_database(name)


def test_what_came_due_while_the_database_was_gone_is_done_when_it_is_back(postgres: ThrowawayPostgres) -> None:
    name = "came_due"
    with make_world(postgres.create_database(name)) as world:
        world.agent("ana")
        world.ticket("T1", escalated=True)
        world.happened("T1", "resolved")
        until_told = world.ok("ana", "GET", "/v1/agents/ana/recovery")["until"]
        assert world.ticket("T2")["decision"]["lane"] == "queue"
        postgres.rename_database(name, "away")
        answer_503(world("helpdesk", "POST", "/v1/tickets", TICKET | {"id": "T3"}))
        world.clock.instant_s += 700
        answer_503(world("helpdesk", "POST", "/v1/tickets", TICKET | {"id": "T3"}))
        answer_503(world.client.get("/readyz"))
        postgres.rename_database("away", name)
        until(lambda: world.client.get("/readyz").status_code == 200, "being ready")
        world.clock.instant_s += 2  # a turn that failed is taken again after a second
        world.ok("helpdesk", "PUT", "/v1/accounts/other", {})  # any request makes the dispatcher look at this clock
        assert world.ok("helpdesk", "GET", "/v1/tickets/T2")["agent_id"] == "ana"
        rests = world.ok("ana", "GET", "/v1/agents/ana/statement")["breaks"]
        assert [each["end"] for each in rests] == [until_told]
    postgres.drop_database(name)


def test_while_it_is_gone_no_request_tries_for_itself(postgres: ThrowawayPostgres, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "gone_for_all"
    with make_world(postgres.create_database(name)) as world:
        world.agent("ana")
        tries: list[None] = []
        connect = psycopg.Connection.connect.__func__  # type: ignore[attr-defined]

        def counted(kind: type[psycopg.Connection], *given: Any, **named: Any) -> Any:
            tries.extend([] if named.get("autocommit") else [None])  # not those beside the pool
            return connect(kind, *given, **named)

        monkeypatch.setattr(psycopg.Connection, "connect", classmethod(counted))
        postgres.rename_database(name, "gone_from_all")
        opened = [TicketOpened(0.0, f"T{number}", "acme", 0.0, "x") for number in range(60)]
        commands = [Command("default", lambda _s, _n, each=each: [each], lambda _outcome: Answer(201, "")) for each in opened]
        for batch in (commands[:30], commands[30:]):
            futures = world.services.dispatcher.submit_all(batch)
            assert all(isinstance(each.exception(timeout=60), (*PASSING, Unavailable)) for each in futures)
        assert 0 < len(tries) < 10
        postgres.rename_database("gone_from_all", name)
    postgres.drop_database(name)
