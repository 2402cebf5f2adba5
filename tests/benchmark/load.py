"""A day of a site against a real server on PostgreSQL, in ten minutes: `make bench-load` writes var/load.json and var/load.html.

A team has fifty agents, and each agent about thirty tickets in ten hours; the clock of the service runs sixty times as fast as life.
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
from load_watch import Look, watch

from api.clock import Clock
from api.store import keys
from api.store.database import open_database, upgrade
from api.store.repository import Repository
from support.postgres import ThrowawayPostgres
from support.server import LiveServer

ROOT = Path(__file__).resolve().parents[2]
TEAM_SIZE, TICKETS_EACH, ACCOUNTS = 50, 30, 200
MEMORY_BAR = 0.05  # growth after people are in


def main() -> int:
    """0 where there was no error and memory was flat."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agents", type=int, default=200, help="people on the site")
    parser.add_argument("--minutes", type=float, default=10.0, help="how long the day takes in life")
    parser.add_argument("--tickets", type=int, default=TICKETS_EACH, help="a day for each agent")
    asked = parser.parse_args()
    with ThrowawayPostgres(durable=True) as postgres, tempfile.TemporaryDirectory() as folder:
        url, rate = postgres.create_database("load"), DAY_S / (asked.minutes * 60)
        teams = make_teams(url, asked.agents)
        with LiveServer(Path(folder), url, clock_rate=rate, allow_private_targets="127.0.0.0/8") as server:
            book, looks, begun_s, ended_s = asyncio.run(drive(server, teams, rate, asked.tickets))
    found = figures(book, looks, begun_s, ended_s)
    title = f"{asked.agents} agents in {len(teams)} teams, a day in {asked.minutes:g} minutes"
    target = ROOT / "var"
    target.mkdir(exist_ok=True)
    (target / "load.json").write_text(json.dumps({"title": title, **found}, indent=2) + "\n", encoding="utf-8")
    (target / "load.html").write_text(page(found, book, looks, begun_s, title), encoding="utf-8")
    print(json.dumps(found, indent=2))
    print("written to var/load.json and var/load.html")
    return int(found["errors"] > 0 or found["memory"]["growth_share"] > MEMORY_BAR)


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


async def drive(server: LiveServer, teams: list[Team], rate: float, tickets: int) -> tuple[Book, list[Look], float, float]:
    """All teams at once; what happened, what the service held, and when the day began and ended."""
    wire, book, looks = Wire(server.port), Book(), []
    days = [Day(wire, team, book, rate, tickets * len(team.agents), random.Random(number)) for number, team in enumerate(teams)]
    hooks = Hooks(book.wrong)
    port = await hooks.open()
    await asyncio.gather(*(day.prepare(hooks, port) for day in days))
    watching = asyncio.create_task(watch(server.pid, looks))
    begun_s = time.perf_counter()
    await asyncio.gather(*(day.run() for day in days))
    watching.cancel()
    hooks.close()
    wire.close()
    return book, looks, begun_s, time.perf_counter()


if __name__ == "__main__":
    sys.exit(main())
