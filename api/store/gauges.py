"""What is asked of the store for metrics: jobs by state, and webhooks on their way, team by team."""

from __future__ import annotations

from collections import Counter

import sqlalchemy as sa

from api.store.letters import DEAD, WAITING
from api.store.tables import simulations as jobs


def jobs_by_state(connection: sa.Connection, team: str) -> Counter[str]:
    """How many what-if jobs of a team are in each state."""
    query = sa.select(jobs.c.state, sa.func.count()).where(jobs.c.team == team).group_by(jobs.c.state)
    return Counter({row[0]: row[1] for row in connection.execute(query)})


def letters(connection: sa.Connection, table: sa.Table, team: str) -> tuple[int, int, float | None]:
    """Of the outbox or the inbox of a team: letters that wait, dead ones, and since when the oldest waits, in life."""
    query = sa.select(table.c.state, sa.func.count(), sa.func.min(table.c.since_s)).where(table.c.team == team).group_by(table.c.state)
    found = {row[0]: (row[1], row[2]) for row in connection.execute(query)}
    waiting, since_s = found.get(WAITING, (0, None))
    return waiting, found.get(DEAD, (0, None))[0], since_s
