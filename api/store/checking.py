"""Do the decisions in the store still say what the log says?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from api.store import upkeep
from api.store.packing import Unreadable, decision_of, roster_of
from api.store.repository import MADE_LEAN, checksum
from api.store.rosters import Rosters
from api.store.tables import decisions, events

Place = tuple[int, int]


def differing_decisions(connection: sa.Connection, team: str, since: int, until: int) -> Iterator[str]:
    """The ids of decisions, after the revision `since` and up to `until`, whose row is missing, more than the log has, or other.

    Those that retention has made coarse are not looked at: their log is still there where it can't be folded (see `Retention.enforce`).
    """
    since = max(since, upkeep.coarse_to(connection, team))
    rows = _rows(connection, team, since, until)
    stored = _Stored(Rosters(connection, team))
    row = next(rows, None)
    for place, decision_id, logged in _logged(connection, team, since, until):
        while row is not None and row[0] < place:
            yield row[1]
            row = next(rows, None)
        if row is None or row[0] > place:
            yield decision_id
            continue
        if row[1] != decision_id or not stored.says(row[2], logged):
            yield decision_id
        row = next(rows, None)
    while row is not None:
        yield row[1]
        row = next(rows, None)


class _Stored:
    """Whether stored decisions are what the log has of them."""

    def __init__(self, rosters: Rosters) -> None:
        self.rosters = rosters
        self._readable: dict[int | None, bool] = {None: True}  # by roster, on which no checksum of a decision is

    def says(self, body: str, logged: int | dict[str, Any]) -> bool:
        if not isinstance(logged, int):
            return self._record(body) == logged
        if checksum(body) != logged:
            return False
        roster = roster_of(body)
        if roster not in self._readable:
            self._readable[roster] = self._record(body) is not None
        return self._readable[roster]

    def _record(self, body: str) -> dict[str, Any] | None:
        try:
            return decision_of(body, self.rosters)
        except Unreadable:
            return None


def _rows(connection: sa.Connection, team: str, since: int, until: int) -> Iterator[tuple[Place, str, str]]:
    """Place, id and body of each stored decision, in order."""
    shown = (decisions.c[name] for name in ("revision", "position", "id", "body"))
    query = sa.select(*shown).where(decisions.c.team == team, decisions.c.revision > since, decisions.c.revision <= until)
    for revision, position, decision_id, body in connection.execute(query.order_by(decisions.c.revision, decisions.c.position)):
        yield (revision, position), decision_id, body


def _logged(connection: sa.Connection, team: str, since: int, until: int) -> Iterator[tuple[Place, str, int | dict[str, Any]]]:
    """Place and id of each decision in the log, in order, and its checksum; in a log of before, its record. What nobody can read any more
    has none."""
    ours = sa.and_(events.c.team == team, events.c.kind == "decided", events.c.seq > since, events.c.seq <= until)
    for seq, body in connection.execute(sa.select(events.c.seq, events.c.body).where(ours).order_by(events.c.seq)):
        try:
            values = json.loads(body)
        except ValueError:
            continue
        made = values[MADE_LEAN] if MADE_LEAN in values else [(each, each) for each in values["decisions"]]
        for position, (logged, record) in enumerate(made):
            yield (seq, position), record["id"], logged
