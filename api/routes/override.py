"""A manager's word against the policy's: done, and told is which hard rules it broke."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from api.door.auth import needs
from api.json_text import to_json
from api.routes.common import PROBLEMS, IdempotencyKey, Service, answers, submit
from api.schemas.answered import OverrideAnswer
from api.schemas.sent import Id, OverrideIn
from api.shown import views
from api.store.keys import Principal
from api.writer.exchange import Answer, Outcome
from router.decide import keeping
from router.events import Overridden
from router.state import TeamState

routes = APIRouter(prefix="/v1/tickets", tags=["tickets"], responses=PROBLEMS)
log = logging.getLogger("respite.override")
COUNTED = "the ledger counts the ticket all the same"
NOT_KNOWN = "which hard rules this breaks can't be told now"


@routes.post("/{ticket_id}/override", responses=answers(OverrideAnswer))
async def post_override(
    ticket_id: Id,
    given: OverrideIn,
    request: Request,
    who: Annotated[Principal, Depends(needs("manager"))],
    service: Service,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """A manager gives the ticket to somebody else. It is done, warned about with the hard rules that it breaks, counted and logged."""

    def events(state: TeamState, now_s: float) -> Sequence[Overridden]:
        return [Overridden(now_s, ticket_id, given.agent_id, given.reason, _broken(state, ticket_id, given.agent_id, now_s))]

    def answer(outcome: Outcome) -> Answer:
        (done,) = outcome.logged
        assert isinstance(done, Overridden)
        ticket = views.ticket_now(outcome.state.tickets[ticket_id])
        return Answer(200, to_json({"ticket": ticket} | _told(done)))

    return await submit(service, request, who.team, events, answer, idempotency_key, given)


def _broken(state: TeamState, ticket_id: str, agent_id: str, now_s: float) -> tuple[str, ...] | None:
    """The hard rules that an override breaks. A state in which they can't be asked is one in which only people can give tickets out: then
    it goes through without them."""
    try:
        return keeping(state, ticket_id, agent_id, now_s)
    except Exception:
        log.exception("the rules that an override breaks could not be found")
        return None


def _told(done: Overridden) -> dict[str, list[str] | None]:
    """The names of rules and no number: who may override is a manager."""
    if done.rules is None:
        return {"rules_broken": None, "warnings": [NOT_KNOWN, COUNTED]}
    rules = views.seen_as(done.rules)
    broken = [f"this breaks {len(rules)} of the policy's hard rules: {', '.join(rules)}"] if rules else []
    return {"rules_broken": rules, "warnings": [*broken, COUNTED]}
