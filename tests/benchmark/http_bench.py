"""Durable decisions per second through HTTP: tickets posted over keep-alive connections, against a plain endpoint and a bare one.

Every side is a process of its own beside the load generator, on two cores. All are up, and one after the other has a small part of its
load, round by round: a ratio is the median of the rounds' own ratios, so that a minute in which the machine is slow is slow for all.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
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

CONNECTIONS, BULKERS, ROUNDS, AGENTS, TEAMS = 64, 4, 10, 50, 8
LONE, SLOW, FAST, BULKED = 50, 300, 900, 1500  # tickets of a round
ON_POSTGRES, POSTGRES_ROUNDS = 2400, 3
SIDES = ("ours", "plain", "contending", "bare", "scoring")
WARM, WARM_S = 200, 4.0  # the first answers need what is loaded when it is first wanted
# people who never come to an end would soon have their row of hard contacts in hand: no mail is a hard one here
ENDLESS: dict[str, Any] = {"fatigue": {"hard_contact_points": 5}}
Found = dict[str, Measured]
Figure = tuple[str, str, str]  # of which side, under which load, which figure


class Side:
    """A server on a fresh store, and who calls it."""

    def __init__(self, name: str, port: int, secret: str) -> None:
        self.name, self.tickets = name, Tickets()
        self.one = [Caller(port, secret)]
        self.all = self.one * CONNECTIONS

    def measure(self, scale: float = 1.0) -> Found:
        """One load after the other; `scale` times as many tickets as in a round."""
        many = SLOW if self.name in ("plain", "contending") else FAST
        found = {
            "lone": load(self.one, self.tickets.single(round(LONE * scale), True)),
            "mails": load(self.all, self.tickets.single(round(many * scale), True)),
            "subjects": load(self.all, self.tickets.single(round(many * scale), False)),
        }
        if self.name == "ours":
            found["bulk"] = load(self.one * BULKERS, self.tickets.bulk(round(BULKED * scale), True), BULK_PATH, BULK)
        return found


@contextmanager
def started(name: str, scale: float = 1.0) -> Iterator[Side]:
    """A side that has come up and loaded what it loads when it is first wanted."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.db"
        (secret,) = prepare(url, [DEFAULT_TEAM])
        with served(serve, name, url, secret) as (port,):
            side = Side(name, port, secret)
            _warm(side.all, side.tickets, scale)
            yield side


def run() -> list[dict[str, Any]]:
    """Rows for the table: medians over rounds, each of which runs every side, every other round the other way round."""
    with ExitStack() as running:
        sides = [running.enter_context(started(name)) for name in SIDES]
        rounds = [{side.name: side.measure() for side in (sides if number % 2 else sides[::-1])} for number in range(ROUNDS)]

    def row(name: str, bar: float | None, peer: str, upper: Figure, lower: Figure) -> dict[str, Any]:
        pairs = [tuple(getattr(each[side][which], what) for side, which, what in (upper, lower)) for each in rounds]
        return _row(name, bar, peer, pairs)

    def per_s(side: str, which: str) -> Figure:
        return side, which, "per_s"

    def p99(side: str, which: str) -> Figure:
        return side, which, "p99_ms"

    plain, bare = "plain def endpoint that decides and commits by itself", "bare Starlette with group commit, no decision"
    scoring = f"{bare}, words scored as ours are"
    in_line, contending = f"{plain}, in line at a lock", f"{plain}, in line at the database"
    bulk = f"bulk of {BULK} mails a call, {BULKERS} connections"
    note = f"{CONNECTIONS} connections, {AGENTS} agents, one process, SQLite FULL"
    return [
        row(f"POST /v1/tickets, mails of 80–100 words, tickets/s ({note})", 3.5, in_line, per_s("ours", "mails"), per_s("plain", "mails")),
        row("the same", 3.5, contending, per_s("ours", "mails"), per_s("contending", "mails")),
        row("the same, p99 (plain over ours)", None, in_line, p99("plain", "mails"), p99("ours", "mails")),
        row("the same", 10.0, contending, p99("contending", "mails"), p99("ours", "mails")),
        row("the same, subjects alone, tickets/s", None, in_line, per_s("ours", "subjects"), per_s("plain", "subjects")),
        row("the same, p99 (plain over ours)", 10.0, contending, p99("contending", "subjects"), p99("ours", "subjects")),
        row("mails, tickets/s", 0.6, scoring, per_s("ours", "mails"), per_s("scoring", "mails")),
        row("subjects alone, tickets/s", 0.6, scoring, per_s("ours", "subjects"), per_s("scoring", "subjects")),
        row("mails, tickets/s; the peer scores no words", 0.6, bare, per_s("ours", "mails"), per_s("bare", "mails")),
        row("subjects alone, tickets/s; the peer scores none", 0.6, bare, per_s("ours", "subjects"), per_s("bare", "subjects")),
        row(f"{bulk}, tickets/s", None, "our single posts, 64 connections", per_s("ours", "bulk"), per_s("ours", "mails")),
        row(f"{bulk}, tickets/s", 10.0, "our single posts, one connection", per_s("ours", "bulk"), per_s("ours", "lone")),
        row(f"{bulk}, tickets/s", 10.0, f"single posts to a {in_line}", per_s("ours", "bulk"), per_s("plain", "mails")),
        row("a request alone, p50 (plain over ours)", 0.5, in_line, ("plain", "lone", "p50_ms"), ("ours", "lone", "p50_ms")),
        _on_postgres(),
    ]


def _row(name: str, bar: float | None, peer: str, pairs: Sequence[tuple[float, ...]]) -> dict[str, Any]:
    """`pairs` of one round each: the upper figure and the lower."""
    upper, lower = (median(each) for each in zip(*pairs, strict=True))
    found = {"name": name, "ratio": round(median(above / below for above, below in pairs), 2), "bar": bar, "peer": peer}
    return found | {"upper": round(upper, 1), "lower": round(lower, 1)}


def _warm(callers: Sequence[Caller], tickets: Tickets, scale: float) -> None:
    until = time.perf_counter() + WARM_S * scale
    while True:
        load(callers, tickets.single(round(WARM * scale), True))
        if time.perf_counter() > until:
            return


def _on_postgres() -> dict[str, Any]:
    """Two processes on one PostgreSQL against one, each team's callers at one process; words are on neither side."""
    pairs: list[tuple[float, ...]] = []
    with ThrowawayPostgres(durable=True) as postgres:
        for number in range(POSTGRES_ROUNDS):
            urls = [postgres.create_database(f"bench_{number}_{processes}") for processes in (2, 1)]
            pairs.append(tuple(several_teams(url, processes).per_s for url, processes in zip(urls, (2, 1), strict=True)))
    note = f"PostgreSQL with fsync, {TEAMS} teams, {CONNECTIONS} connections, subjects alone"
    return _row(f"two processes, tickets/s ({note})", 1.3, "one process", pairs)


def several_teams(url: str, processes: int, scale: float = 1.0) -> Measured:
    secrets = prepare(url, [f"team-{number}" for number in range(TEAMS)])
    with served(serve, "ours", url, "", count=processes) as ports:
        callers = [Caller(ports[number % processes], secret) for number, secret in enumerate(secrets)] * (CONNECTIONS // TEAMS)
        tickets = Tickets()
        _warm(callers, tickets, scale)
        return load(callers, tickets.single(round(ON_POSTGRES * scale), False))


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
