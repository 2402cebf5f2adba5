"""What-if jobs: asked for, followed, cancelled, and what they found. For managers; people in them are simulated."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Collection, Sequence
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from api import instants
from api.door.auth import needs
from api.jobs.size import admitted
from api.jobs.studies import csv_of
from api.json_text import to_json
from api.live.held_open import EventStream, begin
from api.live.stream import RETRY_MS, Message, Opening, Shown, event
from api.problems import ProblemResponse
from api.routes.common import (
    AT_ODDS,
    PROBLEMS,
    After,
    Documented,
    IdempotencyKey,
    LastEventId,
    Limit,
    Service,
    answers,
    check_cursor,
    page,
    streamed,
    write_once,
)
from api.schemas.jobs import SimulationIn, SimulationOut, SimulationPage, SimulationWhole
from api.schemas.sent import Id
from api.services import Services
from api.store import simulations
from api.store.database import read_only
from api.store.keys import Principal
from api.store.simulations import CANCELLED, DONE, FAILED, OPEN, QUEUED, Job
from api.writer.exchange import Answer

routes = APIRouter(prefix="/v1/simulations", tags=["simulations"], responses=PROBLEMS)
Managers = Annotated[Principal, Depends(needs("manager", "admin"))]
POLL_S = 2.0  # jobs of another service on the same database are looked at this often
RETRY_S = 15
PLACE = {"Location": {"description": "where the job is", "required": True, "schema": {"type": "string"}}}
LOCATED: Documented = {202: {"model": SimulationOut, "description": "queued; Location says where", "headers": PLACE}}
FOUND = {"application/json": {"schema": {"type": "object"}}, "text/csv": {"schema": {"type": "string"}}}
RESULT: Documented = {200: {"description": "as `respite simulate --json` and its like have it, or a table", "content": FOUND}}


def view(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "kind": job.kind,
        "title": job.title,
        "state": job.state,
        "created_at": instants.text(job.created_s),
        "started_at": instants.text(job.started_s),
        "ended_at": instants.text(job.ended_s),
        "progress": {"done": job.done, "total": job.total},
        "seconds_left": None if job.left_s is None else round(job.left_s, 1),
        "error": job.error,
    }


@routes.post("", status_code=202, responses=LOCATED)
async def post_simulation(
    given: SimulationIn, request: Request, who: Managers, service: Service, idempotency_key: IdempotencyKey = None
) -> Response:
    """Ask for a what-if. It is computed beside routing, which goes first: follow it, and fetch the result when it is done.

    A scenario that can't be run is refused here with every violation, one that is too large with the bound.
    """
    asked = given.model_dump(mode="json", exclude_none=True)
    study = await run_in_threadpool(admitted, asked, service.settings)

    def write(connection: sa.Connection) -> Answer:
        now_s = service.clock.now_s()
        if simulations.open_jobs(connection, who.team, who.key_id) >= service.settings.jobs_per_key:
            detail = f"this key has {service.settings.jobs_per_key} jobs that have not ended; wait for one, or cancel one"
            raise ProblemResponse(429, detail, {"Retry-After": str(RETRY_S)})
        job = Job(
            team=who.team,
            id=f"sim-{int(now_s * 1000):011x}{secrets.token_hex(3)}",
            key_id=who.key_id,
            kind=asked["kind"],
            title=study.title,
            request=to_json(asked),
            state=QUEUED,
            done=0,
            total=study.runs,
            left_s=None,
            attempts=0,
            created_s=now_s,
            started_s=None,
            ended_s=None,
            error=None,
        )
        simulations.add(connection, job)
        return Answer(202, to_json(view(job)))

    answer = await write_once(service, request, who.team, write, idempotency_key)
    service.jobs.wake()
    place = {"Location": f"{routes.prefix}/{json.loads(answer.body)['id']}"}
    return Response(answer.body, answer.status, place, "application/json")


@routes.get("", response_model=None, responses=answers(SimulationPage))
def list_simulations(who: Managers, service: Service, limit: Limit = 100, after: After = "") -> Response:
    """The team's jobs, the newest first."""
    check_cursor(after, re.fullmatch(r"sim-[0-9a-f]{17,}", after) is not None)
    with read_only(service.engine) as connection:
        found = simulations.page(connection, who.team, after, limit)
    return page([view(each) for each in found], limit, lambda each: str(each["id"]))


@routes.get("/{simulation_id}", response_model=None, responses=answers(SimulationWhole))
def get_simulation(simulation_id: Id, who: Managers, service: Service) -> dict[str, Any]:
    """How far a job is, and what it was asked."""
    job = _stored(service, who, simulation_id)
    return view(job) | {"request": json.loads(job.request)}


@routes.delete("/{simulation_id}", response_model=None, responses=answers(SimulationOut))
def cancel_simulation(simulation_id: Id, who: Managers, service: Service) -> dict[str, Any]:
    """Cancel a job: its processes are ended at once. One that has ended stays as it is, and so does its result."""
    _stored(service, who, simulation_id)
    with service.engine.begin() as connection:
        if simulations.cancel(connection, who.team, simulation_id, service.clock.now_s()):
            simulations.forget(connection, who.team, service.settings.jobs_kept)
    service.jobs.wake()
    return view(_stored(service, who, simulation_id))


@routes.get("/{simulation_id}/result", response_model=None, responses=RESULT | AT_ODDS)
def get_result(simulation_id: Id, who: Managers, service: Service, format: Annotated[Literal["json", "csv"], Query()] = "json") -> Response:
    """What a job has found: the same as `respite simulate --json` and its like, or as a table."""
    job = _stored(service, who, simulation_id)
    if job.state != DONE:
        raise ProblemResponse(409, _no_result(job), {"Retry-After": str(RETRY_S)} if job.state in OPEN else None)
    with read_only(service.engine) as connection:
        found = simulations.result(connection, who.team, simulation_id)
    if found is None:
        raise ProblemResponse(404, f"simulation {simulation_id!r} is not known")
    if format == "json":
        return Response(found, media_type="application/json")
    file = {"Content-Disposition": f'attachment; filename="{job.id}.csv"'}
    return Response(csv_of(job.kind, json.loads(found)), headers=file, media_type="text/csv; charset=utf-8")


def _no_result(job: Job) -> str:
    return {
        FAILED: f"the simulation failed: {job.error}",
        CANCELLED: f"the simulation was cancelled after {job.done} of {job.total} replications",
    }.get(job.state, f"the simulation is {job.state}, with {job.done} of {job.total} replications done; there is no result yet")


def _known(simulation_id: Id, who: Managers, service: Service) -> Principal:
    """Refuse a job that is not known before the stream begins: after that there is no status to say it with."""
    _stored(service, who, simulation_id)
    return who


@routes.get("/{simulation_id}/stream", status_code=200, response_class=EventStream, responses=streamed("progress"))
async def stream_simulation(
    simulation_id: Id, who: Annotated[Principal, Depends(_known)], service: Service, last_event_id: LastEventId = None
) -> EventStream:
    """`progress` at once and whenever the job has come further, `end` when it has ended; each is the whole job, so nothing is missed over
    a reconnect. `clock` events between are signs of life. It ends with the job, and with the key."""
    look_s = min(POLL_S, service.settings.heartbeat_s)
    return begin(service.streams, Opening(simulation_id, (simulation_id, who.team), who, lambda: JobNews(service), look_s, last_event_id))


class JobNews:
    """The source of a job's stream. What is shown is the job, to its team."""

    def __init__(self, service: Services) -> None:
        self.service = service

    def changed(self, shown: Collection[Shown]) -> Collection[Shown]:
        """All of it: to look is to ask the store."""
        return shown

    def messages(self, shown: Sequence[tuple[Shown, Collection[Principal]]]) -> list[Message | None]:
        with read_only(self.service.engine) as connection:
            found = [simulations.find(connection, team, simulation_id) for (simulation_id, team), _ in shown]
        return [None if job is None else _message(job) for job in found]


def _message(job: Job) -> Message:
    state, over = f"{job.state}:{job.done}", job.state not in OPEN
    return Message(state, event("end" if over else "progress", view(job), state, RETRY_MS), over)


def _stored(service: Services, who: Principal, simulation_id: str) -> Job:
    with read_only(service.engine) as connection:
        job = simulations.find(connection, who.team, simulation_id)
    if job is None:
        raise ProblemResponse(404, f"simulation {simulation_id!r} is not known")
    return job
