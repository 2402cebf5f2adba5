"""The plan of the hours ahead: for the team without what would tell somebody's load, for an agent their own part."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from api import instants
from api.door.auth import needs
from api.routes.common import PROBLEMS, Service, answers
from api.schemas.team import PlanOut
from api.shown.looking import note_look
from api.store.keys import Principal
from router.plan.published import SHOWN, Cover, Entry, Plan

routes = APIRouter(prefix="/v1", tags=["plan"], responses=PROBLEMS)
Readers = Annotated[Principal, Depends(needs("manager", "helpdesk", "agent"))]


@routes.get("/plan", response_model=None, responses=answers(PlanOut))
def get_plan(who: Readers, service: Service) -> dict[str, Any]:
    """Breaks that are owed, lunches, and how many of each skill are there and needed in each slot; `gap` is how much cheaper the best
    plan could be at most, as a share of what this one costs. An agent sees their own entries,
    expected breaks and debriefs among them, and nobody else's."""
    with service.dispatcher.reading(who.team) as (state, now_s):
        plan = state.plan if state.plan is not None and now_s < state.plan.end_s else None
    view: dict[str, Any] = {"now": instants.text(now_s), "from": None, "until": None, "slot_s": None, "entries": []}
    if plan is None:
        return view
    ahead = [each for each in plan.entries if each.end_s > now_s]
    view |= {"from": instants.text(plan.start_s), "until": instants.text(plan.end_s), "slot_s": plan.slot_s}
    if who.role == "agent":
        return view | {"entries": [_entry(each) for each in ahead if each.agent_id == who.agent_id]}
    note_look(service, who, "plan")
    shown = [_entry(each) for each in ahead if each.kind in SHOWN]
    found = {"status": plan.status, "gap": round(plan.gap, 4), "coverage": [_cover(plan, each) for each in plan.cover]}
    return view | {"entries": shown} | found


def _entry(entry: Entry) -> dict[str, Any]:
    view = {"agent_id": entry.agent_id, "what": entry.kind, "from": instants.text(entry.start_s), "until": instants.text(entry.end_s)}
    return view if entry.partner_id is None else view | {"with_agent_id": entry.partner_id}


def _cover(plan: Plan, cover: Cover) -> dict[str, Any]:
    """`short`: the slots in which fewer are there than are needed."""
    slots = zip(cover.need, cover.there, strict=True)
    short = [instants.text(plan.start_s + index * plan.slot_s) for index, (need, there) in enumerate(slots) if there < need]
    return {"skill": cover.skill, "need": list(cover.need), "there": list(cover.there), "short": short}
