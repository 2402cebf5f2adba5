"""Personal mode: opting in, check-ins, leaving with everything deleted, and taking one's data along. For the agent alone."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from api import instants
from api.door.auth import needs, own_agent
from api.json_text import to_json
from api.routes.common import AT_ODDS, NOT_KNOWN, PROBLEMS, IdempotencyKey, Service, answered, answers, submit
from api.schemas.agents import ExportOut, PersonalModeOut
from api.schemas.sent import CheckInIn, Id, PersonalModeIn
from api.services import Services
from api.shown import own_export
from api.shown.own_data import mode
from api.store import deletions, personal
from api.store.database import overwrite, read_only
from api.store.faults import Unavailable
from api.store.keys import Principal
from api.store.repository import Repository
from api.writer.exchange import Answer, Command, Outcome
from fatigue_model.calibrate import SPEED_GRID, calibrate
from router.errors import Conflict, Refused
from router.events import Calibrated, Event, PersonalEnded
from router.personal import answered_load, pace, protection, require_open
from router.state import TeamState

log = logging.getLogger(__name__)
routes = APIRouter(prefix="/v1/agents/{agent_id}", tags=["personal mode"], responses=PROBLEMS)
Agents = Annotated[Principal, Depends(needs("agent"))]
WORTH_SAYING = 0.01  # a change of g or r under this is not worth an event


async def _self(agent_id: Id, who: Agents) -> Principal:
    own_agent(who, agent_id)
    return who


Self = Annotated[Principal, Depends(_self)]


@routes.put("/personal-mode", responses=answers(PersonalModeOut) | NOT_KNOWN | AT_ODDS)
async def put_personalmode(agent_id: Id, given: PersonalModeIn, request: Request, who: Self, service: Service) -> Response:
    """Opt in. Check-ins then fit when and how long one recovers, for oneself; they never decide who gets the larger share."""

    def events(state: TeamState, _now_s: float) -> Sequence[Event]:
        state.agents.known_row(agent_id)
        require_open(state)
        return []

    def answer(outcome: Outcome) -> Answer:
        personal.join(outcome.connection, who.team, agent_id, outcome.now_s)
        return Answer(200, to_json(mode(outcome.connection, outcome.state, who, outcome.now_s)))

    return await submit(service, request, who.team, events, answer, given=given)


@routes.get("/personal-mode", response_model=None, responses=answers(PersonalModeOut))
def get_personalmode(agent_id: Id, who: Self, service: Service) -> dict[str, Any]:
    """Whether it is on, what it has found, and whether a check-in is asked for now."""
    with service.dispatcher.reading(who.team) as (state, now_s), read_only(service.engine) as connection:
        state.agents.known_row(agent_id)
        return mode(connection, state, who, now_s)


@routes.post("/check-ins", status_code=201, responses=answers(PersonalModeOut, 201))
async def post_check_in(
    agent_id: Id, given: CheckInIn, request: Request, who: Self, service: Service, idempotency_key: IdempotencyKey = None
) -> Response:
    """Right now, how drained are you by recent customer contacts? A high answer gives light duty for the rest of the shift that
    `occurred_at` lies in; a low one takes no protection away. Only the agent can read the answers."""

    def events(state: TeamState, now_s: float) -> Sequence[Event]:
        person = state.agents.people[state.agents.known_row(agent_id)]
        require_open(state)
        return protection(state, person, given.answer, instants.past(given.occurred_at, now_s, "/occurred_at"), now_s)

    def answer(outcome: Outcome) -> Answer:
        at_s = instants.past(given.occurred_at, outcome.now_s, "/occurred_at")
        joined_s = personal.joined_s(outcome.connection, who.team, agent_id)
        if joined_s is None:
            raise Conflict("/answer", "personal mode is off; PUT …/personal-mode opts in")
        if at_s < joined_s - instants.TOLERANCE_S:
            raise Refused("/occurred_at", f"lies before personal mode was turned on, {instants.text(joined_s)}")
        loads = answered_load(outcome.state, outcome.state.agents.known_row(agent_id), at_s, SPEED_GRID.tolist())
        personal.add(outcome.connection, who.team, agent_id, personal.CheckIn(at_s, given.occasion, given.answer, loads))
        return Answer(201, to_json(mode(outcome.connection, outcome.state, who, outcome.now_s)))

    response = await submit(service, request, who.team, events, answer, idempotency_key, given, whose=agent_id)
    await run_in_threadpool(recalibrate, service, who.team, agent_id)
    return response


def recalibrate(service: Services, team: str, agent_id: str) -> None:
    """Fit the agent's g and r to everybody's check-ins, and put into force what protects of them, where it moved."""
    now_s = service.clock.now_s()
    with read_only(service.engine) as connection:
        given = personal.of(connection, team)
    found = calibrate({each: personal.series(answers) for each, answers in given.items()}, now_s).get(agent_id)

    def events(state: TeamState, at_s: float) -> Sequence[Event]:
        paces = state.agents.people[state.agents.known_row(agent_id)].paces
        before = paces[-1][1:] if paces else (1.0, 1.0)
        after = before if found is None else pace(found.sensitivity, found.speed)
        if max(abs(new - old) for new, old in zip(after, before, strict=True)) < WORTH_SAYING:
            return []
        return [Calibrated(at_s, agent_id, *after)]

    def answer(outcome: Outcome) -> Answer:
        if outcome.logged and personal.joined_s(outcome.connection, team, agent_id) is None:
            raise Conflict("/agent_id", "personal mode was left meanwhile")
        return Answer(200, "")

    refused = service.dispatcher.submit(Command(team, events, answer)).exception()
    if refused is not None and not isinstance(refused, Conflict):
        raise refused


@routes.delete("/personal-data", responses=answers(PersonalModeOut))
async def delete_personal_data(agent_id: Id, request: Request, who: Self, service: Service) -> Response:
    """Leave personal mode. The check-ins and every number derived from them are deleted, also from the log, its checkpoint, the answers
    kept for repeats and SQLite's write-ahead log. Breaks and assignments stay what they were. Where the service could not write down that
    they were deleted, which a restore has to know, it answers 503 and deletes nothing."""
    await run_in_threadpool(require_written_down, service)

    def answer(outcome: Outcome) -> Answer:
        personal.leave(outcome.connection, who.team, agent_id)
        deletions.note(outcome.connection, who.team, agent_id, deletions.PERSONAL, outcome.now_s)
        Repository(outcome.connection).checkpoint(who.team, outcome.state)
        return Answer(200, to_json(mode(outcome.connection, outcome.state, who, outcome.now_s)))

    def events(state: TeamState, now_s: float) -> Sequence[Event]:
        state.agents.known_row(agent_id)
        return [PersonalEnded(now_s, agent_id)]

    response = await submit(service, request, who.team, events, answer)
    await run_in_threadpool(overwrite, service.engine)
    await run_in_threadpool(write_down, service)
    return response


def require_written_down(service: Services) -> None:
    """Refuse to delete what could not be written down."""
    try:
        deletions.export(service.engine, service.settings.deletions_file)
    except deletions.DeletionsFileError as error:
        log.error("a deletion is refused: %s", error)
        raise Unavailable("the file of deletions can't be written") from error


def write_down(service: Services) -> None:
    """Add what was deleted to the file; where it fails after all, the next deletion or start does it, and this one is not denied."""
    try:
        deletions.export(service.engine, service.settings.deletions_file)
    except deletions.DeletionsFileError as error:
        log.error("deleted, and not written down yet: %s", error)


@routes.get("/export", response_model=None, responses=answers(ExportOut))
def export(agent_id: Id, who: Self, service: Service) -> Response:
    """Everything that is kept of the agent, as one JSON document."""
    return answered(own_export.everything(service, who))
