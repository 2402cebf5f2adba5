"""Refuses a request body over the limit with 413 before it fills the memory."""

from __future__ import annotations

import asyncio
import contextlib

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import problem

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
        declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        if declared.isdigit() and int(declared) > self.max_bytes:
            asks_first = any(name == b"expect" for name, _ in scope["headers"])
            await self._refuse(scope, receive, send, coming=not asks_first)
            return
        if not any(name == b"transfer-encoding" for name, _ in scope["headers"]):
            await self.app(scope, receive, send)
            return
        await self._counted(scope, receive, send)

    async def _counted(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A body of undeclared length is read up to the limit first, then given on."""
        messages: list[Message] = []
        size = 0
        while True:
            message = await receive()
            messages.append(message)
            size += len(message.get("body", b""))
            if size > self.max_bytes:
                await self._refuse(scope, receive, send, coming=message.get("more_body", False))
                return
            if message["type"] != "http.request" or not message.get("more_body", False):
                break
        pending = iter(messages)

        async def replay() -> Message:
            return next(pending, None) or await receive()

        await self.app(scope, replay, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, coming: bool) -> None:
        """Many clients read no answer before they have sent their body, and see a reset where the connection closes under it: so what
        is still `coming` is read first."""
        if coming:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(DRAINED_S):
                    await _drain(receive)
        response = problem(413, f"the body is larger than {self.max_bytes} bytes", headers={"Connection": "close"})
        await response(scope, receive, send)


async def _drain(receive: Receive) -> None:
    """Read the rest of a body and forget it, up to a bound."""
    left = DRAINED_BYTES
    while left > 0:
        message = await receive()
        left -= len(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body", False):
            return
