"""Asks for the key before a body is read, so that who has none makes the service hold nothing of what they send."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api.door.answer_headers import AnswerHeaders
from api.door.auth import keyed
from api.door.body_limit import answer_unread
from api.problems import asks_for_a_key, handled

SMALL_BYTES = 65_536  # the server has read as much of any request before it is served


class KeyFirst:
    """ASGI middleware, outside of whatever reads bodies. A small body that comes with a key's header is left to whoever serves it, who asks
    for the key anyway. `handlers` are the app's own, for what is raised."""

    def __init__(self, app: ASGIApp, handlers: Mapping[Any, Callable[..., Any]]) -> None:
        self.app, self.handlers = app, handlers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and asks_for_a_key(scope["path"]) and _to_be_asked(scope["headers"]):
            request = Request(scope)
            try:
                await keyed(request)
            except Exception as error:
                said = await handled(request, error, self.handlers)
                said.headers["Connection"] = "close"
                await answer_unread(AnswerHeaders(said), scope, receive, send)
                return
        await self.app(scope, receive, send)


def _to_be_asked(headers: list[tuple[bytes, bytes]]) -> bool:
    """Whether a body comes that is large, of a length that is not known, or without a key's header."""
    length, with_key = b"0", False
    for name, value in headers:
        if name == b"transfer-encoding":
            return True
        if name == b"content-length":
            length = value
        elif name == b"authorization":
            with_key = True
    return length.isdigit() and int(length) > (SMALL_BYTES if with_key else 0)
