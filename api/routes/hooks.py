"""A helpdesk's webhooks in: the signature checked, written down durably, answered; worked off afterwards."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Security
from fastapi.responses import Response
from fastapi.security import APIKeyHeader

from api.door.direct_way import Direct, Posted
from api.hooks.letterbox import Hook
from api.routes.common import NOT_READY, Service, refused
from api.writer.exchange import Answer

HOOKS, ADDRESS_MOST = "/v1/hooks/", 170  # characters
SIGNATURE = APIKeyHeader(
    name="webhook-signature",
    scheme_name="StandardWebhooks",
    auto_error=False,
    description="The signature of Standard Webhooks by the secret of the connection, with webhook-id and webhook-timestamp.",
)
ANSWERS = refused(401, "not signed as the connection signs") | NOT_READY
routes = APIRouter(prefix="/v1/hooks", tags=["hooks"], responses=ANSWERS)
Address = Annotated[str, Path(max_length=ADDRESS_MOST, description="the connection's `hook`", examples=["zendesk"])]
BODY = {
    "required": True,
    "content": {"application/json": {"schema": {"type": "object"}}},
}


@routes.post(
    "/{connection}",
    status_code=202,
    response_class=Response,
    responses={202: {"description": "kept"}},
    openapi_extra={"requestBody": BODY},
    dependencies=[Security(SIGNATURE)],
)
async def post_hook(connection: Address, request: Request, service: Service) -> Response:
    """A webhook, signed as Standard Webhooks says. 202 says that it is kept, and that it will be worked off; nothing is ever written back
    from here. A repeat of a `webhook-id` is answered alike and changes nothing."""
    await service.letterbox.post(Hook(connection, request.headers, await request.body()))
    return Response(status_code=202)


async def _straight_in(posted: Posted) -> Answer | None:
    """A webhook whose headers are each there once."""
    address = posted.scope["path"].removeprefix(HOOKS)
    if not 1 <= len(address) <= ADDRESS_MOST:
        return None
    headers = {name.decode("latin-1"): text.decode("latin-1") for name, text in posted.headers.items()}
    await posted.service.letterbox.post(Hook(address, headers, posted.body))
    return Answer(202, "")


DIRECT = {("POST", HOOKS): Direct(_straight_in, routes.routes[-1])}
