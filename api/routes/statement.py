"""The agent's own statement of their load, with who looked, and their own word on a contact."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api import instants
from api.json_text import to_json
from api.routes.common import PROBLEMS, IdempotencyKey, Service, answers, submit
from api.routes.personal import Self
from api.schemas.agents import StatementOut, TapOut
from api.schemas.sent import Id, TapIn
from api.shown import feedback_views, views
from api.shown.own_data import looked, told, win_sentence, wins
from api.writer.exchange import Answer, Outcome
from router.events import ContactRated
from router.statement import sentences

routes = APIRouter(prefix="/v1/agents/{agent_id}", tags=["statement"], responses=PROBLEMS)
Explain = Annotated[Literal["text"] | None, Query(description="`text`: sentences beside the numbers")]


@routes.get("/statement", response_model=None, responses=answers(StatementOut))
def get_statement(agent_id: Id, who: Self, service: Service, explain: Explain = None) -> dict[str, Any]:
    """Every contact's share of today's load, the breaks of the last month and what sent each, what customers thanked for, and who looked.
    For the agent alone."""
    found, rests, seen, zone = told(service, who.team, agent_id)
    glad = wins(service, who.team, agent_id)
    shown = views.statement(found, rests, seen) | {"wins": feedback_views.wins(glad)}
    if explain != "text":
        return shown
    more = [*(win_sentence(each, zone) for each in glad), *(looked(each, zone) for each in seen)]
    return shown | {"text": list(sentences(found, rests, more, zone))}


@routes.post("/taps", responses=answers(TapOut))
async def post_tap(
    agent_id: Id, given: TapIn, request: Request, who: Self, service: Service, idempotency_key: IdempotencyKey = None
) -> Response:
    """How hard the last contact with a ticket was, in one tap: it goes before every fact. A break that is due stays due."""

    def answer(outcome: Outcome) -> Answer:
        ticket = outcome.state.tickets[given.ticket_id]
        rated = [each for each in ticket.contacts if each.agent_id == agent_id and each.facts.rating is not None]
        body = {"ticket_id": ticket.id, "rating": given.rating, "points": rated[-1].points if rated else None}
        return Answer(200, to_json(body))

    return await submit(
        service,
        request,
        who.team,
        lambda _state, now_s: [
            ContactRated(now_s, given.ticket_id, agent_id, given.rating, instants.past(given.occurred_at, now_s, "/occurred_at"))
        ],
        answer,
        idempotency_key,
    )
