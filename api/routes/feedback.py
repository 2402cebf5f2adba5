"""Feedback in: whether a customer felt understood, a reviewer's scores, words of thanks. No decision rests on it: it is no event."""

from __future__ import annotations

from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from api import instants
from api.door.auth import needs
from api.intake import digest
from api.json_text import to_json
from api.routes.common import NOT_KNOWN, PROBLEMS, IdempotencyKey, Service, answers, repeated, write_once
from api.schemas.feedback import FeedbackIn, FeedbackOut
from api.services import Services
from api.shown import feedback_views
from api.store import feedback, reading
from api.store.feedback import Feedback
from api.store.keys import Principal
from api.writer.exchange import Answer
from router.errors import Conflict, Unknown

routes = APIRouter(prefix="/v1/feedback", tags=["feedback"], responses=PROBLEMS)
Helpdesk = Annotated[Principal, Depends(needs("helpdesk"))]


@routes.post("", status_code=201, responses=answers(FeedbackOut, 201) | repeated(FeedbackOut) | NOT_KNOWN)
async def post_feedback(
    given: FeedbackIn, request: Request, who: Helpdesk, service: Service, idempotency_key: IdempotencyKey = None
) -> Response:
    """What was said of a contact. Managers see it over many people alone; the agent sees their own."""
    now_s = service.clock.now_s()
    at_s = instants.past(given.occurred_at, now_s, "/occurred_at")
    if given.agent_id is not None:
        await run_in_threadpool(_known, service, who.team, given.agent_id)

    def write(connection: sa.Connection) -> Answer:
        known = feedback.find(connection, who.team, given.id)
        sent = digest(given, None if known is None else known[1])
        if known is not None and known[1] != sent:
            raise Conflict("/id", f"feedback {given.id!r} came before with other content")
        if known is not None:
            return Answer(200, to_json(feedback_views.feedback(known[0])))
        fresh = _about(connection, who.team, given, at_s)
        try:
            feedback.add(connection, who.team, fresh, sent, now_s)
        except sa.exc.IntegrityError as error:
            raise Conflict("/id", f"feedback {given.id!r} is being added by another request") from error
        return Answer(201, to_json(feedback_views.feedback(fresh)))

    answer = await write_once(service, request, who.team, write, idempotency_key)
    return Response(answer.body, answer.status, media_type="application/json")


def _known(service: Services, team: str, agent_id: str) -> None:
    with service.dispatcher.reading(team) as (state, _):
        state.agents.known_row(agent_id)


def _about(connection: sa.Connection, team: str, given: FeedbackIn, at_s: float) -> Feedback:
    """The feedback with the agent whom it is about; raises `Unknown` where there is no such ticket."""
    ticket = reading.ticket(connection, team, given.ticket_id)
    if ticket is None:
        raise Unknown("/ticket_id", f"ticket {given.ticket_id!r} is not known")
    said: dict[str, Any] = {"felt_understood": given.felt_understood, "praise": given.praise}
    review = None if given.review is None else given.review.model_dump()
    return Feedback(given.id, given.ticket_id, given.agent_id or _who_had(ticket, at_s), at_s, review=review, **said)


def _who_had(ticket: dict[str, Any], at_s: float) -> str | None:
    """Whose contact was the last up to then; else who has the ticket now."""
    ended = [each for each in ticket["contacts"] if each["ended_s"] <= at_s]
    found: str | None = max(ended, key=lambda each: each["ended_s"])["agent_id"] if ended else ticket["agent_id"]
    return found
