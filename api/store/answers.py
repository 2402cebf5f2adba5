"""Answers kept for 24 hours by Idempotency-Key, written in the transaction of what they answer."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import sqlalchemy as sa

from api.store.tables import answers

KEPT_S = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored answer: the digest of the request it answers, the status and the body; `agent_id`: of a check-in, whose."""

    digest: str
    status: int
    body: str
    agent_id: str | None = None


def find(connection: sa.Connection, team: str, key: str, now_s: float) -> Kept | None:
    query = sa.select(answers).where(answers.c.team == team, answers.c.key == key, answers.c.created_s > now_s - KEPT_S)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else Kept(row["digest"], row["status"], row["body"])


def keep(connection: sa.Connection, team: str, key: str, kept: Kept, now_s: float) -> None:
    """Keep an answer, and drop what has been kept for 24 hours."""
    over = answers.c.created_s <= now_s - KEPT_S
    connection.execute(sa.delete(answers).where(answers.c.team == team, over | (answers.c.key == key)))
    connection.execute(sa.insert(answers).values(team=team, key=key, created_s=now_s, **asdict(kept)))
