"""Three workers, eight teams, a worker killed every second, the database crashing once: all that was answered is there, and once."""

from __future__ import annotations

import json
import os
import random
import signal
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import sqlalchemy as sa

from api.store import keys
from api.store.database import open_database, upgrade
from api.store.repository import Repository
from api.store.tables import breaks, decisions, events
from router.events import Decided
from router.replay import replay
from router.state import TeamState
from support.postgres import ThrowawayPostgres
from support.processes import WAIT_S, until, workers
from support.server import LiveServer

TEAMS = [f"team-{number}" for number in range(8)]
AGENTS = 3
TOUGH = 3  # every third ticket is, and sends who has ended it on a break
BREAK_S = (600.0, 900.0)
KILLS = 6
CRASH_AFTER = 3  # kills
RATE = 60.0  # a break of ten minutes takes ten seconds
MORE = 5  # tickets that each team has answered after the last kill
PACE_S = 0.3  # so that there is time left for processes to start
AGAIN_S = 0.2


class Team:
    """A helpdesk of one team: it repeats what was not answered, and notes what was."""

    def __init__(self, server: LiveServer, team: str, secrets: dict[str, str], over: threading.Event) -> None:
        self.server, self.team, self.secrets, self.over = server, team, secrets, over
        self.opened: dict[str, dict[str, Any]] = {}
        self.resolved: set[str] = set()
        self.retries = 0
        self._client = server.client(secrets["helpdesk"])

    def run(self) -> None:
        number = after = 0
        while after < MORE:
            after += self.over.is_set()
            self._ticket(f"T{number}", tough=number % TOUGH == 0)
            number += 1
            threading.Event().wait(PACE_S)
        self._client.close()

    def staff(self) -> None:
        for number in range(AGENTS):
            profile = {"name": f"Agent {number}", "concurrency": {"email": 100}}
            self._ask("PUT", f"/v1/agents/a{number}", profile, self.secrets["admin"])
            self._ask("POST", f"/v1/agents/a{number}/status", {"status": "online"})

    def _ticket(self, ticket_id: str, tough: bool) -> None:
        """Open one, and end it where somebody has it."""
        ticket = {"id": ticket_id, "account_id": f"x{len(self.opened) % 7}", "subject": "s", "created_at": "2026-03-02T11:00:00Z"}
        opened = self._ask("POST", "/v1/tickets", ticket | {"escalated": tough}, key=None if tough else f"key of {ticket_id}")
        self.opened[ticket_id] = opened["decision"]
        if opened["ticket"]["agent_id"]:
            self._ask("POST", f"/v1/tickets/{ticket_id}/events", {"type": "resolved", "event_id": f"end of {ticket_id}"})
            self.resolved.add(ticket_id)

    def _ask(self, method: str, path: str, body: dict[str, Any], secret: str | None = None, key: str | None = None) -> dict[str, Any]:
        headers = {} if key is None else {"Idempotency-Key": key}
        headers |= {} if secret is None else {"Authorization": f"Bearer {secret}"}
        while True:
            try:
                answer = self._client.request(method, path, json=body, headers=headers)
            except httpx2.TransportError:
                self._client.close()
                self._client = self.server.client(self.secrets["helpdesk"])
            else:
                if answer.status_code < 300:
                    found: dict[str, Any] = answer.json()
                    return found
                assert answer.status_code in (409, 503), f"{method} {path}: {answer.status_code} {answer.text}"
            self.retries += 1
            threading.Event().wait(AGAIN_S)


def make_keys(url: str) -> dict[str, dict[str, str]]:
    engine = open_database(url)
    upgrade(engine)
    made: dict[str, dict[str, str]] = {}
    with engine.begin() as connection:
        for team in TEAMS:
            Repository(connection).create_team(team, 0.0)
            made[team] = {role: keys.create(connection, team, role, None, 0.0)[1] for role in ("admin", "helpdesk")}
    engine.dispose()
    return made


def test_nothing_is_lost_or_doubled_while_workers_and_database_die(tmp_path: Path) -> None:
    chance = random.Random(6)
    with ThrowawayPostgres(durable=True) as postgres:
        url = postgres.create_database("many")
        secrets = make_keys(url)
        with LiveServer(tmp_path, url, cold=True, workers=3, clock_rate=RATE) as server, ThreadPoolExecutor(len(TEAMS)) as pool:
            over = threading.Event()
            teams = [Team(server, team, secrets[team], over) for team in TEAMS]
            list(pool.map(Team.staff, teams))
            working = [pool.submit(each.run) for each in teams]
            for number in range(KILLS):
                over.wait(1.0)
                until(lambda: len(workers(server.pid)) > 0)
                os.kill(chance.choice(workers(server.pid)), signal.SIGKILL)
                if number == CRASH_AFTER:
                    postgres.crash_and_start()
            over.set()
            for each in working:
                each.result(WAIT_S)
            until(lambda: len(workers(server.pid)) == 3)
            server.stop(in_trouble=True)
        assert sum(each.retries for each in teams) > 0
        engine = open_database(url)
        for each in teams:
            check(engine, each)
        engine.dispose()


def check(engine: sa.Engine, team: Team) -> None:
    """The log is in order and says what was answered; folds and decisions follow from it; each tough ticket has brought one break."""
    with engine.connect().execution_options(reading=True) as connection:
        repository = Repository(connection)
        log = connection.execute(sa.select(events.c.seq, events.c.at_s).where(events.c.team == team.team).order_by(events.c.seq)).all()
        done = replay(TeamState(), repository.log(team.team))
        decided = [each for event in repository.log(team.team) if isinstance(event, Decided) for each in event.decisions]
        state = repository.load(team.team)
        stored = set(connection.execute(sa.select(decisions.c.id).where(decisions.c.team == team.team)).scalars())
        span_s = breaks.c.end_s - breaks.c.start_s
        rested = connection.execute(sa.select(breaks.c.because, span_s).where(breaks.c.team == team.team)).all()
    assert [seq for seq, _ in log] == list(range(1, len(log) + 1))
    assert [at_s for _, at_s in log] == sorted(at_s for _, at_s in log)
    assert (done.count, done.differences) == (len(stored), ())
    assigned = Counter(each["ticket_id"] for each in decided if each["agent_id"] is not None)
    assert max(assigned.values()) == 1
    assert {each["id"] for each in team.opened.values()} <= stored
    assert set(team.opened) == set(state.tickets)
    for ticket_id in team.resolved:
        assert (state.tickets[ticket_id].state, len(state.tickets[ticket_id].contacts)) == ("resolved", 1)
    tough = [each for each in team.resolved if int(each[1:]) % TOUGH == 0]
    assert Counter(each for text, _ in rested for each in json.loads(text)) == Counter(f"escalated:{each}" for each in tough)
    assert all(BREAK_S[0] <= span_s <= BREAK_S[1] for _, span_s in rested)
    assert tough
