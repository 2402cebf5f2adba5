"""Who is told of what by webhook. Secrets are kept as they are, for they sign what goes out: whoever reads the database can sign, too.

They leave the store for the courier alone; an answer has one only where it has just been made.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import Any

import sqlalchemy as sa

from api.json_text import to_json
from api.store import letters
from api.store.rotating import Rotating
from api.store.tables import keys, outbox, rests_told, subscriptions


@dataclass(frozen=True, slots=True)
class Subscription(Rotating):
    """`agent_id`: whose own it is; None: the team's. `previous` sign as well until `previous_until_s`, in life; `created_s` is on the
    clock of the service."""

    id: str
    agent_id: str | None
    url: str
    types: tuple[str, ...]
    secret: str
    previous: str | None
    previous_until_s: float | None
    created_s: float


COLUMNS = tuple(subscriptions.c[item.name] for item in fields(Subscription))


def _read(row: Any) -> Subscription:
    return Subscription(**(dict(row) | {"types": tuple(json.loads(row["types"]))}))


def of(connection: sa.Connection, team: str) -> tuple[Subscription, ...]:
    """All of a team, in the order of their ids."""
    query = sa.select(*COLUMNS).where(subscriptions.c.team == team).order_by(subscriptions.c.id)
    return tuple(_read(row) for row in connection.execute(query).mappings())


def page(connection: sa.Connection, team: str, whose: str | None, after: str, limit: int) -> tuple[Subscription, ...]:
    """Those of a team, or an agent's own, after the cursor, in the order of their ids."""
    query = sa.select(*COLUMNS).where(subscriptions.c.team == team, subscriptions.c.id > after)
    if whose is not None:
        query = query.where(subscriptions.c.agent_id == whose)
    return tuple(_read(row) for row in connection.execute(query.order_by(subscriptions.c.id).limit(limit)).mappings())


def find(connection: sa.Connection, team: str, subscription_id: str) -> Subscription | None:
    row = connection.execute(sa.select(*COLUMNS).where(_one(team, subscription_id))).mappings().one_or_none()
    return None if row is None else _read(row)


def add(connection: sa.Connection, team: str, made: Subscription) -> None:
    row = {item.name: getattr(made, item.name) for item in fields(made)} | {"team": team, "types": to_json(list(made.types))}
    connection.execute(sa.insert(subscriptions).values(row))


def rotate(connection: sa.Connection, team: str, found: Subscription, secret: str, life_s: float, overlap_s: float) -> bool:
    """A new secret; those before sign beside it for so long. Nobody else rotates it meanwhile: the caller has the team's revision."""
    values = {"secret": secret, "previous": found.beside(life_s), "previous_until_s": life_s + overlap_s}
    return connection.execute(sa.update(subscriptions).where(_one(team, found.id)).values(values)).rowcount == 1


def remove(connection: sa.Connection, team: str, subscription_id: str) -> bool:
    """With what was on its way to it. With a team's last one goes what was told of rests."""
    if connection.execute(sa.delete(subscriptions).where(_one(team, subscription_id))).rowcount != 1:
        return False
    letters.drop_peer(connection, outbox, team, subscription_id)
    if not of(connection, team):
        connection.execute(sa.delete(rests_told).where(rests_told.c.team == team))
    return True


def ownerless(connection: sa.Connection, team: str, now_s: float) -> list[str]:
    """The ids of agents' own whose agent has no key any more that is good."""
    good = sa.and_(keys.c.parent.is_(None), keys.c.revoked_s.is_(None), keys.c.expires_s.is_(None) | (keys.c.expires_s > now_s))
    owners = sa.select(keys.c.agent_id).where(keys.c.team == team, keys.c.agent_id.is_not(None), good)
    own = sa.and_(subscriptions.c.team == team, subscriptions.c.agent_id.is_not(None), subscriptions.c.agent_id.not_in(owners))
    return list(connection.execute(sa.select(subscriptions.c.id).where(own)).scalars())


def drop_strays(connection: sa.Connection, team: str) -> None:
    """Delete letters of subscriptions that have ended: another service may not have known of the end when it put them out."""
    known = sa.select(subscriptions.c.id).where(subscriptions.c.team == team)
    connection.execute(sa.delete(outbox).where(outbox.c.team == team, outbox.c.peer.not_in(known)))


def _one(team: str, subscription_id: str) -> sa.ColumnElement[bool]:
    return sa.and_(subscriptions.c.team == team, subscriptions.c.id == subscription_id)
