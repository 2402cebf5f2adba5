"""The pages: an agent's own, a manager's of the team, and signing in with a key."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from api.door import sessions
from api.door.auth import address_of, identify
from api.pages import rendering
from api.pages.my_page import my_page
from api.pages.statement_page import RATINGS, statement_page
from api.pages.team_page import team_page
from api.pages.what_if_page import ask_page, found_page
from api.problems import ProblemResponse, problem
from api.services import Services, services
from api.shown import own_data
from api.shown.looking import note_look
from api.store import simulations
from api.store.database import read_only
from api.store.keys import Principal

routes = APIRouter(include_in_schema=False)
Service = Annotated[Services, Depends(services)]
JOBS_SHOWN = 20
HOME = {"agent": "/me", "manager": "/team"}
REFUSED = {
    "unknown": "This key is not known, or it has ended. Ask whoever gave it to you for a new one.",
    "role": "This key is for programs. A page opens with the key of an agent or of a manager.",
}
NOT_YET = "Your key is for the agent {}, and the team has no agent of that name yet. Ask a manager to add you, then load this page again."


def _visitor(*roles: str) -> Any:
    """A dependency: who is signed in with one of these roles, or None."""

    async def dependency(request: Request, service: Service) -> Principal | None:
        try:
            return await identify(request, roles, service)
        except ProblemResponse as refused:
            if refused.status == 429:
                raise
            return None

    return Depends(dependency)


Someone = Annotated[Principal | None, _visitor(*HOME)]
Agent = Annotated[Principal | None, _visitor("agent")]
Manager = Annotated[Principal | None, _visitor("manager")]


@routes.get("/")
def home(who: Someone) -> Response:
    """To the page of the caller's role."""
    return _to(HOME[who.role] if who else "/login")


@routes.get("/login")
def login(refused: str = "") -> Response:
    return rendering.page("login", error=REFUSED.get(refused))


@routes.post("/login")
async def post_login(request: Request, service: Service) -> Response:
    """Begin a session of a key. The browser keeps the session, not the key."""
    _ours(request)
    form = parse_qs((await request.body()).decode("utf-8", "replace"))
    found = await service.doors.find(form.get("key", [""])[0].strip(), address_of(request))
    who = found.principal(service.clock.now_s()) if found is not None and found.parent is None else None
    if found is None or who is None or who.role not in HOME:
        return _to("/login?refused=role" if who else "/login?refused=unknown")
    secret = await run_in_threadpool(sessions.begin, service, who)
    response = _to(HOME[who.role])
    sessions.set_cookie(response, request, who.role, secret, found.hash, service)
    return response


@routes.post("/logout")
def logout(request: Request, service: Service) -> Response:
    """End the sessions of this browser, also where somebody has a copy."""
    _ours(request)
    sessions.end(service, [sessions.secret_of(request.cookies[name]) for name in sessions.COOKIES.values() if name in request.cookies])
    response = _to("/login")
    sessions.drop_cookies(response, request)
    return response


@routes.get("/me")
def me(request: Request, who: Agent, service: Service) -> Response:
    """The agent's recovery timer, why it runs, what follows and what the agent may do."""
    if who is None or who.agent_id is None:
        return _to("/login")
    with service.dispatcher.reading(who.team) as (state, now_s):
        row = state.agents.row.get(who.agent_id)
        if row is None:
            return _missing("Not known yet", NOT_YET.format(who.agent_id), who.agent_id)
        shown = my_page(state, row, now_s, service.clock.rate, service.settings.heartbeat_s)
    return _page(request, service, "me", it=shown)


@routes.get("/me/statement")
def my_statement(request: Request, who: Agent, service: Service) -> Response:
    """What the agent's exposure is made of, contact by contact, who looked, and the personal mode."""
    if who is None or who.agent_id is None:
        return _to("/login")
    with service.dispatcher.reading(who.team) as (state, now_s), read_only(service.engine) as connection:
        row = state.agents.row.get(who.agent_id)
        if row is None:
            return _missing("Not known yet", NOT_YET.format(who.agent_id), who.agent_id)
        name, allowed = state.agents.people[row].name, bool(state.policy.personal.allowed)
        mode = own_data.mode(connection, state, who, now_s)
    told, wins = own_data.told(service, who.team, who.agent_id), own_data.wins(service, who.team, who.agent_id)
    shown = statement_page(*told, name, mode, allowed, wins)
    return _page(request, service, "statement", it=shown, ratings=RATINGS)


@routes.get("/team")
def team(request: Request, who: Manager, service: Service) -> Response:
    """Who is available, on a break, on light duty; how much waits."""
    if who is None:
        return _to("/login")
    note_look(service, who, "team")
    with service.dispatcher.reading(who.team) as (state, now_s):
        shown = team_page(state, now_s)
    return _page(request, service, "team", it=shown)


@routes.get("/what-if")
def what_if(request: Request, who: Manager, service: Service) -> Response:
    """Sliders with an answer at once, the simulation for what a formula can't know, and what was asked so far."""
    if who is None:
        return _to("/login")
    with read_only(service.engine) as connection:
        jobs = simulations.page(connection, who.team, "", JOBS_SHOWN)
    return _page(request, service, "what_if", it=ask_page(jobs))


@routes.get("/what-if/{simulation_id}")
def what_if_found(simulation_id: str, request: Request, who: Manager, service: Service) -> Response:
    """How far one is, and what it found."""
    if who is None:
        return _to("/login")
    with read_only(service.engine) as connection:
        job = simulations.find(connection, who.team, simulation_id)
        if job is None:
            return _missing("No such what-if", "It may have made room for newer ones.", "Manager")
        found = simulations.result(connection, who.team, simulation_id)
    return _page(request, service, "what_if_found", it=found_page(job, found))


@routes.get("/static/{name}")
def static(name: str, request: Request) -> Response:
    asset = rendering.assets().get(name)
    if asset is None:
        raise ProblemResponse(404, "there is no such file")
    return rendering.static(asset, request)


def install(app: FastAPI) -> None:
    """A browser that asks for what there is not, outside of the API, is answered with a page."""

    @app.exception_handler(404)
    async def on_nothing_there(request: Request, error: HTTPException) -> Response:
        if "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/v1/"):
            return _missing("Nothing is here", "There is no page at this address.")
        return problem(404, str(error.detail))


def _missing(title: str, says: str, whose: str | None = None) -> Response:
    return rendering.page("missing", 404, title=title, says=says, whose=whose)


def _to(path: str) -> RedirectResponse:
    return RedirectResponse(path, 303, rendering.HEADERS | {"Cache-Control": "no-store"})


def _page(request: Request, service: Services, name: str, **values: Any) -> Response:
    """A page of somebody who is signed in; their session goes on from now where it has rested a while."""
    response = rendering.page(name, **values)
    if hasattr(request.state, "renew"):
        role, secret, key_hash = request.state.renew
        sessions.set_cookie(response, request, role, secret, key_hash, service)
    return response


def _ours(request: Request) -> None:
    """Refuse a form that another site sent: it could sign a person in with a key that is not theirs."""
    if not sessions.from_own_page(request):
        raise ProblemResponse(403, "forms are taken from our own pages only")
