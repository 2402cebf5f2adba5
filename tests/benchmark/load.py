"""A day of a site against a real server on PostgreSQL, in ten minutes: `make bench-load` writes var/load.json and var/load.html.

A team has fifty agents, and each agent about thirty tickets in ten hours; the clock of the service runs sixty times as fast as life. So a
hundred people call as often as six thousand would, and are told of as often; what they are is what a hundred are. It is the whole day, for
people coming, lunch and going home load it in other ways than its busiest hour; and no more people by default than leave two cores that
the database and the load share with the service some time to spare, for a queue in front of a core says nothing of the service.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1]))

from http_wire import Wire
from load_day import DAY_S, Book, Day, Team
from load_hooks import Hooks
from load_report import figures, page
from load_watch import Look, counted, size_bytes, watch

from api.clock import Clock
from api.store import keys
from api.store.database import open_database, upgrade
from api.store.repository import Repository
from router.state import KEEP_S, TeamState
from support.postgres import ThrowawayPostgres
from support.server import LiveServer

ROOT = Path(__file__).resolve().parents[2]
TEAM_SIZE, TICKETS_EACH, ACCOUNTS = 50, 30, 200
MEMORY_BAR = 0.05  # growth after people are in, beyond the tickets that are kept
DAY_OF_LIFE_S = 86_400.0


def main() -> int:
    """0 where there was no error and memory was flat."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agents", type=int, default=100, help="people on the site")
    parser.add_argument("--minutes", type=float, default=10.0, help="how long the day takes in life")
    parser.add_argument("--tickets", type=int, default=TICKETS_EACH, help="a day for each agent")
    asked = parser.parse_args()
    with ThrowawayPostgres(durable=True) as postgres, tempfile.TemporaryDirectory() as folder:
        url, rate = postgres.create_database("load"), DAY_S / (asked.minutes * 60)
        teams = make_teams(url, asked.agents)
        with LiveServer(Path(folder), url, cold=True, clock_rate=rate, allow_private_targets="127.0.0.0/8") as server:
            book, looks, begun_s, ended_s = asyncio.run(drive(server, teams, rate, asked.tickets))
        kept = [each for each in states(url) if each.tickets]
    found = {"clock_rate": rate} | figures(book, looks, begun_s, ended_s, ticket_kib(kept), KEEP_S / DAY_OF_LIFE_S)
    title = f"{asked.agents} agents in {len(teams)} teams, a day in {asked.minutes:g} minutes"
    target = ROOT / "var"
    target.mkdir(exist_ok=True)
    (target / "load.json").write_text(json.dumps({"title": title, **found}, indent=2) + "\n", encoding="utf-8")
    (target / "load.html").write_text(page(found, book, looks, begun_s, title), encoding="utf-8")
    print(json.dumps(found, indent=2))
    print("written to var/load.json and var/load.html")
    return int(found["errors"] > 0 or found["memory"]["beyond_tickets_share"] > MEMORY_BAR)


def make_teams(url: str, agents: int) -> list[Team]:
    """The teams with their keys, as `respite keys create` makes them."""
    engine, now_s = open_database(url), Clock().now_s()
    upgrade(engine)
    teams = []
    with engine.begin() as connection:
        for number, start in enumerate(range(0, agents, TEAM_SIZE)):
            name, people = f"team-{number}", [f"agent-{each}" for each in range(start, min(start + TEAM_SIZE, agents))]
            Repository(connection).create_team(name, now_s)
            made = {role: keys.create(connection, name, role, None, now_s)[1] for role in ("admin", "helpdesk", "manager")}
            own = {each: keys.create(connection, name, "agent", each, now_s)[1] for each in people}
            teams.append(Team(name, made, own, ACCOUNTS))
    engine.dispose()
    return teams


def states(url: str) -> list[TeamState]:
    """The teams as they were left."""
    engine = open_database(url)
    with engine.connect() as connection:
        repository = Repository(connection)
        found = [repository.load(team) for team in repository.team_ids()]
    engine.dispose()
    return found


def ticket_kib(kept: list[TeamState]) -> float:
    """What a ticket and the entries that its contacts made take in memory."""
    tickets = sum(len(each.tickets) for each in kept)
    parts = [(each.tickets, [(person.entries, person.recent) for person in each.agents.people]) for each in kept]
    return size_bytes(parts) / 1024 / max(1, tickets)


async def drive(server: LiveServer, teams: list[Team], rate: float, tickets: int) -> tuple[Book, list[Look], float, float]:
    """All teams at once; what happened, what the service held, and when the day began and ended."""
    wire, book, looks = Wire(server.port), Book(), []
    days = [Day(wire, team, book, rate, tickets * len(team.agents), random.Random(number)) for number, team in enumerate(teams)]
    hooks = Hooks(book.wrong)
    port = await hooks.open()
    await asyncio.gather(*(day.prepare(hooks, port) for day in days))
    watching = asyncio.create_task(watch(server.pid, looks))
    book.before, begun_s = await counted(wire, teams[0].keys["admin"]), time.perf_counter()
    await asyncio.gather(*(day.run() for day in days))
    ended_s, book.after = time.perf_counter(), await counted(wire, teams[0].keys["admin"])
    watching.cancel()
    hooks.close()
    wire.close()
    return book, looks, begun_s, ended_s


if __name__ == "__main__":
    sys.exit(main())
