"""Decisions: why this agent, why not each other, what was relaxed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from api.door.auth import needs, own_agent
from api.problems import ProblemResponse
from api.routes.common import PROBLEMS, After, Limit, Service, answered, answers, check_cursor, page_of
from api.schemas.answered import CounterfactualOut, DecisionOut, DecisionPage
from api.schemas.sent import Id
from api.services import Services
from api.shown import views
from api.shown.looking import note_look
from api.store import reading
from api.store.database import read_only
from api.store.keys import Principal
from router.counterfactual import counterfactual, told
from router.explain import sentences

routes = APIRouter(prefix="/v1/decisions", tags=["decisions"], responses=PROBLEMS)
Readers = Annotated[Principal, Depends(needs("helpdesk", "manager", "agent"))]
Judges = Annotated[Principal, Depends(needs("helpdesk", "manager"))]
Explain = Annotated[Literal["text"] | None, Query(description="`text`: sentences beside the codes")]
Without = Annotated[Literal["not_others"] | None, Query(description="`not_others`: leave that out, which is most of a large team's page")]
Asked = Annotated[Id, Query(description="what would have to change for this agent to get it")]

OTHERS_MOST = 10_000  # told of in a page: a megabyte of JSON, and a fifth of a second to make it


def _shown(record: dict[str, Any], who: Principal, explain: str | None) -> dict[str, Any]:
    view = views.decision(record, who)
    return view | {"text": list(sentences(view))} if explain == "text" else view


def _record(service: Services, who: Principal, decision_id: str) -> dict[str, Any]:
    with read_only(service.engine) as connection:
        record = reading.decision(connection, who.team, decision_id)
    if record is None or (who.role == "agent" and record["agent_id"] != who.agent_id):
        raise ProblemResponse(404, f"decision {decision_id!r} is not known")
    if who.role != "agent":
        note_look(service, who, "decisions")
    return record


def _counterfactual(service: Services, who: Principal, record: dict[str, Any], agent_id: str) -> dict[str, Any]:
    with service.dispatcher.reading(who.team) as (state, _now_s):
        found = counterfactual(record, agent_id, state)
    if found is None:
        raise ProblemResponse(404, f"decision {record['id']!r} says nothing of agent {agent_id!r}")
    note_look(service, who, "decision", agent_id)
    return views.counterfactual(found, who.role)


@routes.get("/{decision_id}", response_model=None, responses=answers(DecisionOut))
def get_decision(decision_id: Id, who: Readers, service: Service, explain: Explain = None, agent: Asked | None = None) -> Response:
    """One decision, for ever as it was made. With `explain=text&agent=…` also what would have to change for that agent to get it."""
    record = _record(service, who, decision_id)
    shown = _shown(record, who, explain)
    if agent is not None and explain == "text":
        own_agent(who, agent)
        shown["text"] += told(_counterfactual(service, who, record, agent))
    return answered(shown)


@routes.get("/{decision_id}/counterfactual", response_model=None, responses=answers(CounterfactualOut))
def get_counterfactual(decision_id: Id, agent_id: Asked, who: Judges, service: Service) -> dict[str, Any]:
    """What would have to change for an agent to get the ticket: the rules that must go, what lifts each, and the cost that must fall."""
    return _counterfactual(service, who, _record(service, who, decision_id), agent_id)


@routes.get("", response_model=None, responses=answers(DecisionPage))
def list_decisions(
    who: Readers,
    service: Service,
    ticket_id: Id | None = None,
    explain: Explain = None,
    without: Without = None,
    limit: Limit = 100,
    after: After = "",
) -> Response:
    """Decisions in the order they were made; an agent's key sees its own. A page ends early once it has told of 10,000 agents in
    `not_others`: about ten decisions of a team of a thousand. `next` goes on from there; `without=not_others` leaves them out."""
    own = who.agent_id if who.role == "agent" else None
    others = without is None and own is None  # of their own decisions an agent is told nothing of others
    with read_only(service.engine) as connection:
        found, more = _page(reading.each_decision(connection, who.team, ticket_id, own, _position(after), limit, others), limit)
    if who.role != "agent":
        note_look(service, who, "decisions")
    shown = [_shown(each, who, explain) for each in found]
    if without is not None:
        for each in shown:
            del each["not_others"]
    return page_of(shown, more, lambda each: str(each["id"]))


def _page(decisions: Iterator[dict[str, Any]], limit: int) -> tuple[list[dict[str, Any]], bool]:
    """The first `limit` decisions, fewer where they tell of `OTHERS_MOST` others; and whether there may be more."""
    found, others = list[dict[str, Any]](), 0
    for each in decisions:
        found.append(each)
        others += len(each["not_others"])
        if len(found) == limit or others >= OTHERS_MOST:
            return found, True
    return found, False


def _position(after: str) -> tuple[int, int]:
    """Revision and position of a decision id such as d120-3."""
    match = re.fullmatch(r"d(\d{1,15})-(\d{1,6})", after)
    check_cursor(after, match is not None)
    return (int(match[1]), int(match[2])) if match else (-1, -1)
