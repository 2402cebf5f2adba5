"""Recovery: the agent's timer, live; moving a break; a manager's skip."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from api import views
from api.answer_schemas import RecoveryOut
from api.auth import needs, own_agent
from api.exchange import Answer, Outcome
from api.json_text import to_json
from api.looking import note_look
from api.problems import ProblemResponse
from api.routes.common import PROBLEMS, IdempotencyKey, Service, submit
from api.routes.streaming import looks_due
from api.schemas import BreakShiftIn, Id, ReasonIn
from api.services import Services
from api.store.keys import Principal
from router import debrief, recovery
from router.events import BreakShifted, BreakSkipped

routes = APIRouter(prefix="/v1/agents/{agent_id}/recovery", tags=["recovery"], responses=PROBLEMS)
Readers = Annotated[Principal, Depends(needs("agent", "helpdesk", "manager"))]
Agents = Annotated[Principal, Depends(needs("agent"))]
Managers = Annotated[Principal, Depends(needs("manager"))]


def current(service: Services, who: Principal, agent_id: str) -> dict[str, Any]:
    """The recovery as `who` may see it: points and line for the agent and the helpdesk, states alone for a manager."""
    with service.dispatcher.reading(who.team) as (state, now_s):
        row = state.agents.row.get(agent_id)
        if row is None:
            raise ProblemResponse(404, f"agent {agent_id!r} is not known")
        found, more = recovery.view(state, row, now_s), views.news(state, agent_id, now_s)
        if who.role != "agent":
            found = debrief.as_others_see(found, state, row, now_s)
    note_look(service, who, "recovery", agent_id)
    return views.recovery(found, service.clock.rate, now_s, who.role, more)


async def _reader(agent_id: Id, who: Readers) -> Principal:
    own_agent(who, agent_id)
    return who


Reader = Annotated[Principal, Depends(_reader)]


@routes.get("", response_model=None, responses={200: {"model": RecoveryOut}})
def get_recovery(agent_id: Id, who: Reader, service: Service) -> dict[str, Any]:
    """State, since and until when, ready from when to when, and why."""
    return current(service, who, agent_id)


def _listener(agent_id: Id, who: Reader, service: Service) -> Principal:
    """Refuse an agent that is not known before the stream begins: after that there is no status to say it with."""
    with service.dispatcher.reading(who.team) as (state, _):
        if agent_id not in state.agents.row:
            raise ProblemResponse(404, f"agent {agent_id!r} is not known")
    return who


@routes.get("/stream", response_class=EventSourceResponse)
async def stream_recovery(agent_id: Id, who: Annotated[Principal, Depends(_listener)], service: Service) -> AsyncIterator[ServerSentEvent]:
    """The same, sent at once and whenever it changes. Instants are absolute and every message is whole, so nothing is missed over a
    reconnect; `clock` events between let the page set its clock. It ends with the key."""
    told: dict[str, Any] = {}
    async with contextlib.aclosing(looks_due(service, who, who.team)) as due:
        async for _ in due:
            view = await run_in_threadpool(current, service, who, agent_id)
            if _lasting(view) != told:
                told = _lasting(view)
                yield ServerSentEvent(event="recovery", id=_event_id(view), data=view, retry=1000)
            else:
                yield ServerSentEvent(event="clock", data={"now": view["now"]})


def _lasting(view: dict[str, Any]) -> dict[str, Any]:
    """What changes only when something happens: points and instants that are derived from now fade by themselves."""
    fixed = ("until",) if view["state"] in ("pending", "break") else ()
    kept = ("state", "because", "may", "owed", "debrief", "in_hand", "next_break_at", *fixed)
    return {name: view.get(name) for name in kept}


def _event_id(view: dict[str, Any]) -> str:
    return f"{view['state']}@{view['until'] or view['now']}"


@routes.post("/shift")
async def post_shift(
    agent_id: Id,
    given: BreakShiftIn,
    request: Request,
    who: Agents,
    service: Service,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Move the break, once, within the policy's bound."""
    own_agent(who, agent_id)
    return await submit(
        service,
        request,
        who.team,
        lambda _state, now_s: [BreakShifted(now_s, agent_id, given.minutes * 60.0)],
        lambda outcome: _answer(service, who, agent_id, outcome),
        idempotency_key,
        given,
    )


@routes.post("/skip")
async def post_skip(
    agent_id: Id,
    given: ReasonIn,
    request: Request,
    who: Managers,
    service: Service,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """End the break for a reason that is recorded; it stays owed."""
    return await submit(
        service,
        request,
        who.team,
        lambda _state, now_s: [BreakSkipped(now_s, agent_id, given.reason)],
        lambda outcome: _answer(service, who, agent_id, outcome),
        idempotency_key,
        given,
    )


def _answer(service: Services, who: Principal, agent_id: str, outcome: Outcome) -> Answer:
    row = outcome.state.agents.row[agent_id]
    found = recovery.view(outcome.state, row, outcome.now_s)
    if who.role != "agent":
        found = debrief.as_others_see(found, outcome.state, row, outcome.now_s)
    more = views.news(outcome.state, agent_id, outcome.now_s)
    return Answer(200, to_json(views.recovery(found, service.clock.rate, outcome.now_s, who.role, more)))
