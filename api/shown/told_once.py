"""Aggregates over people are told once for each week: whoever asks again, after somebody came or went, learns nothing of that person.

The mean of eleven and the mean of ten of them have one person between them. So what is first told of a window stays what is told of it,
whoever changes a team, a skill, the smallest group or a late rating meanwhile; and windows move by whole weeks.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from api.json_text import to_json
from api.services import Services
from api.store.database import read_only
from api.store.tables import reports

LEAST = "people_at_least"


def told_once(
    service: Services, team: str, kind: str, until_s: float, least: int, make: Callable[[], dict[str, Any]], nothing: dict[str, Any]
) -> dict[str, Any]:
    """What was first told of the window that ends at `until_s`, else what `make` gives, from now on.

    `nothing` goes over it where groups could be smaller then than `least` allows now.
    """
    mine = sa.and_(reports.c.team == team, reports.c.kind == kind, reports.c.until_s == until_s)
    query = sa.select(reports.c.body).where(mine)
    with read_only(service.engine) as connection:
        body = connection.execute(query).scalar_one_or_none()
    if body is None:
        row = {"team": team, "kind": kind, "until_s": until_s, "body": to_json({LEAST: least} | make())}
        try:
            with service.engine.begin() as connection:
                connection.execute(sa.insert(reports).values(row))
            body = row["body"]
        except sa.exc.IntegrityError:  # somebody else asked at the same time
            with read_only(service.engine) as connection:
                body = connection.execute(query).scalar_one()
    told: dict[str, Any] = json.loads(str(body))
    return told | nothing if told[LEAST] < least else told
