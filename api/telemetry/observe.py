"""Around every request: its id, its count and time, a line in the log, and a span where there are traces."""

from __future__ import annotations

import logging
import random
import re
import time
from collections.abc import Callable, Iterable

from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.telemetry.metrics import Metrics
from api.telemetry.origin import CURRENT, Origin
from api.telemetry.tracing import Tracing

log = logging.getLogger("respite.request")
REQUEST_ID = re.compile(rb"[A-Za-z0-9._:-]{1,64}")
OTHER = "other"  # no route of the API: files, and addresses that lead nowhere
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Observe:
    """Pure ASGI middleware. Nothing of a body, an address's values, a key or a name goes anywhere from here. `routes` are those of the
    API, for what is answered before it comes to its own; a body may go on coming after the answer, and is not counted."""

    def __init__(self, app: ASGIApp, metrics: Metrics, tracing: Callable[[], Tracing | None], routes: Iterable[BaseRoute]) -> None:
        self.app, self.metrics, self.tracing = app, metrics, tracing
        self.routes = [each for each in routes if isinstance(each, Route)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        origin, status, spent_s = Origin(_request_id(scope)), 500, None
        tracing = self.tracing()
        if tracing is not None:
            origin.span = tracing.begin(scope)

        async def sending(message: Message) -> None:
            nonlocal status, spent_s
            if message["type"] == "http.response.start":
                status, spent_s = message["status"], time.perf_counter() - origin.began_s
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", origin.request_id.encode())]
            await send(message)

        token = CURRENT.set(origin)
        try:
            await self.app(scope, receive, sending)
        finally:
            CURRENT.reset(token)
            spent_s = time.perf_counter() - origin.began_s if spent_s is None else spent_s
            method = scope["method"] if scope["method"] in METHODS else OTHER
            route = getattr(scope.get("route") or self._route(scope), "path_format", None) or OTHER
            self.metrics.answered(method, route, status, spent_s)
            if tracing is not None:
                tracing.end(origin, method, route, status)
            if log.isEnabledFor(logging.INFO):
                _write(origin, method, route, status, spent_s)

    def _route(self, scope: Scope) -> Route | None:
        """Where a request would have come to."""
        path, method = scope["path"], scope["method"]
        return next((each for each in self.routes if method in (each.methods or ()) and each.path_regex.match(path)), None)


def _write(origin: Origin, method: str, route: str, status: int, spent_s: float) -> None:
    found = {
        "request_id": origin.request_id,
        "method": method,
        "route": route,
        "status": status,
        "duration_ms": round(spent_s * 1000, 2),
    }
    if origin.team is not None:
        found |= {"team": origin.team, "decisions": list(origin.decisions)}
    log.info("request", extra={"fields": found})


def _request_id(scope: Scope) -> str:
    """The id that the request came with, if it is of the usual letters and not long; else a new one. It is no secret: asking the system for
    chance gives up the interpreter, which under load costs a request milliseconds until it has it back."""
    given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
    return given.decode() if REQUEST_ID.fullmatch(given) else f"{random.getrandbits(64):016x}"
