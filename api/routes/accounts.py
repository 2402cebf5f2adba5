"""Accounts, and who is kept from them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from api import instants, intake
from api.door.auth import needs, own_agent
from api.json_text import to_json
from api.problems import ProblemResponse
from api.routes.common import NOT_KNOWN, PROBLEMS, Service, answers, submit
from api.schemas.agents import AccountOut, ExclusionOut
from api.schemas.sent import AccountIn, ExclusionIn, Id
from api.shown import views
from api.store.keys import Principal
from api.writer.exchange import Answer
from router.errors import Refused
from router.events import ExclusionPut
from router.state import TeamState

routes = APIRouter(prefix="/v1", tags=["accounts"], responses=PROBLEMS)
Helpdesk = Annotated[Principal, Depends(needs("helpdesk"))]
Excluders = Annotated[Principal, Depends(needs("manager", "agent"))]


@routes.put("/accounts/{account_id}", responses=answers(AccountOut))
async def put_account(account_id: Id, given: AccountIn, request: Request, who: Helpdesk, service: Service) -> Response:
    """Add an account, or replace its facts."""
    return await submit(
        service,
        request,
        who.team,
        lambda _state, now_s: [intake.account(account_id, given, now_s)],
        lambda outcome: Answer(200, to_json(views.account(outcome.state.accounts[account_id]))),
        given=given,
    )


@routes.get("/accounts/{account_id}", response_model=None, responses=answers(AccountOut))
def get_account(account_id: Id, who: Helpdesk, service: Service) -> dict[str, Any]:
    """What is known of an account. One that came with tickets alone, with facts or without, is let go a month after the last of them ended,
    a year after an escalation: somebody who writes once is nobody's account for good. One that was put stays."""
    with service.dispatcher.reading(who.team) as (state, _):
        found = state.accounts.get(account_id)
        if found is None:
            raise ProblemResponse(404, f"account {account_id!r} is not known")
        return views.account(found)


@routes.put("/exclusions/{agent_id}/{account_id}", responses=answers(ExclusionOut) | NOT_KNOWN)
async def put_exclusion(agent_id: Id, account_id: Id, given: ExclusionIn, request: Request, who: Excluders, service: Service) -> Response:
    """Never route this account to this agent, until it expires. An expiry that is past ends it, and is refused where there is none."""
    own_agent(who, agent_id)

    expires_s = None if given.expires_at is None else instants.any_time(given.expires_at, "/expires_at")

    def events(state: TeamState, now_s: float) -> list[ExclusionPut]:
        since_s = instants.past(given.occurred_at, now_s, "/occurred_at")
        if expires_s is not None and expires_s <= since_s and (agent_id, account_id) not in state.exclusions:
            raise Refused("/expires_at", f"must lie after {instants.text(since_s)}: there is no exclusion that it could end")
        ends_s = None if expires_s is None else max(expires_s, since_s)  # it was in force until now
        return [ExclusionPut(now_s, agent_id, account_id, given.reason, ends_s)]

    body = {"agent_id": agent_id, "account_id": account_id, "reason": given.reason, "expires_at": instants.text(expires_s)}
    return await submit(service, request, who.team, events, lambda _outcome: Answer(200, to_json(body)), given=given)
