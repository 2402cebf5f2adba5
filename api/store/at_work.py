"""The locks by which a service says that it is at work on a database: on SQLite one beside the file, which one process holds; on PostgreSQL
one that services share, and that whoever changes the store for all of them wants alone. They end with the process, or the connection."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

SERVING_LOCK = 7_236_771_484
ALONE = sa.text("SELECT pg_try_advisory_xact_lock(:lock)")


class NotLocked(ValueError):
    """There is a file for the lock that can't be used."""


@contextlib.contextmanager
def alone_on_file(database: str | None) -> Iterator[bool]:
    """Whether nobody is at work on an SQLite file, under whatever name; where so, nobody begins to inside the block. Raises `NotLocked`."""
    path = Path(f"{os.path.realpath(str(database))}.lock")
    with contextlib.ExitStack() as held:
        try:
            fcntl.flock(held.enter_context(path.open("a")), fcntl.LOCK_EX | fcntl.LOCK_NB)
            alone = True
        except BlockingIOError:
            alone = False
        except OSError as error:
            raise NotLocked(f"{path} can't be locked: {error.strerror}") from error
        yield alone


@contextlib.contextmanager
def alone(connection: sa.Connection) -> Iterator[bool]:
    """Whether nobody is at work on the database of a transaction; where so, nobody begins to before the end of the block (SQLite) or of the
    transaction (PostgreSQL)."""
    if connection.dialect.name == "sqlite":
        with alone_on_file(connection.engine.url.database) as found:
            yield found
    else:
        yield bool(connection.execute(ALONE, {"lock": SERVING_LOCK}).scalar_one())
