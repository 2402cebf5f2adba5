"""Webhooks on their way, out or in, as rows of `outbox` or `inbox`: in order by key, taken under a lease, ended once.

Of the letters of a team and a peer that have the same key only the first one that waits is ever taken, so the next goes out when it has
arrived, or when it is dead. A dead letter holds up nothing: what came after it goes on, and when it is sent again it comes late. Instants
are in life.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa

from api.store.as_text import carry_out
from api.store.tables import inbox

WAITING, DEAD, DONE = "waiting", "dead", "done"


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
    names = [column.name for column in table.columns]
    full = [state | row | {"seq": seq} for seq, row in enumerate(rows, first)]
    carry_out(connection, _insert(table), [tuple(map(each.get, names)) for each in full])


def add_new(connection: sa.Connection, table: sa.Table, team: str, rows: Sequence[dict[str, Any]], life_s: float) -> None:
    """The same without those whose peer sent one with their id before."""
    known = {tuple(row) for row in connection.execute(_same(table), {"of_team": team, "ids": [row["id"] for row in rows]})}
    fresh: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        if (row["peer"], row["id"]) not in known:
            fresh.setdefault((row["peer"], row["id"]), row)
    if fresh:
        add(connection, table, team, list(fresh.values()), life_s)


def _newest(connection: sa.Connection, table: sa.Table, team: str) -> int:
    return int(connection.execute(_last(table), {"of_team": team}).scalar_one() or 0)


def take(
    connection: sa.Connection, table: sa.Table, team: str, peer: str, life_s: float, owner: str, lease_s: float, limit: int
) -> list[Letter]:
    """Letters to a peer that are due and that nobody holds, what has been due for longest first, now the owner's until `lease_s`. It is
    read in that order from the index, and only as far as they are enough, whatever waits behind."""
    asked = {"of_team": team, "to_peer": peer, "life_s": life_s, "most": limit}
    found = [Letter(*row) for row in connection.execute(_due(table), asked)]
    if found:
        lease = {"of_team": team, "seqs": [each.seq for each in found], "owner": owner, "lease_s": lease_s}
        connection.execute(_lease(table), lease)
    return found


# What is asked for with every letter or few is put together once: that took longer than asking for it.


@cache
def _insert(table: sa.Table) -> sa.Insert:
    return sa.insert(table)


@cache
def _same(table: sa.Table) -> sa.Select[Any]:
    these = table.c.id.in_(sa.bindparam("ids", expanding=True))
    return sa.select(table.c.peer, table.c.id).where(table.c.team == sa.bindparam("of_team"), these)


@cache
def _last(table: sa.Table) -> sa.Select[Any]:
    return sa.select(sa.func.max(table.c.seq)).where(table.c.team == sa.bindparam("of_team"))


@cache
def _due(table: sa.Table) -> sa.Select[Any]:
    before = table.alias("before")
    life_s: sa.BindParameter[float] = sa.bindparam("life_s", type_=sa.Float)
    earlier = sa.select(before.c.seq).where(
        before.c.team == sa.bindparam("of_team"),
        before.c.peer == sa.bindparam("to_peer"),
        before.c.key == table.c.key,
        before.c.state == WAITING,
        before.c.seq < table.c.seq,
    )
    due = sa.and_(_waiting(table), table.c.next_s <= life_s, table.c.lease_s <= life_s, ~earlier.exists())
    query = (
        sa.select(*(table.c[name] for name in TAKEN))
        .where(due)
        .order_by(table.c.next_s, table.c.seq)
        .limit(sa.bindparam("most", type_=sa.Integer))
    )
    return query.with_for_update(skip_locked=True, of=table)


@cache
def _lease(table: sa.Table) -> sa.Update:
    mine = sa.and_(table.c.team == sa.bindparam("of_team"), table.c.seq.in_(sa.bindparam("seqs", expanding=True)))
    return sa.update(table).where(mine).values(owner=sa.bindparam("owner"), lease_s=sa.bindparam("lease_s"))


def next_due_s(connection: sa.Connection, table: sa.Table, team: str, peer: str, life_s: float) -> float | None:
    """When a letter that is not due now, or that somebody holds, may be taken at the earliest; None where there is none."""
    found = connection.execute(_later(table), {"of_team": team, "to_peer": peer, "life_s": life_s}).one()
    return min((each for each in found if each is not None), default=None)


@cache
def _later(table: sa.Table) -> sa.Select[Any]:
    """Two that the index answers: of those that are not due the first, and of those that are the first that is let go."""
    life_s: sa.BindParameter[float] = sa.bindparam("life_s", type_=sa.Float)
    off = sa.select(sa.func.min(table.c.next_s)).where(_waiting(table), table.c.next_s > life_s)
    held = sa.select(sa.func.min(table.c.lease_s)).where(_waiting(table), table.c.next_s <= life_s, table.c.lease_s > life_s)
    return sa.select(off.scalar_subquery(), held.scalar_subquery())


def remove(connection: sa.Connection, table: sa.Table, team: str, arrived: Sequence[Letter], owner: str) -> None:
    """They have arrived."""
    connection.execute(_removal(table), _of(team, arrived, owner))


@cache
def _removal(table: sa.Table) -> sa.Delete:
    return sa.delete(table).where(_all_held(table))


def end(connection: sa.Connection, table: sa.Table, team: str, done: Sequence[Letter], owner: str, life_s: float) -> None:
    """They are done; that they came is kept, what was in them is not."""
    connection.execute(_ending(table), _of(team, done, owner) | {"at_s": life_s})


@cache
def _ending(table: sa.Table) -> sa.Update:
    over: dict[str, Any] = {"state": DONE, "body": None, "error": None, "ended_s": sa.bindparam("at_s"), "owner": None, "lease_s": 0.0}
    return sa.update(table).where(_all_held(table)).values(over)


def put_off(connection: sa.Connection, table: sa.Table, team: str, letter: Letter, owner: str, next_s: float, error: str) -> None:
    """It failed, and is tried again. What waits behind it is not looked at before: of a peer that is gone for a day there are many."""
    if _change(connection, table, team, letter, owner, {"attempts": letter.attempts + 1, "next_s": next_s, "error": error}):
        where = {"of_team": team, "to_peer": letter.peer, "of_key": letter.key, "of_seq": letter.seq}
        connection.execute(_behind(table), where | {"at_s": next_s})


@cache
def _behind(table: sa.Table) -> sa.Update:
    at_s: sa.BindParameter[float] = sa.bindparam("at_s", type_=sa.Float)
    same = sa.and_(table.c.key == sa.bindparam("of_key"), table.c.seq > sa.bindparam("of_seq"), table.c.next_s < at_s)
    return sa.update(table).where(_waiting(table), same).values(next_s=at_s)


def bury(connection: sa.Connection, table: sa.Table, team: str, letter: Letter, owner: str, life_s: float, error: str) -> None:
    """It failed for the last time: a dead letter."""
    values = {"state": DEAD, "attempts": letter.attempts + 1, "ended_s": life_s, "error": error}
    _change(connection, table, team, letter, owner, values)


def release(connection: sa.Connection, table: sa.Table, team: str, owner: str | None = None) -> None:
    """Let go of what the owner holds; of everything where there is but one service, which has just started."""
    held = sa.and_(table.c.team == team, table.c.lease_s > 0.0)
    connection.execute(sa.update(table).where(held if owner is None else held & (table.c.owner == owner)).values(owner=None, lease_s=0.0))


def mend_instants(connection: sa.Connection, table: sa.Table, team: str, life_s: float, longest_s: float, lease_s: float) -> None:
    """The clock was set back: what waits since later than now, or for longer than there is between two tries, may go now, and nothing is
    held for longer than a lease lasts."""
    waiting = sa.and_(table.c.team == team, table.c.state == WAITING)
    late = (table.c.since_s > life_s) | (table.c.next_s > life_s + longest_s)
    since_s = sa.case((table.c.since_s > life_s, life_s), else_=table.c.since_s)
    connection.execute(sa.update(table).where(waiting, late).values(since_s=since_s, next_s=life_s))
    connection.execute(sa.update(table).where(waiting, table.c.lease_s > life_s + lease_s).values(lease_s=life_s + lease_s))


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


def _waiting(table: sa.Table) -> sa.ColumnElement[bool]:
    """Waiting, of `of_team` and `to_peer`, which are to be given when it is asked for."""
    return sa.and_(table.c.team == sa.bindparam("of_team"), table.c.peer == sa.bindparam("to_peer"), table.c.state == WAITING)


def _all_held(table: sa.Table) -> sa.ColumnElement[bool]:
    """Those of `of_team` with `seqs` and `ids` that `of_owner` holds, which are to be given when it is carried out."""
    these = table.c.seq.in_(sa.bindparam("seqs", expanding=True)), table.c.id.in_(sa.bindparam("ids", expanding=True))
    return sa.and_(table.c.team == sa.bindparam("of_team"), table.c.owner == sa.bindparam("of_owner"), *these)


def _of(team: str, these: Sequence[Letter], owner: str) -> dict[str, Any]:
    """What `_all_held` asks to be given."""
    return {"of_team": team, "of_owner": owner, "seqs": [each.seq for each in these], "ids": [each.id for each in these]}


def _held(table: sa.Table, team: str, letter: Letter, owner: str) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.team == team, table.c.seq == letter.seq, table.c.id == letter.id, table.c.owner == owner)


def _change(connection: sa.Connection, table: sa.Table, team: str, letter: Letter, owner: str, values: dict[str, Any]) -> bool:
    """Change a letter and let it go; False where the owner does not hold it any more."""
    let_go: dict[str, Any] = {"owner": None, "lease_s": 0.0}
    return connection.execute(sa.update(table).where(_held(table, team, letter, owner)).values(let_go | values)).rowcount == 1
