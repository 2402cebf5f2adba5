"""Refuses a request body over the limit with 413 before it fills the memory."""

from __future__ import annotations

import asyncio
import contextlib

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import asks_for_a_key, problem

OPEN_BYTES = 1024 * 1024  # of webhooks and of the form of the sign-in page
DRAINED_BYTES = 64 * 1024 * 1024
DRAINED_S = 20.0


class BodyLimit:
    """ASGI middleware: counts what is declared, and what really comes."""

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self.app, self.max_bytes = app, max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        most = most_bytes(scope["path"], self.max_bytes)
        declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        if declared.isdigit() and int(declared) > most:
            await answer_unread(_too_large(most), scope, receive, send)
            return
        if not any(name == b"transfer-encoding" for name, _ in scope["headers"]):
            await self.app(scope, receive, send)
            return
        await self._counted(most, scope, receive, send)

    async def _counted(self, most: int, scope: Scope, receive: Receive, send: Send) -> None:
        """A body of undeclared length is read up to the limit first, then given on."""
        messages: list[Message] = []
        size = 0
        while True:
            message = await receive()
            messages.append(message)
            size += len(message.get("body", b""))
            if size > most:
                await answer_unread(_too_large(most), scope, receive, send, coming=message.get("more_body", False))
                return
            if message["type"] != "http.request" or not message.get("more_body", False):
                break
        pending = iter(messages)

        async def replay() -> Message:
            return next(pending, None) or await receive()

        await self.app(scope, replay, send)


def _too_large(most: int) -> Response:
    return problem(413, f"the body is larger than {most} bytes", headers={"Connection": "close"})


def most_bytes(path: str, max_bytes: int) -> int:
    """How large a body to the path may be: what comes without a key is known only when it has come whole."""
    return max_bytes if asks_for_a_key(path) else min(max_bytes, OPEN_BYTES)


async def answer_unread(response: ASGIApp, scope: Scope, receive: Receive, send: Send, coming: bool = True) -> None:
    """Answer a request whose body is not wanted, with a response that says that the connection closes. Many clients read no answer before
    they have sent their body, and see a reset where the connection closes under it: what is still `coming` is read first, and forgotten.
    Who asks first whether to send it has not begun."""

    async def sent(message: Message) -> None:
        await send({**message, "more_body": True} if message["type"] == "http.response.body" else message)

    await response(scope, receive, sent)
    if coming and not any(name == b"expect" for name, _ in scope["headers"]):
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DRAINED_S):
                await _drain(receive)
    await send({"type": "http.response.body", "body": b""})


async def _drain(receive: Receive) -> None:
    """Read the rest of a body, up to a bound."""
    left = DRAINED_BYTES
    while left > 0:
        message = await receive()
        left -= len(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body", False):
            return
