"""Reports for managers: shadow mode against the existing router, how work and breaks lie on people, what automation does, feedback."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from api.door.auth import needs
from api.routes.common import PROBLEMS, Service, answers
from api.schemas.feedback import FeedbackReportOut
from api.schemas.reports import AutomationReportOut, EquityOut, ShadowOut
from api.services import Services
from api.shown import feedback_report, feedback_views, reports
from api.shown.feedback_report import Work
from api.shown.looking import note_look
from api.shown.told_once import told_once
from api.store import feedback
from api.store.database import read_only
from api.store.keys import Principal
from fatigue_model.dynamics import DAY_S
from router import lane_report
from router.aggregate import this_monday

routes = APIRouter(prefix="/v1/reports", tags=["reports"], responses=PROBLEMS)
HARDNESS = "concentration"
Managers = Annotated[Principal, Depends(needs("manager"))]


@routes.get("/shadow", response_model=None, responses=answers(ShadowOut))
def get_shadow(who: Managers, service: Service, days: Annotated[int, Query(ge=1, le=365)] = 7) -> dict[str, Any]:
    """What went against the rules: in shadow mode, where tickets of the last days would have gone and where the existing router sent them;
    and tickets that managers gave out themselves."""
    note_look(service, who, "reports")
    since_s = service.clock.now_s() - days * DAY_S
    with read_only(service.engine) as connection:
        view = reports.shadow_view(reports.shadow_of(connection, who.team, since_s), since_s)
        return view | {"overrides": reports.overrides_of(connection, who.team, since_s)}


@routes.get("/equity", response_model=None, responses=answers(EquityOut))
def get_equity(who: Managers, service: Service) -> dict[str, Any]:
    """How points, hard contacts and breaks of the last three whole weeks lie on people who could do the same work."""
    return {name: value for name, value in _last_weeks(service, who.team).items() if name != HARDNESS}


def _last_weeks(service: Services, team: str) -> dict[str, Any]:
    """All that is told of the last three whole weeks, told at one time whichever report is asked for first: two that were made at two
    times have one person's late word between them."""
    with service.dispatcher.reading(team) as (state, now_s):
        least, until_s = state.policy.aggregate_min_group, this_monday(now_s) * DAY_S

    def made() -> dict[str, Any]:
        with service.dispatcher.reading(team) as (state, now_s), read_only(service.engine) as connection:
            hardness = reports.hardness_view(lane_report.concentration(state, now_s))
            return reports.equity_view(reports.equity_of(connection, team, state, now_s), least) | {HARDNESS: hardness}

    return {HARDNESS: None} | told_once(service, team, "equity", until_s, least, made, reports.NO_EQUITY | {HARDNESS: None})


@routes.get("/feedback", response_model=None, responses=answers(FeedbackReportOut))
def get_feedback(who: Managers, service: Service) -> dict[str, Any]:
    """How customers felt understood and how reviewers scored in the last 13 whole weeks, over people who could do the same work."""
    with service.dispatcher.reading(who.team) as (state, now_s):
        work = {each.id: Work(tuple(sorted(each.skills)), tuple(sorted(each.languages))) for each in state.agents.people}
        least = state.policy.aggregate_min_group
    span = feedback_report.span(now_s)

    def made() -> dict[str, Any]:
        with read_only(service.engine) as connection:
            given = feedback.received(connection, who.team, *span)
        return feedback_views.report(feedback_report.report(given, work, least), span, least)

    return told_once(service, who.team, "feedback", span[1], least, made, dict.fromkeys(feedback_report.SCALES, reports.NO_EQUITY))


@routes.get("/automation", response_model=None, responses=answers(AutomationReportOut))
def get_automation(who: Managers, service: Service) -> dict[str, Any]:
    """What each bot resolved in each category, whether it is open, and what it cost. Also how much harder the contacts are that people
    had in the last three whole weeks than all would have been."""
    with service.dispatcher.reading(who.team) as (state, now_s):
        view = reports.lane_view(lane_report.report(state, now_s), state.policy.aggregate_min_group)
    return view | {HARDNESS: _last_weeks(service, who.team)[HARDNESS]}
