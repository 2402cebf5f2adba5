"""What the routes share: submitting a command with its Idempotency-Key, and pages by cursor."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any

from fastapi import Depends, Header, Query, Request
from fastapi.responses import Response

from api import instants
from api.exchange import Answer, Command, KeyReused, Outcome
from api.problems import Problem
from api.schemas import Dated
from api.services import Services, services
from api.store import answers
from router.events import Event
from router.state import TeamState

Service = Annotated[Services, Depends(services)]
Limit = Annotated[int, Query(ge=1, le=500)]
After = Annotated[str, Query(max_length=300, description="cursor: `next` of the page before")]
IdempotencyKey = Annotated[str | None, Header(min_length=1, max_length=255, description="a repeat within 24 h gets the first answer")]

PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "content": {"application/problem+json": {}}, "description": text}
    for status, text in {
        401: "no valid key",
        403: "a key of another role",
        404: "not known",
        409: "at odds with what is so",
        413: "body too large",
        422: "not allowed; every field that is refused is listed",
    }.items()
}


async def submit(
    service: Services,
    request: Request,
    team: str,
    events: Callable[[TeamState, float], Sequence[Event]],
    answer: Callable[[Outcome], Answer],
    idempotency_key: str | None = None,
    given: Dated | None = None,
    whose: str | None = None,
    tickets: tuple[str, ...] = (),
) -> Response:
    """Hand a command to the dispatcher and answer when it is committed. The `occurred_at` of what was given must have happened.

    `whose`: the answer is that agent's own, and is deleted when they leave personal mode.
    """

    def checked(state: TeamState, now_s: float) -> Sequence[Event]:
        if given is not None:
            instants.past(given.occurred_at, now_s, "/occurred_at")
        return events(state, now_s)

    keep = await _kept_under(request, idempotency_key)
    result = await asyncio.wrap_future(service.dispatcher.submit(Command(team, checked, answer, keep, whose, tickets)))
    return Response(result.body, result.status, media_type="application/json")


async def keep_answer(
    service: Services, request: Request, team: str, work: Callable[[], Awaitable[str]], idempotency_key: str | None
) -> Response:
    """Answer with what `work` gives and keep it for the key, where the work is many commands that are each harmless to repeat."""
    keep = await _kept_under(request, idempotency_key)
    if keep is not None:
        with service.engine.connect().execution_options(reading=True) as connection:
            kept = answers.find(connection, team, keep[0], service.clock.now_s())
        if kept is not None and kept.digest != keep[1]:
            raise KeyReused("/Idempotency-Key", "this key came before with another body")
        if kept is not None:
            return Response(kept.body, kept.status, media_type="application/json")
    body = await work()
    if keep is not None:
        noted = Command(team, lambda _state, _now_s: [], lambda _outcome: Answer(200, body), keep)
        await asyncio.wrap_future(service.dispatcher.submit(noted))
    return Response(body, 200, media_type="application/json")


async def _kept_under(request: Request, idempotency_key: str | None) -> tuple[str, str] | None:
    """The key as it is stored, bound to the call it came with, and the digest of the body."""
    if idempotency_key is None:
        return None
    body = await request.body()
    call = hashlib.sha256(f"{request.method} {request.url.path} {idempotency_key}".encode()).hexdigest()
    # with the key in it, the digest of a short body can't be guessed back into the body
    return call, hashlib.sha256(idempotency_key.encode() + b"\n" + body).hexdigest()


def page(items: list[dict[str, Any]], limit: int, cursor: Callable[[dict[str, Any]], str]) -> dict[str, Any]:
    """A list with the cursor of what follows, null at the end."""
    return {"items": items, "next": cursor(items[-1]) if len(items) == limit else None}
