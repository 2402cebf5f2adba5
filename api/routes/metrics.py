"""What Prometheus scrapes: for an admin's key, or from where the settings let it, which is this machine unless they say otherwise."""

from __future__ import annotations

import ipaddress
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

from api.door.auth import Declared, identify
from api.routes.common import NOT_READY, PROBLEMS, TOO_MANY, Service
from api.telemetry.gauges import scrape

FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
routes = APIRouter(tags=["health"], responses={status: PROBLEMS[status] for status in (401, 403)})
FROM_HERE: dict[str, Any] = {"security": [{}]}  # no key is needed from where the settings say


async def _may(request: Request, service: Service, _key: Declared) -> None:
    """Somebody who sends no key, from where none is needed and through no proxy that says so, or an admin."""
    if "authorization" in request.headers or not _is_near(request, service) or any(each in request.headers for each in FORWARDED):
        await identify(request, ("admin",), service)


def _is_near(request: Request, service: Service) -> bool:
    try:
        address = ipaddress.ip_address(request.client.host if request.client is not None else "")
    except ValueError:
        return False
    return any(address in each for each in service.settings.metrics_networks)


@routes.get(
    "/metrics", response_class=PlainTextResponse, responses=TOO_MANY | NOT_READY, dependencies=[Depends(_may)], openapi_extra=FROM_HERE
)
def get_metrics(service: Service) -> PlainTextResponse:
    """Prometheus metrics of the whole service, in its text format. No label names a person, a ticket, an account or a team; breaks are
    counted for teams alone that have as many people as aggregates need."""
    return PlainTextResponse(scrape(service), media_type=CONTENT_TYPE_PLAIN_0_0_4)
