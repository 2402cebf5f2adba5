"""Opening the database and bringing its tables up to date, safely when several processes start at once."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy.engine import make_url

import api.store
from api.store import at_work, postgresql

MIGRATIONS = Path(api.store.__file__).parent / "migrations"
GUIDE = sa.table("alembic_version", sa.column("version_num"))  # it says which migration a database is at
ADVISORY_LOCK = 7_236_771_483
BUSY_TIMEOUT_S = 30
AGAIN_S = 0.01
ENCODED = "the database is encoded in {}, and names are in every script: make one with TEMPLATE template0 ENCODING 'UTF8'"


class DatabaseSettingError(ValueError):
    """The database URL can't be used; the message is one line."""


class UnknownMigration(ValueError):
    """A store is at a migration that this version does not have: it is of a later one."""


def open_database(url: str, connect_s: int = postgresql.ANSWER_WITHIN_S, wait_s: float | None = None) -> sa.Engine:
    """An engine for `url`: SQLite in WAL mode with synchronous FULL, or PostgreSQL through psycopg.

    A connection must come about within `connect_s` seconds; a statement on PostgreSQL, a lock of SQLite or one of the pool's connections
    within `wait_s` (without it statements take as long as they take). What takes longer raises one of `faults.PASSING`.
    """
    try:
        parsed = make_url(url)
        kind = parsed.get_backend_name()
    except (sa.exc.ArgumentError, ValueError) as error:  # the port is read as a number
        raise DatabaseSettingError("RESPITE_DATABASE_URL is not a database URL, e.g. sqlite:///var/respite.db") from error
    pool_s = BUSY_TIMEOUT_S if wait_s is None else wait_s
    if kind == "sqlite":
        return _open_sqlite(parsed, pool_s)
    if kind == "postgresql":
        return postgresql.opened(parsed, connect_s, pool_s, wait_s)
    raise DatabaseSettingError(f"RESPITE_DATABASE_URL names {kind!r}; use sqlite or postgresql")


def read_only(engine: sa.Engine) -> sa.Connection:
    """A connection, for a `with`, that only reads: on SQLite it waits for no writer, and none for it."""
    return engine.connect().execution_options(reading=True)


def takes_writes(connection: sa.Connection) -> bool:
    """False where PostgreSQL says of itself that it only reads, as a standby does; of a disk that is full a write alone tells."""
    return connection.dialect.name == "sqlite" or connection.execute(sa.text("SHOW transaction_read_only")).scalar_one() == "off"


def missing_file(url: str) -> str | None:
    """The file of an SQLite database that is not there: looking must not make it. None where it is, or the URL names no file."""
    try:
        parsed = make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        return None
    file = parsed.database if parsed.get_backend_name() == "sqlite" else None
    return file if file and file != ":memory:" and not Path(file).exists() else None


def found_revision(engine: sa.Engine) -> str | None:
    """The migration that a database is at, of whatever version; None where no service was ever at work on it. Raises
    `DatabaseSettingError` where it can't be read."""
    try:
        with read_only(engine) as connection:
            return stored_revision(connection)
    except sa.exc.DBAPIError as error:
        raise not_opened(error) from error


def _open_sqlite(url: sa.URL, wait_s: float) -> sa.Engine:
    if not url.database or url.database == ":memory:":
        raise DatabaseSettingError("RESPITE_DATABASE_URL names a database in memory; decisions must survive: give a file")
    if url.query or url.host or url.database.startswith("file:") or "\x00" in url.database:
        raise DatabaseSettingError("RESPITE_DATABASE_URL may name a file and nothing else of SQLite, e.g. sqlite:///var/respite.db")
    try:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseSettingError(f"RESPITE_DATABASE_URL: {error.filename} can't be made a folder: {error.strerror}") from error
    with contextlib.suppress(OSError):  # why it can't be opened is said when it is
        os.close(os.open(url.database, os.O_RDWR | os.O_CREAT, 0o600))  # names of people are in it
    waiting = {"timeout": wait_s, "isolation_level": None}
    engine = sa.create_engine(url.set(drivername="sqlite"), connect_args=waiting, pool_timeout=wait_s, hide_parameters=True)

    @sa.event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: object) -> None:
        _write_ahead(connection, wait_s)
        # secure_delete: what a person has had deleted is overwritten, not left in free pages
        for pragma in ("synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def on_begin(connection: sa.Connection) -> None:
        if connection.get_execution_options().get("reading"):
            connection.connection.cursor().execute("BEGIN")  # which takes no lock, so nothing refuses it
        else:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _write_ahead(connection: sqlite3.Connection, wait_s: float) -> None:
    """Switch a database to WAL, which stays. Of several that switch a new one at once SQLite refuses all but one without waiting."""
    until_s = time.monotonic() + wait_s
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() >= until_s:
                raise
            time.sleep(AGAIN_S)
        else:
            return


def upgrade(engine: sa.Engine) -> None:
    """Apply what migrations are missing. Processes that start together wait for each other.

    Raises `DatabaseSettingError` where the database can't be opened, is not in UTF-8, or of a later version, and where an earlier version
    is at work on it: that would find its tables gone, and its turns and the change of tables would wait for each other.
    """
    try:
        _upgrade(engine)
    except sa.exc.DBAPIError as error:
        raise not_opened(error) from error
    except at_work.NotLocked as error:
        raise DatabaseSettingError(f"RESPITE_DATABASE_URL: {error}") from error
    except UnknownMigration as error:
        raise DatabaseSettingError(f"RESPITE_DATABASE_URL: the database is of another version: {error}") from error
    except DatabaseSettingError:
        engine.dispose()  # it is of no use to whoever asked
        raise


def not_opened(error: sa.exc.DBAPIError | psycopg.Error) -> DatabaseSettingError:
    return DatabaseSettingError(f"RESPITE_DATABASE_URL: the database can't be opened: {in_a_line(error)}")


def in_a_line(error: Exception) -> str:
    """What the database itself says first of an error, without the statement that SQLAlchemy adds."""
    return str(error.orig if isinstance(error, sa.exc.DBAPIError) else error).strip().splitlines()[0]


def head_revision() -> str:
    """The newest migration of this version: their files are named by number."""
    return max(each.name for each in (MIGRATIONS / "versions").glob("[0-9]*.py")).partition("_")[0]


def stored_revision(connection: sa.Connection) -> str | None:
    """The migration that a database is at; None where it is empty."""
    there = sa.inspect(connection).has_table(GUIDE.name)
    return connection.execute(sa.select(GUIDE.c.version_num)).scalar_one_or_none() if there else None


def migrate(connection: sa.Connection, revision: str = "head") -> None:
    """Apply the migrations up to `revision`, in the transaction of the caller; on SQLite with foreign keys off. Raises `UnknownMigration`
    where the database, or `revision`, is at one of a later version."""
    from alembic import command  # it takes a quarter of a second, and most who open a store find it up to date
    from alembic.config import Config
    from alembic.util.exc import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, revision)
    except CommandError as error:
        raise UnknownMigration(str(error)) from error
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise RuntimeError(f"migration broke {len(broken)} references; nothing was changed")


def _upgrade(engine: sa.Engine) -> None:
    if engine.dialect.name == "postgresql" and postgresql.shares_sessions(engine):
        raise DatabaseSettingError("RESPITE_DATABASE_URL: a pooler in transaction mode is there; set it to session mode, or go past it")
    if engine.dialect.name == "postgresql" and (encoding := postgresql.encoding(engine)) != "UTF8":
        raise DatabaseSettingError(f"RESPITE_DATABASE_URL: {ENCODED.format(encoding)}")
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.detach()  # so that it is closed afterwards, and the lock and what is set here end with it
            session: Any = connection.connection.dbapi_connection
            session.patience_s = None  # who comes second waits for as long as the first needs
            connection.execute(sa.text("SET statement_timeout = 0"))
            connection.execute(sa.text("SET lock_timeout = 0"))
            connection.execute(sa.text("SELECT pg_advisory_lock(:lock)"), {"lock": ADVISORY_LOCK})
            connection.commit()
        else:
            # a batch change of a parent table would delete child rows while foreign keys are enforced
            connection.connection.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                stored, newest = stored_revision(connection), head_revision()
                if stored is None:
                    migrate(connection)
                elif stored < newest:
                    _migrate_alone(connection)
                elif stored > newest:
                    raise UnknownMigration(stored)
        finally:
            if engine.dialect.name == "sqlite":
                connection.connection.execute("PRAGMA foreign_keys = ON")


def _migrate_alone(connection: sa.Connection) -> None:
    with at_work.alone(connection) as alone:
        if not alone:
            older = "a service of an earlier version is at work on the database"
            raise DatabaseSettingError(f"RESPITE_DATABASE_URL: {older}: stop it, with all of its workers, and start this one then")
        migrate(connection)


def overwrite(engine: sa.Engine) -> None:
    """Let nothing that was deleted stand in SQLite's write-ahead log: what it holds goes to the database, and it is cut to nothing.

    Waits for readers for as long as a writer waits for a lock, and for a commit that copies some of it, which SQLite itself does not wait
    for; `secure_delete` has overwritten what was deleted in the database itself. Raises `sqlalchemy.exc.OperationalError` where the disk
    is full: what is there stays, and is whole.
    """
    if engine.dialect.name == "sqlite":
        connection, until_s = engine.raw_connection(), time.monotonic() + BUSY_TIMEOUT_S
        try:
            while connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] and time.monotonic() < until_s:
                time.sleep(AGAIN_S)
        except sqlite3.OperationalError as error:
            raise sa.exc.OperationalError("PRAGMA wal_checkpoint", None, error) from error
        finally:
            connection.close()
