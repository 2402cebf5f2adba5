"""The policy: bounded, versioned, every violation listed at once."""

from __future__ import annotations

import asyncio
import re
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Request
from fastapi.responses import Response
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from api import instants
from api.door.auth import needs
from api.json_text import to_json
from api.problems import in_body
from api.routes.common import AT_ODDS, PROBLEMS, After, IdempotencyKey, Limit, Service, answers, check_cursor, keep_answer, page, submit
from api.schemas.policy import READ_ONLY, PolicyIn, PolicyOut, PolicyPage, PreviewIn
from api.schemas.reports import PreviewOut
from api.schemas.sent import Dated
from api.shown.looking import note_look
from api.shown.reports import preview_worker
from api.store import reading
from api.store.database import read_only
from api.store.keys import Principal
from api.writer.exchange import Answer, Outcome
from router.cover import unattainable
from router.errors import Conflict
from router.events import PolicyPut
from router.policy import Policy, policy_from
from router.state import TeamState

routes = APIRouter(prefix="/v1/policy", tags=["policy"], responses=PROBLEMS)
Managers = Annotated[Principal, Depends(needs("manager"))]


def _view(policy: Policy, version: int) -> dict[str, Any]:
    return policy.as_mapping() | {"version": version, "digest": policy.digest(), "warnings": list(policy.warnings())}


def _in_force(state: TeamState) -> dict[str, Any]:
    """The policy of a team, with what is to be said of it in this team."""
    view = _view(state.policy, state.policy_version)
    return view | {"warnings": [*view["warnings"], *unattainable(state)]}


@routes.get("", response_model=None, responses=answers(PolicyOut))
def get_policy(who: Managers, service: Service) -> dict[str, Any]:
    """The policy in force. Version 0 is the default."""
    with service.dispatcher.reading(who.team) as (state, _):
        return _in_force(state)


@routes.put("", responses=answers(PolicyOut) | AT_ODDS)
async def put_policy(given: Annotated[PolicyIn, Body()], request: Request, who: Managers, service: Service) -> Response:
    """Replace the whole policy; what is left out goes to its default. Every violation is listed.

    An answer of GET may be edited and sent back: `digest` and `warnings` are passed over, and a `version` that is not the one in force
    is refused, so that nobody's change is lost.
    """
    dated = _dated(given)
    policy = policy_from({name: value for name, value in given.items() if name not in (*READ_ONLY, *Dated.model_fields)})

    def events(state: TeamState, now_s: float) -> list[PolicyPut]:
        if given.get("version", state.policy_version) != state.policy_version:
            raise Conflict("/version", f"the policy in force is version {state.policy_version}; read it again")
        return [PolicyPut(now_s, state.policy_version + 1, policy.as_mapping())]

    def answer(outcome: Outcome) -> Answer:
        return Answer(200, to_json(_in_force(outcome.state)))

    return await submit(service, request, who.team, events, answer, given=dated)


def _dated(given: dict[str, Any]) -> Dated:
    try:
        return Dated.model_validate({name: given[name] for name in Dated.model_fields if name in given})
    except ValidationError as error:
        raise in_body(error) from error


@routes.post("/preview", responses=answers(PreviewOut))
async def preview_policy(
    given: PreviewIn, request: Request, who: Managers, service: Service, idempotency_key: IdempotencyKey = None
) -> Response:
    """The last days routed again under a draft policy: what would have changed, in numbers and ticket by ticket.

    Nothing is stored. The same events pass twice, under the policy in force and under the draft, in a process of their own.
    """
    draft = policy_from({name: value for name, value in given.policy.items() if name not in READ_ONLY})
    with service.dispatcher.reading(who.team) as (_, now_s):
        url = service.settings.database_url
    await run_in_threadpool(note_look, service, who, "reports")

    async def work() -> str:
        asked = service.worker.submit(preview_worker, url, who.team, draft.as_mapping(), given.days, now_s)
        return to_json(await asyncio.wrap_future(asked))

    return await keep_answer(service, request, who.team, work, idempotency_key)


@routes.get("/versions", response_model=None, responses=answers(PolicyPage))
def list_versions(who: Managers, service: Service, limit: Limit = 100, after: After = "") -> Response:
    """Every policy that was ever in force, oldest first."""
    with read_only(service.engine) as connection:
        found = reading.policy_versions(connection, who.team)
    items = [{"since": instants.text(at_s)} | _view(policy_from(body["values"]), body["version"]) for at_s, body in found]
    check_cursor(after, re.fullmatch(r"\d{1,15}", after) is not None)
    rest = [each for each in items if each["version"] > int(after or 0)]
    return page(rest[:limit], limit, lambda each: str(each["version"]))
