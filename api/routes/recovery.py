"""Recovery: the agent's timer, live; moving a break; a manager's skip."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from api.door.auth import needs, own_agent
from api.json_text import to_json
from api.live.held_open import EventStream, begin
from api.live.stream import Opening
from api.routes.common import PROBLEMS, IdempotencyKey, LastEventId, Service, answers, streamed, submit
from api.schemas.answered import RecoveryOut
from api.schemas.sent import BreakShiftIn, Id, ReasonIn
from api.services import Services
from api.shown.looking import note_look
from api.shown.recovery_news import RecoveryNews, view_of
from api.store.keys import Principal
from api.writer.exchange import Answer, Outcome
from router.events import BreakShifted, BreakSkipped

routes = APIRouter(prefix="/v1/agents/{agent_id}/recovery", tags=["recovery"], responses=PROBLEMS)
Readers = Annotated[Principal, Depends(needs("agent", "helpdesk", "manager"))]
Agents = Annotated[Principal, Depends(needs("agent"))]
Managers = Annotated[Principal, Depends(needs("manager"))]


def current(service: Services, who: Principal, agent_id: str) -> dict[str, Any]:
    """The recovery as `who` may see it: points and line for the agent and the helpdesk, states alone for a manager."""
    with service.dispatcher.reading(who.team) as (state, now_s):
        view = view_of(state, agent_id, who.role, now_s, service.clock.rate)
    note_look(service, who, "recovery", agent_id)
    return view


async def _reader(agent_id: Id, who: Readers) -> Principal:
    own_agent(who, agent_id)
    return who


Reader = Annotated[Principal, Depends(_reader)]


@routes.get("", response_model=None, responses=answers(RecoveryOut))
def get_recovery(agent_id: Id, who: Reader, service: Service) -> dict[str, Any]:
    """State, since and until when, ready from when to when, and why."""
    return current(service, who, agent_id)


def _listener(agent_id: Id, who: Reader, service: Service) -> Principal:
    """Refuse an agent that is not known before the stream begins: after that there is no status to say it with."""
    with service.dispatcher.reading(who.team) as (state, _):
        state.agents.known_row(agent_id)
    return who


@routes.get("/stream", status_code=200, response_class=EventStream, responses=streamed("recovery"))
async def stream_recovery(
    agent_id: Id, who: Annotated[Principal, Depends(_listener)], service: Service, last_event_id: LastEventId = None
) -> EventStream:
    """The same as server-sent events: `recovery` at once and whenever it changes. Instants are absolute and every message is whole, so
    nothing is missed over a reconnect, and nothing repeated to who has it by `Last-Event-ID`; `clock` events between let the page set its
    clock. It ends with the key."""
    shown, look_s = (agent_id, who.role), service.settings.heartbeat_s
    return begin(service.streams, Opening(who.team, shown, who, lambda: RecoveryNews(service, who.team), look_s, last_event_id))


@routes.post("/shift", responses=answers(RecoveryOut))
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


@routes.post("/skip", responses=answers(RecoveryOut))
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
    return Answer(200, to_json(view_of(outcome.state, agent_id, who.role, outcome.now_s, service.clock.rate)))
