"""A working day of a helpdesk, faster than life: its tickets, its people with their streams and pages, and its managers."""

from __future__ import annotations

import asyncio
import json
import math
import random
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from http_wire import Refused, Wire
from load_hooks import Hooks
from mails import mail

HOURS = (3, 6, 10, 11, 9, 6, 8, 10, 8, 4)  # how the tickets lie on the ten hours of the day
DAY_S = len(HOURS) * 3600.0
HANDLING_S, HANDLING_SIGMA = 480.0, 0.6
DIFFICULT, DIFFICULT_SHARE = 0.15, 0.35  # of the accounts, and what share of the tickets they write
ESCALATES, ESCALATES_DIFFICULT, ANSWERS, TAPS = 0.02, 0.15, 0.4, 0.1
CATEGORIES = ("password_reset", "invoice_copy", "how_to", "bug", "integration")
POLICY = {"automation": {"categories": ["password_reset", "invoice_copy"]}, "max_wait_s": {"normal": 7200, "high": 3600}}
MANAGER_LOOKS_S, AGENT_LOOKS_S = 900.0, 2400.0  # on the clock of the service


@dataclass(slots=True)
class Call:
    """One call: what kind, when it was made and how long it took, in seconds of life, and what was answered."""

    kind: str
    at_s: float
    took_s: float
    status: int


@dataclass(slots=True)
class Team:
    """A team's keys by role, `agent` by agent, and its accounts."""

    name: str
    keys: dict[str, str]
    agents: dict[str, str]
    accounts: int


@dataclass(slots=True)
class Book:
    """What happened, for the report; `told_s`: from a resolved escalation to the agent's stream saying that a break is due; `before` and
    `after`: what the service had counted when the day began and ended."""

    calls: list[Call] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    told_s: list[float] = field(default_factory=list)
    delivery_s: list[float] = field(default_factory=list)
    delivered: int = 0
    lanes: dict[str, int] = field(default_factory=dict)
    breaks: int = 0
    streams: int = 0
    before: dict[str, float] = field(default_factory=dict)
    after: dict[str, float] = field(default_factory=dict)


class Day:
    """One team's day against a running service; every wait is on the service's clock, which runs at `rate`."""

    def __init__(self, wire: Wire, team: Team, book: Book, rate: float, tickets: int, chance: random.Random) -> None:
        self.wire, self.team, self.book, self.rate, self.tickets, self.chance = wire, team, book, rate, tickets, chance
        self.people: dict[str, Person] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._begun_s = time.perf_counter()
        self._clock_s = 0.0

    async def call(self, kind: str, method: str, path: str, key: str, body: Any = None) -> Any:
        """The decoded answer, None where it was an error, which is noted."""
        started = time.perf_counter()
        try:
            status, answer = await self.wire.call(method, path, key, body)
        except (OSError, asyncio.IncompleteReadError) as error:
            status, answer = 0, repr(error).encode()
        self.book.calls.append(Call(kind, started, time.perf_counter() - started, status))
        if not 200 <= status < 300:
            self.book.wrong.append(f"{method} {path}: {status} {answer[:300].decode(errors='replace')}")
            return None
        return _decoded(answer)

    async def prepare(self, hooks: Hooks, port: int) -> None:
        """Policy, people, accounts and a subscription to assignments, before the clock of the report runs; `hooks` listen on `port`."""
        wanted = {"url": f"http://127.0.0.1:{port}/{self.team.name}", "types": ["ticket.assigned", "recovery.started"]}
        made = await self.call("set-up", "POST", "/v1/subscriptions", self.team.keys["admin"], wanted)
        hooks.expect(self.team.name, made["secret"], self._told)
        await self.call("set-up", "PUT", "/v1/policy", self.team.keys["manager"], POLICY)
        for number, agent_id in enumerate(self.team.agents):
            profile = {"name": f"Agent {number}", "skills": {"integration": 3} if number % 3 == 0 else {}, "concurrency": {"email": 4}}
            await self.call("set-up", "PUT", f"/v1/agents/{agent_id}", self.team.keys["admin"], profile)
        for number in range(self.team.accounts):
            facts = {"arr": round(12_000 * math.exp(self.chance.gauss(0, 0.9)), -2), "tier": self.chance.choice(["standard", "plus"])}
            await self.call("set-up", "PUT", f"/v1/accounts/account-{number}", self.team.keys["helpdesk"], facts)

    async def run(self) -> None:
        """The whole day. Ends when its last hour has."""
        some = next(iter(self.team.agents))
        view = await self.call("set-up", "GET", f"/v1/agents/{some}/recovery", self.team.keys["helpdesk"])
        self._begun_s, self._clock_s = time.perf_counter(), datetime.fromisoformat(view["now"]).timestamp()
        for agent_id, key in self.team.agents.items():
            self.people[agent_id] = Person(self, agent_id, key, random.Random(self.chance.random()))
            self._begin(self.people[agent_id].day())
        self._begin(self._manager())
        for number, at_s in enumerate(self._arrivals()):
            await self.until(at_s)
            self._begin(self._ticket(number))
        await self.until(DAY_S)
        for task in self._tasks:
            task.cancel()
        for found in await asyncio.gather(*self._tasks, return_exceptions=True):
            if isinstance(found, Exception):
                self.book.wrong.append(repr(found))

    async def until(self, day_s: float) -> None:
        """Sleep until an instant of the day, in seconds from its beginning."""
        await asyncio.sleep(self.left_s(day_s))

    def left_s(self, day_s: float) -> float:
        """Seconds of life until an instant of the day."""
        return max(0.0, self._begun_s + day_s / self.rate - time.perf_counter())

    async def wait(self, span_s: float) -> None:
        await asyncio.sleep(span_s / self.rate)

    def instant(self) -> str:
        """Now on the clock of the service, or a little before: what lies ahead is refused."""
        return datetime.fromtimestamp(self._now_s() - 1.0, UTC).isoformat()

    def _now_s(self) -> float:
        return self._clock_s + (time.perf_counter() - self._begun_s) * self.rate

    def assigned(self, ticket_id: str, agent_id: str) -> None:
        """A ticket is on somebody's desk; told twice, it is there once."""
        self.people[agent_id].take(ticket_id)

    def _arrivals(self) -> list[float]:
        hours = self.chance.choices(range(len(HOURS)), weights=HOURS, k=self.tickets)
        return sorted((hour + self.chance.random()) * 3600.0 for hour in hours)

    def _begin(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)

    async def _ticket(self, number: int) -> None:
        hard = self.chance.random() < DIFFICULT_SHARE
        account = self.chance.randrange(max(1, int(self.team.accounts * DIFFICULT)) if hard else self.team.accounts)
        category = self.chance.choices(CATEGORIES, weights=(3, 1, 3, 3, 1))[0]
        ticket = {
            "id": f"T-{number}",
            "account_id": f"account-{account}",
            "subject": "Export fails",
            "body": mail(number),
            "created_at": self.instant(),
            "category": category,
            "skills": ["integration"] if category == "integration" else [],
            "priority": self.chance.choices(("low", "normal", "high"), weights=(2, 7, 1))[0],
            "escalated": self.chance.random() < (ESCALATES_DIFFICULT if hard else ESCALATES),
        }
        answer = await self.call("ticket in", "POST", "/v1/tickets", self.team.keys["helpdesk"], ticket)
        if answer is None:
            return
        lane = answer["decision"]["lane"]
        self.book.lanes[lane] = self.book.lanes.get(lane, 0) + 1
        if lane == "automation":
            await self.wait(self.chance.uniform(20, 90))
            await self.happened(ticket["id"], "automation_failed" if self.chance.random() < 0.15 else "automation_resolved")

    async def happened(self, ticket_id: str, what: str, **facts: Any) -> None:
        """An event of a ticket."""
        body = {"type": what, "event_id": f"{ticket_id}-{what}-{self.chance.random():.9f}"} | facts
        await self.call("event", "POST", f"/v1/tickets/{ticket_id}/events", self.team.keys["helpdesk"], body)

    def _told(self, event: dict[str, Any]) -> None:
        """A webhook: who was given what, also what waited before."""
        self.book.delivered += 1
        if self._clock_s and event["type"] == "ticket.assigned":  # a break is told again where its end has moved, as of when it began
            self.book.delivery_s.append(max(0.0, (self._now_s() - datetime.fromisoformat(event["timestamp"]).timestamp()) / self.rate))
        if event["type"] == "ticket.assigned" and self.people:
            self.assigned(event["data"]["ticket_id"], event["data"]["agent_id"])

    async def _manager(self) -> None:
        """Looks at the team and at what waits, and at the page."""
        key = self.team.keys["manager"]
        while True:
            await self.wait(self.chance.expovariate(1 / MANAGER_LOOKS_S))
            for path, kind in (("/v1/team", "team, queue"), ("/v1/queue", "team, queue"), ("/team", "page")):
                await self.call(kind, "GET", path, key)


class Person:
    """An agent: starts, works on tickets one after the other, rests when the stream says so, has lunch and goes home."""

    def __init__(self, day: Day, agent_id: str, key: str, chance: random.Random) -> None:
        self.day_, self.id, self.key, self.chance = day, agent_id, key, chance
        self._desk: deque[str] = deque()
        self._seen: set[str] = set()
        self._changed = asyncio.Event()
        self._state = "ready"
        self._escalated_s: float | None = None

    def take(self, ticket_id: str) -> None:
        if ticket_id not in self._seen:
            self._seen.add(ticket_id)
            self._desk.append(ticket_id)
            self._changed.set()

    async def day(self) -> None:
        """From the first status to the last."""
        begins_s, ends_s = self.chance.uniform(0, 3600), DAY_S - self.chance.uniform(0, 3600)
        lunch_s = self.chance.uniform(0.4, 0.55) * DAY_S
        await self.day_.until(begins_s)
        await self._status("online")
        listening = [asyncio.create_task(self._listen()), asyncio.create_task(self._look())]
        try:
            await self._work(lunch_s)
            await self._status("away")
            await self.day_.wait(1800)
            await self._status("online")
            await self._work(ends_s)
            await self._status("offline")
        finally:
            for each in listening:
                each.cancel()

    async def _status(self, status: str) -> None:
        await self.day_.call("status", "POST", f"/v1/agents/{self.id}/status", self.day_.team.keys["helpdesk"], {"status": status})

    async def _work(self, until_s: float) -> None:
        """Until an instant of the day: the next ticket, or wait for one."""
        try:
            async with asyncio.timeout(self.day_.left_s(until_s)):
                while True:
                    if self._state == "break" or not self._desk:
                        self._changed.clear()
                        await self._changed.wait()
                    else:
                        ticket_id = self._desk.popleft()
                        await self._handle(ticket_id)
        except TimeoutError:
            return

    async def _handle(self, ticket_id: str) -> None:
        day = self.day_
        await day.happened(ticket_id, "accepted", agent_id=self.id)
        await day.wait(HANDLING_S * math.exp(self.chance.gauss(-(HANDLING_SIGMA**2) / 2, HANDLING_SIGMA)))
        if self.chance.random() < ANSWERS:
            await day.happened(ticket_id, "message", body=mail(self.chance.randrange(1000)))
        hot = self.chance.random() < 2 * ESCALATES
        if hot:
            await day.happened(ticket_id, "escalated")
        await day.happened(ticket_id, "contact", agent_id=self.id)
        if hot and self._state == "ready":
            self._escalated_s = time.perf_counter()
        await day.happened(ticket_id, "resolved")
        if self.chance.random() < TAPS:
            rating = self.chance.choice(["nothing", "a_bit", "hard", "awful"])
            await day.call("tap", "POST", f"/v1/agents/{self.id}/taps", self.key, {"ticket_id": ticket_id, "rating": rating})

    async def _listen(self) -> None:
        """The stream of the agent's page. One that ends is opened again, as a browser does."""
        self.day_.book.streams += 1
        while True:
            try:
                async for name, view in self.day_.wire.events(f"/v1/agents/{self.id}/recovery/stream", self.key):
                    if name == "recovery":
                        self._heard(view)
            except (OSError, Refused) as error:
                self.day_.book.wrong.append(f"stream of {self.id}: {error!r}")
            await asyncio.sleep(1.0)

    def _heard(self, view: dict[str, Any]) -> None:
        if self._escalated_s is not None and view["state"] in ("pending", "break"):
            self.day_.book.told_s.append(time.perf_counter() - self._escalated_s)
            self._escalated_s = None
        if view["state"] == "break" and self._state != "break":
            self.day_.book.breaks += 1
        self._state = view["state"]
        self._changed.set()

    async def _look(self) -> None:
        """At the page, and now and then at the statement."""
        while True:
            await self.day_.call("page", "GET", "/me", self.key)
            await self.day_.wait(self.chance.expovariate(1 / AGENT_LOOKS_S))
            if self.chance.random() < 0.3:
                await self.day_.call("page", "GET", "/me/statement", self.key)


def _decoded(answer: bytes) -> Any:
    return json.loads(answer) if answer[:1] in (b"{", b"[") else answer
