"""Which event of a log nobody can read any more: what is derived from the log can't go past it."""

from __future__ import annotations

import json

import sqlalchemy as sa

from api.store.repository import event_of
from api.store.tables import events

AT_ONCE = 1000
UNREADABLE = (ValueError, TypeError, LookupError, AttributeError)  # what an event that can't be read may raise


def first_unread(connection: sa.Connection, team: str, after: int) -> int | None:
    """The revision of the first event after a revision that can't be read; None where each can, by itself."""
    query = sa.select(events.c.seq, events.c.kind, events.c.body).where(events.c.team == team).order_by(events.c.seq).limit(AT_ONCE)
    while rows := connection.execute(query.where(events.c.seq > after)).all():
        for seq, kind, body in rows:
            if not _readable(kind, body):
                return int(seq)
        after = rows[-1].seq
    return None


def _readable(kind: str, body: str) -> bool:
    try:
        event_of(kind, json.loads(body))
    except UNREADABLE:
        return False
    return True
