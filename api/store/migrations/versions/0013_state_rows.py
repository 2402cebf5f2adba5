"""What there may be very many of in a stored state in rows of its own, so that only what has changed is written again. Earlier versions of
Respite can't read these."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

DAY_S = 86_400.0
PARTS = sa.table("state_parts", *(sa.column(name) for name in ("team", "kind", "part", "body")))
ORIGINS = sa.table("origins", sa.column("team"), sa.column("body"))


def upgrade() -> None:
    rows = op.create_table(
        "state_rows",
        sa.Column("team", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("what", sa.String(length=10), nullable=False),
        sa.Column("id", sa.String(length=300), nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["team"], ["teams.id"], name="fk_state_rows_teams"),
        sa.PrimaryKeyConstraint("team", "kind", "what", "id", "day", name="pk_state_rows"),
    )
    connection = op.get_bind()
    for team, body in connection.execute(sa.select(ORIGINS.c.team, ORIGINS.c.body)).all():
        rest = json.loads(body)
        ours = (PARTS.c.team == team, PARTS.c.kind == "origin")
        for number in connection.execute(sa.select(PARTS.c.part).where(*ours)).scalars().all():
            part = json.loads(connection.execute(sa.select(PARTS.c.body).where(*ours, PARTS.c.part == number)).scalar_one())
            _insert(connection, rows, team, _of(part if isinstance(part, dict) else {"tickets": part}))  # once of tickets alone
        _insert(connection, rows, team, _of(rest))
        for person in rest.get("people", ()):
            _insert(connection, rows, team, _ledger(person))
            person["entries"] = None
        left = {name: value for name, value in rest.items() if name not in ("accounts", "tickets", "ended")}
        connection.execute(sa.update(ORIGINS).where(ORIGINS.c.team == team).values(body=_text(left)))
    op.drop_table("state_parts")


def _of(values: dict[str, Any]) -> Iterator[tuple[str, str, int, Any]]:
    for name, what in (("accounts", "account"), ("tickets", "ticket")):
        yield from ((what, each["id"], 0, each) for each in values.get(name) or ())


def _ledger(person: dict[str, Any]) -> Iterator[tuple[str, str, int, Any]]:
    for day, entries in groupby(person["entries"], lambda entry: int(entry["ended_s"] // DAY_S)):
        yield "ledger", person["id"], day, list(entries)


def _insert(connection: sa.Connection, rows: sa.Table, team: str, found: Iterator[tuple[str, str, int, Any]]) -> None:
    values = [
        {"team": team, "kind": "origin", "what": what, "id": name, "day": day, "body": _text(value)} for what, name, day, value in found
    ]
    if values:
        connection.execute(sa.insert(rows), values)


def _text(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
