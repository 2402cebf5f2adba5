"""Who may be at work on a database at the same time: on SQLite, which has one writer, one service, by a lock beside the file; on PostgreSQL
any number, but none while it is restored. The locks end with the process."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import psycopg
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from api.store import presence
from api.store.at_work import NotLocked, alone_on_file
from api.store.database import DatabaseSettingError, not_opened, open_database
from api.store.postgresql import let_go


def serving(database_url: str) -> AbstractContextManager[None]:
    """Frames the life of a service; commands beside it need no such thing.

    Raises `DatabaseSettingError` where a restore is at work on the database or, on SQLite, another service, under whatever name.
    """
    return _held(database_url, presence.share)


def replacing(database_url: str) -> AbstractContextManager[None]:
    """Frames a restore; raises `DatabaseSettingError` where a service is at work on the database, or another restore."""
    return _held(database_url, presence.exclude)


def _held(database_url: str, on_postgresql: Callable[[sa.Engine], psycopg.Connection]) -> AbstractContextManager[None]:
    if make_url(database_url).get_backend_name() == "sqlite":
        return _alone_on_file(database_url)
    return _locked(database_url, on_postgresql)


@contextlib.contextmanager
def _alone_on_file(database_url: str) -> Iterator[None]:
    database = make_url(database_url).database
    with contextlib.ExitStack() as held:
        try:
            alone = held.enter_context(alone_on_file(database))
        except NotLocked as error:
            raise DatabaseSettingError(f"RESPITE_DATABASE_URL: {error}") from error
        if not alone:
            where = f"RESPITE_DATABASE_URL: another service is at work on {os.path.realpath(str(database))}"
            raise DatabaseSettingError(f"{where}, and SQLite takes one: stop that, or use PostgreSQL for several")
        yield


@contextlib.contextmanager
def _locked(database_url: str, lock: Callable[[sa.Engine], psycopg.Connection]) -> Iterator[None]:
    try:
        connection = lock(open_database(database_url))
    except psycopg.Error as error:
        raise not_opened(error) from error
    try:
        yield
    finally:
        let_go(connection)
