"""When retention, a backup, and a test of one were last done, for whoever looks whether they are."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from api.json_text import to_json
from api.store.as_text import upserting
from api.store.tables import upkeep

RETENTION, BACKUP, RESTORE_TEST = "retention", "backup", "restore_test"
UNREAD = "unread_at"  # in what came of retention: the revision of an event that nobody can read, past which the log could not be retired


def note(connection: sa.Connection, team: str, what: str, at_s: float, found: dict[str, Any] | None = None) -> None:
    """It was done now, with what came of it."""
    row = {"team": team, "what": what, "at_s": at_s, "found": to_json(found or {})}
    connection.execute(upserting(upkeep, connection.dialect.name, False), row)


def last(connection: sa.Connection, team: str, what: str) -> tuple[float, dict[str, Any]] | None:
    """When it was last done, and what came of it; None where it never was."""
    row = connection.execute(sa.select(upkeep.c.at_s, upkeep.c.found).where(upkeep.c.team == team, upkeep.c.what == what)).one_or_none()
    return None if row is None else (row.at_s, json.loads(row.found))
