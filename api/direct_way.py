"""A direct way into a call that comes more often than all others: what is in order is answered without the framework's own steps.

The direct way reads the body with pydantic's own JSON parser and asks for the key. Where anything is not in order it gives up, and the
usual way, which is the one that the schema describes, says what it is: so there is one wording of errors.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from fastapi import Request
from fastapi.responses import Response
from pydantic import BaseModel, ValidationError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

Model = TypeVar("Model", bound=BaseModel)
JSON = "application/json"
KEY_LENGTH_MOST = 255


@dataclass(frozen=True, slots=True)
class Direct:
    """The answer to a request that is in order, None for the usual way; and the route that describes it, for who watches requests."""

    answer: Callable[[Request], Awaitable[Response | None]]
    route: Any


class DirectWay:
    """ASGI middleware, the one next to the app: `ways` by method and path. `handlers` are the app's own, for what is raised."""

    def __init__(self, app: ASGIApp, ways: Mapping[tuple[str, str], Direct], handlers: Mapping[Any, Callable[..., Any]]) -> None:
        self.app, self.ways, self.handlers = app, ways, handlers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        way = self.ways.get((scope["method"], scope["path"])) if scope["type"] == "http" else None
        if way is None:
            await self.app(scope, receive, send)
            return
        given: _Given | None = None
        try:
            given = await _whole(receive)
            response = await way.answer(Request(scope, given))
        except Exception as error:
            handler = next((self.handlers[kind] for kind in type(error).__mro__ if kind in self.handlers), None)
            if handler is None:
                raise
            response = await handler(Request(scope), error)
        if response is None and given is not None:
            await self.app(scope, given.again(), send)
        elif response is not None:
            scope["route"] = way.route
            await response(scope, receive, send)


class _Given:
    """A body that has come, as messages that can be had once more."""

    def __init__(self, messages: list[Message], receive: Receive) -> None:
        self.messages, self.receive, self.next = messages, receive, 0

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


async def read(request: Request, model: type[Model]) -> Model | None:
    """The body, where it is JSON that the model takes."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
        return None
    try:
        return model.model_validate_json(await request.body())
    except ValidationError:
        return None


def key_in_order(request: Request) -> bool:
    """Whether the Idempotency-Key, where there is one, is of a length that is allowed."""
    key = request.headers.get("idempotency-key")
    return key is None or 1 <= len(key) <= KEY_LENGTH_MOST
