"""A what-if answered by formula, at once: what a slider that moves may ask."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from api.door.auth import needs
from api.jobs.study_scenarios import plain_values, pointing
from api.json_text import to_json
from api.routes.common import PROBLEMS, IdempotencyKey, Service, answers, keep_answer
from api.schemas.jobs import InstantIn, InstantOut
from api.store.keys import Principal
from fatigue_model.bounds import InvalidValues, Violation
from simulations.instant import instant
from simulations.scenario import scenario_from
from simulations.what_if import changed

routes = APIRouter(prefix="/v1/simulations", tags=["simulations"], responses=PROBLEMS)


@routes.post("/instant", responses=answers(InstantOut))
async def post_instant(
    given: InstantIn,
    request: Request,
    who: Annotated[Principal, Depends(needs("manager", "admin"))],
    service: Service,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Erlang's formulas for an ordinary week, before and after the changes. Load, breaks and rotation are a simulation's to say."""

    async def work() -> str:
        return to_json(InstantOut.model_validate(await run_in_threadpool(_answer, given)).model_dump(mode="json"))

    return await keep_answer(service, request, who.team, work, idempotency_key)


def _answer(given: InstantIn) -> dict[str, Any]:
    """The formulas on both sides; refuses a scenario that can't be read, and one that is no team."""
    values, words = plain_values(given.scenario, "/scenario"), given.changes or {}
    with pointing("/scenario"):
        base = scenario_from(values)
    if base.reference is not None:
        raise InvalidValues((Violation("/scenario/reference", "a textbook queue", "a team; `respite erlang` has the formulas themselves"),))
    with pointing("/scenario", words):
        change = scenario_from(changed(values, words))
    return {"base": asdict(instant(base)), "change": asdict(instant(change))}
