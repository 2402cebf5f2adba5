"""kill -9, round after round, while callers post tickets, events, statuses, moved breaks and overrides and repeat what got no answer."""

from __future__ import annotations

import http.client
import itertools
import json
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa

from api import instants
from api.settings import DEFAULT_TEAM
from api.store import keys
from api.store.checking import differing_decisions
from api.store.database import open_database, upgrade
from api.store.repository import Repository
from api.store.tables import breaks, checkpoints, decisions, events, tickets
from router import snapshot
from router.evolve import evolve
from router.plain import plain
from router.replay import replay
from router.state import TeamState
from support.patience import until
from support.warm_server import WarmServer

AGENTS = tuple(f"a{number}" for number in range(6))
CALLERS = 4
RATE = 100.0
BACK_S = 1.0  # in life: a clock that is faster goes on from the newest of the log, a moment before what was told last
CREATED = "2026-03-02T11:00:00Z"
STEPS_MAX = 300  # of the store, of which a start takes some sixty
ANSWERS_MAX = 12
HELD_MAX = 6  # tickets that a caller has open: with a queue that grew, each round would cost more than the one before
CHECKPOINT_EVERY = 50  # events, where the service takes 2,000: kills come in the middle of many, and starts after as many
STORIES = {
    True: (("contact", "resolved", "reopened", "resolved"), ("contact", "resolved")),
    False: (("escalated", "contact", "resolved"), ("contact", "resolved"), ("resolved",)),
}


@dataclass(frozen=True, slots=True)
class Call:
    """One request, the same each time it is made; `kind` is what it puts into the log."""

    kind: str
    path: str
    body: dict[str, Any]
    role: str = "helpdesk"
    key: str | None = None


@dataclass(slots=True)
class Desk:
    """What the callers share: where to call, with which keys, and what was answered."""

    port: int
    secrets: dict[str, str]
    answered: list[tuple[Call, int, str]] = field(default_factory=list)
    told: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    retries: int = 0
    stopping: bool = False
    news: threading.Event = field(default_factory=threading.Event)


class Line:
    """A connection that is made anew, and a request that is made again, until there is an answer."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self._connection = desk, http.client.HTTPConnection("127.0.0.1", desk.port, timeout=60)

    def ask(self, role: str, method: str, path: str, body: Any = None, key: str | None = None) -> tuple[int, str]:
        headers = {"Authorization": f"Bearer {self.desk.secrets[role]}", "Content-Type": "application/json"}
        headers |= {} if key is None else {"Idempotency-Key": key}
        while True:
            try:
                self._connection.request(method, path, None if body is None else json.dumps(body), headers)
                response = self._connection.getresponse()
                return response.status, response.read().decode()
            except (http.client.HTTPException, OSError):
                self._connection.close()
                self.desk.retries += 1

    def make(self, call: Call) -> tuple[int, str]:
        return self.ask(call.role, "POST", call.path, call.body, call.key)

    def close(self) -> None:
        self._connection.close()


class Caller(threading.Thread):
    """Makes calls, seeded, one after the other, until it is told to stop; none is left without an answer."""

    def __init__(self, desk: Desk, name: str, seed: int) -> None:
        super().__init__(name=name, daemon=True)
        self.desk, self.chance = desk, np.random.default_rng(seed)
        self.held: list[tuple[str, Sequence[str]]] = []  # tickets, and what is still to happen on each

    def run(self) -> None:
        line = Line(self.desk)
        for number in itertools.count():
            if self.desk.stopping:
                return line.close()
            call = self._next(f"{self.name}-{number}")
            status, text = line.make(call)
            if status not in (200, 201, 409):
                self.desk.broken.append(f"{call}: {status} {text}")
            self.desk.answered.append((call, status, text))
            self.desk.news.set()

    def _next(self, mark: str) -> Call:
        kind = self.chance.choice(["open", "happened", "status", "shift", "override"], p=[0.4, 0.45, 0.05, 0.05, 0.05])
        kind = "happened" if kind == "open" and len(self.held) >= HELD_MAX else kind
        agent_id = str(self.chance.choice(AGENTS))
        if kind == "status":
            body = {"status": str(self.chance.choice(["online", "online", "back_office"]))}
            return Call("agent_status", f"/v1/agents/{agent_id}/status", body, key=mark)
        if kind == "shift":
            body = {"minutes": int(self.chance.integers(1, 15))}
            return Call("break_shifted", f"/v1/agents/{agent_id}/recovery/shift", body, agent_id, mark)
        if kind == "override" and self.held:
            ticket_id, _ = self.held[int(self.chance.integers(len(self.held)))]
            return Call("overridden", f"/v1/tickets/{ticket_id}/override", {"agent_id": agent_id, "reason": mark}, "manager", mark)
        if kind == "happened" and self.held:
            ticket_id, left = self.held[0]
            what, rest = left[0], left[1:]
            self.held = self.held[1:] + ([(ticket_id, rest)] if rest else [])
            named = {"agent_id": agent_id} if what == "contact" else {}
            return Call("ticket_event", f"/v1/tickets/{ticket_id}/events", {"type": what, "event_id": mark} | named)
        hot = bool(self.chance.random() < 0.4)
        self.held.append((mark, STORIES[hot][int(self.chance.integers(len(STORIES[hot])))]))
        account = f"x{self.chance.integers(9)}"
        return Call(
            "ticket_opened", "/v1/tickets", {"id": mark, "account_id": account, "subject": "s", "created_at": CREATED, "escalated": hot}
        )


class Watcher(threading.Thread):
    """Asks for one recovery after the other, once for each of the callers' answers at most, and keeps what was told."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(name="watcher", daemon=True)
        self.desk = desk

    def run(self) -> None:
        line = Line(self.desk)
        for agent_id in itertools.cycle(AGENTS):
            if self.desk.stopping:
                return line.close()
            self.desk.news.wait(1.0)
            self.desk.news.clear()
            status, text = line.ask("helpdesk", "GET", f"/v1/agents/{agent_id}/recovery")
            if status == 200:
                self.desk.told.setdefault(agent_id, []).append(json.loads(text))


def prepare(database_url: str) -> dict[str, str]:
    """An empty store with a key of each kind, and some to be revoked."""
    engine = open_database(database_url)
    upgrade(engine)
    with engine.begin() as connection:
        Repository(connection).create_team(DEFAULT_TEAM, 0.0)
        made = {role: keys.create(connection, DEFAULT_TEAM, role, None, 0.0)[1] for role in ("admin", "helpdesk", "manager")}
        made |= {agent_id: keys.create(connection, DEFAULT_TEAM, "agent", agent_id, 0.0)[1] for agent_id in AGENTS}
    engine.dispose()
    return made


def staff(desk: Desk) -> None:
    line = Line(desk)
    for agent_id in AGENTS:
        assert line.ask("admin", "PUT", f"/v1/agents/{agent_id}", {"name": agent_id, "concurrency": {"email": 1000}})[0] == 200
        call = Call("agent_status", f"/v1/agents/{agent_id}/status", {"status": "online"}, key=f"first-{agent_id}")
        desk.answered.append((call, *line.make(call)))
    line.close()


def run(database_url: str, folder: Path, rounds: int, seed: int = 1) -> dict[str, int]:
    """Kill it `rounds` times, then hold the store against what was answered; gives what there was of what."""
    chance, made = np.random.default_rng(seed), prepare(database_url)
    revoked: list[str] = []
    settings = {"clock_rate": RATE, "calls_per_s": 1e6, "calls_per_s_helpdesk": 1e6}
    with WarmServer(folder, database_url, CHECKPOINT_EVERY, **settings) as server:
        desk = Desk(server.port, made)
        server.begin()
        staff(desk)
        server.end()
        threads = [*(Caller(desk, f"c{number}", seed + number) for number in range(CALLERS)), Watcher(desk)]
        for each in threads:
            each.start()
        for number in range(rounds):
            one_round(server, desk, chance, armed=number % 2 == 0)
            if number % 10 == 0:
                revoked.append(revoke_one(database_url))
        server.begin()
        desk.stopping = True
        for each in threads:
            each.join()
        assert not desk.broken, desk.broken[:3]
        found = check_answers(desk, chance) | check_keys(desk, revoked)
        server.end()
    check_told(desk, begun_anew(database_url))
    return found | check_store(database_url, desk) | {"rounds": rounds, "retries": desk.retries}


def one_round(server: WarmServer, desk: Desk, chance: np.random.Generator, armed: bool) -> None:
    """Serve until it dies at some step of its work on the store, or is killed at some moment after some answers."""
    enough = len(desk.answered) + int(chance.integers(1, ANSWERS_MAX)) * (3 if armed else 1)
    server.begin(int(chance.integers(1, STEPS_MAX)) if armed else None)
    until(lambda: server.over(0.0) or len(desk.answered) >= enough, "an answer, or the end")
    server.over(float(chance.uniform(0.0, 0.01)))
    server.end()


def revoke_one(database_url: str) -> str:
    """Make a key and revoke it, as an operator does beside the service; gives the key that must never work again."""
    engine = open_database(database_url)
    with engine.begin() as connection:
        key_id, secret = keys.create(connection, DEFAULT_TEAM, "helpdesk", None, 0.0)
    with engine.begin() as connection:
        assert keys.revoke(connection, key_id, 1.0)
    engine.dispose()
    return secret


def check_keys(desk: Desk, revoked: list[str]) -> dict[str, int]:
    for number, secret in enumerate(revoked):
        desk.secrets[f"revoked {number}"] = secret
        line = Line(desk)
        assert line.ask(f"revoked {number}", "GET", "/v1/team")[0] == 401
        line.close()
    return {"revoked": len(revoked)}


def check_answers(desk: Desk, chance: np.random.Generator) -> dict[str, int]:
    """What is asked again gets the answer that it got: to the letter under a key, the same decision for a ticket."""
    line, again = Line(desk), 0
    for index in chance.permutation(len(desk.answered))[:200].tolist():
        call, status, text = desk.answered[index]
        if status == 409 or call.kind == "ticket_event":
            continue
        repeated = line.make(call)
        again += 1
        if call.key is not None:
            assert repeated == (status, text), call
        else:
            assert (repeated[0], json.loads(repeated[1])["ticket"]["id"]) == (200, call.body["id"])
    line.close()
    return {"asked again": again}


def check_told(desk: Desk, anew: set[tuple[str, str]]) -> None:
    """A break ends when it was said to end, whoever said so, before a kill or after it; and not before. Only work in it moves its end, as
    the log has it then: `anew`."""
    for agent_id, told in desk.told.items():
        for before, after in itertools.pairwise(each for each in told if each["state"] != "pending"):
            back_s = (datetime.fromisoformat(before["now"]) - datetime.fromisoformat(after["now"])).total_seconds()
            assert back_s <= BACK_S * RATE, (agent_id, before, after)
            if before["state"] != "break" or before["because"] != after["because"]:
                continue
            if after["state"] == "break" and before["may"] == after["may"] and before["since"] == after["since"]:
                assert before["until"] == after["until"] or (agent_id, after["until"]) in anew, (agent_id, before, after)


def begun_anew(database_url: str) -> set[tuple[str, str]]:
    """Whose breaks began anew, for work that ended in them, and until when each was then."""
    engine, state, found = open_database(database_url), TeamState(), set[tuple[str, str]]()
    with engine.connect().execution_options(reading=True) as connection:
        for event in Repository(connection).log(DEFAULT_TEAM):
            evolve(state, event)
            recoveries = ((person.id, person.recovery) for person in state.agents.people)
            found |= {(agent_id, str(instants.text(each.end_s))) for agent_id, each in recoveries if each and each.anew_s is not None}
    engine.dispose()
    return found


def check_store(database_url: str, desk: Desk) -> dict[str, int]:
    """Nothing that was answered is lost and nothing is there twice; the folds are what the log says, and so is every decision."""
    engine = open_database(database_url)
    with engine.connect().execution_options(reading=True) as connection:
        repository = Repository(connection)
        state = TeamState()
        done = replay(state, repository.log(DEFAULT_TEAM))
        assert done.differences == ()
        assert list(differing_decisions(connection, DEFAULT_TEAM, 0, state.revision)) == []
        rows = {row.id: json.loads(row.body) for row in connection.execute(sa.select(tickets.c.id, tickets.c.body))}
        assert snapshot.dump(repository.load(DEFAULT_TEAM)) == snapshot.dump(state)  # the last checkpoint, and what came after it
        newest = connection.execute(sa.select(sa.func.max(checkpoints.c.revision))).scalar_one() or 0
        assert rows == {each.id: json.loads(json.dumps(plain(each))) for each in state.tickets.values()}
        made = connection.execute(sa.select(decisions.c.id, decisions.c.ticket_id, decisions.c.revision)).all()
        reasons = [json.loads(text) for text in connection.execute(sa.select(breaks.c.because)).scalars()]
        logged = list(connection.execute(sa.select(events.c.kind, events.c.body).order_by(events.c.seq)))
    engine.dispose()
    assert len(made) == len({row.id for row in made}) == len({(row.ticket_id, row.revision) for row in made}) == done.count
    triggers = [each for because in reasons for each in because if each.startswith("escalated:")]
    assert len(triggers) == len(set(triggers)) > 0
    check_log(desk, logged, {row.id for row in made})
    counted = {"decisions": len(made), "breaks": len(reasons), "events": len(logged), "events before the last checkpoint": newest}
    return {"answered": len(desk.answered)} | counted


def check_log(desk: Desk, logged: list[Any], stored: set[str]) -> None:
    """Every call that was answered with something new is in the log, once, and nothing else is."""
    kinds = Counter(kind for kind, _ in logged)
    taken = Counter(call.kind for call, status, _ in desk.answered if status in (200, 201))
    for kind in ("ticket_opened", "agent_status", "break_shifted", "overridden"):
        assert kinds[kind] == taken[kind], (kind, kinds, taken)
    opened = [json.loads(body)["ticket_id"] for kind, body in logged if kind == "ticket_opened"]
    assert sorted(opened) == sorted(call.body["id"] for call, *_ in desk.answered if call.kind == "ticket_opened")
    marks = [json.loads(body)["event_id"] for kind, body in logged if kind == "ticket_event"]
    sent = {call.body["event_id"]: call.body["type"] for call, status, _ in desk.answered if call.kind == "ticket_event" and status == 200}
    assert len(marks) == len(set(marks))
    assert set(marks) <= set(sent)
    assert all(sent[each] == "contact" for each in set(sent) - set(marks))  # one that ended just before was reported already
    for call, status, text in desk.answered:
        if call.kind == "ticket_opened" and status == 201:
            assert json.loads(text)["decision"]["id"] in stored
