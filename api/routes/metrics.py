"""What Prometheus scrapes: for an admin's key, or from this machine."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

from api.door.auth import Declared, identify
from api.routes.common import NOT_READY, PROBLEMS, TOO_MANY, Service
from api.telemetry.gauges import scrape

LOOPBACK = ("127.0.0.1", "::1")
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
routes = APIRouter(tags=["health"], responses={status: PROBLEMS[status] for status in (401, 403)})
FROM_HERE: dict[str, Any] = {"security": [{}]}  # no key is needed on the machine itself


async def _may(request: Request, service: Service, _key: Declared) -> None:
    """Somebody on this machine who sends no key and comes through no proxy, or an admin."""
    here = request.client is not None and request.client.host in LOOPBACK
    if "authorization" in request.headers or not here or any(each in request.headers for each in FORWARDED):
        await identify(request, ("admin",), service)


@routes.get(
    "/metrics", response_class=PlainTextResponse, responses=TOO_MANY | NOT_READY, dependencies=[Depends(_may)], openapi_extra=FROM_HERE
)
def get_metrics(service: Service) -> PlainTextResponse:
    """Prometheus metrics of the whole service, in its text format. No label names a person, a ticket, an account or a team; breaks are
    counted for teams alone that have as many people as aggregates need."""
    return PlainTextResponse(scrape(service), media_type=CONTENT_TYPE_PLAIN_0_0_4)
