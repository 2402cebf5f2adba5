"""Who looked at what is kept of a person: one row an hour for each key that is not the person's own, and each kind of thing."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from api.store.as_text import upserting
from api.store.keys import Principal
from api.store.tables import looks

HOUR_S = 3600.0
EVERYBODY = ""  # in place of an agent: who looked at the whole team

WHAT = {
    "recovery": "your recovery",
    "profile": "your profile",
    "decision": "what would have brought a ticket to you",
    "team": "the list of the team",
    "profiles": "the profiles of the team",
    "plan": "the plan of the team",
    "decisions": "decisions, which name the team",
    "reports": "a report that names who had which ticket",
}


@dataclass(frozen=True, slots=True)
class Look:
    """A key of `role` looked within the hour from `hour_s` at one of `WHAT`."""

    hour_s: float
    role: str
    key_id: str
    what: str


def hour_of(now_s: float) -> float:
    return now_s // HOUR_S * HOUR_S


def note(connection: sa.Connection, who: Principal, agent_id: str, what: str, now_s: float) -> None:
    """Write down that `who` looked, once an hour."""
    row = {"team": who.team, "agent_id": agent_id, "hour_s": hour_of(now_s), "key_id": who.key_id, "what": what}
    same = sa.and_(*(looks.c[name] == value for name, value in row.items()))
    if connection.execute(sa.select(looks.c.role).where(same)).first() is None:
        connection.execute(upserting(looks, connection.dialect.name, True), [row | {"role": who.role}])


def of(connection: sa.Connection, team: str, agent_id: str, since_s: float) -> list[Look]:
    """Who looked at an agent, or at everybody in the team, since an instant, the newest first."""
    shown = (looks.c.hour_s, looks.c.role, looks.c.key_id, looks.c.what)
    query = sa.select(*shown).where(looks.c.team == team, looks.c.agent_id.in_((agent_id, EVERYBODY)), looks.c.hour_s >= hour_of(since_s))
    rows = connection.execute(query.order_by(looks.c.hour_s.desc(), looks.c.key_id, looks.c.what))
    return [Look(*row) for row in rows]
