"""Refuses query parameters that a call does not know, so that a misspelt filter is no list of everything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError


async def known_query(request: Request) -> None:
    """A dependency of every call of the API; what a call knows is what it declares."""
    if not request.scope["query_string"]:
        return
    known = list(_declared(request.scope["route"].dependant))
    unknown = sorted(set(request.query_params) - set(known))
    if unknown:
        told = f"is not a known parameter; this call takes {', '.join(known) or 'none'}"
        raise RequestValidationError([{"type": "unknown_parameter", "loc": ("query", each), "msg": told} for each in unknown])


def _declared(asked: Any) -> Iterator[str]:
    """The names that a call declares, and what it depends on."""
    yield from (each.alias for each in asked.query_params)
    for each in asked.dependencies:
        yield from _declared(each)
