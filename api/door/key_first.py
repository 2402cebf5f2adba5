"""Asks for the key before a large body is read, so that who has none makes the service hold next to nothing of what they send."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api.door.auth import keyed
from api.door.body_limit import answer_unread
from api.problems import asks_for_a_key, handled

SMALL_BYTES = 65_536  # the server has read as much of any request before it is served


class KeyFirst:
    """ASGI middleware, outside of whatever reads bodies. A small body is left to whoever serves it, who asks for the key anyway, and
    knows an address that is none. `handlers` are the app's own, for what is raised."""

    def __init__(self, app: ASGIApp, handlers: Mapping[Any, Callable[..., Any]]) -> None:
        self.app, self.handlers = app, handlers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and asks_for_a_key(scope["path"]) and _is_large(scope["headers"]):
            request = Request(scope)
            try:
                await keyed(request)
            except Exception as error:
                said = await handled(request, error, self.handlers)
                said.headers["Connection"] = "close"
                await answer_unread(said, scope, receive, send)
                return
        await self.app(scope, receive, send)


def _is_large(headers: list[tuple[bytes, bytes]]) -> bool:
    """Whether a body comes that is large, or of a length that is not known."""
    return any(name == b"transfer-encoding" or (name == b"content-length" and _large(value)) for name, value in headers)


def _large(length: bytes) -> bool:
    return length.isdigit() and int(length) > SMALL_BYTES
