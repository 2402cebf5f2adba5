"""How dead letters are shown: what became of them, never what is in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Query

from api import instants

Number = Annotated[int, Query(ge=0, le=2**53, description="cursor: `next` of the page before")]


def letter_view(each: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": each["id"],
        "type": each.get("type"),
        "since": instants.text(each["since_s"]),
        "failed_at": instants.text(each["ended_s"]),
        "attempts": each["attempts"],
        "error": each["error"],
    }


def letter_page(found: list[dict[str, Any]], limit: int) -> dict[str, Any]:
    """A page of dead letters, with the cursor of what follows."""
    return {"items": [letter_view(each) for each in found], "next": str(found[-1]["seq"]) if len(found) == limit else None}
