"""Does a statement say whose data it touches? Teams are the sharding key: each statement on a table of theirs must name the team."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import sqlalchemy as sa

import api.store
from api.store.tables import metadata

OF_TEAMS = {table.name: "team" for table in metadata.tables.values() if "team" in table.columns} | {"teams": "id"}
EXCEPTIONS = (
    (r"SELECT teams\.id FROM teams ORDER BY teams\.id$", "which teams there are, for work that then goes team by team"),
    (r"SELECT .* FROM keys WHERE keys\.selector = ", "whose key it is that a caller shows; it says the team"),
    (r"UPDATE keys SET revoked_s=\S+ WHERE keys\.(id|parent) = ", "an operator revokes a key, which is named by its id alone"),
    (r"SELECT .* FROM keys WHERE keys\.id = ", "an operator rotates a key, which is named by its id alone; it says the team"),
    (r"SELECT keys\.id FROM keys WHERE keys\.revoked_s IS NOT NULL OR", "the keys that have ended, for the open streams of all teams"),
    (r"SELECT .* FROM keys WHERE keys\.parent IS NULL ORDER BY", "an operator lists the keys of all teams"),
    (
        r"SELECT .* FROM deletions ORDER BY deletions\.at_s$",
        "what was deleted is also kept outside of the store, so that a restore deletes it again",
    ),
)
WHOLE = ("backup.py", "restore.py", "migrations")  # they copy or change the tables themselves, whoever's rows are in them
SHELL = Path(api.store.__file__).parents[1]
NAMED = re.compile(r"\b(?:FROM|JOIN|UPDATE|INTO)\s+((?:\w+(?:\s+AS\s+\w+)?\s*,\s*)*\w+)", re.IGNORECASE)


class Listener:
    """Notes the statements of the service, of whatever thread, while it is installed: the tables they touch, and those without a team."""

    def __init__(self) -> None:
        self.touched: set[str] = set()
        self.without: set[str] = set()
        self._seen: set[str] = set()

    def install(self) -> None:
        sa.event.listen(sa.Engine, "before_cursor_execute", self._hear)

    def remove(self) -> None:
        sa.event.remove(sa.Engine, "before_cursor_execute", self._hear)

    def _hear(self, _connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement in self._seen or not _by_the_service():
            return
        self._seen.add(statement)
        self.touched |= tables_in(statement)
        if unnamed(statement):
            self.without.add(statement)


def _by_the_service() -> bool:
    """Whether it is the code of the service that asks: no test that looks into tables, and none of `WHOLE`."""
    frame = sys._getframe(2)
    while frame.f_back is not None and "sqlalchemy" in frame.f_code.co_filename:
        frame = frame.f_back
    path = Path(frame.f_code.co_filename)
    return path.is_relative_to(SHELL) and not any(each in path.parts for each in WHOLE)


def tables_in(statement: str) -> set[str]:
    """The tables of teams that a statement touches."""
    return {name for found in NAMED.findall(statement) for name in re.split(r"\W+", found) if name in OF_TEAMS}


def unnamed(statement: str) -> set[str]:
    """Those of them that it does not name the team of, in a condition or in the row that it inserts, and is no exception."""
    text = " ".join(statement.split())
    if any(re.match(pattern, text) for pattern, _ in EXCEPTIONS):
        return set()
    return {table for table in tables_in(text) if not _names(text, table, OF_TEAMS[table])}


def _names(text: str, table: str, column: str) -> bool:
    inserted = re.search(rf"INSERT INTO {table} \(([^)]*)\)", text)
    if inserted:
        return column in re.split(r"\W+", inserted[1])
    return re.search(rf"\b{table}\.{column} (?:=|IN) ?\(?(?:\?|%|:)", text) is not None
