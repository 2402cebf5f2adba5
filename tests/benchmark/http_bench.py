"""Durable decisions per second through HTTP: tickets posted over keep-alive connections, against a plain endpoint and a bare one.

Every side is a process of its own beside the load generator, on two cores. Only what stands in one run may be compared.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import sqlalchemy as sa
import uvicorn

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

from bare_app import make as make_bare
from http_load import BULK, BULK_PATH, Caller, Measured, Tickets, load, served
from plain_app import make as make_plain

from api.clock import Clock
from api.commands.serving import make_server
from api.settings import DEFAULT_TEAM, Settings
from api.store import keys
from api.store.database import open_database, upgrade
from api.store.repository import Repository
from router.events import AgentPut, AgentStatus, PolicyPut
from router.state import TeamState
from router.turn import turn
from support.postgres import ThrowawayPostgres

CONNECTIONS, BULKERS, ROUNDS, AGENTS, TEAMS = 64, 4, 3, 50, 8
LONE, SLOW, FAST, BULKED = 100, 800, 2400, 4000  # tickets of a round
WARM, WARM_S = 200, 4.0  # the first answers need what is loaded when it is first wanted
# people who never come to an end would soon have their row of hard contacts in hand: no mail is a hard one here
ENDLESS: dict[str, Any] = {"fatigue": {"hard_contact_points": 5}}
Found = dict[str, Measured]


def run() -> list[dict[str, Any]]:
    """Rows for the table: medians over rounds, each of which runs every side on a fresh store, in turns."""
    sides = ("ours", "plain", "contending", "bare", "scoring")
    rounds = [{side: measure(side) for side in sides[shift:] + sides[:shift]} for shift in range(ROUNDS)]

    def of(side: str, load_name: str, what: str = "per_s") -> float:
        return median(getattr(each[side][load_name], what) for each in rounds)

    def row(name: str, bar: float | None, peer: str, upper: float, lower: float) -> dict[str, Any]:
        found = {"name": name, "ratio": round(upper / lower, 2), "bar": bar, "peer": peer}
        return found | {"upper": round(upper, 1), "lower": round(lower, 1)}

    plain, bare = "plain def endpoint that decides and commits by itself", "bare Starlette with group commit, no decision"
    scoring = f"{bare}, words scored as ours are"
    in_line, contending = f"{plain}, in line at a lock", f"{plain}, in line at the database"
    bulk = f"bulk of {BULK} mails a call, {BULKERS} connections"
    note = f"{CONNECTIONS} connections, {AGENTS} agents, one process, SQLite FULL"
    return [
        row(f"POST /v1/tickets, mails of 80–100 words, tickets/s ({note})", 3.5, in_line, of("ours", "mails"), of("plain", "mails")),
        row("the same", 3.5, contending, of("ours", "mails"), of("contending", "mails")),
        row("the same, p99 (plain over ours)", None, in_line, of("plain", "mails", "p99_ms"), of("ours", "mails", "p99_ms")),
        row("the same", 10.0, contending, of("contending", "mails", "p99_ms"), of("ours", "mails", "p99_ms")),
        row("the same, subjects alone, tickets/s", None, in_line, of("ours", "subjects"), of("plain", "subjects")),
        row("the same, p99 (plain over ours)", 10.0, contending, of("contending", "subjects", "p99_ms"), of("ours", "subjects", "p99_ms")),
        row("mails, tickets/s", 0.6, scoring, of("ours", "mails"), of("scoring", "mails")),
        row("subjects alone, tickets/s", 0.6, scoring, of("ours", "subjects"), of("scoring", "subjects")),
        row("mails, tickets/s; the peer scores no words", 0.6, bare, of("ours", "mails"), of("bare", "mails")),
        row("subjects alone, tickets/s; the peer scores none", 0.6, bare, of("ours", "subjects"), of("bare", "subjects")),
        row(f"{bulk}, tickets/s", None, "our single posts, 64 connections", of("ours", "bulk"), of("ours", "mails")),
        row(f"{bulk}, tickets/s", 10.0, "our single posts, one connection", of("ours", "bulk"), of("ours", "lone")),
        row(f"{bulk}, tickets/s", 10.0, f"single posts to a {in_line}", of("ours", "bulk"), of("plain", "mails")),
        row("a request alone, p50 (plain over ours)", 0.5, in_line, of("plain", "lone", "p50_ms"), of("ours", "lone", "p50_ms")),
        _on_postgres(row),
    ]


def measure(side: str, scale: float = 1.0) -> Found:
    """One side on a fresh store, under one load after the other; `scale` times as many tickets as in a round."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.db"
        (secret,) = prepare(url, [DEFAULT_TEAM])
        with served(serve, side, url, secret) as (port,):
            one, all_ = [Caller(port, secret)], [Caller(port, secret)] * CONNECTIONS
            tickets, many = Tickets(), SLOW if side in ("plain", "contending") else FAST
            _warm(all_, tickets, scale)
            found = {
                "lone": load(one, tickets.single(round(LONE * scale), True)),
                "mails": load(all_, tickets.single(round(many * scale), True)),
                "subjects": load(all_, tickets.single(round(many * scale), False)),
            }
            if side == "ours":
                found["bulk"] = load(one * BULKERS, tickets.bulk(round(BULKED * scale), True), BULK_PATH, BULK)
            return found


def _warm(callers: Sequence[Caller], tickets: Tickets, scale: float) -> None:
    until = time.perf_counter() + WARM_S * scale
    while True:
        load(callers, tickets.single(round(WARM * scale), True))
        if time.perf_counter() > until:
            return


def _on_postgres(row: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """Two processes on one PostgreSQL against one, each team's callers at one process; words are on neither side."""
    found: dict[int, list[float]] = {1: [], 2: []}
    with ThrowawayPostgres(durable=True) as postgres:
        for number in range(ROUNDS):
            for processes in (1, 2):
                url = postgres.create_database(f"bench_{number}_{processes}")
                found[processes].append(several_teams(url, processes).per_s)
    note = f"PostgreSQL with fsync, {TEAMS} teams, {CONNECTIONS} connections, subjects alone"
    return row(f"two processes, tickets/s ({note})", 1.3, "one process", median(found[2]), median(found[1]))


def several_teams(url: str, processes: int, scale: float = 1.0) -> Measured:
    secrets = prepare(url, [f"team-{number}" for number in range(TEAMS)])
    with served(serve, "ours", url, "", count=processes) as ports:
        callers = [Caller(ports[number % processes], secret) for number, secret in enumerate(secrets)] * (CONNECTIONS // TEAMS)
        tickets = Tickets()
        _warm(callers, tickets, scale)
        return load(callers, tickets.single(round(FAST * scale), False))


def prepare(url: str, teams: Sequence[str]) -> list[str]:
    """A fresh store with teams of agents at work, and a key for each."""
    engine = open_database(url)
    upgrade(engine)
    with engine.begin() as connection:
        secrets = [_team(connection, team) for team in teams]
    engine.dispose()
    return secrets


def prepare_two(url: str, role: str) -> tuple[str, str]:
    """The same for one team: its helpdesk's key, and one of another role."""
    (helpdesk,), engine = prepare(url, [DEFAULT_TEAM]), open_database(url)
    with engine.begin() as connection:
        other = keys.create(connection, DEFAULT_TEAM, role, None, Clock().now_s())[1]
    engine.dispose()
    return helpdesk, other


def _team(connection: sa.Connection, team: str) -> str:
    now_s = Clock().now_s()
    staff: list[Any] = [PolicyPut(now_s, 1, ENDLESS)]
    for number in range(AGENTS):
        agent_id = f"agent-{number:03d}"
        staff += [AgentPut(now_s, agent_id, agent_id, concurrency=(1000, 2, 1)), AgentStatus(now_s, agent_id, "online", now_s)]
    repository, state = Repository(connection), TeamState()
    repository.create_team(team, now_s)
    repository.save(team, 0, turn(state, staff, now_s), state, (), (), ())
    return keys.create(connection, team, "helpdesk", None, now_s)[1]


def serve(side: str, url: str, secret: str, port: int) -> None:
    """Ours as `respite serve` runs it, the peers as uvicorn runs an app."""
    if side == "ours":
        make_server(Settings(database_url=url, port=port), log_level="error").run()
        return
    engine = open_database(url)
    bare = side in ("bare", "scoring")
    app = make_bare(engine, scores=side == "scoring") if bare else make_plain(engine, secret, in_line=side == "plain")
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", access_log=False)


if __name__ == "__main__":
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    for found in run():
        print(found)
