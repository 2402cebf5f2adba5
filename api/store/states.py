"""A team's state as it is stored: a row for most of it, and rows of their own for what there may be very many of: its accounts, its
tickets, and each day of each agent's ledger.

A team of a thousand people keeps a million tickets. So those rows are written again that something has changed in since the last time, and
the others stay: writing a state down costs as much as has happened, and stops the team's turns for no longer.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from api.json_text import finite_json, to_json
from api.store.as_text import carry_out, upserting
from api.store.tables import state_rows
from router import snapshot
from router.person import UTC_DAY
from router.state import TeamState

CHECKPOINT, ORIGIN = "checkpoint", "origin"
ACCOUNT, TICKET, LEDGER, REST = "account", "ticket", "ledger", "rest"
AT_ONCE = 1000  # rows of a statement
Key = tuple[str, str, int]  # what it is, the id of the account, ticket or agent, and the day of a ledger
GONE = sa.delete(state_rows).where(*(column == sa.bindparam(f"this_{column.name}") for column in state_rows.primary_key))


def put(connection: sa.Connection, team: str, kind: str, state: TeamState, stored: int | None) -> str:
    """Store the rows of a team's state in place of those before; the rest of it, as JSON, is for the row that the kind is of.

    `stored`: the revision of the state that is stored as this kind and is to be replaced; None where there is none. From it on the state
    has to know what changed, else all is written.
    """
    changes = state.changes
    if changes is None or changes.whole or stored is None or not changes.since <= stored <= state.revision:
        drop(connection, team, kind)
        keys: Iterable[Key] = _all(state)
    else:
        keys = [(ACCOUNT, each, 0) for each in changes.accounts] + [(TICKET, each, 0) for each in changes.tickets]
        keys += [(LEDGER, *each) for each in changes.days]
    gone = list[tuple[Any, ...]]()

    def there() -> Iterator[tuple[Any, ...]]:
        for key in keys:
            value = _value(state, key)
            if value:
                yield (team, kind, *key, finite_json(value))
            else:
                gone.append((team, kind, *key))

    _in_turn(connection, upserting(state_rows, connection.dialect.name, False), there())
    _in_turn(connection, GONE, iter(gone))
    state.watch()
    return to_json(snapshot.rest(state))


def _in_turn(connection: sa.Connection, statement: sa.Executable, rows: Iterator[tuple[Any, ...]]) -> None:
    """Some of many rows at a time: whatever is sent at once is held several times over while it is."""
    while some := list(islice(rows, AT_ONCE)):
        carry_out(connection, statement, some)


def _all(state: TeamState) -> Iterator[Key]:
    yield from ((ACCOUNT, each, 0) for each in state.accounts)
    yield from ((TICKET, each, 0) for each in state.tickets)
    for person in state.agents.people:
        yield from ((LEDGER, person.id, day) for day, _ in groupby(person.entries, UTC_DAY))


def _value(state: TeamState, key: Key) -> Any:
    """What the row has; nothing where there is none."""
    what, name, day = key
    if what == ACCOUNT:
        return state.accounts.get(name)
    if what == TICKET:
        return state.tickets.get(name)
    row = state.agents.row.get(name)
    return None if row is None else state.agents.people[row].entries_of(day)


def get(connection: sa.Connection, team: str, kind: str, rest: sa.Select[tuple[str]]) -> TeamState | None:
    """The state again; None where `rest`, which selects what `put` returned, selects no row.

    One statement sees one state, also where another process writes the next one meanwhile.
    """
    found = rest.subquery()
    nothing = (sa.literal(REST).label("what"), sa.literal("").label("id"), sa.literal(0).label("day"), found.c.body)
    rows = sa.select(state_rows.c.what, state_rows.c.id, state_rows.c.day, state_rows.c.body)
    both = sa.union_all(sa.select(*nothing), rows.where(state_rows.c.team == team, state_rows.c.kind == kind))
    values: dict[str, Any] | None = None
    many: dict[str, list[Any]] = {ACCOUNT: [], TICKET: []}
    ledgers: dict[str, list[tuple[int, list[Any]]]] = {}
    for what, name, day, body in connection.execute(both):
        value = json.loads(body)
        if what == REST:
            values = value
        elif what == LEDGER:
            ledgers.setdefault(name, []).append((day, value))
        else:
            many[what].append(value)
    if values is None:
        return None
    for person in values["people"]:
        person["entries"] = [entry for _, entries in sorted(ledgers.get(person["id"], []), key=itemgetter(0)) for entry in entries]
    state = snapshot.load(values | {"accounts": many[ACCOUNT], "tickets": many[TICKET]})
    state.watch()
    return state


def drop(connection: sa.Connection, team: str, kind: str) -> None:
    connection.execute(sa.delete(state_rows).where(state_rows.c.team == team, state_rows.c.kind == kind))
