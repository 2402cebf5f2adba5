"""Webhooks on their way, out or in, as rows of `outbox` or `inbox`: in order by key, taken under a lease, ended once.

Of the letters of a team and a peer that have the same key only the first one that waits is ever taken, so the next goes out when it has
arrived, or when it is dead. A dead letter holds up nothing: what came after it goes on, and when it is sent again it comes late. Instants
are in life.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from api.store.tables import inbox

WAITING, DEAD, DONE = "waiting", "dead", "done"
TRIES = 50  # to get a number that nobody else takes at the same instant


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that was taken. `since_s`: since when it waits."""

    seq: int
    peer: str
    id: str
    key: str
    body: str
    attempts: int
    since_s: float


TAKEN = ("seq", "peer", "id", "key", "body", "attempts", "since_s")


def add(connection: sa.Connection, table: sa.Table, team: str, rows: Sequence[dict[str, Any]], life_s: float) -> None:
    """Put letters behind those of the team; nobody else puts any before this transaction ends."""
    first = _newest(connection, table, team) + 1
    state = {"team": team, "state": WAITING, "attempts": 0, "since_s": life_s, "next_s": life_s, "lease_s": 0.0}
    connection.execute(sa.insert(table), [state | row | {"seq": seq} for seq, row in enumerate(rows, first)])


def add_new(connection: sa.Connection, table: sa.Table, team: str, row: dict[str, Any], life_s: float) -> bool:
    """Put a letter behind those of the team, while others may do so, too; False where its peer sent one with its id before."""
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    insert = dialect.insert(table).on_conflict_do_nothing()
    state = {"team": team, "state": WAITING, "attempts": 0, "since_s": life_s, "next_s": life_s, "lease_s": 0.0}
    same = sa.select(table.c.seq).where(table.c.team == team, table.c.peer == row["peer"], table.c.id == row["id"])
    for _ in range(TRIES):
        if connection.execute(insert, state | row | {"seq": _newest(connection, table, team) + 1}).rowcount == 1:
            return True
        if connection.execute(same).first() is not None:
            return False
    raise RuntimeError(f"no number was free in {TRIES} tries")


def _newest(connection: sa.Connection, table: sa.Table, team: str) -> int:
    return int(connection.execute(sa.select(sa.func.max(table.c.seq)).where(table.c.team == team)).scalar_one() or 0)


def take(
    connection: sa.Connection, table: sa.Table, team: str, peer: str, life_s: float, owner: str, lease_s: float, limit: int
) -> list[Letter]:
    """Letters to a peer that are due and that nobody holds, the oldest first, now the owner's until `lease_s`."""
    before = table.alias("before")
    earlier = sa.select(before.c.seq).where(
        before.c.team == team,
        before.c.peer == peer,
        before.c.key == table.c.key,
        before.c.state == WAITING,
        before.c.seq < table.c.seq,
    )
    due = sa.and_(_waiting(table, team, peer), table.c.next_s <= life_s, table.c.lease_s <= life_s)
    query = sa.select(*(table.c[name] for name in TAKEN)).where(due, ~earlier.exists()).order_by(table.c.seq).limit(limit)
    found = [Letter(*row) for row in connection.execute(query.with_for_update(skip_locked=True, of=table))]
    if found:
        mine = sa.and_(table.c.team == team, table.c.seq.in_([each.seq for each in found]))
        connection.execute(sa.update(table).where(mine).values(owner=owner, lease_s=lease_s))
    return found


def next_due_s(connection: sa.Connection, table: sa.Table, team: str, peer: str, life_s: float) -> float | None:
    """When a letter that is not due now, or that somebody holds, may be taken at the earliest; None where there is none."""
    later_s = sa.case((table.c.next_s > table.c.lease_s, table.c.next_s), else_=table.c.lease_s)
    query = sa.select(sa.func.min(later_s)).where(_waiting(table, team, peer), later_s > life_s)
    found: float | None = connection.execute(query).scalar_one()
    return found


def remove(connection: sa.Connection, table: sa.Table, team: str, letter: Letter, owner: str) -> None:
    """It has arrived."""
    connection.execute(sa.delete(table).where(_held(table, team, letter, owner)))


def end(connection: sa.Connection, table: sa.Table, team: str, letter: Letter, owner: str, life_s: float) -> None:
    """It is done; that it came is kept, what was in it is not."""
    _change(connection, table, team, letter, owner, {"state": DONE, "body": None, "error": None, "ended_s": life_s})


def put_off(connection: sa.Connection, table: sa.Table, team: str, letter: Letter, owner: str, next_s: float, error: str) -> None:
    """It failed, and is tried again."""
    _change(connection, table, team, letter, owner, {"attempts": letter.attempts + 1, "next_s": next_s, "error": error})


def bury(connection: sa.Connection, table: sa.Table, team: str, letter: Letter, owner: str, life_s: float, error: str) -> None:
    """It failed for the last time: a dead letter."""
    values = {"state": DEAD, "attempts": letter.attempts + 1, "ended_s": life_s, "error": error}
    _change(connection, table, team, letter, owner, values)


def release(connection: sa.Connection, table: sa.Table, team: str, owner: str | None = None) -> None:
    """Let go of what the owner holds; of everything where there is but one service, which has just started."""
    held = sa.and_(table.c.team == team, table.c.lease_s > 0.0)
    connection.execute(sa.update(table).where(held if owner is None else held & (table.c.owner == owner)).values(owner=None, lease_s=0.0))


def count(connection: sa.Connection, table: sa.Table, team: str, peer: str) -> dict[str, int]:
    """How many letters of a peer there are in each state."""
    query = sa.select(table.c.state, sa.func.count()).where(table.c.team == team, table.c.peer == peer).group_by(table.c.state)
    return {row[0]: row[1] for row in connection.execute(query)}


def dead(connection: sa.Connection, table: sa.Table, team: str, peer: str, after: int, limit: int) -> list[dict[str, Any]]:
    """Dead letters of a peer without what is in them, in the order in which they came."""
    shown = [column for column in table.columns if column.name not in ("team", "body", "owner", "lease_s", "next_s", "state")]
    gone = sa.and_(table.c.team == team, table.c.peer == peer, table.c.state == DEAD, table.c.seq > after)
    return [dict(row) for row in connection.execute(sa.select(*shown).where(gone).order_by(table.c.seq).limit(limit)).mappings()]


def revive(connection: sa.Connection, table: sa.Table, team: str, peer: str, life_s: float, letter_id: str | None = None) -> int:
    """Send a dead letter again, or all of a peer; how many. They come before what waits with the same key, for they are older."""
    gone = sa.and_(table.c.team == team, table.c.peer == peer, table.c.state == DEAD, table.c.body.is_not(None))
    gone = gone if letter_id is None else gone & (table.c.id == letter_id)
    anew = {"state": WAITING, "attempts": 0, "since_s": life_s, "next_s": life_s, "lease_s": 0.0, "ended_s": None}
    return connection.execute(sa.update(table).where(gone).values(anew)).rowcount


def received(connection: sa.Connection, team: str, taken: Sequence[Letter]) -> dict[int, float]:
    """When letters came in, by their number, on the clock of the service."""
    query = sa.select(inbox.c.seq, inbox.c.received_s).where(inbox.c.team == team, inbox.c.seq.in_([each.seq for each in taken]))
    return {row[0]: row[1] for row in connection.execute(query)}


def forget(connection: sa.Connection, table: sa.Table, team: str, state: str, before_s: float) -> None:
    """Delete letters in a state that they came to before an instant."""
    connection.execute(sa.delete(table).where(table.c.team == team, table.c.state == state, table.c.ended_s < before_s))


def drop_peer(connection: sa.Connection, table: sa.Table, team: str, peer: str) -> None:
    connection.execute(sa.delete(table).where(table.c.team == team, table.c.peer == peer))


def _waiting(table: sa.Table, team: str, peer: str) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.team == team, table.c.peer == peer, table.c.state == WAITING)


def _held(table: sa.Table, team: str, letter: Letter, owner: str) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.team == team, table.c.seq == letter.seq, table.c.id == letter.id, table.c.owner == owner)


def _change(connection: sa.Connection, table: sa.Table, team: str, letter: Letter, owner: str, values: dict[str, Any]) -> None:
    let_go: dict[str, Any] = {"owner": None, "lease_s": 0.0}
    connection.execute(sa.update(table).where(_held(table, team, letter, owner)).values(let_go | values))
