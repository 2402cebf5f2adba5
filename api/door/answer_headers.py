"""What every answer says to browsers and caches: guess no type, keep nothing that is somebody's."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

NOSNIFF = (b"x-content-type-options", b"nosniff")
UNKEPT = (b"cache-control", b"no-store")
PERSONAL = "/v1/"


class AnswerHeaders:
    """ASGI middleware. Whoever sets one of them has thought about it, and is left alone."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        added = (NOSNIFF, UNKEPT) if scope["path"].startswith(PERSONAL) else (NOSNIFF,)

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message.setdefault("headers", [])
                present = {name.lower() for name, _ in headers}
                message["headers"] = [*headers, *(each for each in added if each[0] not in present)]
            await send(message)

        await self.app(scope, receive, sent)
