"""A morning of a team, for the code of any earlier version: `make.py` runs it there. Prints what the service told of it last."""

import hashlib
import json
import sys
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from fastapi.testclient import TestClient

from api.clock import Clock
from api.main import create_app
from api.settings import DEFAULT_TEAM, Settings
from api.store import keys
from api.store.tables import keys as key_table


class Stepped(Clock):
    """Set by hand."""

    def __init__(self) -> None:
        self.instant_s, self.rate = 1_772_452_800.0, 1.0

    def now_s(self) -> float:
        return self.instant_s

    def real_s(self, span_s: float) -> float:
        return 3600.0

    def continued_from(self, instant_s: float) -> Clock:
        return self


class Morning:
    """Calls the service as each role; keys are known words, so that they can be used later."""

    def __init__(self, client: TestClient, clock: Stepped) -> None:
        self.client, self.clock = client, clock
        with client.app.state.services.engine.begin() as connection:  # type: ignore[attr-defined]
            for role, agent in (("admin", None), ("helpdesk", None), ("manager", None), ("agent", "ana"), ("agent", "ben")):
                key_id, _ = keys.create(connection, DEFAULT_TEAM, role, agent, clock.now_s())
                known = hashlib.sha256(f"old-{agent or role}".encode()).hexdigest()
                connection.execute(sa.update(key_table).where(key_table.c.id == key_id).values(hash=known))

    def call(self, who: str, method: str, path: str, body: Any = None, **more: str) -> Any:
        answer = self.client.request(method, path, json=body, headers={"Authorization": f"Bearer old-{who}"} | more)
        assert answer.status_code < 300, (path, answer.text)
        return answer.json()

    def ticket(self, name: str, **facts: Any) -> None:
        at = datetime.fromtimestamp(self.clock.now_s(), UTC).isoformat()
        body = {"id": name, "account_id": "acme", "subject": "words that nobody keeps", "created_at": at} | facts
        self.call("helpdesk", "POST", "/v1/tickets", body, **{"Idempotency-Key": f"key-{name}"})

    def settle_in(self) -> None:
        for name in ("ana", "ben"):
            self.call("admin", "PUT", f"/v1/agents/{name}", {"name": name.title(), "skills": {"export": 3}, "time_zone": "Europe/Rome"})
            self.call("helpdesk", "POST", f"/v1/agents/{name}/status", {"status": "online"})
        self.call("manager", "PUT", "/v1/policy", {"break_min_s": 660})
        self.call("helpdesk", "PUT", "/v1/accounts/beta", {"arr": 50000, "renewal_date": "2026-03-20"})
        self.call("manager", "PUT", "/v1/exclusions/ben/beta", {"reason": "asked for it"})
        self.call("ana", "PUT", "/v1/agents/ana/personal-mode", {"opt_in": True})
        self.call("ana", "POST", "/v1/agents/ana/check-ins", {"answer": 4.5}, **{"Idempotency-Key": "check-in"})

    def work(self) -> None:
        for number in range(4):
            self.ticket(f"T{number}", account_id=f"account-{number % 2}", skills=["export"], escalated=number == 3)
            self.clock.instant_s += 120
        for each in self.call("helpdesk", "GET", "/v1/tickets")["items"]:
            if each["agent_id"]:
                self.call("helpdesk", "POST", f"/v1/tickets/{each['id']}/events", {"type": "contact"})
                self.call(each["agent_id"], "POST", f"/v1/agents/{each['agent_id']}/taps", {"ticket_id": each["id"], "rating": "hard"})
                self.call("helpdesk", "POST", f"/v1/tickets/{each['id']}/events", {"type": "resolved"})
        self.ticket("in-hand", skills=["export"])
        self.ticket("waits", skills=["nobody-has-it"])
        self.call("manager", "GET", "/v1/agents/ana/recovery")

    def ask(self) -> None:
        made = self.call("manager", "POST", "/v1/simulations", {"kind": "simulate", "scenario": "small-team", "replications": 1})
        self.call("manager", "DELETE", f"/v1/simulations/{made['id']}")

    def told(self) -> dict[str, Any]:
        recovery = {name: self.call(name, "GET", f"/v1/agents/{name}/recovery") for name in ("ana", "ben")}
        waiting = [each["id"] for each in self.call("helpdesk", "GET", "/v1/tickets?state=waiting")["items"]]
        return {"now_s": self.clock.now_s(), "recovery": recovery, "waiting": waiting}


if __name__ == "__main__":
    url, migration = sys.argv[1:]
    clock = Stepped()
    with TestClient(create_app(Settings(database_url=url), clock)) as client:
        morning = Morning(client, clock)
        morning.settle_in()
        morning.work()
        if migration >= "0004":
            morning.ask()
        print(json.dumps(morning.told()))
