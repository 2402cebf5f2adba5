"""A refused call as it must look, and a ticket to be refused."""

from __future__ import annotations

from typing import Any

from support.world import World

TICKET = {"id": "T1", "account_id": "acme", "subject": "s", "created_at": "2026-03-02T11:00:00Z"}


def problem(response: Any, status: int, pointer: str | None = None) -> dict[str, Any]:
    """The body of a refusal with `status`, which names the field at `pointer`."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["status"] == status
    assert {"type", "title", "detail"} <= set(body)
    if pointer is not None:
        assert pointer in {each["pointer"] for each in body["errors"]}
    return body


def told(response: Any) -> str:
    """What the one refused field is told; the detail says it, too."""
    body = problem(response, 422)
    (error,) = body["errors"]
    assert body["detail"] == f"{error['pointer']}: {error['detail']}"
    return str(error["detail"])


def revision(world: World) -> int:
    """How many turns have changed the team; a call that is refused takes none."""
    with world.services.dispatcher.reading("default") as (state, _):
        return int(state.revision)
