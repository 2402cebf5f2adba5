"""Connections to PostgreSQL: those of an engine, and those of their own, which hold locks for as long as they are open."""

from __future__ import annotations

import contextlib
from typing import Any

import psycopg
import sqlalchemy as sa

from api.store.patient import PatientConnection

STUCK_S = 60
ANSWER_WITHIN_S = 5  # what waits on a connection of its own must notice that the other end is gone
GONE_S = 3 * ANSWER_WITHIN_S  # as long as it takes to notice a machine that is gone, for a server that is there and says nothing


def opened(url: sa.URL, connect_s: int, pool_s: float, wait_s: float | None) -> sa.Engine:
    """An engine, one of whose connections is waited for `pool_s` seconds; `connect_s` and `wait_s` as of `open_database`.

    What the URL itself says of waiting holds. A server that does not even acknowledge is given up after the same time, one that says
    nothing a little later than it should have.
    """
    wanted: dict[str, Any] = {"connect_timeout": connect_s, "client_encoding": "utf8"}  # whatever the database has, or the environment
    if wait_s is not None:
        wanted["tcp_user_timeout"] = round(wait_s * 1000)
    given = {name: value for name, value in wanted.items() if name not in url.query}
    driver = url.set(drivername="postgresql+psycopg")
    # the last one given back first: each learns statements of its own, and keeps a buffer as large as the largest part of a checkpoint
    pool = {"pool_pre_ping": True, "pool_size": 10, "pool_timeout": pool_s, "pool_use_lifo": True}
    # whatever the server's own isolation is: a turn that was overtaken is taken again; and errors are logged, words are not
    engine = sa.create_engine(driver, **pool, connect_args=given, isolation_level="READ COMMITTED", hide_parameters=True)

    @sa.event.listens_for(engine, "do_connect")
    def do_connect(_dialect: object, _record: object, given: list[Any], named: dict[str, Any]) -> PatientConnection:
        return PatientConnection.connect(*given, **named)

    if wait_s is not None and "options" not in url.query:
        bounds = "".join(f"SET {name} = {round(wait_s * 1000)};" for name in ("statement_timeout", "lock_timeout"))

        @sa.event.listens_for(engine, "connect")
        def on_connect(connection: PatientConnection, _record: object) -> None:
            connection.patience_s = wait_s + ANSWER_WITHIN_S
            connection.execute(bounds)  # as options of the connection, poolers refuse them
            connection.commit()

    return engine


def give_up_stuck_turns(engine: sa.Engine) -> None:
    """Whoever stands still in the middle of a turn, suspended or cut off, holds its team for `STUCK_S` and no longer; on PostgreSQL.

    To be called before the first connection is made.
    """
    if engine.dialect.name != "postgresql":
        return

    @sa.event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: object) -> None:
        connection.execute(f"SET idle_in_transaction_session_timeout = '{STUCK_S}s'")
        connection.commit()


def encoding(engine: sa.Engine) -> str:
    """In which the database keeps its text; one made on a machine that has no locale set takes bytes for characters (`SQL_ASCII`)."""
    with engine.connect() as connection:
        return str(connection.execute(sa.text("SHOW server_encoding")).scalar_one())


def shares_sessions(engine: sa.Engine) -> bool:
    """Whether a pooler in transaction mode is there: it gives whichever session of the server's is free, the same one to two connections
    that are open at once. Locks would be held by nobody who knows of it, and the next start would wait for them."""
    session, found = sa.text("SELECT pg_backend_pid()"), set[int]()
    with engine.connect() as one, engine.connect() as other:
        for each in (one, other):
            found.add(each.execute(session).scalar_one())
            each.commit()
    return len(found) == 1


def connection_of_its_own(engine: sa.Engine) -> psycopg.Connection:
    """A connection to PostgreSQL beside the pool, each statement a transaction: for what must not end when a request does.

    Raises `psycopg.OperationalError` where there is none to be had, and where it is not answered for `GONE_S`.
    """
    _, given = engine.dialect.create_connect_args(engine.url)
    alive = {"keepalives_idle": ANSWER_WITHIN_S, "keepalives_interval": ANSWER_WITHIN_S, "keepalives_count": 2}
    made = PatientConnection.connect(**{"connect_timeout": ANSWER_WITHIN_S, **alive, **given, "autocommit": True})
    made.patience_s = GONE_S
    return made


def let_go(connection: psycopg.Connection) -> None:
    """Give back what a connection holds, then close it: PostgreSQL may take a moment to notice that it has ended."""
    with contextlib.suppress(psycopg.Error):
        connection.execute("SELECT pg_advisory_unlock_all()")
    connection.close()
