"""The app in this process on a fresh database, with a key of each role and a clock that the test sets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient

from api import instants
from api.main import create_app
from api.settings import DEFAULT_TEAM, Settings
from api.store import keys
from support.stepped_clock import SteppedClock

NOON_S = 1_772_452_800.0  # 2026-03-02T12:00:00Z, a Monday
ROLES = ("admin", "helpdesk", "manager")


class World:
    """`world("helpdesk", "POST", "/v1/tickets", body)` → the response; `world.clock.instant_s` is now."""

    def __init__(self, client: TestClient, clock: SteppedClock) -> None:
        self.client, self.clock = client, clock
        self.services = client.app.state.services  # type: ignore[attr-defined]
        self.keys = {role: self.make_key(role) for role in ROLES}

    def make_key(self, role: str, agent_id: str | None = None, expires_s: float | None = None) -> str:
        with self.services.engine.begin() as connection:
            return keys.create(connection, DEFAULT_TEAM, role, agent_id, self.clock.now_s(), expires_s)[1]

    def key(self, who: str) -> str:
        """The key of a role, or of an agent."""
        if who not in self.keys:
            self.keys[who] = self.make_key("agent", who)
        return self.keys[who]

    def __call__(self, who: str, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """`who` is a role, or the id of an agent who calls with a key of their own."""
        sent = {"Authorization": f"Bearer {self.key(who)}"} | {name.replace("_", "-"): text for name, text in headers.items()}
        return self.client.request(method, path, json=body, headers=sent)

    def ok(self, who: str, method: str, path: str, body: Any = None, **headers: str) -> Any:
        response = self(who, method, path, body, **headers)
        assert response.status_code < 300, response.text
        return response.json()

    def at(self, offset_s: float = 0.0) -> str:
        """The instant `offset_s` from now, as the API writes it."""
        return str(instants.text(self.clock.instant_s + offset_s))

    def agent(self, agent_id: str, **profile: Any) -> None:
        """An agent who is online."""
        self.ok("admin", "PUT", f"/v1/agents/{agent_id}", {"name": agent_id.title()} | profile)
        self.ok("helpdesk", "POST", f"/v1/agents/{agent_id}/status", {"status": "online"})

    def ticket(self, ticket_id: str, **facts: Any) -> dict[str, Any]:
        body = {"id": ticket_id, "account_id": "acme", "subject": "words", "created_at": self.at()} | facts
        answer: dict[str, Any] = self.ok("helpdesk", "POST", "/v1/tickets", body)
        return answer

    def happened(self, ticket_id: str, what: str, **facts: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.ok("helpdesk", "POST", f"/v1/tickets/{ticket_id}/events", {"type": what} | facts)
        return answer

    def debrief_asked(self) -> str:
        """Ana had an escalated contact and her break is over; ben is asked to listen: the id of the debrief."""
        for agent_id in ("ana", "ben"):
            self.agent(agent_id, debrief_opt_in=True)
        self.ticket("T1", escalated=True)
        self.happened("T1", "resolved")
        self.clock.instant_s += 610
        self.agent("cleo")
        (found,) = self.ok("ana", "GET", "/v1/agents/ana/debriefs")["items"]
        return str(found["id"])


_included: dict[int, Any] = {}  # by router


def share_routes(app: FastAPI) -> None:
    """FastAPI puts the routes of a router together at the first call to each app: 100 ms of work with one result for all of them, so that
    every app takes the routers as the first one included them."""
    for index, each in enumerate(app.router.routes):
        if (router := getattr(each, "original_router", None)) is not None:
            app.router.routes[index] = _included.setdefault(id(router), each)


@contextmanager
def world(database_url: str, clock: SteppedClock | None = None, **settings: Any) -> Iterator[World]:
    clock = clock or SteppedClock(NOON_S)
    app = create_app(Settings(database_url=database_url, **settings), clock)
    share_routes(app)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield World(client, clock)
