"""Errors as RFC 9457 problem+json: one table from what the core and the framework refuse to what a caller reads."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.routing import compile_path

from api.door.answer_headers import NOSNIFF, UNKEPT
from api.schemas.sent import WRITTEN
from api.store import faults
from api.store.packing import Unreadable
from api.store.repository import Missing, Unfolded
from api.writer.exchange import KeyInFlight, KeyReused
from fatigue_model.bounds import InvalidValues, escaped, shown
from router.errors import Conflict, Refused, Unknown

log = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
STATUS_OF: tuple[tuple[type[Refused], int], ...] = (
    (KeyReused, 422),
    (KeyInFlight, 409),
    (Conflict, 409),
    (Unknown, 404),
    (Refused, 422),
)
Keyed = Callable[[Request], Awaitable[None]]
NO_STORE = (*faults.PASSING, faults.Unavailable)
KEYED, SIGNED = "/v1/", "/v1/hooks/"
RETRY = {"Retry-After": "1"}
TITLES = {
    400: "The body is not JSON",
    401: "A key is needed",
    403: "This key may not do that",
    404: "Not found",
    405: "Method not allowed",
    409: "At odds with what is so",
    413: "The body is too large",
    414: "The address is too long",
    422: "Something in the request is not allowed",
    429: "Too many at once",
    431: "The headers are too long",
    500: "Something went wrong here",
    503: "The service is not ready",
}


class ProblemError(BaseModel):
    """One field that is refused: a JSON pointer to it, and what is allowed there."""

    pointer: str
    detail: str


class Problem(BaseModel):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[ProblemError] = []


class ProblemResponse(Exception):
    """An answer that is a problem."""

    def __init__(self, status: int, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, headers


def problem(status: int, detail: str, errors: list[dict[str, str]] | None = None, headers: dict[str, str] | None = None) -> Response:
    """With what every answer says, for many a problem is answered outside of `AnswerHeaders`."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": TITLES.get(status, "Refused"),
        "status": status,
        "detail": detail,
    }
    if errors:
        body["errors"] = errors
    # what is refused is told again, and may hold halves of letters, which UTF-8 has not
    said = Response(json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"), status, headers, MEDIA_TYPE)
    said.raw_headers += [NOSNIFF, UNKEPT]
    return said


def refusal(error: Refused) -> Response:
    status = next(status for kind, status in STATUS_OF if isinstance(error, kind))
    errors = [{"pointer": error.pointer, "detail": error.detail}]
    return problem(status, f"{error.pointer}: {error.detail}", errors, RETRY if isinstance(error, KeyInFlight) else None)


def violations(error: InvalidValues) -> Response:
    return _listed(
        [{"pointer": each.pointer, "detail": f"{shown(each.given)} is not allowed; allowed: {each.allowed}"} for each in error.violations]
    )


def _listed(errors: list[dict[str, str]]) -> Response:
    first = errors[0]
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return problem(422, f"{first['pointer']}: {first['detail']}{more}", errors)


def invalid(error: RequestValidationError) -> Response:
    found = error.errors()
    if found and found[0]["type"] == "json_invalid":
        return problem(400, f"the body is not JSON: {found[0]['ctx']['error']} at character {found[0]['loc'][-1]}")
    return _listed([{"pointer": _pointer(each["loc"]), "detail": _wording(each)} for each in found])


def in_body(error: ValidationError) -> RequestValidationError:
    """What a model refuses that was checked by hand, as a body that the framework has checked."""
    return RequestValidationError(
        [dict(each) | {"loc": ("body", *each["loc"])} for each in error.errors(include_url=False, include_context=False)]
    )


def _pointer(loc: tuple[Any, ...]) -> str:
    where, *path = loc
    prefix = "" if where == "body" else f"/{where}"
    return prefix + "".join(f"/{escaped(str(each))}" for each in path)


def _wording(error: dict[str, Any]) -> str:
    """What is wrong, in the words of this API; a validator of ours says it as it is."""
    if error["loc"] == ("body",):
        return "send a JSON object with Content-Type: application/json"
    if error["type"] == "extra_forbidden":
        return "is not a known field"
    if error["type"] == "string_pattern_mismatch":
        form = str(error["msg"]).removeprefix("String should match pattern '").removesuffix("'")
        return WRITTEN.get(form, str(error["msg"])) if str(error["input"]).strip() else "must not be blank"
    return str(error["msg"]).removeprefix("Value error, ")


def _methods(request: Request) -> set[str]:
    """What the published schema has for the path of a request."""
    paths, asked = request.app.openapi()["paths"], request.url.path
    here = [paths[asked]] if asked in paths else [each for path, each in paths.items() if compile_path(path)[0].match(asked)]
    return {method.upper() for methods in here for method in methods}


def _headers(request: Request, error: HTTPException) -> dict[str, str]:
    """Those of the error; where a method is not allowed, with all that are, for the framework names those of one route alone."""
    allowed = _methods(request) if error.status_code == 405 else set()
    return dict(error.headers or {}) | ({"Allow": ", ".join(sorted(allowed))} if allowed else {})


async def _no_store(request: Request, error: Exception) -> Response:
    why = faults.reason(error)
    log.warning("%s %s: %s", request.method, request.url.path, why)
    then = "nothing was changed that was not acknowledged; try again"
    if isinstance(error, faults.Unanswered):
        then = "ask again with the same id, event_id or Idempotency-Key: what was done is not done twice"
    return problem(503, f"{why}; {then}", headers=RETRY)


async def _of_a_body(request: Request, said: Response, keyed: Keyed) -> Response:
    """What is wrong with a body that could not be read, where somebody's key came with it, or none is asked for."""
    path = request.url.path
    if not asks_for_a_key(path):
        return said
    try:
        await keyed(request)
    except ProblemResponse as error:
        return problem(error.status, error.detail, headers=error.headers)
    except NO_STORE as error:
        return await _no_store(request, error)
    return said


def asks_for_a_key(path: str) -> bool:
    """Whether every call to the path asks for a key; a webhook is signed instead, and pages are open to whoever signs in."""
    return path.startswith(KEYED) and not path.startswith(SIGNED)


async def handled(request: Request, error: Exception, handlers: Mapping[Any, Callable[..., Any]]) -> Response:
    """What the app's own `handlers` make of an error that was raised before, or beside, what calls them; raises it where none is for it."""
    handler = next((handlers[kind] for kind in type(error).__mro__ if kind in handlers), None)
    if handler is None:
        raise error
    said: Response = await handler(request, error)
    return said


def install(app: FastAPI, keyed: Keyed) -> None:
    """Make every error of the app a problem. `keyed` raises where nobody's key comes with a request: a body that can't be read is found out
    before the key is asked for, and what is wrong with it is told to nobody without one."""

    @app.exception_handler(Refused)
    async def on_refused(_request: Request, error: Refused) -> Response:
        return refusal(error)

    @app.exception_handler(InvalidValues)
    async def on_invalid_values(_request: Request, error: InvalidValues) -> Response:
        return violations(error)

    @app.exception_handler(RequestValidationError)
    async def on_invalid(request: Request, error: RequestValidationError) -> Response:
        said = invalid(error)
        return await _of_a_body(request, said, keyed) if said.status_code == 400 else said

    @app.exception_handler(ProblemResponse)
    async def on_problem(_request: Request, error: ProblemResponse) -> Response:
        return problem(error.status, error.detail, headers=error.headers)

    @app.exception_handler(HTTPException)
    async def on_http(request: Request, error: HTTPException) -> Response:
        not_utf8 = isinstance(error.__cause__, UnicodeDecodeError)  # the framework says no more than that there was an error
        said = problem(error.status_code, "the body is not UTF-8" if not_utf8 else str(error.detail), headers=_headers(request, error))
        return await _of_a_body(request, said, keyed) if error.status_code in (400, 422) else said

    for kind in NO_STORE:
        app.add_exception_handler(kind, _no_store)

    @app.exception_handler(Unfolded)
    async def on_unfolded(_request: Request, error: Unfolded) -> Response:
        return problem(503, str(error), headers=RETRY)

    @app.exception_handler(Missing)
    @app.exception_handler(Unreadable)
    async def on_unreadable(_request: Request, error: Exception) -> Response:
        log.error("%s", error)
        return problem(500, str(error))

    @app.exception_handler(Exception)
    async def on_bug(_request: Request, error: Exception) -> Response:
        log.error("unhandled", exc_info=error)
        return problem(500, "the request was not carried out; the log of the service says why")
