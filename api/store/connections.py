"""Connections: the helpdesks whose webhooks come in. Their secrets check signatures, so they are kept as they are, and leave the store for
that alone; an answer has one only where it has just been made."""

from __future__ import annotations

from dataclasses import dataclass, fields

import sqlalchemy as sa

from api.store import letters
from api.store.rotating import Rotating
from api.store.tables import connections, inbox


@dataclass(frozen=True, slots=True)
class Connection(Rotating):
    """`format` is a connector's. `previous` are good as well until `previous_until_s`, in life."""

    name: str
    format: str
    secret: str
    previous: str | None
    previous_until_s: float | None
    created_s: float


COLUMNS = tuple(connections.c[item.name] for item in fields(Connection))
# asked for with each webhook, and put together once
FOUND = sa.select(*COLUMNS).where(connections.c.team == sa.bindparam("of_team"), connections.c.name == sa.bindparam("named"))
HELD = sa.select(connections.c.name).where(connections.c.team == sa.bindparam("of_team")).order_by(connections.c.name)
HELD = HELD.with_for_update(key_share=True)


def of(connection: sa.Connection, team: str) -> list[Connection]:
    """All of a team, by name."""
    query = sa.select(*COLUMNS).where(connections.c.team == team).order_by(connections.c.name)
    return [Connection(*row) for row in connection.execute(query)]


def page(connection: sa.Connection, team: str, after: str, limit: int) -> list[Connection]:
    """Those of a team after the cursor, by name."""
    query = sa.select(*COLUMNS).where(connections.c.team == team, connections.c.name > after)
    return [Connection(*row) for row in connection.execute(query.order_by(connections.c.name).limit(limit))]


def find(connection: sa.Connection, team: str, name: str) -> Connection | None:
    row = connection.execute(FOUND, {"of_team": team, "named": name}).one_or_none()
    return None if row is None else Connection(*row)


def hold(connection: sa.Connection, team: str) -> set[str]:
    """The names of all of a team. They can't be ended, and nobody else who asks for this goes on, before this transaction ends."""
    return set(connection.execute(HELD, {"of_team": team}).scalars())


def put(connection: sa.Connection, team: str, made: Connection) -> None:
    """Add it, or put it in place of the one with its name."""
    connection.execute(sa.delete(connections).where(_one(team, made.name)))
    connection.execute(sa.insert(connections).values({item.name: getattr(made, item.name) for item in fields(made)} | {"team": team}))


def remove(connection: sa.Connection, team: str, name: str) -> None:
    """With all that came in by it, worked off or not."""
    connection.execute(sa.delete(connections).where(_one(team, name)))
    letters.drop_peer(connection, inbox, team, name)


def _one(team: str, name: str) -> sa.ColumnElement[bool]:
    return sa.and_(connections.c.team == team, connections.c.name == name)
