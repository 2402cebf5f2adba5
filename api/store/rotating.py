"""The secrets that sign webhooks, out or in: the one in use, and those before it, which are good as well for a while. They are kept as they
are, for they sign: whoever reads the database can sign, too. What has ended is deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from api.store.tables import webhook_secrets as table

SUBSCRIPTION, CONNECTION = "subscription", "connection"  # what has secrets
BESIDE = 2  # so many go on beside a new one: also where the answer to a rotation is lost, and it is asked for again, the one in use does
NEWEST_FIRST = sa.select(table.c.peer, table.c.secret, table.c.until_s).order_by(table.c.number.desc())
OF_ONE = NEWEST_FIRST.where(
    table.c.team == sa.bindparam("of_team"), table.c.kind == sa.bindparam("of_kind"), table.c.peer == sa.bindparam("named")
)  # asked for with each webhook, and put together once


@dataclass(frozen=True, slots=True)
class Secret:
    """Good until `until_s`, in life; None: in use."""

    text: str
    until_s: float | None = None


class Rotating:
    """What has secrets, the newest first."""

    __slots__ = ()
    secrets: tuple[Secret, ...]

    def secrets_at(self, life_s: float) -> tuple[str, ...]:
        """What is good now, the newest first."""
        return tuple(each.text for each in self.secrets if each.until_s is None or life_s < each.until_s)

    @property
    def two_until_s(self) -> float | None:
        """Until when one before the newest is good as well."""
        return max((each.until_s for each in self.secrets if each.until_s is not None), default=None)


def of_one(connection: sa.Connection, team: str, kind: str, peer: str) -> tuple[Secret, ...]:
    """The secrets of a subscription or a connection, the newest first."""
    rows = connection.execute(OF_ONE, {"of_team": team, "of_kind": kind, "named": peer})
    return tuple(Secret(row.secret, row.until_s) for row in rows)


def of_many(connection: sa.Connection, team: str, kind: str, peers: Sequence[str]) -> dict[str, tuple[Secret, ...]]:
    """The same of each of `peers`."""
    found: dict[str, tuple[Secret, ...]] = dict.fromkeys(peers, ())
    if peers:
        for peer, text, until_s in connection.execute(NEWEST_FIRST.where(_of(team, kind), table.c.peer.in_(peers))):
            found[peer] = (*found[peer], Secret(text, until_s))
    return found


def begin(connection: sa.Connection, team: str, kind: str, peer: str, secret: str) -> None:
    """The first secret."""
    connection.execute(sa.insert(table).values(team=team, kind=kind, peer=peer, number=1, secret=secret, until_s=None))


def rotate(connection: sa.Connection, team: str, kind: str, peer: str, secret: str, life_s: float, overlap_s: float) -> None:
    """A new secret; up to `BESIDE` that are good go on beside it for so long. Nobody else rotates it meanwhile: the caller has the team's
    revision."""
    ours = sa.and_(_of(team, kind), table.c.peer == peer)
    known = connection.execute(sa.select(table.c.number, table.c.until_s).where(ours).order_by(table.c.number.desc())).all()
    good = [number for number, until_s in known if until_s is None or life_s < until_s][:BESIDE]
    connection.execute(sa.delete(table).where(ours, table.c.number.not_in(good)))
    connection.execute(sa.update(table).where(ours).values(until_s=life_s + overlap_s))
    number = max(number for number, _ in known) + 1
    connection.execute(sa.insert(table).values(team=team, kind=kind, peer=peer, number=number, secret=secret, until_s=None))


def end(connection: sa.Connection, team: str, kind: str, peers: Sequence[str]) -> None:
    """Delete the secrets of what has ended."""
    if peers:
        connection.execute(sa.delete(table).where(_of(team, kind), table.c.peer.in_(peers)))


def any_ended(connection: sa.Connection, team: str, life_s: float) -> bool:
    """Whether a secret has ended and is kept."""
    return connection.execute(sa.select(table.c.peer).where(_ended(team, life_s)).limit(1)).first() is not None


def drop_ended(connection: sa.Connection, team: str, life_s: float) -> None:
    connection.execute(sa.delete(table).where(_ended(team, life_s)))


def _of(team: str, kind: str) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.team == team, table.c.kind == kind)


def _ended(team: str, life_s: float) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.team == team, table.c.until_s <= life_s)
