"""Tickets in, what happens to them, and who has them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import ValidationError

from api import intake
from api.door.auth import admitted, bearers, needs
from api.door.direct_way import Direct, Posted
from api.intake import Words
from api.json_text import finite_json
from api.problems import ProblemResponse, in_body, invalid, refusal
from api.routes.common import (
    PROBLEMS,
    After,
    IdempotencyKey,
    Limit,
    Service,
    answers,
    keep_answer,
    kept_under,
    page,
    repeated,
    submit,
)
from api.schemas.answered import BulkAnswer, TicketAnswer, TicketOut, TicketPage
from api.schemas.sent import BulkIn, Id, InOrder, TicketEventIn, TicketIn
from api.services import Services
from api.shown import views
from api.store import reading
from api.store.database import read_only
from api.store.keys import Principal
from api.store.packing import Unreadable
from api.writer.exchange import Answer, Command, Outcome
from router.domain import TICKET_STATES
from router.errors import Refused

routes = APIRouter(prefix="/v1/tickets", tags=["tickets"], responses=PROBLEMS)
HELPDESK = ("helpdesk",)
Helpdesk = Annotated[Principal, Depends(needs(*HELPDESK))]
Readers = Annotated[Principal, Depends(needs("helpdesk", "manager"))]


def _ticket_answer(principal: Principal, ticket_id: str, outcome: Outcome, fresh: int, repeated: int = 200) -> Answer:
    """The ticket with its newest decision; `fresh` is the status where something was new."""
    ticket = outcome.state.tickets[ticket_id]
    decided = outcome.decisions.get(ticket_id)
    if decided is None and ticket.decision_id is not None:
        with contextlib.suppress(Unreadable):  # what happens to the ticket is as true without it
            decided = reading.decision(outcome.connection, principal.team, ticket.decision_id)
    body = {
        "ticket": views.ticket_now(ticket),
        "decision": None if decided is None else views.decision(decided, principal),
    }
    return Answer(fresh if outcome.logged else repeated, finite_json(body))


def _open(principal: Principal, given: TicketIn, words: Words, keep: tuple[str, str] | None = None) -> Command:
    return Command(
        principal.team,
        lambda state, now_s: intake.ticket(given, words, state, now_s),
        lambda outcome: _ticket_answer(principal, given.id, outcome, 201),
        keep,
        tickets=(given.id,),
    )


async def _words(service: Services, given: TicketIn | TicketEventIn) -> Words:
    """The words of a customer scored."""
    return await service.scorer.words(given, not service.desk.open, service.scoring)


@routes.post("", status_code=201, responses=answers(TicketAnswer, 201) | repeated(TicketAnswer))
async def post_ticket(
    given: TicketIn, request: Request, who: Helpdesk, service: Service, idempotency_key: IdempotencyKey = None
) -> Response:
    """Ticket in, decision out. The same id with the same content again answers 200 with the same decision."""
    command = _open(who, given, await _words(service, given))
    return await submit(service, request, who.team, command.events, command.answer, idempotency_key, tickets=command.tickets)


async def _straight_in(posted: Posted) -> Answer | None:
    """A ticket that is in order, from a key that may send it."""
    given, authorization, service = posted.read(TicketIn), posted.headers.get(b"authorization"), posted.service
    if given is None or authorization is None:
        return None
    who = admitted(await _bearers(posted, authorization), HELPDESK, service)
    key = posted.headers.get(b"idempotency-key")
    keep = None if key is None else kept_under(who, posted.scope["method"], posted.scope["path"], key.decode("latin-1"), posted.body)
    return await service.desk.submit(_open(who, given, await _words(service, given), keep))


async def _all_straight_in(posted: Posted) -> Answer | None:
    """Tickets all of which are in order, from a key that may send them, with none for the answer."""
    authorization, service = posted.headers.get(b"authorization"), posted.service
    if authorization is None or b"idempotency-key" in posted.headers:
        return None
    found = await _bearers(posted, authorization)
    if not any(each.role in HELPDESK for each in found):
        admitted(found, HELPDESK, service)  # says so before hundreds of tickets are read
    given = await asyncio.get_running_loop().run_in_executor(service.scoring, posted.read, InOrder)
    if given is None:
        return None
    return Answer(200, await _decided_together(service, admitted(found, HELPDESK, service), given.tickets, given.occurred_at))


async def _bearers(posted: Posted, authorization: bytes) -> list[Principal]:
    client = posted.scope.get("client")
    return await bearers(authorization.decode("latin-1"), client[0] if client else "", posted.service)


DIRECT = {("POST", "/v1/tickets"): Direct(_straight_in, routes.routes[-1])}


@routes.post("/bulk", responses=answers(BulkAnswer))
async def post_bulk(given: BulkIn, request: Request, who: Helpdesk, service: Service, idempotency_key: IdempotencyKey = None) -> Response:
    """Up to 500 tickets, decided as one batch; each has an answer of its own, and a bad one spoils no other."""

    def checked() -> list[TicketIn | Response]:
        return [_checked(each) for each in given.tickets]

    async def decide() -> str:
        found = await asyncio.get_running_loop().run_in_executor(service.scoring, checked)
        return await _decided_together(service, who, found, given.occurred_at)

    return await keep_answer(service, request, who.team, decide, idempotency_key)


DIRECT |= {("POST", "/v1/tickets/bulk"): Direct(_all_straight_in, routes.routes[-1])}


async def _decided_together(service: Services, who: Principal, found: Sequence[TicketIn | Response], occurred_at: datetime | None) -> str:
    """The answer to tickets that were checked, some of them refused; `occurred_at` is that of those that have none."""
    good = [each for each in found if isinstance(each, TicketIn)]
    if occurred_at is not None:
        good = [each if each.occurred_at else each.model_copy(update={"occurred_at": occurred_at}) for each in good]
    scored = zip(good, await service.scorer.all_words(good, service.scoring), strict=True)
    waiting = service.desk.submit_all([_open(who, *each) for each in scored])
    answered = iter(await asyncio.gather(*waiting, return_exceptions=True))
    items = [_bulk_item(next(answered) if isinstance(each, TicketIn) else each) for each in found]
    return f'{{"items":[{",".join(items)}]}}'


def _checked(plain: Any) -> TicketIn | Response:
    try:
        return TicketIn.model_validate(plain)
    except ValidationError as error:
        return invalid(in_body(error))


def _bulk_item(result: Any) -> str:
    """An item of the answer as JSON, put around the JSON that is there."""
    if isinstance(result, Refused):
        result = refusal(result)
    if isinstance(result, Answer):
        return f'{{"status":{result.status},{result.body[1:]}'
    if isinstance(result, Response):
        return f'{{"status":{result.status_code},"problem":{bytes(result.body).decode()}}}'
    raise result


@routes.get("/{ticket_id}", response_model=None, responses=answers(TicketOut))
def get_ticket(ticket_id: Id, who: Readers, service: Service) -> dict[str, Any]:
    """A ticket: where it is and who has it."""
    return views.ticket(_stored(service, who, ticket_id))


def _stored(service: Services, who: Principal, ticket_id: str) -> dict[str, Any]:
    with read_only(service.engine) as connection:
        plain = reading.ticket(connection, who.team, ticket_id)
    if plain is None:
        raise ProblemResponse(404, f"ticket {ticket_id!r} is not known")
    return plain


@routes.get("", response_model=None, responses=answers(TicketPage))
def list_tickets(
    who: Readers,
    service: Service,
    state: Annotated[Literal[*TICKET_STATES] | None, Query()] = None,  # type: ignore[valid-type]
    limit: Limit = 100,
    after: After = "",
) -> Response:
    """Tickets in id order."""
    with read_only(service.engine) as connection:
        found = reading.ticket_page(connection, who.team, state, after, limit)
    return page([views.ticket(each) for each in found], limit, lambda each: str(each["id"]))


@routes.post("/{ticket_id}/events", responses=answers(TicketAnswer))
async def post_ticket_event(
    ticket_id: Id,
    given: TicketEventIn,
    request: Request,
    who: Helpdesk,
    service: Service,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Something happened to a ticket. Late and repeated events are normal: a repeat of an `event_id` changes nothing."""
    words = await _words(service, given)
    return await submit(
        service,
        request,
        who.team,
        lambda state, now_s: [intake.ticket_event(ticket_id, given, words, state, now_s)],
        lambda outcome: _ticket_answer(who, ticket_id, outcome, 200),
        idempotency_key,
        tickets=(ticket_id,),
    )
