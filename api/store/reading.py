"""Reading tickets, decisions, breaks and policies, by id, page by page, or all since an instant."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from api.json_text import to_json
from api.store.as_text import carry_out
from api.store.packing import decision_of
from api.store.tables import breaks, decisions, events, past_events, tickets
from router.statement import Rest

STORED = {  # many ids are one value, so that the text is always the same
    "sqlite": "SELECT tickets.id FROM tickets WHERE tickets.team = ? AND tickets.id IN (SELECT value FROM json_each(?))",
    "postgresql": "SELECT tickets.id FROM tickets WHERE tickets.team = %s AND tickets.id = ANY(%s)",
}
DECISION = sa.select(decisions.c.body).where(decisions.c.team == sa.bindparam("team"), decisions.c.id == sa.bindparam("decision_id"))


def ticket(connection: sa.Connection, team: str, ticket_id: str) -> dict[str, Any] | None:
    query = sa.select(tickets.c.body).where(tickets.c.team == team, tickets.c.id == ticket_id)
    body = connection.execute(query).scalar_one_or_none()
    return None if body is None else json.loads(body)


def stored_ids(connection: sa.Connection, team: str, ticket_ids: list[str]) -> set[str]:
    """Those of `ticket_ids` that the store holds."""
    if not ticket_ids:
        return set()
    dialect = connection.dialect.name
    ids = to_json(ticket_ids) if dialect == "sqlite" else ticket_ids
    return {found for (found,) in connection.exec_driver_sql(STORED[dialect], (team, ids))}


def ticket_page(connection: sa.Connection, team: str, state: str | None, after: str, limit: int) -> list[dict[str, Any]]:
    """Tickets in id order after the cursor."""
    query = sa.select(tickets.c.body).where(tickets.c.team == team, tickets.c.id > after)
    if state is not None:
        query = query.where(tickets.c.state == state)
    return [json.loads(body) for body in connection.execute(query.order_by(tickets.c.id).limit(limit)).scalars()]


def decision(connection: sa.Connection, team: str, decision_id: str) -> dict[str, Any] | None:
    body = carry_out(connection, DECISION, [(team, decision_id)]).scalar_one_or_none()
    return None if body is None else decision_of(body)


def decision_page(
    connection: sa.Connection,
    team: str,
    ticket_id: str | None,
    agent_id: str | None,
    after: tuple[int, int],
    limit: int,
) -> list[dict[str, Any]]:
    """Decisions in the order they were made, after the cursor (revision, position)."""
    query = sa.select(decisions.c.body).where(
        decisions.c.team == team, sa.tuple_(decisions.c.revision, decisions.c.position) > sa.tuple_(*after)
    )
    if ticket_id is not None:
        query = query.where(decisions.c.ticket_id == ticket_id)
    if agent_id is not None:
        query = query.where(decisions.c.agent_id == agent_id)
    query = query.order_by(decisions.c.revision, decisions.c.position).limit(limit)
    return [decision_of(body) for body in connection.execute(query).scalars()]


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
