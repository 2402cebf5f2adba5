"""SQLite has one writer, so one service at a time: who serves holds a lock beside the file, which ends with the process."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.engine import make_url

from api.store.database import DatabaseSettingError


@contextlib.contextmanager
def sole_service(database_url: str) -> Iterator[None]:
    """Frames the life of a service; commands beside it need no such thing, and neither do services on PostgreSQL.

    Raises `DatabaseSettingError` where another service is at work on the file, under whatever name.
    """
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite":
        yield
        return
    database = os.path.realpath(str(url.database))
    with Path(f"{database}.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            where = f"RESPITE_DATABASE_URL: another service is at work on {database}"
            raise DatabaseSettingError(f"{where}, and SQLite takes one: stop that, or use PostgreSQL for several") from error
        yield
