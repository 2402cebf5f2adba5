"""Agents: who they are, what they can do, and what the helpdesk says they are doing."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from api import instants, intake
from api.door.auth import needs, own_agent
from api.json_text import to_json
from api.routes.common import PROBLEMS, After, IdempotencyKey, Limit, Service, answers, page, submit
from api.schemas.agents import AgentOut, AgentPage
from api.schemas.sent import AgentIn, Id, StatusIn
from api.shown import views
from api.shown.looking import note_look
from api.store.keys import Principal
from api.writer.exchange import Answer, Outcome
from router.events import AgentStatus

routes = APIRouter(prefix="/v1/agents", tags=["agents"], responses=PROBLEMS)
Keepers = Annotated[Principal, Depends(needs("admin", "manager"))]
Tellers = Annotated[Principal, Depends(needs("helpdesk", "agent"))]


def _agent_answer(agent_id: str, outcome: Outcome) -> Answer:
    state = outcome.state
    return Answer(200, to_json(views.agent(state.agents.people[state.agents.row[agent_id]], state)))


@routes.put("/{agent_id}", responses=answers(AgentOut))
async def put_agent(agent_id: Id, given: AgentIn, request: Request, who: Keepers, service: Service) -> Response:
    """Add an agent, or replace the whole profile."""
    return await submit(
        service,
        request,
        who.team,
        lambda _state, now_s: [intake.agent(agent_id, given, now_s)],
        lambda outcome: _agent_answer(agent_id, outcome),
        given=given,
    )


@routes.get("/{agent_id}", response_model=None, responses=answers(AgentOut))
def get_agent(agent_id: Id, who: Keepers, service: Service) -> dict[str, Any]:
    """An agent's profile and status."""
    with service.dispatcher.reading(who.team) as (state, _):
        found = views.agent(state.agents.people[state.agents.known_row(agent_id)], state)
    note_look(service, who, "profile", agent_id)
    return found


@routes.get("", response_model=None, responses=answers(AgentPage))
def list_agents(who: Keepers, service: Service, limit: Limit = 100, after: After = "") -> Response:
    """Agents in id order."""
    with service.dispatcher.reading(who.team) as (state, _):
        found = [views.agent(each, state) for each in state.agents.people if each.id > after][:limit]
    note_look(service, who, "profiles")
    return page(found, limit, lambda each: str(each["id"]))


@routes.post("/{agent_id}/status", responses=answers(AgentOut))
async def post_status(
    agent_id: Id,
    given: StatusIn,
    request: Request,
    who: Tellers,
    service: Service,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """What the agent is doing, or was doing from `occurred_at` until the next status that is known: what counts is when it was so, not when
    it is told."""
    own_agent(who, agent_id)
    return await submit(
        service,
        request,
        who.team,
        lambda _state, now_s: [AgentStatus(now_s, agent_id, given.status, instants.past(given.occurred_at, now_s, "/occurred_at"))],
        lambda outcome: _agent_answer(agent_id, outcome),
        idempotency_key,
    )
