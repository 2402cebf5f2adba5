"""The demo team: eight agents in three shifts, forty accounts, customers who seldom write, and traffic that comes in through the routing
API like a helpdesk's. It is so much that the team stays well: what a shift carries over, the hours off it mend."""

from __future__ import annotations

import math
import random
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import sqlalchemy as sa

from api import instants
from api.clock import Clock
from api.settings import DEFAULT_TEAM
from api.store import keys
from api.store.repository import Repository

AGENTS = {
    "ana": ("Ana Ferri", {"billing": 4, "product": 3}, ["en", "it"]),
    "ben": ("Ben Okoye", {"product": 5}, ["en"]),
    "chloe": ("Chloé Martin", {"billing": 3, "product": 4}, ["en", "fr"]),
    "dev": ("Dev Patel", {"product": 4, "integration": 5}, ["en"]),
    "emi": ("Emi Sato", {"integration": 4, "product": 3}, ["en"]),
    "finn": ("Finn Larsen", {"billing": 5}, ["en"]),
    "gio": ("Gio Russo", {"product": 4, "billing": 2}, ["en", "it"]),
    "hana": ("Hana Kim", {"product": 3, "integration": 3}, ["en"]),
}
ACCOUNTS = [f"account-{number:02d}" for number in range(40)]
DIFFICULT = ACCOUNTS[:6]
SELDOM = [f"customer-{number:04d}" for number in range(5000)]
WHO_WRITES = (0.05, 0.15, 0.8)  # shares of tickets: of difficult accounts, of any of the forty, of customers who seldom write
CATEGORIES = ("password_reset", "invoice_copy", "how_to", "bug", "integration")
POLICY = {"automation": {"categories": ["password_reset", "invoice_copy"]}, "max_wait_s": {"normal": 7200, "high": 3600}}
TICK_S = 0.5
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SHIFTS = {  # begin so many hours after the hour that the demo begins in
    "ana": 0,
    "ben": 0,
    "dev": 0,
    "gio": 0,
    "chloe": 8,
    "emi": 8,
    "finn": 16,
    "hana": 16,
}
SHIFT_H = 9
BUSY_H = 9
TICKETS_PER_HOUR, QUIET_PER_HOUR = 18.0, 6.0
HANDLING_S = 420.0


def make_keys(engine: sa.Engine, now_s: float) -> dict[str, str]:
    """A key for each role; the agent's is Ana's."""
    with engine.begin() as connection:
        Repository(connection).create_team(DEFAULT_TEAM, now_s)
        roles = {"admin": None, "helpdesk": None, "manager": None, "agent": "ana"}
        return {role: keys.create(connection, DEFAULT_TEAM, role, agent, now_s)[1] for role, agent in roles.items()}


@dataclass
class Traffic:
    """A helpdesk in a thread. It speaks HTTP, and knows nothing but what the API tells it."""

    url: str
    keys: dict[str, str]
    clock: Clock
    chance: random.Random = field(default_factory=lambda: random.Random(7))
    stopped: threading.Event = field(default_factory=threading.Event)
    _count: int = 0
    _first_h: int = 0
    _due_s: dict[str, float] = field(default_factory=dict)

    def seed(self) -> None:
        """The team, its accounts and its policy; everybody comes online."""
        began = datetime.fromtimestamp(self.clock.now_s(), UTC)
        today, self._first_h = began.date(), began.hour
        self._call("manager", "PUT", "/v1/policy", POLICY)
        for agent_id, (name, skills, languages) in AGENTS.items():
            start, end = (f"{(self._first_h + SHIFTS[agent_id] + hours) % 24:02d}:00" for hours in (0, SHIFT_H))
            profile = {
                "name": name,
                "skills": skills,
                "languages": languages,
                "concurrency": {"email": 4, "chat": 2, "phone": 1},
                "shifts": [{"day": day, "start": start, "end": end} for day in DAYS],
            }
            self._call("admin", "PUT", f"/v1/agents/{agent_id}", profile)
            self._call("helpdesk", "POST", f"/v1/agents/{agent_id}/status", {"status": "online"})
        for account_id in ACCOUNTS:
            facts = {
                "arr": round(12_000 * math.exp(self.chance.gauss(0, 0.9)), -2),
                "renewal_date": (today + timedelta(days=self.chance.randint(5, 360))).isoformat(),
                "tier": self.chance.choice(["standard", "plus"]),
            }
            self._call("helpdesk", "PUT", f"/v1/accounts/{account_id}", facts)

    def run(self) -> None:
        """Seed, then tick until told to stop."""
        with httpx2.Client(base_url=self.url, timeout=10.0) as client:
            try:
                self.begin(client)
                while not self.stopped.wait(TICK_S):
                    self.tick(TICK_S * self.clock.rate)
            except httpx2.TransportError:
                if not self.stopped.is_set():
                    raise

    def begin(self, client: httpx2.Client) -> None:
        """Seed, by this client from now on; and a first ticket."""
        self._client = client
        self.seed()
        self._hot_ticket("ana")

    def tick(self, span_s: float) -> None:
        """What comes in within `span_s` of the service's clock, and what people and bots are done with."""
        for _ in range(self._arrivals(self._per_hour() * span_s / 3600)):
            self._open()
        team = self._call("manager", "GET", "/v1/team")["agents"]
        resting = {each["agent_id"] for each in team if each["on_shift"] and not each["available"]}  # after a shift its last work is done
        for state in ("assigned", "automation"):
            for ticket in self._call("helpdesk", "GET", f"/v1/tickets?state={state}&limit=200")["items"]:
                self._work(ticket, resting)

    def _work(self, ticket: dict[str, Any], resting: set[str]) -> None:
        now_s, ticket_id = self.clock.now_s(), ticket["id"]
        due_s = self._due_s.setdefault(ticket_id, now_s + self.chance.lognormvariate(math.log(HANDLING_S), 0.6))
        if now_s < due_s or ticket["agent_id"] in resting:
            return
        del self._due_s[ticket_id]
        if ticket["state"] == "automation":
            self._happened(ticket_id, "automation_failed" if self.chance.random() < 0.15 else "automation_resolved")
            return
        if self.chance.random() < (0.3 if ticket["account_id"] in DIFFICULT else 0.03):
            self._happened(ticket_id, "escalated")
        self._happened(ticket_id, "contact")
        self._happened(ticket_id, "resolved")

    def _open(self, **facts: Any) -> dict[str, Any]:
        self._count += 1
        category = self.chance.choices(CATEGORIES, weights=(3, 1, 3, 3, 1))[0]
        ticket = {
            "id": f"T-{self._count:05d}",
            "account_id": self._account(),
            "subject": "demo ticket",
            "created_at": instants.text(self.clock.now_s()),
            "category": category,
            "skills": ["integration"] if category == "integration" else [],
            "channel": self.chance.choices(("email", "chat", "phone"), weights=(7, 2, 1))[0],
            "priority": self.chance.choices(("low", "normal", "high"), weights=(2, 7, 1))[0],
        }
        answer: dict[str, Any] = self._call("helpdesk", "POST", "/v1/tickets", ticket | facts)
        return answer

    def _per_hour(self) -> float:
        """Tickets an hour: many while the first shift is here, few afterwards."""
        into_day_h = (self.clock.now_s() / 3600 - self._first_h) % 24
        return TICKETS_PER_HOUR if into_day_h < BUSY_H else QUIET_PER_HOUR

    def _account(self) -> str:
        """Who writes: mostly somebody who seldom does."""
        known = self.chance.choices((DIFFICULT, ACCOUNTS, SELDOM), weights=WHO_WRITES)[0]
        return self.chance.choice(known)

    def _hot_ticket(self, agent_id: str) -> None:
        """One escalation to begin with, so that the agent's page has something to show."""
        ticket_id = self._open(account_id="account-00", escalated=True, channel="email", skills=[])["ticket"]["id"]
        self._call("manager", "POST", f"/v1/tickets/{ticket_id}/override", {"agent_id": agent_id, "reason": "demo"})
        self._happened(ticket_id, "contact")
        self._happened(ticket_id, "resolved")

    def _happened(self, ticket_id: str, what: str) -> None:
        self._call("helpdesk", "POST", f"/v1/tickets/{ticket_id}/events", {"type": what})

    def _arrivals(self, mean: float) -> int:
        """A Poisson number by inversion; the mean is small."""
        count, left, chance = 0, self.chance.random(), math.exp(-mean)
        while left > chance:
            left -= chance
            count += 1
            chance *= mean / count
        return count

    def _call(self, role: str, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        response = self._client.request(method, path, json=body, headers={"Authorization": f"Bearer {self.keys[role]}"})
        response.raise_for_status()
        return response.json()
