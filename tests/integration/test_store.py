"""The store: compare-and-swap, failing commits, checkpoints, and several processes that start or write at once."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from api.json_text import to_json
from api.store import repository, states
from api.store.database import DatabaseSettingError, open_database, overwrite, read_only, upgrade
from api.store.past import begin_at
from api.store.repository import Repository, Stale
from api.store.tables import checkpoints, events, metadata, teams
from api.writer.dispatcher import Dispatcher
from api.writer.exchange import Answer, Command, KeyInFlight
from router import snapshot
from router.events import AccountPut, AgentPut, TicketOpened
from router.replay import Erased
from router.state import TeamState
from router.turn import fold
from support.patience import until
from support.postgres import ThrowawayPostgres
from support.stepped_clock import SteppedClock
from support.world import NOON_S, World
from support.world import world as make_world


def put(dispatcher: Dispatcher, account_id: str) -> None:
    event = AccountPut(NOON_S, account_id)
    dispatcher.submit(Command("team", lambda _state, _now: [event], lambda _outcome: Answer(200, ""))).result()


def stored(engine: sa.Engine) -> list[tuple[int, str]]:
    with engine.connect().execution_options(reading=True) as connection:
        return [(row.seq, row.body) for row in connection.execute(sa.select(events.c.seq, events.c.body).order_by(events.c.seq))]


def test_migrations_make_the_tables_of_the_code(engine: sa.Engine) -> None:
    inspector = sa.inspect(engine)
    assert set(inspector.get_table_names()) == set(metadata.tables) | {"alembic_version"}
    for table in metadata.sorted_tables:
        assert {column["name"] for column in inspector.get_columns(table.name)} == {column.name for column in table.columns}


def test_sqlite_is_durable(tmp_path: Any) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'a.db'}")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    engine.dispose()


def test_many_first_starts_at_once(database_url: str) -> None:
    program = "import sys; from api.store.database import *; e = open_database(sys.argv[1]); upgrade(e); e.dispose()"
    running = [subprocess.Popen([sys.executable, "-c", program, database_url], stderr=subprocess.PIPE) for _ in range(4)]
    said = [process.communicate(timeout=60)[1].decode() for process in running]  # of all, before one fails the test
    assert [(process.returncode, error) for process, error in zip(running, said, strict=True)] == [(0, "")] * 4


def test_many_first_connections_at_once(tmp_path: Path) -> None:
    """Each switches the new file to WAL, which SQLite refuses at once while another does."""

    def connect(url: str, together: threading.Barrier) -> str:
        engine = open_database(url)
        together.wait()
        with read_only(engine) as connection:
            mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
        engine.dispose()
        return str(mode)

    with ThreadPoolExecutor(4) as starting:
        for number in range(25):
            together = threading.Barrier(4)
            running = [starting.submit(connect, f"sqlite:///{tmp_path}/{number}.db", together) for _ in range(4)]
            assert {each.result() for each in running} == {"wal"}


def test_save_is_a_compare_and_swap(engine: sa.Engine) -> None:
    state = TeamState()
    with engine.begin() as connection:
        Repository(connection).save("team", 0, [AccountPut(NOON_S, "a")], state, (), (), ())
    with pytest.raises(Stale), engine.begin() as connection:
        Repository(connection).save("team", 0, [AccountPut(NOON_S, "b")], state, (), (), ())
    assert [seq for seq, _ in stored(engine)] == [1]


def test_a_stale_dispatcher_decides_again(engine: sa.Engine) -> None:
    """Two dispatchers on one database, each with a cached state: every event lands once, in one order, and both agree."""
    pair = [Dispatcher(engine, SteppedClock(NOON_S)) for _ in range(2)]

    def write(dispatcher: Dispatcher, name: str) -> None:
        for number in range(25):
            put(dispatcher, f"{name}{number}")

    threads = [threading.Thread(target=write, args=(each, name)) for each, name in zip(pair, "ab", strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log = stored(engine)
    assert [seq for seq, _ in log] == list(range(1, 51))
    assert len({body for _, body in log}) == 50
    for dispatcher in pair:
        with dispatcher.reading("team") as (state, _):
            assert (state.revision, len(state.accounts)) == (50, 50)
        dispatcher.close()


def test_a_turn_that_is_being_taken_is_not_overtaken(engine: sa.Engine) -> None:
    """A writer that is slower than the others gets its turn all the same: they wait for it, however many they are; on SQLite, where the
    others may write while it decides, from its second try on."""
    slow, *fast = (Dispatcher(engine, SteppedClock(NOON_S)) for _ in range(3))
    others: list[Future[Answer]] = []
    before = 2 if engine.dialect.name == "sqlite" else 0  # come through beside the first try

    def others_come_in_between(_state: TeamState, _now_s: float) -> list[AccountPut]:
        for dispatcher in fast:
            event = AccountPut(NOON_S, f"fast{len(others)}")
            others.append(dispatcher.submit(Command("team", lambda _s, _n, event=event: [event], lambda _outcome: Answer(200, ""))))
        wait(others, timeout=30.0 if len(others) == before else 0.5)
        return [AccountPut(NOON_S, "slow")]

    slow.submit(Command("team", others_come_in_between, lambda _outcome: Answer(200, ""))).result()
    for each in others:
        each.result()
    assert len(others) == before + 2
    assert [seq for seq, _ in stored(engine)] == list(range(1, before + 4))
    assert '"slow"' in stored(engine)[before][1]
    for dispatcher in (slow, *fast):
        dispatcher.close()


def test_processes_that_write_at_once_all_come_through(database_url: str, engine: sa.Engine) -> None:
    program = """if True:
        import sys
        from concurrent.futures import wait
        from api.clock import Clock
        from api.writer.dispatcher import Dispatcher
        from api.writer.exchange import Answer, Command
        from api.store.database import open_database
        from router.events import AccountPut
        engine = open_database(sys.argv[1])
        dispatcher = Dispatcher(engine, Clock(), batch_max=1)
        events = [lambda _state, now_s, n=n: [AccountPut(now_s, sys.argv[2] + str(n))] for n in range(100)]
        futures = dispatcher.submit_all([Command("team", each, lambda _outcome: Answer(200, "")) for each in events])
        wait(futures)
        dispatcher.close()
        print([each.exception() for each in futures if each.exception()])
    """
    running = [subprocess.Popen([sys.executable, "-c", program, database_url, name], stdout=subprocess.PIPE, text=True) for name in "ab"]
    assert [each.communicate(timeout=120)[0] for each in running] == ["[]\n", "[]\n"]
    assert [seq for seq, _ in stored(engine)] == list(range(1, 201))


def test_the_state_of_a_failed_commit_is_thrown_away(engine: sa.Engine) -> None:
    dispatcher = Dispatcher(engine, SteppedClock(NOON_S))
    put(dispatcher, "a")
    with engine.begin() as connection:  # the next event's place is taken: its insert must fail
        connection.execute(sa.insert(events).values(team="team", seq=2, at_s=0.0, kind="x", body="{}"))
    with pytest.raises(sa.exc.IntegrityError):
        put(dispatcher, "b")
    with engine.begin() as connection:
        connection.execute(sa.delete(events).where(events.c.seq == 2))
    with dispatcher.reading("team") as (state, _):
        assert set(state.accounts) == {"a"}
    put(dispatcher, "c")
    assert len(stored(engine)) == 2
    dispatcher.close()


def test_a_failing_commit_answers_500_and_nothing_is_acknowledged(world: World) -> None:
    with world.services.engine.begin() as connection:
        connection.execute(sa.insert(events).values(team="default", seq=1, at_s=0.0, kind="x", body="{}"))
    response = world("admin", "PUT", "/v1/agents/ana", {"name": "Ana"})
    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    with world.services.engine.begin() as connection:
        connection.execute(sa.delete(events))
    assert world.ok("admin", "GET", "/v1/agents")["items"] == []
    assert world("admin", "PUT", "/v1/agents/ana", {"name": "Ana"}).status_code == 200


def test_a_database_that_is_gone_is_503_and_comes_back(postgres: ThrowawayPostgres) -> None:
    name = "gone_and_back"
    with make_world(postgres.create_database(name)) as world:
        world.agent("ana")
        postgres.rename_database(name, "away")
        for method, path, body in (("POST", "/v1/agents/ana/status", {"status": "away"}), ("GET", "/v1/agents/ana", None)):
            response = world("admin" if method == "GET" else "helpdesk", method, path, body)
            assert (response.status_code, response.headers["content-type"]) == (503, "application/problem+json"), response.text
            assert response.headers["retry-after"] == "1"
        assert world.client.get("/readyz").status_code == 503
        postgres.rename_database("away", name)
        assert world.ok("admin", "GET", "/v1/agents/ana")["status"] == "online"
        until(lambda: world.client.get("/readyz").status_code == 200)
    postgres.drop_database(name)


def test_connections_that_were_used_last_are_used_again(postgres: ThrowawayPostgres) -> None:
    """They know the statements, and what each keeps after a large checkpoint is kept once."""
    engine = open_database(postgres.create_database("pooled"), wait_s=5.0)
    several = [engine.connect() for _ in range(3)]
    pids = [each.execute(sa.text("SELECT pg_backend_pid()")).scalar_one() for each in several]
    for each in several:
        each.close()
    for _ in range(3):
        with engine.connect() as again:
            assert again.execute(sa.text("SELECT pg_backend_pid()")).scalar_one() == pids[-1]
    engine.dispose()
    postgres.drop_database("pooled")


def test_one_poison_request_spoils_no_other(engine: sa.Engine) -> None:
    dispatcher = Dispatcher(engine, SteppedClock(NOON_S))

    def poison(_state: TeamState, _now_s: float) -> Any:
        raise ZeroDivisionError

    good = [Command("team", lambda _s, _n, n=n: [AccountPut(NOON_S, f"a{n}")], lambda _outcome: Answer(200, "")) for n in range(3)]
    futures = dispatcher.submit_all([good[0], Command("team", poison, lambda _outcome: Answer(200, "")), *good[1:]])
    assert [type(each.exception()) for each in futures] == [type(None), ZeroDivisionError, type(None), type(None)]
    assert len(stored(engine)) == 3
    dispatcher.close()


def test_a_key_whose_first_request_is_still_served_is_refused(engine: sa.Engine) -> None:
    dispatcher, release = Dispatcher(engine, SteppedClock(NOON_S)), threading.Event()

    def slow(_state: TeamState, _now_s: float) -> Any:
        assert release.wait(timeout=60)
        return [AccountPut(NOON_S, "a")]

    command = Command("team", slow, lambda _outcome: Answer(201, "first"), ("key", "digest"))
    first = dispatcher.submit(command)
    assert isinstance(dispatcher.submit(command).exception(), KeyInFlight)
    release.set()
    assert first.result().body == "first"
    assert dispatcher.submit(command).result() == Answer(201, "first")
    assert len(stored(engine)) == 1
    dispatcher.close()


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


def test_teams_are_apart(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        Repository(connection).create_team("other", NOON_S)
    dispatcher = Dispatcher(engine, SteppedClock(NOON_S))
    for team in ("team", "other"):
        opened = [AgentPut(NOON_S, "ana", "Ana"), TicketOpened(NOON_S, "T1", team, NOON_S, "x")]
        dispatcher.submit(Command(team, lambda _s, _n, opened=opened: opened, lambda _outcome: Answer(200, ""))).result()
    for team in ("team", "other"):
        with dispatcher.reading(team) as (state, _):
            assert set(state.accounts) == {team}
    with engine.connect().execution_options(reading=True) as connection:
        assert connection.execute(sa.select(teams.c.id, teams.c.revision).order_by(teams.c.id)).all() == [("other", 3), ("team", 3)]
    dispatcher.close()


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


def test_what_was_deleted_leaves_the_log_though_a_commit_is_copying_it(tmp_path: Path) -> None:
    engine, done = open_database(f"sqlite:///{tmp_path}/store.db"), threading.Event()
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE words (said TEXT)")

    def copy() -> None:
        with closing(sqlite3.connect(tmp_path / "store.db", timeout=30)) as other:
            while not done.is_set():
                other.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()

    with ThreadPoolExecutor(1) as beside:
        copied = beside.submit(copy)
        try:
            for _ in range(20):
                with engine.begin() as connection:
                    connection.exec_driver_sql("INSERT INTO words VALUES (?)", ("x" * 100_000,))
                    connection.exec_driver_sql("DELETE FROM words")
                overwrite(engine)
                assert (tmp_path / "store.db-wal").stat().st_size == 0
        finally:
            done.set()
        copied.result()
    engine.dispose()


@pytest.mark.parametrize("url", ["nonsense", "mysql://localhost/x", "sqlite://", "sqlite:///:memory:"])
def test_a_database_that_cannot_be_used_is_said_in_one_line(url: str) -> None:
    with pytest.raises(DatabaseSettingError, match=r"^RESPITE_DATABASE_URL [^\n]*$"):
        open_database(url)
