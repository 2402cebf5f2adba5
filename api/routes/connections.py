"""Connections to helpdesks whose webhooks come in: made, listed, ended, their secrets rotated; dead letters listed and tried again."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response

from api import instants
from api.door.auth import needs
from api.hooks import webhooks
from api.json_text import to_json
from api.problems import ProblemResponse
from api.routes.common import PROBLEMS, After, IdempotencyKey, Limit, Service, answers, page, with_secret, write_once
from api.routes.letters import Number, letter_page
from api.schemas.sent import CONNECTION_FORM
from api.schemas.subscriptions import ConnectionIn, ConnectionOut, ConnectionPage, LettersOut, SentAgainOut, described
from api.services import Services
from api.settings import DEFAULT_TEAM
from api.store import connections, letters, rotating
from api.store.connections import Connection
from api.store.database import read_only
from api.store.keys import Principal
from api.store.repository import Repository
from api.store.rotating import CONNECTION, Secret
from api.store.tables import inbox
from api.writer.exchange import Answer

routes = APIRouter(prefix="/v1/connections", tags=["hooks"], responses=PROBLEMS)
Admins = Annotated[Principal, Depends(needs("admin"))]
Name = Annotated[str, Path(pattern=CONNECTION_FORM, examples=["zendesk"])]
LetterId = Annotated[str, Path(min_length=1, max_length=255)]


def address(team: str, name: str) -> str:
    """What stands for a connection in the URL of its hook, which no key goes with that would name the team."""
    return name if team == DEFAULT_TEAM else f"{team}.{name}"


def _view(team: str, each: Connection, counted: dict[str, int], secret: str | None = None) -> dict[str, Any]:
    return {
        "name": each.name,
        "format": each.format,
        "hook": f"/v1/hooks/{address(team, each.name)}",
        "created_at": instants.text(each.created_s),
        "secret": secret,
        "two_secrets_until": instants.text(each.two_until_s),
        "waiting": counted.get(letters.WAITING, 0),
        "dead": counted.get(letters.DEAD, 0),
    }


@routes.put(
    "/{name}",
    response_model=None,
    responses=described(ConnectionOut, 200, "as it is now") | described(ConnectionOut, 201, "made; the secret is shown once, here"),
)
async def put_connection(
    name: Name, given: ConnectionIn, request: Request, who: Admins, service: Service, idempotency_key: IdempotencyKey = None
) -> Response:
    """A connection, made where there is none with that name. `rotate` gives it a new secret, shown once; the one before is good beside it
    for `RESPITE_WEBHOOK_OVERLAP_S`; rotated again before that, both before are. A repeat with the same Idempotency-Key rotates nothing, nor
    shows the secret again."""
    life_s, secret = time.time(), webhooks.new_secret()
    fresh: list[bool] = []

    def write(connection: sa.Connection) -> Answer:
        Repository(connection).revision(who.team, taken=True)  # nobody else makes it, or rotates its secret, meanwhile
        known = connections.find(connection, who.team, name)
        if known is None:
            connections.add(connection, who.team, Connection(name, given.format, service.clock.now_s(), (Secret(secret),)))
        else:
            connections.set_format(connection, who.team, name, given.format)
        if known is not None and given.rotate:
            rotating.rotate(connection, who.team, CONNECTION, name, secret, life_s, service.settings.webhook_overlap_s)
        fresh[:] = [True] if known is None or given.rotate else []
        shown = _view(who.team, _found(connection, who, name), letters.count(connection, inbox, who.team, name))
        return Answer(201 if known is None else 200, to_json(shown))

    answer = await write_once(service, request, who.team, write, idempotency_key)
    response = Response(answer.body, answer.status, media_type="application/json")
    return with_secret(response, secret) if fresh else response


@routes.get("", response_model=None, responses=answers(ConnectionPage))
def list_connections(who: Admins, service: Service, limit: Limit = 100, after: After = "") -> Response:
    """The team's connections by name, with how many webhooks wait to be worked off, and how many are dead letters."""
    with read_only(service.engine) as connection:
        found = connections.page(connection, who.team, after, limit)
        items = [_view(who.team, each, letters.count(connection, inbox, who.team, each.name)) for each in found]
    return page(items, limit, lambda each: str(each["name"]))


@routes.delete("/{name}", response_model=None, responses=described(ConnectionOut, 200, "ended"))
def delete_connection(name: Name, who: Admins, service: Service) -> dict[str, Any]:
    """End a connection, with what came in by it and was not worked off."""
    with service.dispatcher.pen.writing() as connection:
        found = _found(connection, who, name)
        connections.remove(connection, who.team, name)
    return _view(who.team, found, {})


def _found(connection: sa.Connection, who: Principal, name: str) -> Connection:
    found = connections.find(connection, who.team, name)
    if found is None:
        raise ProblemResponse(404, f"connection {name!r} is not known")
    return found


@routes.get("/{name}/dead-letters", response_model=None, responses=described(LettersOut, 200, "in the order in which they came"))
def list_dead_hooks(name: Name, who: Admins, service: Service, limit: Limit = 100, after: Number = 0) -> dict[str, Any]:
    """Webhooks that were not understood or not allowed, with why; what is in them is not shown."""
    with read_only(service.engine) as connection:
        return letter_page(letters.dead(connection, inbox, who.team, _found(connection, who, name).name, after, limit), limit)


async def _again(service: Services, request: Request, who: Principal, key: str | None, work: Callable[[sa.Connection], int]) -> Response:
    answer = await write_once(service, request, who.team, lambda connection: Answer(200, to_json({"sent_again": work(connection)})), key)
    service.inbox.wake()
    return Response(answer.body, answer.status, media_type="application/json")


@routes.post("/{name}/dead-letters/resend", responses=described(SentAgainOut, 200, "they come in again"))
async def receive_all(name: Name, request: Request, who: Admins, service: Service, idempotency_key: IdempotencyKey = None) -> Response:
    """Work off all dead letters again, in order."""

    def work(connection: sa.Connection) -> int:
        return letters.revive(connection, inbox, who.team, _found(connection, who, name).name, time.time())

    return await _again(service, request, who, idempotency_key, work)


@routes.post("/{name}/dead-letters/{letter_id}/resend", responses=described(SentAgainOut, 200, "it comes in again"))
async def receive_one(
    name: Name, letter_id: LetterId, request: Request, who: Admins, service: Service, idempotency_key: IdempotencyKey = None
) -> Response:
    """Work off one dead letter again."""

    def work(connection: sa.Connection) -> int:
        sent = letters.revive(connection, inbox, who.team, _found(connection, who, name).name, time.time(), letter_id)
        if not sent:
            raise ProblemResponse(404, f"dead letter {letter_id!r} is not known")
        return sent

    return await _again(service, request, who, idempotency_key, work)
