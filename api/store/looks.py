"""Who looked at a person's recovery: one row an hour for each key that is not the person's own."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from api.store.keys import Principal
from api.store.repository import upserting
from api.store.tables import looks

HOUR_S = 3600.0
KEPT_S = 183 * 24 * HOUR_S  # six months, as EU AI Act Art. 26(6) asks of logs


@dataclass(frozen=True, slots=True)
class Look:
    """A key of `role` looked within the hour from `hour_s`."""

    hour_s: float
    role: str
    key_id: str


def hour_of(now_s: float) -> float:
    return now_s // HOUR_S * HOUR_S


def note(connection: sa.Connection, who: Principal, agent_id: str, now_s: float) -> None:
    """Write down that `who` looked, once an hour, and drop what is older than six months."""
    row = {"team": who.team, "agent_id": agent_id, "hour_s": hour_of(now_s), "key_id": who.key_id}
    same = sa.and_(*(looks.c[name] == value for name, value in row.items()))
    if connection.execute(sa.select(looks.c.role).where(same)).first() is None:
        connection.execute(upserting(looks, connection.dialect.name, True), [row | {"role": who.role}])
        connection.execute(sa.delete(looks).where(looks.c.team == who.team, looks.c.hour_s < now_s - KEPT_S))


def of(connection: sa.Connection, team: str, agent_id: str, since_s: float) -> list[Look]:
    """Who looked at an agent since an instant, the newest first."""
    query = sa.select(looks.c.hour_s, looks.c.role, looks.c.key_id).where(looks.c.team == team, looks.c.agent_id == agent_id)
    rows = connection.execute(query.where(looks.c.hour_s >= hour_of(since_s)).order_by(looks.c.hour_s.desc(), looks.c.key_id))
    return [Look(*row) for row in rows]
