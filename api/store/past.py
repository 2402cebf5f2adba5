"""Retiring the log: the state where it begins, and what is kept of the events before that, without numbers of people."""

from __future__ import annotations

import contextlib
import json
import math
from typing import Any

import sqlalchemy as sa

from api.json_text import to_json
from api.store import rosters, states
from api.store.as_text import upserting
from api.store.packing import Unreadable, decision_again, decision_of, ticket_of
from api.store.repository import Repository
from api.store.rosters import Rosters
from api.store.tables import checkpoints, decisions, events, origins, past_events, tickets
from router import coarse
from router.evolve import evolve
from router.ledger import forget_pace
from router.record import ENGINE
from router.replay import Erased
from router.state import TeamState

AT_ONCE = 500
DECISIONS_AT_ONCE = 100  # with a large team they are long


def begin_revision(connection: sa.Connection, team: str) -> int:
    """The revision that the log begins after; 0 where nothing was retired."""
    return int(connection.execute(sa.select(origins.c.revision).where(origins.c.team == team)).scalar_one_or_none() or 0)


def newest_s(connection: sa.Connection, team: str) -> float | None:
    """The instant of the newest event of a team; None where there was none."""
    newest = sa.select(events.c.at_s).where(events.c.team == team).order_by(events.c.seq.desc()).limit(1)  # they are in order of time
    begun = sa.select(origins.c.at_s).where(origins.c.team == team)
    found = (connection.execute(query).scalar_one_or_none() for query in (newest, begun))
    return max((float(each) for each in found if each is not None), default=None)


def newest_of_all_s(connection: sa.Connection) -> float:
    """The instant of the newest event of any team; 0 where there was none."""
    return max((newest_s(connection, team) or 0.0 for team in Repository(connection).team_ids()), default=0.0)


def revision_before(connection: sa.Connection, team: str, before_s: float) -> int:
    """The last revision from before an instant, as far as that is still known."""
    parts = [sa.select(origins.c.revision).where(origins.c.team == team, origins.c.at_s < before_s)]
    parts += [sa.select(sa.func.max(log.c.seq)).where(log.c.team == team, log.c.at_s < before_s) for log in (events, past_events)]
    return max(int(connection.execute(part).scalar_one_or_none() or 0) for part in parts)


def count(connection: sa.Connection, table: sa.Table, team: str, after: int, until: int) -> int:
    """How many events, or decisions, are from after a revision up to another one."""
    place = table.c.seq if "seq" in table.c else table.c.revision
    query = sa.select(sa.func.count()).where(table.c.team == team, place > after, place <= until)
    return int(connection.execute(query).scalar_one())


def state_at(connection: sa.Connection, team: str, revision: int) -> tuple[TeamState, Erased]:
    """The state at a revision of the log that is still there, and what was taken out of the log up to it."""
    repository, gone = Repository(connection), erased(connection, team)
    state = repository.first(team)
    for event in repository.log(team, state.revision, whole=False):
        if state.revision == revision:
            break
        gone.hear(event)
        evolve(state, event)
    return state, gone


def begin_at(connection: sa.Connection, team: str, state: TeamState, gone: Erased) -> None:
    """Let the log begin after `state`; what is before it is to be retired then."""
    stored = connection.execute(sa.select(origins.c.revision).where(origins.c.team == team)).scalar_one_or_none()
    rest = states.put(connection, team, states.ORIGIN, state, stored)
    row = {"team": team, "revision": state.revision, "at_s": state.now_s, "engine": ENGINE, "body": rest, "erased": _dump(gone)}
    connection.execute(upserting(origins, connection.dialect.name, False), row)
    connection.execute(sa.delete(checkpoints).where(checkpoints.c.team == team, checkpoints.c.revision < state.revision))
    if connection.execute(sa.select(checkpoints.c.revision).where(checkpoints.c.team == team)).first() is None:
        states.drop(connection, team, states.CHECKPOINT)


def erased(connection: sa.Connection, team: str) -> Erased:
    """What was taken out of the log before its beginning."""
    text = connection.execute(sa.select(origins.c.erased).where(origins.c.team == team)).scalar_one_or_none()
    found = json.loads(text) if text is not None else {"agents": [], "until_s": None}
    return Erased(set(found["agents"]), -math.inf if found["until_s"] is None else found["until_s"])


def _dump(gone: Erased) -> str:
    return to_json({"agents": sorted(gone.agents), "until_s": gone.until_s if math.isfinite(gone.until_s) else None})


def retire(connection: sa.Connection, team: str, limit: int = AT_ONCE) -> int:
    """Move events from before the beginning of the log, the oldest first, to what is kept of them; how many that were."""
    alone(connection, team)
    ours = sa.and_(events.c.team == team, events.c.seq <= begin_revision(connection, team))
    rows = connection.execute(sa.select(events).where(ours).order_by(events.c.seq).limit(limit)).mappings().all()
    if not rows:
        return 0
    kept = [{**row, "body": to_json(body)} for row in rows if (body := _kept(row)) is not None]
    if kept:
        connection.execute(sa.insert(past_events), kept)
    connection.execute(sa.delete(events).where(ours, events.c.seq <= rows[-1]["seq"]))
    return len(rows)


def alone(connection: sa.Connection, team: str) -> None:
    """Nobody else changes what is stored of a team from here to the end of the transaction: what was read is there yet when it is written
    again with less in it."""
    Repository(connection).revision(team, taken=True)


def _kept(row: sa.RowMapping) -> dict[str, Any] | None:
    """What is kept of an event; None where nothing is, or nobody can read it any more."""
    try:
        values = json.loads(row["body"])
    except ValueError:
        return None
    return coarse.event(row["kind"], values)


def coarsen(connection: sa.Connection, team: str, after: int, until: int, before_s: float) -> int:
    """Take numbers of people out of decisions from after a revision up to another one, and out of tickets that were over before an
    instant, some at a time; the revision that it came to, `until` at the end."""
    alone(connection, team)
    ours = sa.and_(decisions.c.team == team, decisions.c.revision > after, decisions.c.revision <= until)
    full = sa.select(decisions.c.revision).where(ours).order_by(decisions.c.revision).offset(DECISIONS_AT_ONCE).limit(1)
    last = int(connection.execute(full).scalar_one_or_none() or until)
    last = _some_events(connection, team, after, last)
    query = sa.select(decisions.c.id, decisions.c.body).where(ours, decisions.c.revision <= last)
    known = Rosters(connection, team)
    for decision_id, body in connection.execute(query).all():
        change = _coarse(body, known)
        connection.execute(change.where(decisions.c.team == team, decisions.c.id == decision_id))
    _coarsen_tickets(connection, team, after, last, before_s)
    return last


def _some_events(connection: sa.Connection, team: str, after: int, until: int) -> int:
    """Up to which revision there are as many retired events after another one as are looked at in one transaction; at most `until`."""
    ours = sa.and_(past_events.c.team == team, past_events.c.seq > after, past_events.c.seq <= until)
    full = sa.select(past_events.c.seq).where(ours).order_by(past_events.c.seq).offset(AT_ONCE - 1).limit(1)
    return int(connection.execute(full).scalar_one_or_none() or until)


def _coarse(body: str, known: Rosters) -> sa.Update | sa.Delete:
    """What becomes of a stored decision: one that nobody can read any more goes, for numbers may stand in it."""
    try:
        return sa.update(decisions).values(body=decision_again(coarse.record(decision_of(body, known)), body))
    except Unreadable:
        return sa.delete(decisions)


def _coarsen_tickets(connection: sa.Connection, team: str, after: int, until: int, before_s: float) -> None:
    for ticket_id, values in over(connection, team, after, until, before_s):
        change = sa.delete(tickets) if values is None else sa.update(tickets).values(body=to_json(coarse.ticket(values)))
        connection.execute(change.where(tickets.c.team == team, tickets.c.id == ticket_id))


def over(connection: sa.Connection, team: str, after: int, until: int, before_s: float) -> list[tuple[str, dict[str, Any] | None]]:
    """Id and body of each ticket that something happened to between two revisions of what was retired and that was over before an
    instant; None of one that is over and that nobody can read any more, for numbers may stand in it."""
    touched = sa.select(past_events.c.kind, past_events.c.body).where(
        past_events.c.team == team, past_events.c.seq > after, past_events.c.seq <= until, past_events.c.kind.like("ticket_%")
    )
    named_there = set[str]()
    for _, body in connection.execute(touched):
        with contextlib.suppress(ValueError):  # an event that nobody can read any more
            named_there.add(json.loads(body)["ticket_id"])
    ids, found = sorted(named_there), list[tuple[str, dict[str, Any] | None]]()
    for start in range(0, len(ids), AT_ONCE):
        named = sa.and_(tickets.c.team == team, tickets.c.id.in_(ids[start : start + AT_ONCE]), tickets.c.state.in_(("resolved", "closed")))
        for ticket_id, body in connection.execute(sa.select(tickets.c.id, tickets.c.body).where(named)):
            values = None
            with contextlib.suppress(Unreadable):
                values = ticket_of(body)
            if values is None or values["since_s"] < before_s:
                found.append((ticket_id, values))
    return found


def drop_decisions(connection: sa.Connection, team: str, until: int) -> int:
    """Delete some decisions up to a revision, and at the end the rosters of these alone; how many decisions."""
    ours = sa.and_(decisions.c.team == team, decisions.c.revision <= until)
    some = sa.select(decisions.c.id).where(ours).order_by(decisions.c.revision).limit(AT_ONCE)
    ids = connection.execute(some).scalars().all()
    if ids:
        connection.execute(sa.delete(decisions).where(decisions.c.team == team, decisions.c.id.in_(ids)))
    else:
        rosters.drop(connection, team, until)
    return len(ids)


def drop_tickets(connection: sa.Connection, team: str, after: int, until: int, before_s: float) -> tuple[int, int]:
    """Delete tickets that were over before an instant and that what is kept of events from after a revision up to another one names, some
    at a time: how many, and the revision that it came to, `until` at the end."""
    alone(connection, team)
    last = _some_events(connection, team, after, until)
    found = over(connection, team, after, last, before_s)
    for ticket_id, _ in found:
        connection.execute(sa.delete(tickets).where(tickets.c.team == team, tickets.c.id == ticket_id))
    return len(found), last


def forget_personal(connection: sa.Connection, team: str, agent_id: str) -> None:
    """Take the numbers of an agent's personal mode out of the state that the log begins with."""
    state = Repository(connection).first(team)
    place = state.agents.row.get(agent_id)
    if place is None or not (state.agents.people[place].paces or state.agents.eased_s[place] > 0):
        return
    forget_pace(state.agents, place)
    state.agents.eased_s[place] = -math.inf
    gone = erased(connection, team)
    gone.agents.add(agent_id)
    values = {"body": states.put(connection, team, states.ORIGIN, state, state.revision), "erased": _dump(gone)}
    connection.execute(sa.update(origins).where(origins.c.team == team).values(values))
