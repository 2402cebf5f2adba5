"""Which of several services on one PostgreSQL does what only one of them may do: who holds a lock that ends with its connection."""

from __future__ import annotations

import hashlib
import threading

import psycopg
import sqlalchemy as sa

from api.store.postgresql import connection_of_its_own, let_go


class Leadership:
    """`held()` before each piece of such work. SQLite has one service, which leads."""

    def __init__(self, engine: sa.Engine, name: str) -> None:
        self._engine = engine if engine.dialect.name == "postgresql" else None
        self._key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
        self._connection: psycopg.Connection | None = None
        self._asking = threading.Lock()

    def held(self) -> bool:
        """Whether this one leads now: asked of the database each time, so that a lost connection is noticed before the work is done.

        Takes the lead where nobody has it, again, too, where the connection was lost; False where the database does not answer.
        """
        if self._engine is None:
            return True
        with self._asking:
            try:
                return self._still() or self._take(self._engine)
            except psycopg.Error:
                self._let_go()
                return False

    def close(self) -> None:
        """Let another lead."""
        with self._asking:
            self._let_go()

    def _still(self) -> bool:
        if self._connection is None:
            return False
        try:
            self._connection.execute("SELECT 1")
        except psycopg.Error:
            self._let_go()
        return self._connection is not None

    def _take(self, engine: sa.Engine) -> bool:
        self._connection = connection_of_its_own(engine)
        taken = bool(self._connection.execute("SELECT pg_try_advisory_lock(%s)", (self._key,)).fetchall()[0][0])
        if not taken:
            self._let_go()
        return taken

    def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            let_go(connection)
