"""When breaks begin and end and light duty ends, as everybody may see it: what is so now against what was told last.

Time alone begins and ends a break, so no event of the log says it; what was told is kept in the store, in the transaction that tells it.
A debrief is not told. Light duty ends at a whole five minutes, for to the second it would tell somebody's load.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, replace
from typing import Any

import numpy as np
import sqlalchemy as sa

from api import instants
from api.shown import views
from api.shown.news import DUTY_ENDED, REST_BEGAN, REST_ENDED, News, agent_key
from api.store.as_text import carry_out, upserting
from api.store.tables import rests_told
from router.agents import BoolArray, FloatArray
from router.domain import Break
from router.state import TeamState

NEVER = -math.inf
COLUMNS = ("agent_id", "mark_s", "until_s", "resting", "light_duty", "duty_ends_s")
TOLD = sa.select(*(rests_told.c[name] for name in COLUMNS))
UNDER_WAY = TOLD.where(rests_told.c.team == sa.bindparam("team"), rests_told.c.resting | rests_told.c.light_duty)


@dataclass(frozen=True, slots=True)
class Rest:
    """One agent's. The rest is the latest one that has begun, over or not: `mark_s` tells it from others, `until_s` is its end.

    `duty_ends_s`: the instant at which the end of light duty will be told.
    """

    mark_s: float = NEVER
    until_s: float = NEVER
    resting: bool = False
    light_duty: bool = False
    duty_ends_s: float | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What is so now; arrays of shape (n_agents,). `mark_s` and `until_s` are of the rest that is over or running, as in `Rest`."""

    mark_s: FloatArray
    until_s: FloatArray
    resting: BoolArray
    light_duty: BoolArray
    ready: BoolArray


def seen(state: TeamState, now_s: float) -> Seen:
    """What others may see of everybody as of `now_s`."""
    agents = state.agents
    begun = (agents.break_start_s <= now_s) & (agents.break_start_s < agents.break_end_s)
    mark_s = np.where(begun, agents.break_start_s, NEVER)
    until_s = np.where(begun, agents.break_end_s, NEVER)
    resting = begun & (now_s < agents.break_end_s)
    pending = (agents.pending_s <= now_s) & (now_s < agents.break_start_s)
    own = agents.project_own(now_s, state.params)
    eased = ((own.acute > own.line) | (agents.eased_s > now_s)) & ~resting & ~pending
    return Seen(mark_s, until_s, resting, eased, ~(resting | pending | eased))


class Rests:
    """What was told, by team. Who is told to rest or to be on light duty is read from the store in every turn, for another service may have
    told it; of rests that are over only those are looked up there that are not known from before."""

    def __init__(self) -> None:
        self._over: dict[str, dict[str, Rest]] = {}
        self._columns: dict[str, tuple[dict[str, int], FloatArray, FloatArray]] = {}

    def forget(self, team: str) -> None:
        self._over.pop(team, None)
        self._columns.pop(team, None)

    def news(
        self, connection: sa.Connection, team: str, state: TeamState, before: Mapping[str, Break | None], now_s: float
    ) -> tuple[list[News], float]:
        """What is to be told now, written down as told, and when to look again although nothing will have happened by then.

        `before`: each agent's break when the turn began.
        """
        now, people = seen(state, now_s), state.agents.people
        under_way = _read(carry_out(connection, UNDER_WAY, [(team,)]))
        gone = _replaced(state, before, now_s)
        differ = np.flatnonzero(self._differ(team, state, now, under_way, now_s)).tolist()
        rows = sorted({*differ, *(state.agents.row[each] for each in gone)})
        told = _told_of(connection, team, [people[row].id for row in rows]) if rows else {}
        found: list[News] = []
        fresh: dict[str, Rest] = {}
        for row in rows:
            agent_id = people[row].id
            known = told.get(agent_id, Rest())
            is_so = Rest(float(now.mark_s[row]), float(now.until_s[row]), bool(now.resting[row]), bool(now.light_duty[row]))
            found += [_news(state, agent_id, each) for each in _spans(known, is_so, gone.get(agent_id), now_s)]
            is_so, ended_s = _duty(known, is_so, bool(now.ready[row]), now_s)
            if ended_s is not None:
                found.append(_duty_news(state, agent_id, ended_s))
            if is_so != known:
                fresh[agent_id] = is_so
        if told:
            self._over.setdefault(team, {}).update(told)
            self._columns.pop(team, None)
        _write(connection, team, fresh)
        ends = [each.duty_ends_s for each in (under_way | fresh).values() if each.duty_ends_s is not None]
        return found, min(ends, default=math.inf)

    def _differ(self, team: str, state: TeamState, now: Seen, under_way: Mapping[str, Rest], now_s: float) -> BoolArray:
        """Whose rest or light duty is other than what was told, shape (n_agents,)."""
        mark_s, until_s = self._known(team, state)
        resting, light_duty = np.zeros(len(mark_s), dtype=np.bool_), np.zeros(len(mark_s), dtype=np.bool_)
        ends_s = np.full(len(mark_s), np.inf)
        for agent_id, each in under_way.items():
            row = state.agents.row.get(agent_id)
            if row is not None:
                mark_s[row], until_s[row], resting[row], light_duty[row] = each.mark_s, each.until_s, each.resting, each.light_duty
                ends_s[row] = np.inf if each.duty_ends_s is None else each.duty_ends_s
        waits = np.isfinite(ends_s)
        rest = (mark_s != now.mark_s) | (until_s != now.until_s) | (resting != now.resting)
        duty = (now.light_duty & (~light_duty | waits)) | (light_duty & now.ready & (~waits | (ends_s <= now_s))) | (~now.ready & waits)
        return np.asarray(rest | duty)

    def _known(self, team: str, state: TeamState) -> tuple[FloatArray, FloatArray]:
        """Marks and ends of rests that are known to have been told, by row; the caller's own."""
        columns = self._columns.get(team)
        if columns is None or columns[0] is not state.agents.row:
            over = [self._over.get(team, {}).get(person.id, Rest()) for person in state.agents.people]
            made = (state.agents.row, np.array([each.mark_s for each in over]), np.array([each.until_s for each in over]))
            columns = self._columns[team] = made
        return columns[1].copy(), columns[2].copy()


def _replaced(state: TeamState, before: Mapping[str, Break | None], now_s: float) -> dict[str, Break]:
    """Breaks that ran to their end before this turn and were put aside in it for another."""
    found = {}
    for person in state.agents.people:
        past = before.get(person.id)
        if past is not None and past is not person.recovery and past.start_s < past.end_s <= now_s:
            found[person.id] = past
    return found


@dataclass(frozen=True, slots=True)
class _Span:
    """A rest that began, or ended where `ended`."""

    mark_s: float
    until_s: float
    ended: bool


def _spans(told: Rest, now: Rest, gone: Break | None, now_s: float) -> Iterator[_Span]:
    """What has begun and ended since it was told; a beginning is told again where its end has moved."""
    other = now.mark_s != told.mark_s
    if told.resting and (other or not now.resting):
        yield _Span(told.mark_s, min(now_s, told.until_s if other else now.until_s), ended=True)
    if gone is not None and gone.start_s not in (told.mark_s, now.mark_s) and gone.end_s > told.until_s:
        yield _Span(gone.start_s, gone.end_s, ended=False)
        yield _Span(gone.start_s, gone.end_s, ended=True)
    if now.resting and (other or not told.resting or now.until_s != told.until_s):
        yield _Span(now.mark_s, now.until_s, ended=False)
    elif other and not now.resting and now.until_s > told.until_s:
        yield _Span(now.mark_s, now.until_s, ended=False)
        yield _Span(now.mark_s, now.until_s, ended=True)


def _duty(told: Rest, now: Rest, ready: bool, now_s: float) -> tuple[Rest, float | None]:
    """What will have been told, and when light duty ended where that is told now."""
    if now.light_duty or not told.light_duty:
        return now, None
    if not ready:  # a break may bring it to its end, or not
        return replace(now, light_duty=True), None
    ends_s = told.duty_ends_s if told.duty_ends_s is not None else views.roughly_s(now_s)
    assert ends_s is not None
    return (now, ends_s) if now_s >= ends_s else (replace(now, light_duty=True, duty_ends_s=ends_s), None)


def _news(state: TeamState, agent_id: str, span: _Span) -> News:
    if span.ended:
        data = {"agent_id": agent_id, "at": instants.text(span.until_s)}
        return News(REST_ENDED, agent_key(agent_id), span.until_s, state.revision, data)
    data = {"agent_id": agent_id, "since": instants.text(span.mark_s), "until": instants.text(span.until_s)}
    return News(REST_BEGAN, agent_key(agent_id), span.mark_s, state.revision, data)


def _duty_news(state: TeamState, agent_id: str, at_s: float) -> News:
    return News(DUTY_ENDED, agent_key(agent_id), at_s, state.revision, {"agent_id": agent_id, "at": instants.text(at_s)})


def _told_of(connection: sa.Connection, team: str, agent_ids: list[str]) -> dict[str, Rest]:
    return _read(connection.execute(TOLD.where(rests_told.c.team == team, rests_told.c.agent_id.in_(agent_ids))))


def _read(rows: Iterable[Any]) -> dict[str, Rest]:
    """By agent; SQLite has numbers for what is true."""
    return {
        agent_id: Rest(NEVER if mark_s is None else mark_s, NEVER if until_s is None else until_s, bool(resting), bool(light_duty), ends_s)
        for agent_id, mark_s, until_s, resting, light_duty, ends_s in rows
    }


def _write(connection: sa.Connection, team: str, told: Mapping[str, Rest]) -> None:
    rows = [(team, agent_id, *(None if each == NEVER else each for each in astuple(rest))) for agent_id, rest in told.items()]
    if rows:
        carry_out(connection, upserting(rests_told, connection.dialect.name, False), rows)
