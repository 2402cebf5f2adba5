"""Feedback in the store: what a customer or a reviewer said of the contact of one agent with one ticket."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from api.json_text import to_json
from api.store.tables import feedback

WIN_FROM = 9  # of 10, as promoters are counted
WINS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Feedback:
    """`felt_understood` 1 … 10, `review` a score 1 … 3 for each criterion, `praise` words for the agent; None where not given.

    `agent_id` is None where nobody but automation had the ticket, or who had it is forgotten.
    """

    id: str
    ticket_id: str
    agent_id: str | None
    at_s: float
    felt_understood: int | None
    review: dict[str, int] | None
    praise: str | None


def find(connection: sa.Connection, team: str, feedback_id: str) -> tuple[Feedback, str] | None:
    """A piece of feedback with the digest of what was sent; None where there is none of that id."""
    query = sa.select(feedback).where(feedback.c.team == team, feedback.c.id == feedback_id)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else (_read(row), row["digest"])


def add(connection: sa.Connection, team: str, given: Feedback, digest: str, now_s: float) -> None:
    """Keep a piece of feedback; raises `IntegrityError` where its id is there."""
    row = {"id": given.id, "ticket_id": given.ticket_id, "agent_id": given.agent_id, "at_s": given.at_s, "praise": given.praise}
    review = None if given.review is None else to_json(given.review)
    said = {"felt_understood": given.felt_understood, "review": review}
    connection.execute(sa.insert(feedback).values(team=team, received_s=now_s, digest=digest, **row, **said))


def received(connection: sa.Connection, team: str, from_s: float, to_s: float) -> list[Feedback]:
    """What came in about a team's agents from one instant to before another."""
    came = sa.and_(feedback.c.team == team, feedback.c.received_s >= from_s, feedback.c.received_s < to_s)
    query = sa.select(feedback).where(came, feedback.c.agent_id.is_not(None)).order_by(feedback.c.received_s, feedback.c.id)
    return [_read(row) for row in connection.execute(query).mappings()]


def of(connection: sa.Connection, team: str, agent_id: str) -> list[Feedback]:
    """What was said of one agent, the newest first. For that agent alone."""
    mine = sa.select(feedback).where(feedback.c.team == team, feedback.c.agent_id == agent_id)
    return [_read(row) for row in connection.execute(mine.order_by(feedback.c.at_s.desc(), feedback.c.id)).mappings()]


def wins(connection: sa.Connection, team: str, agent_id: str) -> list[Feedback]:
    """The newest of the feedback that one agent may be glad of: words for them, or a customer who felt understood."""
    mine = sa.select(feedback).where(feedback.c.team == team, feedback.c.agent_id == agent_id)
    glad = mine.where(feedback.c.praise.is_not(None) | (feedback.c.felt_understood >= WIN_FROM))
    rows = connection.execute(glad.order_by(feedback.c.at_s.desc(), feedback.c.id).limit(WINS_SHOWN)).mappings()
    return [_read(row) for row in rows]


def _read(row: sa.RowMapping) -> Feedback:
    review: dict[str, Any] | None = None if row["review"] is None else json.loads(row["review"])
    same = ("id", "ticket_id", "agent_id", "at_s", "felt_understood", "praise")
    return Feedback(review=review, **{name: row[name] for name in same})
