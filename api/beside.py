"""A transaction on the store beside routing: on SQLite, which has one writer, between two turns; on PostgreSQL at any time."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import sqlalchemy as sa

from api.dispatcher import Dispatcher


@contextlib.contextmanager
def writing(dispatcher: Dispatcher) -> Iterator[sa.Connection]:
    if dispatcher.engine.dialect.name == "sqlite":
        with dispatcher.writing() as connection:
            yield connection
    else:
        with dispatcher.engine.begin() as connection:
            yield connection
