"""The throw-away PostgreSQL starts, keeps databases apart, says why it cannot start, and leaves nothing behind."""

from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, make_url, text

from support.postgres import PostgresDidNotStartError, ThrowawayPostgres


def scalar(url: str, query: str) -> object:
    engine = create_engine(url)
    with engine.begin() as connection:
        value = connection.execute(text(query)).scalar_one()
    engine.dispose()
    return value


@pytest.mark.parametrize("durable", [False, True])
def test_starts_answers_and_stops(durable: bool) -> None:
    with ThrowawayPostgres(durable=durable) as server:
        assert str(scalar(server.url(), "select version()")).startswith("PostgreSQL ")
        assert scalar(server.url(), "show fsync") == ("on" if durable else "off")
        data = Path(str(scalar(server.url(), "show data_directory")))
        assert data.is_dir()
    assert not data.parent.exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(server.url().replace("+psycopg", ""), connect_timeout=2)


def test_failure_to_start_shows_the_servers_log(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    initdb = tmp_path / "bin" / "initdb"
    initdb.parent.mkdir()
    initdb.write_text("#!/bin/sh\necho no room left >&2\nexit 1\n")
    initdb.chmod(0o755)
    monkeypatch.setenv("RESPITE_PG_BIN", str(initdb.parent))
    with pytest.raises(PostgresDidNotStartError, match="no room left"), ThrowawayPostgres():
        pass


def test_each_database_starts_empty(database_url: str) -> None:
    scheme = make_url(database_url).get_backend_name()
    catalogue = "sqlite_master" if scheme == "sqlite" else "information_schema.tables where table_schema = 'public'"
    assert scalar(database_url, f"select count(*) from {catalogue}") == 0


def test_a_modules_database_is_not_the_servers_own(postgres_url: str) -> None:
    assert scalar(postgres_url, "select current_database()") != "postgres"
