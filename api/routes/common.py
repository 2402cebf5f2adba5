"""What the routes share: submitting a command with its Idempotency-Key, and pages by cursor."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import Depends, Header, Query, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from api import instants
from api.json_text import to_json
from api.problems import Problem
from api.schemas.sent import CURSOR_FORM, Dated
from api.services import Services, services
from api.store import answers as kept_answers
from api.store.answers import Kept
from api.store.keys import Principal
from api.writer.exchange import STILL_SERVED, Answer, Command, KeyInFlight, KeyReused, Outcome
from router.errors import Refused
from router.events import Event
from router.state import TeamState

Service = Annotated[Services, Depends(services)]
Limit = Annotated[int, Query(ge=1, le=500)]
After = Annotated[str, Query(max_length=300, pattern=CURSOR_FORM, description="cursor: `next` of the page before")]
IdempotencyKey = Annotated[str | None, Header(min_length=1, max_length=255, description="a repeat within 24 h gets the first answer")]
LastEventId = Annotated[str | None, Header(max_length=100, description="the id of the last event that was received")]

Documented = dict[int | str, dict[str, Any]]
PROBLEM = {"$ref": "#/components/schemas/Problem"}
AFTER = {"Retry-After": {"description": "seconds", "schema": {"type": "integer"}}}


def refused(status: int, text: str, headers: dict[str, Any] | None = None) -> Documented:
    """A problem that a call may answer with, for the published schema."""
    told: dict[str, Any] = {"model": Problem, "content": {"application/problem+json": {"schema": PROBLEM}}, "description": text}
    return {status: told | ({"headers": headers} if headers else {})}


NOT_KNOWN = refused(404, "something that it names is not known")
AT_ODDS = refused(409, "at odds with what is so, or the first request with this key is still being served", AFTER)
TOO_MANY = refused(429, "too often, or too many at once; Retry-After says when to come again", AFTER)
NOT_READY = refused(503, "the database does not answer, or the service is starting or stopping; try again", AFTER)
CHALLENGE = {"WWW-Authenticate": {"required": True, "schema": {"type": "string"}}}
PROBLEMS = refused(401, "no valid key", CHALLENGE) | refused(403, "a key that may not do that") | TOO_MANY | NOT_READY


def answers(model: Any, status: int = 200) -> Documented:
    """What a call answers with when all is well, for the published schema."""
    return {status: {"model": model}}


def repeated(model: Any) -> Documented:
    """The answer to a repeat."""
    return {200: {"model": model, "description": "it was known"}}


def streamed(name: str) -> Documented:
    """How the schema describes a stream of server-sent events called `name` and `clock`."""
    text = f"server-sent events until the client, the key or the service goes: `{name}` with what is so, `clock` as a sign of life"
    too_many = refused(429, "too often, or this key or this process has too many streams open", AFTER)
    return {200: {"description": text, "content": {"text/event-stream": {"schema": {"type": "string"}}}}} | too_many


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
    result = await service.desk.submit(Command(team, checked, answer, keep, whose, tickets))
    return Response(result.body, result.status, media_type="application/json")


async def keep_answer(
    service: Services, request: Request, team: str, work: Callable[[], Awaitable[str]], idempotency_key: str | None
) -> Response:
    """Answer with what `work` gives and keep it for the key, where the work is many commands that are each harmless to repeat."""
    keep = await _kept_under(request, idempotency_key)
    if keep is None:
        return Response(await work(), 200, media_type="application/json")
    kept = await run_in_threadpool(_reserve, service, team, *keep)
    if kept is not None:
        return Response(kept.body, kept.status, media_type="application/json")
    try:
        body = await work()
    except BaseException:
        await run_in_threadpool(_release, service, team, keep[0])
        raise
    await run_in_threadpool(_keep, service, team, keep, body)
    return Response(body, 200, media_type="application/json")


def with_secret(answer: Response, secret: str) -> Response:
    """An answer with the secret that has just been made, which is kept with none."""
    return Response(to_json(json.loads(bytes(answer.body)) | {"secret": secret}), answer.status_code, media_type="application/json")


async def write_once(
    service: Services, request: Request, team: str, write: Callable[[sa.Connection], Answer], idempotency_key: str | None
) -> Answer:
    """Answer with what `write` gives, and keep it for the key in the same transaction. For what does not go through the dispatcher."""
    keep = await _kept_under(request, idempotency_key)

    def work() -> Answer:
        with service.engine.begin() as connection:
            kept = None if keep is None else _answered(kept_answers.find(connection, team, keep[0], service.clock.now_s()), keep[1])
            if kept is not None:
                return Answer(kept.status, kept.body)
            answer = write(connection)
            if keep is not None:
                kept_answers.keep(connection, team, keep[0], Kept(keep[1], answer.status, answer.body), service.clock.now_s())
            return answer

    try:
        return await run_in_threadpool(work)
    except sa.exc.IntegrityError as error:
        raise KeyInFlight("/Idempotency-Key", STILL_SERVED) from error


def _reserve(service: Services, team: str, key: str, digest: str) -> Kept | None:
    """Take the key before the work begins; what was kept where it has been done. A second request meanwhile is refused."""
    try:
        with service.engine.begin() as connection:
            kept = kept_answers.reserve(connection, team, key, digest, service.clock.now_s(), service.wire.presence)
    except sa.exc.IntegrityError as error:
        raise KeyInFlight("/Idempotency-Key", STILL_SERVED) from error
    return _answered(kept, digest)


def _answered(kept: Kept | None, digest: str) -> Kept | None:
    """What was kept for a key, unless it was for another body, or its first request is still being served."""
    if kept is not None and kept.digest != digest:
        raise KeyReused("/Idempotency-Key", "this key came before with another body")
    if kept is not None and kept.status == kept_answers.RESERVED:
        raise KeyInFlight("/Idempotency-Key", STILL_SERVED)
    return kept


def _release(service: Services, team: str, key: str) -> None:
    with service.engine.begin() as connection:
        kept_answers.release(connection, team, key)


def _keep(service: Services, team: str, keep: tuple[str, str], body: str) -> None:
    # whoever took this service for dead when it was cut off for a moment may have kept the same answer just now
    with contextlib.suppress(sa.exc.IntegrityError), service.engine.begin() as connection:
        kept_answers.keep(connection, team, keep[0], Kept(keep[1], 200, body), service.clock.now_s())


async def _kept_under(request: Request, idempotency_key: str | None) -> tuple[str, str] | None:
    """The key as it is stored and the digest of the body, where a request has a key."""
    if idempotency_key is None:
        return None
    return kept_under(request.state.who, request.method, request.url.path, idempotency_key, await request.body())


def kept_under(who: Principal, method: str, path: str, idempotency_key: str, body: bytes) -> tuple[str, str]:
    """The key as it is stored, bound to the call it came with, and the digest of the body. A caller's key that is rotated between repeats
    changes nothing; another role, or agent, gets no answer of this one's."""
    call = hashlib.sha256(f"{who.role} {who.agent_id} {method} {path} {idempotency_key}".encode()).hexdigest()
    # with the key in it, the digest of a short body can't be guessed back into the body
    return call, hashlib.sha256(idempotency_key.encode() + b"\n" + body).hexdigest()


def answered(body: Any) -> Response:
    """What may be long, put into JSON in the thread that made it: the framework does it on the event loop, and so slowly that two hundred
    decisions of a team of a thousand kept everybody else waiting for seconds."""
    return Response(to_json(body), media_type="application/json")


def page(items: list[dict[str, Any]], limit: int, cursor: Callable[[dict[str, Any]], str]) -> Response:
    """A list with the cursor of what follows, null at the end."""
    return page_of(items, len(items) == limit, cursor)


def page_of(items: list[dict[str, Any]], more: bool, cursor: Callable[[dict[str, Any]], str]) -> Response:
    """The same where it is known otherwise that there may be more."""
    return answered({"items": items, "next": cursor(items[-1]) if more else None})


def check_cursor(after: str, formed: bool) -> None:
    """Refuse a cursor that no page can have ended with: an empty page would say that there is nothing more. A cursor is a place, and the
    item that was there may be deleted before the next page is asked for: so by its form alone, where the list's ids have one."""
    if after and not formed:
        raise Refused("/query/after", "must be the `next` of the page before")
