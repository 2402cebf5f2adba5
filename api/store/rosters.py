"""The ids of a large team's agents by row, stored when they change: decisions refer to them, for an id packs badly, and with each decision
they would be most of it."""

from __future__ import annotations

import json
from collections.abc import Sequence

import sqlalchemy as sa

from api.json_text import finite_json
from api.store.as_text import carry_out
from api.store.tables import rosters

BODY = sa.select(rosters.c.body).where(rosters.c.team == sa.bindparam("team"), rosters.c.revision == sa.bindparam("revision"))
_LAST = sa.select(sa.func.max(rosters.c.revision)).where(rosters.c.team == sa.bindparam("team")).scalar_subquery()
NEWEST = sa.select(rosters.c.revision).where(
    rosters.c.team == sa.bindparam("team"), rosters.c.revision == _LAST, rosters.c.body == sa.bindparam("body")
)
BEGUN = sa.insert(rosters)
FIELD = "agent_id"  # by which whoever renames an agent knows that these are ids


class Rosters:
    """Those of one team, on one open connection, for as long as its transaction."""

    def __init__(self, connection: sa.Connection, team: str) -> None:
        self.connection, self.team = connection, team
        self._read: dict[int, list[str]] = {}
        self._newest = ("", 0)

    def ids(self, since: int) -> list[str]:
        """The roster that begins with a revision; raises `LookupError` where there is none."""
        if since not in self._read:
            body = carry_out(self.connection, BODY, [(self.team, since)]).scalar_one_or_none()
            if body is None:
                raise LookupError(f"no roster begins with revision {since}")
            self._read[since] = json.loads(body)[FIELD]
        return self._read[since]

    def since(self, ids: Sequence[str], revision: int) -> int:
        """The revision with which the roster of these agents begins: the newest one's, or this one."""
        body = finite_json({FIELD: ids})
        if body != self._newest[0]:
            since = carry_out(self.connection, NEWEST, [(self.team, self.team, body)]).scalar_one_or_none()
            if since is None:
                carry_out(self.connection, BEGUN, [(self.team, revision, body)])
            self._newest = body, revision if since is None else int(since)
        return self._newest[1]


def drop(connection: sa.Connection, team: str, until: int) -> None:
    """Delete what no decision after a revision refers to."""
    newest = sa.select(sa.func.max(rosters.c.revision)).where(rosters.c.team == team, rosters.c.revision <= until + 1).scalar_subquery()
    connection.execute(sa.delete(rosters).where(rosters.c.team == team, rosters.c.revision < newest))
