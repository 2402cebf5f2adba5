"""Connections: the helpdesks whose webhooks come in. Their secrets check signatures, and leave the store for that alone; an answer has one
only where it has just been made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from api.store import letters, rotating
from api.store.rotating import CONNECTION, Rotating, Secret
from api.store.tables import connections, inbox


@dataclass(frozen=True, slots=True)
class Connection(Rotating):
    """`format` is a connector's."""

    name: str
    format: str
    created_s: float
    secrets: tuple[Secret, ...]


COLUMNS = tuple(connections.c[name] for name in ("name", "format", "created_s"))
# asked for with each webhook, and put together once
FOUND = sa.select(*COLUMNS).where(connections.c.team == sa.bindparam("of_team"), connections.c.name == sa.bindparam("named"))
HELD = sa.select(connections.c.name).where(connections.c.team == sa.bindparam("of_team")).order_by(connections.c.name)
HELD = HELD.with_for_update(key_share=True)


def of(connection: sa.Connection, team: str) -> list[Connection]:
    """All of a team, by name."""
    query = sa.select(*COLUMNS).where(connections.c.team == team).order_by(connections.c.name)
    return _read(connection, team, query)


def page(connection: sa.Connection, team: str, after: str, limit: int) -> list[Connection]:
    """Those of a team after the cursor, by name."""
    query = sa.select(*COLUMNS).where(connections.c.team == team, connections.c.name > after)
    return _read(connection, team, query.order_by(connections.c.name).limit(limit))


def _read(connection: sa.Connection, team: str, query: sa.Select[Any]) -> list[Connection]:
    rows = connection.execute(query).all()
    checking = rotating.of_many(connection, team, CONNECTION, [row.name for row in rows])
    return [Connection(row.name, row.format, row.created_s, checking[row.name]) for row in rows]


def find(connection: sa.Connection, team: str, name: str) -> Connection | None:
    row = connection.execute(FOUND, {"of_team": team, "named": name}).one_or_none()
    if row is None:
        return None
    return Connection(row.name, row.format, row.created_s, rotating.of_one(connection, team, CONNECTION, name))


def hold(connection: sa.Connection, team: str) -> set[str]:
    """The names of all of a team. They can't be ended, and nobody else who asks for this goes on, before this transaction ends."""
    return set(connection.execute(HELD, {"of_team": team}).scalars())


def add(connection: sa.Connection, team: str, made: Connection) -> None:
    row = {column.name: getattr(made, column.name) for column in COLUMNS} | {"team": team}
    connection.execute(sa.insert(connections).values(row))
    rotating.begin(connection, team, CONNECTION, made.name, made.secrets[0].text)


def set_format(connection: sa.Connection, team: str, name: str, form: str) -> None:
    connection.execute(sa.update(connections).where(_one(team, name)).values(format=form))


def remove(connection: sa.Connection, team: str, name: str) -> None:
    """With all that came in by it, worked off or not."""
    connection.execute(sa.delete(connections).where(_one(team, name)))
    rotating.end(connection, team, CONNECTION, [name])
    letters.drop_peer(connection, inbox, team, name)


def _one(team: str, name: str) -> sa.ColumnElement[bool]:
    return sa.and_(connections.c.team == team, connections.c.name == name)
