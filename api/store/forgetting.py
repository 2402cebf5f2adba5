"""An agent who has left: their data deleted from every table, a pseudonym in records that must be kept; also once more, after a restore."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import Any

import sqlalchemy as sa

from api.json_text import to_json
from api.shown.news import agent_key
from api.store import deletions, past, personal, rotating
from api.store.deletions import Deletion
from api.store.packing import PACKED, Unreadable, decision_again, decision_of, unpacked
from api.store.repository import Repository
from api.store.rosters import Rosters
from api.store.subscriptions import of_agent
from api.store.tables import (
    answers,
    breaks,
    check_ins,
    decisions,
    events,
    feedback,
    inbox,
    keys,
    looks,
    outbox,
    past_events,
    rests_told,
    rosters,
    subscriptions,
    tickets,
)
from api.store.tables import personal as opted_in
from router import coarse
from router.context import held_by
from router.events import AgentForgotten, Event, PersonalEnded
from router.evolve import evolve
from router.replay import Erased
from router.state import TeamState

OWN = (opted_in, check_ins, looks, breaks, feedback, subscriptions, rests_told)  # rows that are one agent's and nobody else's
AT_ONCE = 50  # rows of a transaction: a decision of a thousand people takes ten milliseconds and more
MAYBE_PACKED = (answers, decisions)


def append(connection: sa.Connection, team: str, event: Callable[[TeamState], Event]) -> TeamState:
    """Put one event, made from the state, into a team's log between two turns of whoever routes; the state after it."""
    repository = Repository(connection)
    base = repository.revision(team, taken=True)
    state = repository.load(team)
    made = event(state)
    touched = [each.id for each in held_by(state, made.agent_id)] if isinstance(made, AgentForgotten) else []
    evolve(state, made)
    repository.save(team, base, [made], state, touched, (), ())
    return state


def begin(connection: sa.Connection, team: str, agent_id: str, now_s: float, known: Deletion | None = None) -> Deletion:
    """Take an agent out of the team, end their keys, and let the log begin anew without them. `finish` has to follow.

    `known`: the deletion that this repeats.
    """
    state = append(connection, team, lambda before: AgentForgotten(max(now_s, before.now_s), agent_id))
    Repository(connection).checkpoint(team, state)
    past.begin_at(connection, team, state, Erased())
    mine = sa.and_(keys.c.team == team, keys.c.agent_id == agent_id)
    connection.execute(sa.update(keys).where(mine, keys.c.revoked_s.is_(None)).values(revoked_s=now_s))
    return known or deletions.note(connection, team, agent_id, deletions.AGENT, now_s)


def finish(transaction: Callable[[], AbstractContextManager[sa.Connection]], team: str, agent_id: str, pseudonym: str) -> int:
    """Delete what is the agent's own and put the pseudonym in place of the id in what is kept, in transactions that hold up routing for
    a moment only; how many rows that were. Done again, it goes on where it was broken off."""
    count = 0
    with transaction() as connection:
        rotating.end(connection, team, rotating.SUBSCRIPTION, of_agent(connection, team, agent_id))
        for table in OWN:
            count += connection.execute(sa.delete(table).where(table.c.team == team, table.c.agent_id == agent_id)).rowcount
        for table in (outbox, inbox):
            count += connection.execute(sa.delete(table).where(table.c.team == team, _passing(table, agent_id))).rowcount
    retired = 1
    while retired:
        with transaction() as connection:
            retired = past.retire(connection, team)
    # decisions are read with who is in the rosters by then; while what is kept of events has the id, `unfinished` knows it
    for table in (answers, rosters, decisions, tickets, keys, past_events):
        after: tuple[Any, ...] | None = ()
        while after is not None:
            with transaction() as connection:
                changed, after = _take_out(connection, table, team, (agent_id, pseudonym), after)
            count += changed
    return count


def unfinished(connection: sa.Connection, team: str) -> list[tuple[str, str]]:
    """Id and pseudonym of each agent who was taken out, and whose `finish` was broken off, or is under way; but of those who are there
    again."""
    # the newest first, for what the log still tells of is among them: each comparison is a hash
    made = [each for each in reversed(deletions.listed(connection, team)) if each.what == deletions.AGENT]
    found = dict[str, str]()
    for log in (past_events, events) if made else ():
        gone = sa.select(log.c.body).where(log.c.team == team, log.c.kind == "agent_forgotten")
        for body in connection.execute(gone).scalars():
            with suppress(ValueError, LookupError, TypeError, StopIteration):  # nobody can read it any more, or it was not written down
                agent_id = json.loads(body)["agent_id"]
                found[agent_id] = next(each.pseudonym for each in made if each.is_of(agent_id))
    there = set(_agents(connection, team)) if found else set()
    return [each for each in found.items() if each[0] not in there]


def _take_out(
    connection: sa.Connection, table: sa.Table, team: str, names: tuple[str, str], after: tuple[Any, ...]
) -> tuple[int, tuple[Any, ...] | None]:
    """Take an id out of some rows of a table, those after a key: in how many it stood, and the last key (None: that was all)."""
    past.alone(connection, team)
    key = list(table.primary_key.columns)
    query = sa.select(table).where(table.c.team == team, _named(table, names[0]))
    query = query.where(sa.tuple_(*key) > sa.tuple_(*after)) if after else query
    rows = connection.execute(query.order_by(*key).limit(AT_ONCE)).mappings().all()
    count, known = 0, Rosters(connection, team)
    for row in rows:
        change = _change(table, row, names, known)
        if change is not None:
            same = sa.and_(*(column == row[column.name] for column in key))
            connection.execute(change.where(table.c.team == team, same))
            count += 1
    return count, tuple(rows[-1][column.name] for column in key) if len(rows) == AT_ONCE else None


def _change(table: sa.Table, row: sa.RowMapping, names: tuple[str, str], known: Rosters) -> sa.Delete | sa.Update | None:
    """An answer goes, and what nobody can read any more, which may name anybody; elsewhere the pseudonym takes the id's place. None where
    the id does not stand."""
    try:
        if table is answers:
            named = row["agent_id"] == names[0] or to_json(names[0]) in unpacked(row["body"])
            return sa.delete(table) if named else None
        values = {name: _without(table, name, text, *names, known) for name, text in row.items() if isinstance(text, str)}
    except Unreadable:
        return sa.delete(table)
    return sa.update(table).values(values) if values.items() - row.items() else None


def _named(table: sa.Table, agent_id: str) -> sa.ColumnElement[bool]:
    """Rows that are of the agent, or in whose JSON the id stands, or may stand: where it is packed, only who unpacks it knows."""
    texts = [column for column in table.columns if isinstance(column.type, sa.Text)]
    parts = [column.contains(to_json(agent_id), autoescape=True) for column in texts]
    parts += [table.c.agent_id == agent_id] if "agent_id" in table.c else []
    parts += [table.c.body.contains(PACKED)] if table in MAYBE_PACKED else []
    return sa.or_(sa.false(), *parts)


def _passing(table: sa.Table, agent_id: str) -> sa.ColumnElement[bool]:
    """Letters about the agent: an id may be a word that others use, too."""
    field = f'agent_id":{to_json(agent_id)}'
    spaced = field.replace(":", ": ", 1)
    named = table.c.body.contains(field, autoescape=True) | table.c.body.contains(spaced, autoescape=True)
    return named | (table.c.key == agent_key(agent_id))


def _without(table: sa.Table, name: str, text: str, agent_id: str, pseudonym: str, known: Rosters) -> str:
    if name == "agent_id":
        return pseudonym if text == agent_id else text
    if not isinstance(table.c[name].type, sa.Text):
        return text
    if table is decisions:
        record = decision_of(text, known)
        without = coarse.record_without(coarse.renamed(record, agent_id, pseudonym), pseudonym)  # as who they are in the rosters already
        return text if without == record else decision_again(without, text)
    try:
        values = json.loads(text)
    except ValueError as error:
        raise Unreadable("what is stored is no JSON any more") from error
    if table is tickets and any(each["agent_id"] == agent_id for each in values["contacts"]):
        values = coarse.ticket(values)
    elif isinstance(values, dict) and "reason" in values and values.get("agent_id") == agent_id:
        values["reason"] = ""  # what somebody wrote about them
    return to_json(coarse.renamed(values, agent_id, pseudonym))


def delete_again(connection: sa.Connection, made: Iterable[Deletion]) -> int:
    """After a restore: delete what was deleted since the backup was made. What the backup knows to be deleted already is left alone,
    unless it was made in the middle of that: then the rest goes, too. How many that were."""
    known, count = {*deletions.listed(connection)}, 0
    for deletion in sorted({*made} - known, key=lambda each: (each.at_s, each.who)):
        if deletion.team in Repository(connection).team_ids():
            for agent_id in [each for each in _agents(connection, deletion.team) if deletion.is_of(each)]:
                _delete(connection, deletion, agent_id)
                count += 1
            deletions.keep(connection, deletion)
    for team in Repository(connection).team_ids():
        for agent_id, pseudonym in unfinished(connection, team):
            finish(lambda: nullcontext(connection), team, agent_id, pseudonym)
            count += 1
    return count


def _agents(connection: sa.Connection, team: str) -> list[str]:
    return [each.id for each in Repository(connection).load(team).agents.people]


def _delete(connection: sa.Connection, deletion: Deletion, agent_id: str) -> None:
    if deletion.what == deletions.PERSONAL:
        state = append(connection, deletion.team, lambda before: PersonalEnded(before.now_s, agent_id))
        personal.leave(connection, deletion.team, agent_id)
        Repository(connection).checkpoint(deletion.team, state)
        return
    begin(connection, deletion.team, agent_id, deletion.at_s, deletion)
    finish(lambda: nullcontext(connection), deletion.team, agent_id, deletion.pseudonym)
