"""What-if jobs in the store: queued, taken by one service at a time under a lease, kept part by part, ended once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import sqlalchemy as sa

from api.store.tables import simulation_parts, simulations

QUEUED, RUNNING, DONE, FAILED, CANCELLED = STATES = ("queued", "running", "done", "failed", "cancelled")
OPEN = (QUEUED, RUNNING)


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it stands. `done` of `total` replications; `left_s`: how long the rest will take in life, where that is known."""

    team: str
    id: str
    key_id: str
    kind: str
    title: str
    request: str
    state: str
    done: int
    total: int
    left_s: float | None
    attempts: int
    created_s: float
    started_s: float | None
    ended_s: float | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job has come, and the parts that are new: number and body of each."""

    done: int
    total: int
    left_s: float | None
    parts: tuple[tuple[int, str], ...] = ()


SHOWN = tuple(simulations.c[item.name] for item in fields(Job))


def add(connection: sa.Connection, job: Job) -> None:
    connection.execute(sa.insert(simulations).values(**{item.name: getattr(job, item.name) for item in fields(Job)}))


def find(connection: sa.Connection, team: str, job_id: str) -> Job | None:
    row = connection.execute(sa.select(*SHOWN).where(_one(team, job_id))).one_or_none()
    return None if row is None else Job(*row)


def page(connection: sa.Connection, team: str, before: str, limit: int) -> list[Job]:
    """Jobs, the newest first, from the one after the cursor on."""
    query = sa.select(*SHOWN).where(simulations.c.team == team)
    query = query.where(simulations.c.id < before) if before else query
    return [Job(*row) for row in connection.execute(query.order_by(simulations.c.id.desc()).limit(limit))]


def result(connection: sa.Connection, team: str, job_id: str) -> str | None:
    """What a job that is done has found, as JSON."""
    text: str | None = connection.execute(sa.select(simulations.c.result).where(_one(team, job_id))).scalar_one_or_none()
    return text


def open_jobs(connection: sa.Connection, team: str, key_id: str) -> int:
    """How many jobs of a key have not ended."""
    mine = sa.and_(simulations.c.team == team, simulations.c.key_id == key_id, simulations.c.state.in_(OPEN))
    return int(connection.execute(sa.select(sa.func.count()).where(mine)).scalar_one())


def cancel(connection: sa.Connection, team: str, job_id: str, now_s: float) -> bool:
    """End a job that has not ended; False where there is nothing to end."""
    change = sa.update(simulations).where(_one(team, job_id), simulations.c.state.in_(OPEN))
    ended = connection.execute(change.values(state=CANCELLED, ended_s=now_s, left_s=None, owner=None, lease_s=None)).rowcount == 1
    if ended:
        _drop_parts(connection, team, job_id)
    return ended


def waiting(connection: sa.Connection, team: str, life_s: float) -> list[Job]:
    """Jobs that nobody works on, the oldest first: queued ones, and those whose service has let its lease run out."""
    given_up = sa.and_(simulations.c.state == RUNNING, simulations.c.lease_s <= life_s)
    query = sa.select(*SHOWN).where(simulations.c.team == team, (simulations.c.state == QUEUED) | given_up)
    return [Job(*row) for row in connection.execute(query.order_by(simulations.c.id))]


def worked_on(connection: sa.Connection, team: str, life_s: float) -> Counter[str]:
    """How many jobs of each key some service works on."""
    query = sa.select(simulations.c.key_id).where(simulations.c.team == team, simulations.c.state == RUNNING)
    return Counter(connection.execute(query.where(simulations.c.lease_s > life_s)).scalars())


def claim(connection: sa.Connection, job: Job, owner: str, now_s: float, life_s: float, lease_s: float) -> bool:
    """Take a job that nobody works on; False where somebody else was quicker."""
    free = (simulations.c.state == QUEUED) | sa.and_(simulations.c.state == RUNNING, simulations.c.lease_s <= life_s)
    started_s = sa.func.coalesce(simulations.c.started_s, now_s)
    taken = {"state": RUNNING, "owner": owner, "lease_s": lease_s, "started_s": started_s, "attempts": simulations.c.attempts + 1}
    return connection.execute(sa.update(simulations).where(_one(job.team, job.id), free).values(taken)).rowcount == 1


def parts(connection: sa.Connection, team: str, job_id: str) -> list[str]:
    """What a job has finished, in the order of its parts."""
    mine = sa.and_(simulation_parts.c.team == team, simulation_parts.c.simulation == job_id)
    return list(connection.execute(sa.select(simulation_parts.c.body).where(mine).order_by(simulation_parts.c.number)).scalars())


def keep(connection: sa.Connection, team: str, job_id: str, owner: str, lease_s: float, news: Progress | None) -> bool:
    """Prolong the lease and keep what is new; False, and nothing is kept, where the job is not the owner's any more."""
    values: dict[str, Any] = {"lease_s": lease_s}
    if news is not None:
        values |= {"done": news.done, "total": news.total, "left_s": news.left_s, "attempts": 0}
    if connection.execute(sa.update(simulations).where(_held(team, job_id, owner)).values(values)).rowcount != 1:
        return False
    if news is not None and news.parts:
        rows = [{"team": team, "simulation": job_id, "number": number, "body": body} for number, body in news.parts]
        connection.execute(sa.insert(simulation_parts), rows)
    return True


def end(
    connection: sa.Connection, team: str, job_id: str, owner: str, now_s: float, found: str | None = None, error: str | None = None
) -> bool:
    """The job is done, with what it has found, or has failed, with why; False where it is not the owner's any more."""
    values = {"state": FAILED if found is None else DONE, "ended_s": now_s, "result": found, "error": error}
    let_go = {"left_s": None, "owner": None, "lease_s": None}
    if connection.execute(sa.update(simulations).where(_held(team, job_id, owner)).values(values | let_go)).rowcount != 1:
        return False
    _drop_parts(connection, team, job_id)
    return True


def release(connection: sa.Connection, team: str, job_id: str, owner: str) -> None:
    """Put a job back into the queue, with what it has finished."""
    values = {"state": QUEUED, "owner": None, "lease_s": None, "left_s": None, "attempts": 0}
    connection.execute(sa.update(simulations).where(_held(team, job_id, owner)).values(values))


def forget(connection: sa.Connection, team: str, newest: int) -> None:
    """Delete the jobs that have ended but for the newest ones."""
    ended = sa.and_(simulations.c.team == team, simulations.c.state.not_in(OPEN))
    old: Sequence[str] = (
        connection.execute(sa.select(simulations.c.id).where(ended).order_by(simulations.c.id.desc()).offset(newest).limit(1000))
        .scalars()
        .all()
    )
    if old:
        connection.execute(sa.delete(simulations).where(ended, simulations.c.id.in_(old)))


def _one(team: str, job_id: str) -> sa.ColumnElement[bool]:
    return sa.and_(simulations.c.team == team, simulations.c.id == job_id)


def _held(team: str, job_id: str, owner: str) -> sa.ColumnElement[bool]:
    return sa.and_(_one(team, job_id), simulations.c.state == RUNNING, simulations.c.owner == owner)


def _drop_parts(connection: sa.Connection, team: str, job_id: str) -> None:
    connection.execute(sa.delete(simulation_parts).where(simulation_parts.c.team == team, simulation_parts.c.simulation == job_id))
