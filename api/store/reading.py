"""Reading tickets, decisions, breaks and policies, by id, page by page, or all since an instant. Of a ticket or decision that nobody can
read any more, `Unreadable` says which; pages leave it out with a line in the log, for one keeps nobody from the others."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import Any

import sqlalchemy as sa

from api.json_text import to_json
from api.store.as_text import carry_out
from api.store.packing import Unreadable, decision_alone, decision_of, ticket_of
from api.store.rosters import Rosters
from api.store.tables import breaks, decisions, events, past_events, tickets
from router.statement import Rest

log = logging.getLogger(__name__)
STORED = {  # many ids are one value, so that the text is always the same
    "sqlite": "SELECT tickets.id FROM tickets WHERE tickets.team = ? AND tickets.id IN (SELECT value FROM json_each(?))",
    "postgresql": "SELECT tickets.id FROM tickets WHERE tickets.team = %s AND tickets.id = ANY(%s)",
}
DECISION = sa.select(decisions.c.body).where(decisions.c.team == sa.bindparam("team"), decisions.c.id == sa.bindparam("decision_id"))


def ticket(connection: sa.Connection, team: str, ticket_id: str) -> dict[str, Any] | None:
    query = sa.select(tickets.c.body).where(tickets.c.team == team, tickets.c.id == ticket_id)
    body = connection.execute(query).scalar_one_or_none()
    return None if body is None else _ticket(ticket_id, body)


def stored_ids(connection: sa.Connection, team: str, ticket_ids: list[str]) -> set[str]:
    """Those of `ticket_ids` that the store holds."""
    if not ticket_ids:
        return set()
    dialect = connection.dialect.name
    ids = to_json(ticket_ids) if dialect == "sqlite" else ticket_ids
    return {found for (found,) in connection.exec_driver_sql(STORED[dialect], (team, ids))}


def ticket_page(connection: sa.Connection, team: str, state: str | None, after: str, limit: int) -> list[dict[str, Any]]:
    """Tickets in id order after the cursor."""
    query = sa.select(tickets.c.id, tickets.c.body).where(tickets.c.team == team)
    if state is not None:
        query = query.where(tickets.c.state == state)
    return list(islice(_readable(connection, query, (tickets.c.id,), (after,), limit, _ticket), limit))


def decision(connection: sa.Connection, team: str, decision_id: str) -> dict[str, Any] | None:
    body = carry_out(connection, DECISION, [(team, decision_id)]).scalar_one_or_none()
    return None if body is None else _decision(decision_id, body, Rosters(connection, team))


def each_decision(
    connection: sa.Connection,
    team: str,
    ticket_id: str | None = None,
    agent_id: str | None = None,
    after: tuple[int, int] = (-1, -1),
    at_once: int = 500,
    others: bool = True,
) -> Iterator[dict[str, Any]]:
    """Decisions in the order they were made, after the cursor (revision, position), `at_once` of them to a query. Without `others`,
    `not_others` is empty: of a large team, to read it is nearly all of the work."""
    place = (decisions.c.revision, decisions.c.position)
    query = sa.select(decisions.c.id, decisions.c.body, *place).where(decisions.c.team == team)
    if ticket_id is not None:
        query = query.where(decisions.c.ticket_id == ticket_id)
    if agent_id is not None:
        query = query.where(decisions.c.agent_id == agent_id)
    read = partial(_decision, rosters=Rosters(connection, team)) if others else _decision
    return _readable(connection, query, place, after, at_once, read)


def _readable(
    connection: sa.Connection,
    query: sa.Select[Any],
    place: tuple[sa.Column[Any], ...],
    after: tuple[Any, ...],
    at_once: int,
    read: Callable[[str, str], dict[str, Any]],
) -> Iterator[dict[str, Any]]:
    """The rows after a place that can be read, each read when it is asked for."""
    while True:
        there = sa.tuple_(*place) > sa.tuple_(*after)
        rows = connection.execute(query.where(there).order_by(*place).limit(at_once)).all()
        for row in rows:
            try:
                yield read(row.id, row.body)
            except Unreadable as error:
                log.warning("%s", error)
        if len(rows) < at_once:
            return
        after = tuple(getattr(rows[-1], each.name) for each in place)


def _ticket(ticket_id: str, body: str) -> dict[str, Any]:
    try:
        return ticket_of(body)
    except Unreadable as error:
        raise Unreadable(f"ticket {ticket_id!r}: {error}") from error


def _decision(decision_id: str, body: str, rosters: Rosters | None = None) -> dict[str, Any]:
    try:
        return decision_of(body, rosters) if rosters else decision_alone(body)
    except Unreadable as error:
        raise Unreadable(f"decision {decision_id!r}: {error}") from error


def breaks_of(connection: sa.Connection, team: str, agent_id: str, since_s: float) -> list[Rest]:
    """The breaks of an agent that ended from an instant on, the newest first."""
    mine = sa.and_(breaks.c.team == team, breaks.c.agent_id == agent_id, breaks.c.end_s >= since_s)
    return [_rest(row) for row in connection.execute(sa.select(breaks).where(mine).order_by(breaks.c.start_s.desc())).mappings()]


def breaks_since(connection: sa.Connection, team: str, since_s: float) -> dict[str, list[Rest]]:
    """The breaks of a team that began to be owed from an instant on, by agent."""
    found: dict[str, list[Rest]] = {}
    query = sa.select(breaks).where(breaks.c.team == team, breaks.c.since_s >= since_s).order_by(breaks.c.since_s, breaks.c.id)
    for row in connection.execute(query).mappings():
        found.setdefault(row["agent_id"], []).append(_rest(row))
    return found


def _rest(row: sa.RowMapping) -> Rest:
    same = ("id", "since_s", "start_s", "end_s", "skipped")
    return Rest(because=tuple(json.loads(row["because"])), **{name: row[name] for name in same})


def overrides_since(connection: sa.Connection, team: str, since_s: float) -> list[tuple[str, ...] | None]:
    """The hard rules that each override from an instant on broke; None where they are not known."""
    found: list[tuple[str, ...] | None] = []
    for log in (past_events, events):
        query = sa.select(log.c.body).where(log.c.team == team, log.c.kind == "overridden", log.c.at_s >= since_s).order_by(log.c.seq)
        rules = (json.loads(body).get("rules") for body in connection.execute(query).scalars())
        found += [None if each is None else tuple(each) for each in rules]
    return found


def policy_versions(connection: sa.Connection, team: str) -> list[tuple[float, dict[str, Any]]]:
    """Every policy that was put, oldest first, with the instant it came into force."""
    found: list[tuple[float, dict[str, Any]]] = []
    for log in (past_events, events):
        query = sa.select(log.c.at_s, log.c.body).where(log.c.team == team, log.c.kind == "policy_put").order_by(log.c.seq)
        found += [(at_s, json.loads(body)) for at_s, body in connection.execute(query)]
    return found
