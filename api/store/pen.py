"""Who writes to the store now. SQLite has one writer, and who comes second to it sleeps and asks again, so in this process one waits for
the other here; on PostgreSQL anybody writes at any time."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

import sqlalchemy as sa

from api.store.faults import Unavailable


class Pen:
    """One for an engine. Who waits for it for `patience_s` gets `Unavailable`."""

    def __init__(self, engine: sa.Engine, patience_s: float) -> None:
        self.engine, self.patience_s = engine, patience_s
        self._alone = engine.dialect.name == "sqlite"
        self._lock = threading.Lock()
        self._deciding: contextlib.ExitStack | None = None

    @contextlib.contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction that writes."""
        with self._taken(), self.engine.begin() as connection:
            yield connection

    @contextlib.contextmanager
    def reading_first(self) -> Iterator[sa.Connection]:
        """A transaction that only reads until `take`, so that on SQLite others write while it takes its time; one at a time. What it has
        read may have changed by then: a compare-and-swap has to tell."""
        with contextlib.ExitStack() as held, self.engine.connect() as connection:
            if self._alone:
                connection.execution_options(reading=True)
                self._deciding = held
            try:
                with connection.begin():
                    yield connection
            finally:
                self._deciding = None

    def take(self, connection: sa.Connection) -> bool:
        """From here on a transaction that was reading first writes; whether others may have written since it began."""
        if self._deciding is None:
            return False
        connection.connection.commit()
        self._deciding.enter_context(self._taken())
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        return True

    @contextlib.contextmanager
    def _taken(self) -> Iterator[None]:
        if self._alone and not self._lock.acquire(timeout=self.patience_s):
            raise Unavailable(f"who writes has not come to an end within {self.patience_s:g} s")
        try:
            yield
        finally:
            if self._alone:
                self._lock.release()
