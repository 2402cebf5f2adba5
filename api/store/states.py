"""A team's state as it is stored: a row for most of it, and its tickets and accounts, a thousand at a time, in rows of their own.

A team of a thousand people keeps a million tickets. Written as one text they would be larger than either database takes for a value (1 GB),
and whatever is sent at once is held several times over while it is: as an object, as JSON, in the driver's buffer.
"""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from api.json_text import finite_json, to_json
from api.store.as_text import carry_out
from api.store.tables import state_parts
from router import snapshot
from router.state import TeamState

CHECKPOINT, ORIGIN = "checkpoint", "origin"
PARTED = ("accounts", "tickets")  # what there may be very many of
A_PART = 1000
BEFORE = -1  # the first part
PART = sa.insert(state_parts)


def put(connection: sa.Connection, team: str, kind: str, state: TeamState) -> str:
    """Store the parts of a team's state in place of those before; the rest of it, as JSON, is for the row that the kind is of."""
    whole = snapshot.whole(state)
    drop(connection, team, kind)
    parts = ({name: whole[name][start : start + A_PART]} for name in PARTED for start in range(0, len(whole[name]), A_PART))
    for number, part in enumerate(parts):
        carry_out(connection, PART, [(team, kind, number, finite_json(part))])
    return to_json(whole | dict.fromkeys(PARTED))


def get(connection: sa.Connection, team: str, kind: str, rest: sa.Select[tuple[str]]) -> TeamState | None:
    """The state again; None where `rest` selects no row. It selects what `put` returned, or a whole state, of which there are no parts.

    One statement sees one state, also where another process writes the next one meanwhile.
    """
    found = rest.subquery()
    parts = sa.select(state_parts.c.part, state_parts.c.body).where(state_parts.c.team == team, state_parts.c.kind == kind)
    both = sa.union_all(sa.select(sa.literal(BEFORE).label("part"), found.c.body), parts)
    values: dict[str, Any] | None = None
    parted: dict[str, list[Any]] = {name: [] for name in PARTED}
    for part, body in connection.execute(both.order_by("part")):
        found_here = json.loads(body)
        if part == BEFORE:
            values = found_here
        else:
            for name, some in (found_here if isinstance(found_here, dict) else {"tickets": found_here}).items():  # once of tickets alone
                parted[name] += some
    if values is None:
        return None
    return snapshot.load(values | {name: parted[name] for name in PARTED if values[name] is None})


def drop(connection: sa.Connection, team: str, kind: str) -> None:
    connection.execute(sa.delete(state_parts).where(state_parts.c.team == team, state_parts.c.kind == kind))
