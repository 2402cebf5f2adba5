"""Decisions: why this agent, why not each other, what was relaxed."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query

from api import views
from api.auth import needs
from api.problems import ProblemResponse
from api.routes.common import PROBLEMS, After, Limit, Service, page
from api.store import reading
from api.store.keys import Principal
from router.explain import sentences

routes = APIRouter(prefix="/v1/decisions", tags=["decisions"], responses=PROBLEMS)
Readers = Annotated[Principal, Depends(needs("helpdesk", "manager", "agent"))]
Explain = Annotated[Literal["text"] | None, Query(description="`text`: sentences beside the codes")]


def _shown(record: dict[str, Any], who: Principal, explain: str | None) -> dict[str, Any]:
    view = views.decision(record, who)
    return view | {"text": list(sentences(view))} if explain == "text" else view


@routes.get("/{decision_id}")
def get_decision(decision_id: str, who: Readers, service: Service, explain: Explain = None) -> dict[str, Any]:
    """One decision, for ever as it was made."""
    with service.engine.connect().execution_options(reading=True) as connection:
        record = reading.decision(connection, who.team, decision_id)
    if record is None or (who.role == "agent" and record["agent_id"] != who.agent_id):
        raise ProblemResponse(404, f"decision {decision_id!r} is not known")
    return _shown(record, who, explain)


@routes.get("")
def list_decisions(
    who: Readers,
    service: Service,
    ticket_id: Annotated[str | None, Query(max_length=200)] = None,
    explain: Explain = None,
    limit: Limit = 100,
    after: After = "",
) -> dict[str, Any]:
    """Decisions in the order they were made; an agent's key sees its own."""
    own = who.agent_id if who.role == "agent" else None
    with service.engine.connect().execution_options(reading=True) as connection:
        found = reading.decision_page(connection, who.team, ticket_id, own, _position(after), limit)
    return page([_shown(each, who, explain) for each in found], limit, lambda each: str(each["id"]))


def _position(after: str) -> tuple[int, int]:
    """Revision and position of a decision id such as d120-3."""
    match = re.fullmatch(r"d(\d{1,15})-(\d{1,6})", after)
    if after and match is None:
        raise ProblemResponse(422, "/query/after: must be the `next` of the page before")
    return (int(match[1]), int(match[2])) if match else (-1, -1)
