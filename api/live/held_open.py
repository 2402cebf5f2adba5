"""Keeps streams open outside of everything that a request goes through, so that an open stream holds little memory."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.live.stream import Opening
from api.live.streams import Streams

OPENING = "respite.opening"
KEPT = frozenset({"type", "method"})  # what servers still look at once a response has begun


class EventStream(Response):
    """The beginning of a stream: its status and headers. `HeldOpen` takes over from there."""

    media_type = "text/event-stream"

    def __init__(self, opening: Opening) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self.opening = opening

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        scope[OPENING] = self.opening


class HeldOpen:
    """ASGI middleware, to be the outermost: when everything inside has returned, it holds the stream that was begun."""

    def __init__(self, app: ASGIApp, streams: Callable[[], Streams]) -> None:
        self.app, self.streams = app, streams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)
        opening: Opening | None = scope.pop(OPENING, None)
        if opening is not None:
            _forget(scope)
            await self.streams().hold(opening, scope, receive, send)


def begin(streams: Streams, opening: Opening) -> EventStream:
    """The response that begins a stream; one too many is refused with 429. To be called on the event loop, where nothing comes between this
    and the stream's beginning: those that are asked for at once are counted one by one."""
    streams.admit(opening.who.key_id)
    return EventStream(opening)


def _forget(scope: Scope) -> None:
    """Let go of what routing and dependencies left behind, and of the headers."""
    for name in [each for each in scope if each not in KEPT and each != "extensions"]:
        del scope[name]
