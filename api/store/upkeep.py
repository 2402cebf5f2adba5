"""When retention, a backup, and a test of one were last done, for whoever looks whether they are."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from api.json_text import to_json
from api.store.as_text import upserting
from api.store.tables import upkeep

RETENTION, BACKUP, RESTORE_TEST = "retention", "backup", "restore_test"
COARSE_TO = "coarse_to"  # in what came of retention: up to which revision decisions have lost their numbers, or have gone
UNREAD = "unread_at"  # in what came of retention: the revision of an event that nobody can read, past which the log could not be retired


def note(connection: sa.Connection, team: str, what: str, at_s: float, found: dict[str, Any] | None = None) -> None:
    """It was done now, with what came of it."""
    row = {"team": team, "what": what, "at_s": at_s, "found": to_json(found or {})}
    connection.execute(upserting(upkeep, connection.dialect.name, False), row)


def last(connection: sa.Connection, team: str, what: str) -> tuple[float, dict[str, Any]] | None:
    """When it was last done, and what came of it; None where it never was."""
    row = connection.execute(sa.select(upkeep.c.at_s, upkeep.c.found).where(upkeep.c.team == team, upkeep.c.what == what)).one_or_none()
    return None if row is None else (row.at_s, json.loads(row.found))


def coarse_to(connection: sa.Connection, team: str) -> int:
    """The revision up to which retention has taken numbers out of decisions; 0 where it never has."""
    done = last(connection, team, RETENTION)
    return int(done[1].get(COARSE_TO, 0)) if done else 0
