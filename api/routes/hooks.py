"""A helpdesk's webhooks in: the signature checked, written down durably, answered; worked off afterwards."""

from __future__ import annotations

import time
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Security
from fastapi.responses import Response
from fastapi.security import APIKeyHeader
from starlette.concurrency import run_in_threadpool

from api import webhooks
from api.beside import writing
from api.connectors.calls import NotUnderstood
from api.inbox import understood
from api.problems import ProblemResponse
from api.routes.common import NOT_READY, Service, refused
from api.services import Services
from api.settings import DEFAULT_TEAM
from api.store import connections, letters
from api.store.connections import Connection
from api.store.tables import inbox

SIGNATURE = APIKeyHeader(
    name="webhook-signature",
    scheme_name="StandardWebhooks",
    auto_error=False,
    description="The signature of Standard Webhooks by the secret of the connection, with webhook-id and webhook-timestamp.",
)
ANSWERS = refused(401, "not signed as the connection signs") | NOT_READY
routes = APIRouter(prefix="/v1/hooks", tags=["hooks"], responses=ANSWERS)
Address = Annotated[str, Path(max_length=170, description="the connection's `hook`", examples=["zendesk"])]
BODY = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {"type": "object"},
            "example": {"type": "ticket.event", "data": {"ticket_id": "T-1042", "type": "resolved"}},
        }
    },
}


@routes.post("/{connection}", status_code=202, openapi_extra={"requestBody": BODY}, dependencies=[Security(SIGNATURE)])
async def post_hook(connection: Address, request: Request, service: Service) -> Response:
    """A webhook, signed as Standard Webhooks says. 202 says that it is kept, and that it will be worked off; nothing is ever written back
    from here. A repeat of a `webhook-id` is answered alike and changes nothing."""
    body = await request.body()
    await run_in_threadpool(_receive, service, connection, request, body)
    return Response(status_code=202)


def _receive(service: Services, connection: str, request: Request, body: bytes) -> None:
    team, _, name = connection.rpartition(".")
    team, life_s = team or DEFAULT_TEAM, time.time()
    with service.engine.connect().execution_options(reading=True) as reading:
        found = connections.find(reading, team, name) if connection.isprintable() else None
    secrets = found.secrets_at(life_s) if found is not None else (webhooks.new_secret(),)  # it takes as long to find it wrong
    wrong = webhooks.problem_with(request.headers, body, secrets, life_s, service.settings.webhook_tolerance_s)
    if found is None:
        raise ProblemResponse(404, f"connection {connection!r} is not known")
    if wrong is not None:
        raise ProblemResponse(401, wrong)
    _keep(service, team, found, request.headers["webhook-id"], body.decode(errors="replace"), life_s)
    service.inbox.wake()


def _keep(service: Services, team: str, found: Connection, letter_id: str, body: str, life_s: float) -> None:
    row: dict[str, Any] = {"peer": found.name, "id": letter_id, "key": "", "received_s": service.clock.now_s()}
    row["body"] = body.replace("\x00", "")  # which PostgreSQL does not take, and JSON has not
    try:
        calls = understood(found.format, body)
        row |= {"key": calls[0].ticket_id} if calls else {"state": letters.DONE, "body": None, "ended_s": life_s}
    except NotUnderstood as error:
        row |= {"state": letters.DEAD, "error": str(error), "ended_s": life_s}
    with writing(service.dispatcher) as connection:
        letters.add_new(connection, inbox, team, row, life_s)
