"""Do the folds in the store still say what the log says?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from api.store.repository import Repository
from api.store.tables import decisions
from router.events import Decided

Place = tuple[int, int]


def differing_decisions(connection: sa.Connection, team: str, since: int, until: int) -> Iterator[str]:
    """The ids of decisions, after the revision `since` and up to `until`, whose row is missing, more than the log has, or other."""
    rows = _rows(connection, team, since, until)
    row = next(rows, None)
    for place, record in _records(connection, team, until):
        while row is not None and row[0] < place:
            yield row[1]
            row = next(rows, None)
        if row is None or row[0] > place:
            yield record["id"]
            continue
        if json.loads(row[2]) != record:
            yield record["id"]
        row = next(rows, None)
    while row is not None:
        yield row[1]
        row = next(rows, None)


def _rows(connection: sa.Connection, team: str, since: int, until: int) -> Iterator[tuple[Place, str, str]]:
    """Place, id and body of each stored decision, in order."""
    shown = (decisions.c[name] for name in ("revision", "position", "id", "body"))
    query = sa.select(*shown).where(decisions.c.team == team, decisions.c.revision > since, decisions.c.revision <= until)
    for revision, position, decision_id, body in connection.execute(query.order_by(decisions.c.revision, decisions.c.position)):
        yield (revision, position), decision_id, body


def _records(connection: sa.Connection, team: str, until: int) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Place and record of each decision in the log, in order."""
    for event in Repository(connection).log(team, kinds=("decided",)):
        for position, record in enumerate(event.decisions if isinstance(event, Decided) else ()):
            if record["revision"] > until:
                return
            yield (record["revision"], position), record
