"""The queue and the team as they are now: states, never numbers of a person."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from api import instants
from api.door.auth import needs
from api.routes.common import PROBLEMS, After, Limit, Service, answered, answers, page
from api.schemas.team import QueuePage, TeamOut
from api.shown import views
from api.shown.everybody import everybody
from api.shown.looking import note_look
from api.shown.told_once import told_once
from api.store.keys import Principal
from fatigue_model.dynamics import DAY_S
from router.aggregate import debriefs_last_week, mean_points_last_week, this_monday
from router.decide import waiting_for
from router.domain import STATUSES, Status

routes = APIRouter(prefix="/v1", tags=["team"], responses=PROBLEMS)
Readers = Annotated[Principal, Depends(needs("manager", "helpdesk"))]


@routes.get("/queue", response_model=None, responses=answers(QueuePage))
def get_queue(who: Readers, service: Service, limit: Limit = 100, after: After = "") -> Response:
    """Waiting tickets with their age and what each waits for now: how many agents each rule keeps from it. `at_risk`: it has waited its
    longest and nobody may have it; `held_for`: for whom it is held, or was."""
    with service.dispatcher.reading(who.team) as (state, now_s):
        ids = sorted(each for each in state.waiting if each > after)[:limit]
        reasons = waiting_for(state, ids, now_s)
        items = []
        for ticket_id in ids:
            ticket = state.tickets[ticket_id]
            items.append(
                {
                    "ticket_id": ticket_id,
                    "account_id": ticket.account_id,
                    "priority": ticket.priority,
                    "channel": ticket.channel,
                    "escalated": ticket.escalated,
                    "created_at": instants.text(ticket.created_s),
                    "age_s": round(max(0.0, now_s - ticket.created_s), 3),
                    "at_risk": ticket.at_risk,
                    "held_for": ticket.held_for,
                    "waits_for": views.waiting(reasons[ticket_id]),
                }
            )
    return page(items, limit, lambda each: str(each["ticket_id"]))


@routes.get("/team", response_model=None, responses=answers(TeamOut))
def get_team(who: Readers, service: Service) -> Response:
    """Who is available, on a break or on light duty until when; aggregates over groups large enough to hide everyone."""
    note_look(service, who, "team")
    with service.dispatcher.reading(who.team) as (state, now_s):
        items, seen, covering = [], everybody(state, now_s), state.agents.covering(now_s).tolist()
        on_shift = state.agents.profiles.shift_windows(now_s)[0].tolist()
        for row, person in enumerate(state.agents.people):
            status = Status(int(state.agents.status[row]))
            found = seen[row]
            works = found.state in ("ready", "light_duty") or covering[row]
            available = status == Status.ONLINE and on_shift[row] and works
            until = instants.text(found.until_s) if status > Status.AWAY or found.state in ("pending", "break") else None
            items.append(
                {
                    "agent_id": person.id,
                    "name": person.name,
                    "status": STATUSES[status],
                    "on_shift": on_shift[row],
                    "state": found.state,
                    "until": until,
                    "available": available,
                }
            )
        mean, debriefs = mean_points_last_week(state, now_s), debriefs_last_week(state, now_s)
        least, week_end_s = state.policy.aggregate_min_group, this_monday(now_s) * DAY_S
    week = {
        "last_week": None if mean is None else {"mean_points": round(mean, 1), "people_at_least": least},
        "debriefs_last_week": debriefs,
    }
    told = told_once(service, who.team, "last_week", week_end_s, least, lambda: week, dict.fromkeys(week))
    return answered(
        {
            "agents": items,
            **{name: told[name] for name in week},
            "now": instants.text(now_s),
            "clock_rate": service.clock.rate,
        }
    )
