"""The database under the store: its tables, first starts, connections, what it keeps of what was deleted, and one that is none."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from api.store.database import DatabaseSettingError, open_database, overwrite, read_only, upgrade
from api.store.tables import metadata
from support.patience import until
from support.postgres import ThrowawayPostgres
from support.world import world as make_world


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


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_a_database_that_holds_not_every_script_is_refused(postgres: ThrowawayPostgres, encoding: str) -> None:
    """The one is what a cluster has that was made where no locale is set: its text comes back as bytes; the other takes no name of the
    east."""
    with pytest.raises(DatabaseSettingError, match=f"encoded in {encoding}, .* ENCODING 'UTF8'"):
        upgrade(open_database(postgres.create_database(f"in_{encoding.lower()}", encoding=encoding)))
    postgres.drop_database(f"in_{encoding.lower()}")


def test_text_is_the_same_whatever_the_environment_says_of_its_encoding(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGCLIENTENCODING", "LATIN1")
    engine = open_database(postgres_url)
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT CAST(:name AS TEXT)"), {"name": "日本 🎉"}).scalar_one() == "日本 🎉"
    engine.dispose()


def test_a_pooler_that_shares_its_sessions_is_refused(postgres_url: str) -> None:
    """Two connections that are open at once have the same session of the server, as with a pooler in transaction mode."""
    shared = sa.create_engine(postgres_url, poolclass=sa.StaticPool)
    with pytest.raises(DatabaseSettingError, match="pooler in transaction mode"):
        upgrade(shared)
    shared.dispose()
