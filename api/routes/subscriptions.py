"""Subscriptions to events: made, listed, ended, tried; their secrets rotated; dead letters listed and sent again."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from api import instants
from api.door.auth import needs
from api.hooks import webhooks
from api.json_text import to_json
from api.problems import ProblemResponse
from api.routes.common import PROBLEMS, After, IdempotencyKey, Limit, Service, answers, page, with_secret, write_once
from api.routes.letters import Number, letter_page
from api.schemas.sent import Id
from api.schemas.subscriptions import (
    LettersOut,
    PingOut,
    RotationIn,
    SentAgainOut,
    SubscriptionIn,
    SubscriptionOut,
    SubscriptionPage,
    described,
)
from api.services import Services
from api.shown import news
from api.shown.news import News
from api.store import letters, rotating, subscriptions
from api.store.database import read_only
from api.store.keys import Principal
from api.store.repository import Repository
from api.store.rotating import SUBSCRIPTION, Secret
from api.store.subscriptions import Subscription
from api.store.tables import outbox as table
from api.writer import outbox
from api.writer.exchange import Answer
from router.errors import Refused

routes = APIRouter(prefix="/v1/subscriptions", tags=["events"], responses=PROBLEMS)
Owners = Annotated[Principal, Depends(needs("admin", "agent"))]
PER_TEAM, PER_AGENT = 50, 5


@routes.post("", status_code=201, responses=described(SubscriptionOut, 201, "made; the secret is shown once, here"))
async def post_subscription(
    given: SubscriptionIn, request: Request, who: Owners, service: Service, idempotency_key: IdempotencyKey = None
) -> Response:
    """Be told of events by webhook, signed as Standard Webhooks says. At least once: `webhook-id` tells a repeat.

    What is not answered with 2xx is tried again for a day, later each time and no sooner than the `Retry-After` of a 429 or 503 says, up to
    the longest wait; then, or where it is answered with 410, it is a dead letter. Events of one ticket, and of one agent, come in order; a
    repeat with the same Idempotency-Key does not show the secret again.
    """
    _may_be_told(who, given)
    await _look_up(given.url, service)
    made: list[Subscription] = []

    def write(connection: sa.Connection) -> Answer:
        Repository(connection).revision(who.team, taken=True)  # of those that are asked for at once each counts the others
        known = subscriptions.of(connection, who.team)
        own, most = [each for each in known if each.agent_id == who.agent_id], PER_TEAM if who.agent_id is None else PER_AGENT
        if len(own) >= most:
            raise ProblemResponse(409, f"there are {most} subscriptions already; end one")
        made[:] = [_new(given, who, service.clock.now_s())]
        subscriptions.add(connection, who.team, made[0])
        return Answer(201, to_json(_view(made[0], {})))

    answer = await write_once(service, request, who.team, write, idempotency_key)
    service.dispatcher.outbox.forget(who.team)
    shown = _view(made[0], {}, made[0].secrets[0].text) if made else json.loads(answer.body)
    return Response(to_json(shown), answer.status, {"Location": f"{routes.prefix}/{shown['id']}"}, "application/json")


async def _look_up(url: str, service: Services) -> None:
    """Refuse a URL that may not be called, or whose host is not found in the time of a letter."""
    within_s = service.settings.webhook_timeout_s
    try:
        await asyncio.wait_for(service.lookups.target(url, service.settings.private_networks), within_s)
    except TimeoutError as error:
        raise Refused("/url", f"its host is not found within {within_s:g} s") from error


def _may_be_told(who: Principal, given: SubscriptionIn) -> None:
    allowed = news.OF_THE_TEAM if who.agent_id is None else news.OF_AN_AGENT
    for index, each in enumerate(given.types):
        if each not in allowed and each == news.DEBRIEF:
            raise Refused(f"/types/{index}", "goes to the people who are asked alone: an agent subscribes with their own key")
        if each not in allowed:
            raise Refused(f"/types/{index}", f"an agent's own subscription may have {', '.join(allowed)}")


def _new(given: SubscriptionIn, who: Principal, now_s: float) -> Subscription:
    types = tuple(dict.fromkeys(given.types))
    return Subscription(f"sub_{secrets.token_hex(6)}", who.agent_id, given.url, types, now_s, (Secret(webhooks.new_secret()),))


def _view(each: Subscription, counted: dict[str, int], secret: str | None = None) -> dict[str, Any]:
    return {
        "id": each.id,
        "url": each.url,
        "types": list(each.types),
        "agent_id": each.agent_id,
        "created_at": instants.text(each.created_s),
        "secret": secret,
        "two_secrets_until": instants.text(each.two_until_s),
        "waiting": counted.get(letters.WAITING, 0),
        "dead": counted.get(letters.DEAD, 0),
    }


@routes.get("", response_model=None, responses=answers(SubscriptionPage))
def list_subscriptions(who: Owners, service: Service, limit: Limit = 100, after: After = "") -> Response:
    """In the order of their ids. An admin sees the team's and, so that nothing leaves unseen, those of agents; an agent their own."""
    with read_only(service.engine) as connection:
        found = subscriptions.page(connection, who.team, who.agent_id, after, limit)
        items = [_view(each, letters.count(connection, table, who.team, each.id)) for each in found]
    return page(items, limit, lambda each: str(each["id"]))


@routes.get("/{subscription_id}", response_model=None, responses=described(SubscriptionOut, 200, "without its secret"))
def get_subscription(subscription_id: Id, who: Owners, service: Service) -> dict[str, Any]:
    """A subscription, how many events wait for it, and how many are dead letters."""
    with read_only(service.engine) as connection:
        found = _found(connection, who, subscription_id, seen=True)
        return _view(found, letters.count(connection, table, who.team, found.id))


def _found(connection: sa.Connection, who: Principal, subscription_id: str, seen: bool = False) -> Subscription:
    """One that the caller may change; or see, which an admin may those of agents."""
    found = subscriptions.find(connection, who.team, subscription_id)
    if found is None or (found.agent_id != who.agent_id and not (seen and who.agent_id is None)):
        raise ProblemResponse(404, f"subscription {subscription_id!r} is not known")
    return found


@routes.delete("/{subscription_id}", response_model=None, responses=described(SubscriptionOut, 200, "ended"))
def delete_subscription(subscription_id: Id, who: Owners, service: Service) -> dict[str, Any]:
    """End it, with what is on its way to it and its dead letters. An admin may end those of agents."""
    with service.dispatcher.pen.writing() as connection:
        found = _found(connection, who, subscription_id, seen=True)
        subscriptions.remove(connection, who.team, found.id)
    service.dispatcher.outbox.forget(who.team)
    return _view(found, {})


async def _once(
    service: Services, request: Request, who: Principal, key: str | None, status: int, work: Callable[[sa.Connection], dict[str, Any]]
) -> Response:
    """Carry out what changes a subscription, once for its Idempotency-Key, and let the courier look."""
    answer = await write_once(service, request, who.team, lambda connection: Answer(status, to_json(work(connection))), key)
    service.dispatcher.outbox.forget(who.team)
    service.courier.wake(who.team)
    return Response(answer.body, answer.status, media_type="application/json")


@routes.post("/{subscription_id}/rotate", responses=described(SubscriptionOut, 200, "the new secret is shown once, here"))
async def rotate_secret(
    subscription_id: Id, given: RotationIn, request: Request, who: Owners, service: Service, idempotency_key: IdempotencyKey = None
) -> Response:
    """A new secret. Until the overlap is over events are signed with the one before as well, so that the receiver changes over when it
    suits; rotated again before that, with both before. A repeat with the same Idempotency-Key rotates nothing, nor shows the secret again.
    """
    secret = webhooks.new_secret()
    overlap_s = service.settings.webhook_overlap_s if given.overlap_s is None else given.overlap_s
    rotated: list[bool] = []

    def work(connection: sa.Connection) -> dict[str, Any]:
        Repository(connection).revision(who.team, taken=True)  # nobody else rotates it meanwhile
        found = _found(connection, who, subscription_id)
        rotating.rotate(connection, who.team, SUBSCRIPTION, found.id, secret, service.courier.life(), overlap_s)
        rotated[:] = [True]
        return _view(_found(connection, who, subscription_id), letters.count(connection, table, who.team, found.id))

    response = await _once(service, request, who, idempotency_key, 200, work)
    return with_secret(response, secret) if rotated else response


@routes.post("/{subscription_id}/ping", status_code=202, responses=described(PingOut, 202, "it is on its way"))
async def ping(subscription_id: Id, request: Request, who: Owners, service: Service, idempotency_key: IdempotencyKey = None) -> Response:
    """Send an event of type `ping`, carried like any other; its id is in the answer."""

    def work(connection: sa.Connection) -> dict[str, Any]:
        Repository(connection).revision(who.team, taken=True)  # no turn of the team puts anything out meanwhile
        found, letter_id = _found(connection, who, subscription_id), outbox.new_id()
        told = News(news.PING, news.PING, service.clock.now_s(), 0, {})
        letters.add(connection, table, who.team, [outbox.row(found, told, letter_id)], service.courier.life())
        return {"id": letter_id}

    return await _once(service, request, who, idempotency_key, 202, work)


@routes.get("/{subscription_id}/dead-letters", response_model=None, responses=described(LettersOut, 200, "in the order in which they came"))
def list_dead_letters(subscription_id: Id, who: Owners, service: Service, limit: Limit = 100, after: Number = 0) -> dict[str, Any]:
    """Events that could not be carried for as long as they are tried, or that were answered with 410, with why."""
    with read_only(service.engine) as connection:
        found = letters.dead(connection, table, who.team, _found(connection, who, subscription_id).id, after, limit)
    return letter_page(found, limit)


@routes.post("/{subscription_id}/dead-letters/resend", responses=described(SentAgainOut, 200, "they are on their way"))
async def resend_all(
    subscription_id: Id, request: Request, who: Owners, service: Service, idempotency_key: IdempotencyKey = None
) -> Response:
    """Send all dead letters again, in order; they come after what has arrived meanwhile, which `revision` tells."""

    def work(connection: sa.Connection) -> dict[str, Any]:
        found = _found(connection, who, subscription_id)
        return {"sent_again": letters.revive(connection, table, who.team, found.id, service.courier.life())}

    return await _once(service, request, who, idempotency_key, 200, work)


@routes.post("/{subscription_id}/dead-letters/{letter_id}/resend", responses=described(SentAgainOut, 200, "it is on its way"))
async def resend(
    subscription_id: Id, letter_id: Id, request: Request, who: Owners, service: Service, idempotency_key: IdempotencyKey = None
) -> Response:
    """Send one dead letter again."""

    def work(connection: sa.Connection) -> dict[str, Any]:
        found = _found(connection, who, subscription_id)
        sent = letters.revive(connection, table, who.team, found.id, service.courier.life(), letter_id)
        if not sent:
            raise ProblemResponse(404, f"dead letter {letter_id!r} is not known")
        return {"sent_again": sent}

    return await _once(service, request, who, idempotency_key, 200, work)
