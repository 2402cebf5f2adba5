"""The service against a simple model of tickets, agents and breaks, through crashes: what was told before one is so after it.

A crash is the files of the database as they lie there while the service runs, opened by another service: what kill -9 leaves.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from api.store.database import open_database
from api.store.repository import Repository
from router.replay import replay
from router.state import TeamState
from support.stepped_clock import SteppedClock
from support.world import NOON_S, World, world

AGENTS = ("ana", "ben", "cem")
agent_ids = st.sampled_from(AGENTS)


class Service(RuleBasedStateMachine):
    """A team of three behind the API. The model: bodies and states of tickets, statuses of agents, and when each break was said to end."""

    def __init__(self) -> None:
        super().__init__()
        self.folder, self.files, self.clock = Path(tempfile.mkdtemp()), 0, SteppedClock(NOON_S)
        self.open = contextlib.ExitStack()
        self.bodies: dict[str, dict[str, Any]] = {}
        self.events: list[tuple[str, dict[str, Any]]] = []
        self.over: set[str] = set()
        self.online: set[str] = set(AGENTS)
        self.told: dict[str, dict[str, Any]] = {}

    @property
    def database(self) -> Path:
        return self.folder / f"{self.files}.db"

    def serve(self) -> None:
        self.world: World = self.open.enter_context(world(f"sqlite:///{self.database}", self.clock))

    @initialize()
    def begin(self) -> None:
        self.serve()
        for agent_id in AGENTS:
            self.world.agent(agent_id, concurrency={"email": 3})
        self.learn()

    def learn(self) -> None:
        """What everybody's recovery is said to be; from now on only what happens to them may change it."""
        self.told = {each: self.recovery(each) for each in AGENTS}

    def recovery(self, agent_id: str) -> dict[str, Any]:
        found = self.world.ok(agent_id, "GET", f"/v1/agents/{agent_id}/recovery")
        return {name: found[name] for name in ("state", "until", "because", "owed")}

    @rule(escalated=st.booleans(), account=st.sampled_from(["acme", "initech"]))
    def ticket_comes(self, escalated: bool, account: str) -> None:
        ticket_id = f"T{len(self.bodies)}"
        body = {"id": ticket_id, "account_id": account, "subject": "s", "created_at": self.world.at(), "escalated": escalated}
        answer = self.world.ok("helpdesk", "POST", "/v1/tickets", body)
        self.bodies[ticket_id] = body
        agent_id = answer["decision"]["agent_id"]
        assert (answer["decision"]["lane"] == "agent") == (agent_id is not None)
        assert agent_id is None or (agent_id in self.online and self.told[agent_id]["state"] != "break")

    @precondition(lambda self: self.bodies)
    @rule(data=st.data())
    def ticket_comes_again(self, data: st.DataObject) -> None:
        ticket_id = data.draw(st.sampled_from(sorted(self.bodies)))
        before = self.world.ok("helpdesk", "GET", f"/v1/tickets/{ticket_id}")
        response = self.world("helpdesk", "POST", "/v1/tickets", self.bodies[ticket_id])
        assert (response.status_code, response.json()["ticket"]) == (200, before)

    @precondition(lambda self: self.bodies)
    @rule(data=st.data(), what=st.sampled_from(["resolved", "resolved", "escalated", "declined", "reopened"]))
    def something_happens(self, data: st.DataObject, what: str) -> None:
        ticket_id = data.draw(st.sampled_from(sorted(self.bodies)))
        self.clock.instant_s += 0.001  # of what happened at one instant, "resolved" counts as the first
        event = {"type": what, "event_id": f"e{len(self.events)}", "agent_id": data.draw(agent_ids) if what == "declined" else None}
        self.world.ok("helpdesk", "POST", f"/v1/tickets/{ticket_id}/events", event)
        self.events.append((ticket_id, event))
        if what in ("resolved", "reopened"):
            (self.over.add if what == "resolved" else self.over.discard)(ticket_id)
        self.learn()

    @precondition(lambda self: self.events)
    @rule(data=st.data())
    def news_come_again(self, data: st.DataObject) -> None:
        ticket_id, event = data.draw(st.sampled_from(self.events))
        before = self.everything()
        self.world.ok("helpdesk", "POST", f"/v1/tickets/{ticket_id}/events", event)
        assert self.everything() == before

    @rule(agent_id=agent_ids, online=st.booleans())
    def status(self, agent_id: str, online: bool) -> None:
        self.world.ok("helpdesk", "POST", f"/v1/agents/{agent_id}/status", {"status": "online" if online else "offline"})
        (self.online.add if online else self.online.discard)(agent_id)
        self.learn()

    @rule(span_s=st.sampled_from([1.0, 90.0, 599.0, 3600.0]))
    def time_passes(self, span_s: float) -> None:
        """A break that was told ends when that was said, and not before."""
        before, self.clock.instant_s = self.told, self.clock.instant_s + span_s
        now = self.world.at()
        self.world.ok("helpdesk", "PUT", "/v1/accounts/other", {})  # any request makes the dispatcher look at its clock
        self.learn()
        for agent_id, was in before.items():
            if was["state"] == "break":
                assert (self.told[agent_id]["state"] == "break") == (now < was["until"]), (was, self.told[agent_id], now)

    @rule()
    def crash(self) -> None:
        before, old = self.everything(), self.database
        self.files += 1
        for end in ("", "-wal"):
            shutil.copy(f"{old}{end}", f"{self.database}{end}")
        self.open.close()
        self.serve()
        assert self.everything() == before

    def everything(self) -> list[Any]:
        """All that is told of the team."""
        lists = ("/v1/tickets?limit=500", "/v1/decisions?limit=500")
        found = [self.world.ok("helpdesk", "GET", each)["items"] for each in lists]
        return [*found, self.world.ok("admin", "GET", "/v1/agents")["items"], {each: self.recovery(each) for each in AGENTS}]

    @invariant()
    def the_model_is_right(self) -> None:
        found = {each["id"]: each["state"] for each in self.world.ok("helpdesk", "GET", "/v1/tickets?limit=500")["items"]}
        assert set(found) == set(self.bodies)
        assert {each for each, state in found.items() if state == "resolved"} == self.over
        waiting = {each["ticket_id"] for each in self.world.ok("helpdesk", "GET", "/v1/queue")["items"]}
        assert waiting == {each for each, state in found.items() if state == "waiting"}
        assert {each: self.recovery(each) for each in AGENTS if self.told[each]["state"] == "break"} == {
            each: told for each, told in self.told.items() if told["state"] == "break"
        }

    def teardown(self) -> None:
        self.open.close()
        if self.bodies:
            engine = open_database(f"sqlite:///{self.database}")
            with engine.connect().execution_options(reading=True) as connection:
                assert replay(TeamState(), Repository(connection).log("default")).differences == ()
            engine.dispose()
        shutil.rmtree(self.folder)


TestService = Service.TestCase
TestService.settings = settings(max_examples=3, stateful_step_count=22, suppress_health_check=list(HealthCheck), deadline=None)
