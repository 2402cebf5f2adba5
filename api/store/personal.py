"""Personal mode in the store: who opted in, their check-ins, and leaving, which takes all of it out again, also out of the log."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa

from api.json_text import to_json
from api.store import past
from api.store.tables import answers, check_ins, events, personal
from fatigue_model.calibrate import CheckIns

ERASED = {"calibrated": {"sensitivity": 1.0, "speed": 1.0, "erased": True}, "light_duty_asked": {"until_s": 0.0, "erased": True}}


@dataclass(frozen=True, slots=True)
class CheckIn:
    """One answer, 0 … 10, with the load that it answers to at each speed of the calibration's grid, shape (n_speeds,)."""

    at_s: float
    occasion: str
    answer: float
    loads: tuple[float, ...]


def joined_s(connection: sa.Connection, team: str, agent_id: str) -> float | None:
    """Since when the agent is in personal mode; None where they are not."""
    query = sa.select(personal.c.since_s).where(personal.c.team == team, personal.c.agent_id == agent_id)
    return connection.execute(query).scalar_one_or_none()


def join(connection: sa.Connection, team: str, agent_id: str, now_s: float) -> None:
    """Opt in; a repeat changes nothing."""
    if joined_s(connection, team, agent_id) is None:
        connection.execute(sa.insert(personal).values(team=team, agent_id=agent_id, since_s=now_s))


def add(connection: sa.Connection, team: str, agent_id: str, given: CheckIn) -> None:
    """Keep a check-in; a second one of the same instant replaces the first."""
    mine = sa.and_(check_ins.c.team == team, check_ins.c.agent_id == agent_id, check_ins.c.at_s == given.at_s)
    connection.execute(sa.delete(check_ins).where(mine))
    values = {"occasion": given.occasion, "answer": given.answer, "loads": to_json(list(given.loads))}
    connection.execute(sa.insert(check_ins).values(team=team, agent_id=agent_id, at_s=given.at_s, **values))


def of(connection: sa.Connection, team: str, agent_id: str | None = None) -> dict[str, list[CheckIn]]:
    """The check-ins of every agent of a team, or of one, in order of time."""
    query = sa.select(check_ins).where(check_ins.c.team == team)
    if agent_id is not None:
        query = query.where(check_ins.c.agent_id == agent_id)
    found: dict[str, list[CheckIn]] = {}
    for row in connection.execute(query.order_by(check_ins.c.agent_id, check_ins.c.at_s)).mappings():
        one = CheckIn(row["at_s"], row["occasion"], row["answer"], tuple(json.loads(row["loads"])))
        found.setdefault(row["agent_id"], []).append(one)
    return found


def series(given: list[CheckIn]) -> CheckIns:
    """Check-ins as arrays for the calibration."""
    return CheckIns(
        at_s=np.array([each.at_s for each in given]),
        answer=np.array([each.answer for each in given]),
        loads=np.array([each.loads for each in given]),
    )


def leave(connection: sa.Connection, team: str, agent_id: str) -> None:
    """Delete the agent's check-ins, and everything that was derived from them: also the numbers in the log, and where it begins."""
    past.forget_personal(connection, team, agent_id)
    for table in (check_ins, personal, answers):
        connection.execute(sa.delete(table).where(table.c.team == team, table.c.agent_id == agent_id))
    query = sa.select(events.c.seq, events.c.kind, events.c.body).where(events.c.team == team, events.c.kind.in_(ERASED))
    for seq, kind, body in connection.execute(query).all():
        values = json.loads(body)
        if values["agent_id"] == agent_id and not values["erased"]:
            change = sa.update(events).where(events.c.team == team, events.c.seq == seq)
            connection.execute(change.values(body=to_json(values | ERASED[kind])))
