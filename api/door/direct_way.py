"""A direct way into calls that come more often than all others: what is in order is answered without the framework's own steps.

It reads the body with pydantic's own JSON parser, asks for the key, and makes the checks that it passes by. Where anything is not in order
it gives up, and the usual way, which is the one that the schema describes, says what it is: so there is one wording of errors.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.door.answer_headers import NOSNIFF, UNKEPT
from api.door.body_limit import most_bytes
from api.door.request_shape import headers_too_long, too_much
from api.problems import handled
from api.services import Services
from api.writer.exchange import Answer

Model = TypeVar("Model", bound=BaseModel)
JSON = b"application/json"
KEY_LENGTH_MOST = 255


@dataclass(frozen=True, slots=True)
class Posted:
    """A request that has come whole, each of its headers once."""

    scope: Scope
    headers: dict[bytes, bytes]
    body: bytes

    @property
    def service(self) -> Services:
        service: Services = self.scope["app"].state.services
        return service

    def read(self, model: type[Model]) -> Model | None:
        """The body, where the model takes it."""
        try:
            return model.model_validate_json(self.body)
        except ValidationError:
            return None


@dataclass(frozen=True, slots=True)
class Direct:
    """The answer to a request that is in order, None for the usual way; and the route that describes it, for who watches requests."""

    answer: Callable[[Posted], Awaitable[Answer | None]]
    route: BaseRoute


class DirectWay:
    """ASGI middleware around `BodyLimit`, `RequestShape` and `AnswerHeaders`, inside of who watches: `ways` by method and path, or by what
    stands before the last part of the path, with its `/`. `handlers` are the app's own, for what is raised."""

    def __init__(
        self, app: ASGIApp, ways: Mapping[tuple[str, str], Direct], handlers: Mapping[Any, Callable[..., Any]], max_bytes: int
    ) -> None:
        self.app, self.ways, self.handlers, self.max_bytes = app, ways, handlers, max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        way = self._way(scope) if scope["type"] == "http" else None
        headers = dict(scope["headers"]) if way is not None else {}
        if way is None or not self._in_order(scope, headers):
            await self.app(scope, receive, send)
            return
        given = await _whole(receive)
        answer = None
        try:
            if given.came and too_much(given.body) is None:
                answer = await way.answer(Posted(scope, headers, given.body))
        except Exception as error:
            said = await handled(Request(scope), error, self.handlers)
            scope["route"] = way.route
            await said(scope, receive, send)
            return
        if answer is None:
            await self.app(scope, given.again(), send)
            return
        scope["route"] = way.route
        body = answer.body.encode()
        told = [(b"content-length", b"%d" % len(body)), *([(b"content-type", JSON)] if body else []), NOSNIFF, UNKEPT]
        await send({"type": "http.response.start", "status": answer.status, "headers": told})
        await send({"type": "http.response.body", "body": body})

    def _way(self, scope: Scope) -> Direct | None:
        method, path = scope["method"], scope["path"]
        return self.ways.get((method, path)) or self.ways.get((method, path[: path.rfind("/") + 1]))

    def _in_order(self, scope: Scope, headers: Mapping[bytes, bytes]) -> bool:
        """Whether nothing but the body is left to be looked at: plain JSON of a length that is declared and allowed, to the bare path."""
        came: list[tuple[bytes, bytes]] = scope["headers"]
        if len(headers) < len(came) or headers_too_long(came) or scope["query_string"] or b"transfer-encoding" in headers:
            return False
        declared, key = headers.get(b"content-length", b""), headers.get(b"idempotency-key", b"-")
        if not declared.isdigit() or int(declared) > most_bytes(scope["path"], self.max_bytes) or not 1 <= len(key) <= KEY_LENGTH_MOST:
            return False
        return headers.get(b"content-type", b"").partition(b";")[0].strip().lower() == JSON


class _Given:
    """A body that has come, as messages that can be had once more."""

    def __init__(self, messages: list[Message], receive: Receive) -> None:
        self.messages, self.receive, self.next = messages, receive, 0

    @property
    def came(self) -> bool:
        """Whether it came whole: a client may go before."""
        return bool(self.messages[-1]["type"] == "http.request")

    @property
    def body(self) -> bytes:
        pieces: list[bytes] = [each.get("body", b"") for each in self.messages]
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    async def __call__(self) -> Message:
        if self.next < len(self.messages):
            self.next += 1
            return self.messages[self.next - 1]
        return await self.receive()

    def again(self) -> _Given:
        return _Given(self.messages, self.receive)


async def _whole(receive: Receive) -> _Given:
    messages = [await receive()]
    while messages[-1]["type"] == "http.request" and messages[-1].get("more_body", False):
        messages.append(await receive())
    return _Given(messages, receive)
