"""Whose keys requests carry: asked of the store for every request, so that a revoked key is refused from its revocation on."""

from __future__ import annotations

import asyncio
from collections.abc import Set
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import sqlalchemy as sa

from api.store.keys import OF_PARENT, SELECTOR, SHOWN, Stored, the_one

ASKED = ("one.selector", *(f"one.{name}" for name in SHOWN), *(f"parent.{name}" for name in OF_PARENT))
FIND = f"SELECT {', '.join(ASKED)} FROM keys AS one LEFT JOIN keys AS parent ON parent.id = one.parent WHERE one.selector IN "
MARKS = {"qmark": "?", "pyformat": "%s", "format": "%s"}


class KeyRing:
    """Nothing is remembered. On SQLite a look is taken at once, and serves the pass of the event loop: whatever asks before the pass is
    over had come before the look. On PostgreSQL it is a round trip, so requests that come while one is under way share the next. To be
    used on the event loop."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._beside = engine.dialect.name != "sqlite"
        self._mark = MARKS[engine.dialect.paramstyle]
        self._connection: Any = None
        self._seen: dict[str, list[Stored]] = {}  # in this pass
        self._asked: dict[str, asyncio.Future[list[Stored]]] = {}
        self._rounds: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, "keys")

    async def find(self, digest: str) -> Stored | None:
        """The key or session whose secret has that hash, revoked or not."""
        selector = digest[:SELECTOR]
        if not self._beside:
            return the_one(self._look_at_once(selector), digest)
        future = self._asked.setdefault(selector, asyncio.get_running_loop().create_future())
        if self._rounds is None:
            self._rounds = asyncio.create_task(self._go_round())
        return the_one(await asyncio.shield(future), digest)

    def _look_at_once(self, selector: str) -> list[Stored]:
        if not self._seen:
            asyncio.get_running_loop().call_soon(self._seen.clear)
        if selector not in self._seen:
            self._seen[selector] = self._look({selector}).get(selector, [])
        return self._seen[selector]

    def close(self) -> None:
        self._thread.shutdown()
        self._let_go()

    async def _go_round(self) -> None:
        """Look for what was asked, and again for what was asked meanwhile."""
        loop = asyncio.get_running_loop()
        try:
            while self._asked:
                asked, self._asked = self._asked, {}
                try:
                    found = await loop.run_in_executor(self._thread, self._look, asked.keys())
                except Exception as error:
                    for future in asked.values():
                        future.set_exception(error)
                        future.exception()  # whoever asked may be gone
                else:
                    for selector, future in asked.items():
                        future.set_result(found.get(selector, []))
        finally:
            self._rounds = None

    def _look(self, selectors: Set[str]) -> dict[str, list[Stored]]:
        """The keys of some selectors; over a connection that has broken, once more over a new one. Raises OperationalError."""
        statement = f"{FIND}({', '.join([self._mark] * len(selectors))})"
        broken = self._engine.dialect.loaded_dbapi.Error
        try:
            rows = self._rows(statement, tuple(selectors))
        except broken:
            self._let_go()
            try:
                rows = self._rows(statement, tuple(selectors))
            except broken as error:
                self._let_go()
                raise sa.exc.OperationalError(statement, None, error) from error
        found: dict[str, list[Stored]] = {}
        for selector, *values in rows:
            found.setdefault(selector, []).append(Stored(*values))
        return found

    def _rows(self, statement: str, values: tuple[str, ...]) -> list[tuple[Any, ...]]:
        if self._connection is None:
            self._connection = self._engine.raw_connection()
            self._connection.detach()  # ours alone from now on
            if self._beside:
                self._connection.dbapi_connection.autocommit = True  # each look sees what is committed when it begins
        cursor = self._connection.dbapi_connection.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows

    def _let_go(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
