"""What-if jobs over HTTP: taken, refused, limited, listed, cancelled; what they find is what the command line finds."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from api.cli import app
from api.store.database import open_database
from api.store.tables import simulation_parts
from support.jobs import ENDLESS, SMALL, TOML, ask, follow, reach
from support.server import LiveServer
from support.world import World
from support.world import world as make_world

def problem(response: Any, status: int, pointer: str | None = None) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    if pointer is not None:
        assert pointer in {each["pointer"] for each in body["errors"]}, body
    return body


def test_a_job_finds_what_the_command_line_finds(tmp_path: Path, database_url: str) -> None:
    (tmp_path / "scenario.toml").write_text(TOML)
    told = CliRunner().invoke(app, ["simulate", str(tmp_path / "scenario.toml"), "--json"])
    expected = json.loads(told.stdout)
    with LiveServer(tmp_path, database_url) as server, server.client(server.key("manager")) as client:
        for scenario in (SMALL, TOML):
            place = ask(client, {"scenario": scenario})
            events = list(follow(client, place))
            assert events[-1]["event"] == "end"
            assert events[-1]["data"]["state"] == "done", events[-1]
            assert events[-1]["data"]["progress"] == {"done": 3, "total": 3}
            assert client.get(place).json()["request"]["scenario"] == scenario
            assert client.get(f"{place}/result").json() == expected
            assert [each["event"] for each in follow(client, place)] == ["end"]
        table = client.get(f"{place}/result?format=csv")
        assert table.headers["content-type"].startswith("text/csv")
        rows = {row["metric"]: row for row in csv.DictReader(io.StringIO(table.text))}
        assert {name: float(row["mean"]) for name, row in rows.items() if row["mean"]} == {
            name: each["mean"] for name, each in expected["metrics"].items() if each["mean"] is not None
        }
        assert [float(rows["tickets"][f"run_{number}"]) for number in range(3)] == expected["metrics"]["tickets"]["values"]
        listed = client.get("/v1/simulations?limit=1").json()
        assert listed["next"] == listed["items"][0]["id"]
        older = client.get(f"/v1/simulations?limit=1&after={listed['next']}").json()["items"]
        assert older[0]["id"] < listed["items"][0]["id"]


def test_a_job_survives_kill_9_and_recomputes_nothing(tmp_path: Path, database_url: str) -> None:
    body = {"scenario": SMALL | {"run": {"days": 20}}, "replications": 8}
    with LiveServer(tmp_path, database_url) as server:
        with server.client(server.key("manager")) as client:
            place, queued = ask(client, body), ask(client, {"scenario": SMALL})
            reach(client, place, 2)
            server.kill()
            kept = parts(database_url)
            assert len(kept) >= 2
            mark(database_url)
            server.start()
            events = list(follow(client, place))
            assert events[-1]["data"]["state"] == "done"
            found = client.get(f"{place}/result").json()
            for (scenario, replication), numbers in kept.items():
                assert scenario == f"{found['digest']}@{found['engine']}"
                assert {name: each["values"][replication] for name, each in found["metrics"].items()} == numbers | {"tickets": -1.0}
            assert sum(value > 0 for value in found["metrics"]["tickets"]["values"]) == 8 - len(kept)
            assert list(follow(client, queued))[-1]["data"]["state"] == "done"
    assert parts(database_url) == {}


def parts(database_url: str) -> dict[tuple[str, int], dict[str, Any]]:
    """The finished replications that the store holds."""
    engine = open_database(database_url)
    with engine.connect() as connection:
        bodies = connection.execute(sa.select(simulation_parts.c.body)).scalars().all()
    engine.dispose()
    return {(name, replication): numbers for body in bodies for name, replication, numbers in json.loads(body)}


def mark(database_url: str) -> None:
    """Give what the store holds a number that no simulation finds, to be told from what is computed anew."""
    engine = open_database(database_url)
    with engine.begin() as connection:
        for team, number, body in connection.execute(sa.select(simulation_parts.c.team, simulation_parts.c.number, simulation_parts.c.body)).all():
            marked = [[name, replication, numbers | {"tickets": -1.0}] for name, replication, numbers in json.loads(body)]
            change = sa.update(simulation_parts).where(simulation_parts.c.team == team, simulation_parts.c.number == number)
            connection.execute(change.values(body=json.dumps(marked)))
    engine.dispose()


def test_a_restart_takes_a_job_up_at_once(tmp_path: Path) -> None:
    with LiveServer(tmp_path) as server, server.client(server.key("manager")) as client:
        place = ask(client, ENDLESS)
        reach(client, place, 1)
        server.restart()
        reach(client, place, 3)
        assert client.delete(place).json()["state"] == "cancelled"


def test_cancelling_ends_the_processes_at_once_and_a_repeat_changes_nothing(tmp_path: Path, database_url: str) -> None:
    with LiveServer(tmp_path, database_url) as server, server.client(server.key("manager")) as client:
        place, behind = ask(client, ENDLESS), ask(client, {"scenario": SMALL})
        reach(client, place, 1)
        assert client.get(behind).json()["state"] == "queued"
        refused = problem(client.get(f"{place}/result"), 409)
        assert "1000 replications" in refused["detail"]
        first = client.delete(place)
        assert (first.status_code, first.json()["state"]) == (200, "cancelled")
        assert client.delete(place).json() == first.json()
        assert "cancelled after" in problem(client.get(f"{place}/result"), 409)["detail"]
        assert list(follow(client, place))[-1]["data"]["state"] == "cancelled"
        assert list(follow(client, behind))[-1]["data"]["state"] == "done"  # it has the process that was freed
        assert client.delete(behind).json()["state"] == "done"
        assert client.get(f"{behind}/result").status_code == 200
    assert parts(database_url) == {}


def test_the_processes_of_a_killed_service_end_with_it(tmp_path: Path) -> None:
    with LiveServer(tmp_path) as server, server.client(server.key("manager")) as client:
        reach(client, ask(client, ENDLESS), 1)
        (process,) = [each for each in children(server.pid) if os.sched_getscheduler(each) == os.SCHED_IDLE]
        assert os.getpriority(os.PRIO_PROCESS, process) == 19
        server.kill()
        while alive(process):  # it ends when it notices
            os.sched_yield()
