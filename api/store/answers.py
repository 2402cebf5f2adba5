"""Answers kept for 24 hours by Idempotency-Key, written in the transaction of what they answer."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import sqlalchemy as sa

from api.store.packing import packed, unpacked
from api.store.presence import Presence
from api.store.tables import answers

KEPT_S = 24 * 3600.0
RESERVED_S = 120.0  # then whoever reserved the key stands still over it
RESERVED = 0  # in place of a status


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored answer: the digest of the request it answers, the status and the body; `agent_id`: whose own it is, to be deleted with
    their personal mode (`find` leaves it out)."""

    digest: str
    status: int
    body: str
    agent_id: str | None = None


def reserve(connection: sa.Connection, team: str, key: str, digest: str, now_s: float, by: Presence) -> Kept | None:
    """Take a key before the work that it stands for, and None; or what was kept for it, `RESERVED` while its first request is served.

    It is taken `by` a service, and free again when that has died over it. Raises `IntegrityError` where another process takes it at the
    same instant.
    """
    kept = find(connection, team, key, now_s)
    if kept is None or (kept.status == RESERVED and kept.body.isdecimal() and not by.works(connection, int(kept.body))):
        keep(connection, team, key, Kept(digest, RESERVED, str(by.run)), now_s)
        return None
    return kept


def release(connection: sa.Connection, team: str, key: str) -> None:
    """Give a reserved key free, as its work was not done."""
    connection.execute(sa.delete(answers).where(answers.c.team == team, answers.c.key == key, answers.c.status == RESERVED))


def find(connection: sa.Connection, team: str, key: str, now_s: float) -> Kept | None:
    """What is kept for a key, unless its time is over."""
    in_time = answers.c.created_s > now_s - sa.case((answers.c.status == RESERVED, RESERVED_S), else_=KEPT_S)
    query = sa.select(answers).where(answers.c.team == team, answers.c.key == key, in_time)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else Kept(row["digest"], row["status"], unpacked(row["body"]))


def keep(connection: sa.Connection, team: str, key: str, kept: Kept, now_s: float) -> None:
    """Keep an answer, and drop what has been kept for 24 hours."""
    over = answers.c.created_s <= now_s - KEPT_S
    connection.execute(sa.delete(answers).where(answers.c.team == team, over | (answers.c.key == key)))
    row = asdict(kept) | {"body": packed(kept.body)}
    connection.execute(sa.insert(answers).values(team=team, key=key, created_s=now_s, **row))
