"""That a service is at work, for others to see: on PostgreSQL by locks that end with a connection of it; on SQLite there is one."""

from __future__ import annotations

import secrets

import psycopg
import sqlalchemy as sa

from api.store.at_work import SERVING_LOCK
from api.store.database import DatabaseSettingError
from api.store.postgresql import ANSWER_WITHIN_S, connection_of_its_own, let_go

TRY_LOCK = sa.text("SELECT pg_try_advisory_xact_lock(:run)")
# a machine that is gone, or cut off, is taken for gone as soon as its own side would notice
NOTICED = f"SET tcp_keepalives_idle = {ANSWER_WITHIN_S}; SET tcp_keepalives_interval = {ANSWER_WITHIN_S}; SET tcp_keepalives_count = 2"


class Presence:
    """Of one service. `run` is its name for as long as it lives: what stands under it in the store ends with it."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine, self.run = engine, secrets.randbits(62)
        self._alone = engine.dialect.name == "sqlite"
        self._first: psycopg.Connection | None = None

    def begin(self) -> None:
        """From here on, before anything is read of the teams; raises `DatabaseSettingError` where a restore is at work."""
        if self._alone:
            return
        try:
            self._first = self.connection()
        except DatabaseSettingError:
            self.engine.dispose()  # nothing will be read with it
            raise

    def connection(self) -> psycopg.Connection:
        """One to PostgreSQL with which the presence ends: that of `begin`, then new ones, should it be lost. To be closed.

        Raises `DatabaseSettingError` where a restore is at work, `psycopg.Error` where there is none to be had.
        """
        first, self._first = self._first, None
        if first is not None:
            return first
        made = share(self.engine)
        # shared with a connection of ours that only the other end believes in still
        made.execute("SELECT pg_advisory_lock_shared(%s)", (self.run,))
        return made

    def end(self) -> None:
        """Let go of the connection of `begin` where nobody has taken it."""
        first, self._first = self._first, None
        if first is not None:
            let_go(first)

    def works(self, connection: sa.Connection, run: int) -> bool:
        """Whether the service of that name is at work."""
        return run == self.run or not (self._alone or connection.execute(TRY_LOCK, {"run": run}).scalar_one())


def share(engine: sa.Engine) -> psycopg.Connection:
    """A connection to PostgreSQL that says that somebody serves; raises as `Presence.connection` does."""
    return _holding(engine, "SELECT pg_try_advisory_lock_shared(%s)", "a restore is at work on the database: start when it is through")


def exclude(engine: sa.Engine) -> psycopg.Connection:
    """A connection to PostgreSQL while which is open nobody serves; raises `DatabaseSettingError` where somebody does."""
    taken = "a service is at work on the database: stop it, with all of its workers on every machine"
    return _holding(engine, "SELECT pg_try_advisory_lock(%s)", taken)


def _holding(engine: sa.Engine, ask: str, refusal: str) -> psycopg.Connection:
    connection = connection_of_its_own(engine)
    connection.execute(NOTICED)
    if not connection.execute(ask, (SERVING_LOCK,)).fetchall()[0][0]:
        connection.close()
        raise DatabaseSettingError(f"RESPITE_DATABASE_URL: {refusal}")
    return connection
