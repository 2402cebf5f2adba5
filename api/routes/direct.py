"""A direct way into a route that is called more than all others: what is in order is answered without the framework's own steps.

The direct way reads the body with pydantic's own JSON parser and asks for the key. Where anything is not in order it gives up, and the
usual way, which is the one that the schema describes, says what it is: so there is one wording of errors.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from fastapi import Request
from fastapi.responses import Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError

DirectWay = Callable[[Request], Awaitable[Response | None]]
Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])
Model = TypeVar("Model", bound=BaseModel)
JSON = "application/json"
KEY_LENGTH_MOST = 255


class DirectRoute(APIRoute):
    """A route whose endpoint may have a direct way (`directly`); all else is as ever."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        usual = super().get_route_handler()
        direct: DirectWay | None = getattr(self.endpoint, "direct", None)
        if direct is None:
            return usual

        async def handler(request: Request) -> Response:
            return await direct(request) or await usual(request)

        return handler


def directly(way: DirectWay) -> Callable[[Endpoint], Endpoint]:
    """Give an endpoint a direct way: an answer, or None for the usual way."""

    def decorate(endpoint: Endpoint) -> Endpoint:
        endpoint.direct = way  # type: ignore[attr-defined]
        return endpoint

    return decorate


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
