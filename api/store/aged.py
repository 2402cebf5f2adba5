"""Rows that go when they are old enough: which tables, by which instant, after how long."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from api.settings import Settings
from api.store.answers import KEPT_S
from api.store.tables import answers, breaks, check_ins, feedback, inbox, keys, looks, outbox, past_events, reports, simulations
from fatigue_model.dynamics import DAY_S

MANY = 20_000  # rows that are looked for at once


@dataclass(frozen=True, slots=True)
class Aged:
    """Rows of a table that are older than `kept_s` by the column `since`, and fit `where`."""

    table: sa.Table
    since: sa.ColumnElement[float]
    kept_s: Callable[[Settings], float]
    where: sa.ColumnElement[bool] | None = None

    def old(self, team: str, settings: Settings, now_s: float) -> sa.ColumnElement[bool]:
        old = sa.and_(self.table.c.team == team, self.since < now_s - self.kept_s(settings))
        return old if self.where is None else sa.and_(old, self.where)


def _log(settings: Settings) -> float:
    return settings.log_days * DAY_S


def _jobs(settings: Settings) -> float:
    return settings.jobs_days * DAY_S


AGED = (
    Aged(answers, answers.c.created_s, lambda _: KEPT_S),
    Aged(breaks, breaks.c.end_s, _log),
    Aged(looks, looks.c.hour_s, _log),
    Aged(feedback, feedback.c.received_s, _log),
    Aged(reports, reports.c.until_s, _log),
    Aged(check_ins, check_ins.c.at_s, _log),
    Aged(keys, sa.func.coalesce(keys.c.revoked_s, keys.c.expires_s), _log),
    Aged(outbox, outbox.c.ended_s, lambda settings: settings.webhook_kept_s),
    Aged(inbox, inbox.c.ended_s, lambda settings: settings.webhook_kept_s),
    Aged(simulations, simulations.c.ended_s, _jobs),
    Aged(past_events, past_events.c.at_s, _log, past_events.c.kind != "policy_put"),  # a policy says nothing of a person
)


def count(connection: sa.Connection, each: Aged, team: str, settings: Settings, now_s: float) -> int:
    query = sa.select(sa.func.count()).select_from(each.table).where(each.old(team, settings, now_s))
    return int(connection.execute(query).scalar_one())


def keys_of(connection: sa.Connection, each: Aged, team: str, settings: Settings, now_s: float) -> list[dict[str, Any]]:
    """The primary keys of them, of no more than `MANY`. It may take reading the whole table, so nobody who waits to write should wait for
    it."""
    query = sa.select(*each.table.primary_key.columns).where(each.old(team, settings, now_s)).limit(MANY)
    return [{_of(name): value for name, value in row.items()} for row in connection.execute(query).mappings()]


def drop(connection: sa.Connection, each: Aged, team: str, settings: Settings, now_s: float, keys: list[dict[str, Any]]) -> int:
    """Delete those with some keys, unless they have become younger meanwhile; how many."""
    same = sa.and_(*(column == sa.bindparam(_of(column.name)) for column in each.table.primary_key.columns))
    return connection.execute(sa.delete(each.table).where(each.old(team, settings, now_s), same), keys).rowcount


def _of(column: str) -> str:
    return f"this_{column}"
