"""Who is told of what by webhook. Secrets leave the store for the courier alone; an answer has one only where it has just been made."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from api.json_text import to_json
from api.store import letters, rotating
from api.store.rotating import SUBSCRIPTION, Rotating, Secret
from api.store.tables import keys, outbox, rests_told, subscriptions


@dataclass(frozen=True, slots=True)
class Subscription(Rotating):
    """`agent_id`: whose own it is; None: the team's. `created_s` is on the clock of the service."""

    id: str
    agent_id: str | None
    url: str
    types: tuple[str, ...]
    created_s: float
    secrets: tuple[Secret, ...]


COLUMNS = tuple(subscriptions.c[name] for name in ("id", "agent_id", "url", "types", "created_s"))


def _read(connection: sa.Connection, team: str, rows: Sequence[Any]) -> tuple[Subscription, ...]:
    signing = rotating.of_many(connection, team, SUBSCRIPTION, [row["id"] for row in rows])
    return tuple(Subscription(**(dict(row) | {"types": tuple(json.loads(row["types"])), "secrets": signing[row["id"]]})) for row in rows)


def of(connection: sa.Connection, team: str) -> tuple[Subscription, ...]:
    """All of a team, in the order of their ids."""
    query = sa.select(*COLUMNS).where(subscriptions.c.team == team).order_by(subscriptions.c.id)
    return _read(connection, team, connection.execute(query).mappings().all())


def page(connection: sa.Connection, team: str, whose: str | None, after: str, limit: int) -> tuple[Subscription, ...]:
    """Those of a team, or an agent's own, after the cursor, in the order of their ids."""
    query = sa.select(*COLUMNS).where(subscriptions.c.team == team, subscriptions.c.id > after)
    if whose is not None:
        query = query.where(subscriptions.c.agent_id == whose)
    return _read(connection, team, connection.execute(query.order_by(subscriptions.c.id).limit(limit)).mappings().all())


def find(connection: sa.Connection, team: str, subscription_id: str) -> Subscription | None:
    rows = connection.execute(sa.select(*COLUMNS).where(_one(team, subscription_id))).mappings().all()
    return next(iter(_read(connection, team, rows)), None)


def add(connection: sa.Connection, team: str, made: Subscription) -> None:
    row = {column.name: getattr(made, column.name) for column in COLUMNS} | {"team": team, "types": to_json(list(made.types))}
    connection.execute(sa.insert(subscriptions).values(row))
    rotating.begin(connection, team, SUBSCRIPTION, made.id, made.secrets[0].text)


def remove(connection: sa.Connection, team: str, subscription_id: str) -> bool:
    """With what was on its way to it. With a team's last one goes what was told of rests."""
    if connection.execute(sa.delete(subscriptions).where(_one(team, subscription_id))).rowcount != 1:
        return False
    rotating.end(connection, team, SUBSCRIPTION, [subscription_id])
    letters.drop_peer(connection, outbox, team, subscription_id)
    if not of(connection, team):
        connection.execute(sa.delete(rests_told).where(rests_told.c.team == team))
    return True


def of_agent(connection: sa.Connection, team: str, agent_id: str) -> list[str]:
    """The ids of an agent's own."""
    own = sa.and_(subscriptions.c.team == team, subscriptions.c.agent_id == agent_id)
    return list(connection.execute(sa.select(subscriptions.c.id).where(own)).scalars())


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
