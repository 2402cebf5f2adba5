"""Debriefs: an agent's own, and saying yes or not now to one that is proposed. For the agent alone; nothing is written about them."""

from __future__ import annotations

import re

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.json_text import to_json
from api.routes.common import PROBLEMS, After, IdempotencyKey, Limit, Service, answers, check_cursor, page, submit
from api.routes.personal import Self
from api.schemas.agents import DebriefOut, DebriefPage
from api.schemas.sent import DebriefAnswerIn, Id
from api.shown import views
from api.writer.exchange import Answer, Outcome
from router import debrief
from router.events import DebriefAnswered

routes = APIRouter(prefix="/v1/agents/{agent_id}/debriefs", tags=["debriefs"], responses=PROBLEMS)


@routes.get("", response_model=None, responses=answers(DebriefPage))
def list_debriefs(agent_id: Id, who: Self, service: Service, limit: Limit = 100, after: After = "") -> Response:
    """One's own debriefs of the last 30 days, the newest first."""
    with service.dispatcher.reading(who.team) as (state, now_s):
        state.agents.known_row(agent_id)
        found = [views.debrief(each, state, agent_id, now_s) for each in debrief.of(state, agent_id)]
    check_cursor(after, re.fullmatch(r"f\d{1,15}", after) is not None)
    rest = [each for each in found if not after or int(each["id"][1:]) < int(after[1:])]
    return page(rest[:limit], limit, lambda each: str(each["id"]))


@routes.post("/{debrief_id}", responses=answers(DebriefOut))
async def post_debrief(
    agent_id: Id,
    debrief_id: Id,
    given: DebriefAnswerIn,
    request: Request,
    who: Self,
    service: Service,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Accept, or not now. It begins when both have accepted; neither is given work until it is over."""

    def answer(outcome: Outcome) -> Answer:
        return Answer(200, to_json(views.debrief(outcome.state.debriefs[debrief_id], outcome.state, agent_id, outcome.now_s)))

    return await submit(
        service,
        request,
        who.team,
        lambda _state, now_s: [DebriefAnswered(now_s, debrief_id, agent_id, given.answer)],
        answer,
        idempotency_key,
        given,
    )
