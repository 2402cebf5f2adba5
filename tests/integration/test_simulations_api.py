"""What-if jobs over HTTP: taken, refused, limited, listed, cancelled; what they find is what the command line finds."""

from __future__ import annotations

import csv
import io
import json
import os
import select
import signal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from api.cli import app
from api.jobs.studies import planned
from api.store.database import open_database
from api.store.tables import simulation_parts
from simulations.study import one_after_another
from support.jobs import ENDLESS, SMALL, TOML, ask, follow, reach
from support.refusals import problem
from support.server import LiveServer
from support.world import World
from support.world import world as make_world

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the store of jobs is tested on either kind by itself


@ON_SQLITE
def test_a_job_finds_what_the_command_line_finds(tmp_path: Path, database_url: str) -> None:
    (tmp_path / "scenario.toml").write_text(TOML)
    told = CliRunner().invoke(app, ["simulate", str(tmp_path / "scenario.toml"), "--json"])
    expected = json.loads(told.stdout)
    with LiveServer(tmp_path, database_url, job_nice=0) as server, server.client(server.key("manager")) as client:
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


def test_a_comparison_on_two_processes_finds_what_one_finds(tmp_path: Path) -> None:
    body = {"kind": "compare", "scenario": SMALL, "changes": {"agents": "+1"}, "replications": 2}
    expected = planned(body).answer(one_after_another, lambda _: None)
    with LiveServer(tmp_path, job_nice=0, job_processes=4) as server, server.client(server.key("manager")) as client:
        place = ask(client, body)
        ended = list(follow(client, place))[-1]["data"]
        assert (ended["state"], ended["progress"]) == ("done", {"done": 4, "total": 4}), ended
        assert client.get(f"{place}/result").json() == expected
        rows = client.get(f"{place}/result?format=csv").text.splitlines()
        assert rows[0].startswith("metric,unit,base,")
        assert len(rows) == 1 + len(expected["metrics"])


@ON_SQLITE
def test_a_job_survives_kill_9_and_recomputes_nothing(tmp_path: Path, database_url: str) -> None:
    body = {"scenario": SMALL | {"run": {"days": 10}}, "replications": 8}
    with LiveServer(tmp_path, database_url, job_nice=0) as server, server.client(server.key("manager")) as client:
        place, queued = ask(client, body), ask(client, {"scenario": SMALL})
        reach(client, place, 2)
        server.kill()
        kept = parts(database_url)
        assert len(kept) >= 2
        mark(database_url)
        server.start()
        events = list(follow(client, place))
        assert events[-1]["data"]["state"] == "done"
        metrics = client.get(f"{place}/result").json()["metrics"]
        for name, numbers in kept.items():
            found = {metric: each["values"][int(name.rpartition(":")[2])] for metric, each in metrics.items()}
            assert found == {metric: numbers[metric] for metric in metrics} | {"tickets": -1.0}
        assert sum(value > 0 for value in metrics["tickets"]["values"]) == 8 - len(kept)
        assert list(follow(client, queued))[-1]["data"]["state"] == "done"
    assert parts(database_url) == {}


def parts(database_url: str) -> dict[str, dict[str, Any]]:
    """The finished replications that the store holds, by name."""
    engine = open_database(database_url)
    with engine.connect() as connection:
        bodies = connection.execute(sa.select(simulation_parts.c.body)).scalars().all()
    engine.dispose()
    return {name: numbers for body in bodies for name, numbers in json.loads(body).items()}


def mark(database_url: str) -> None:
    """Give what the store holds a number that no simulation finds, to be told from what is computed anew."""
    engine = open_database(database_url)
    with engine.begin() as connection:
        for team, number, body in connection.execute(
            sa.select(simulation_parts.c.team, simulation_parts.c.number, simulation_parts.c.body)
        ).all():
            marked = {name: numbers | {"tickets": -1.0} for name, numbers in json.loads(body).items()}
            change = sa.update(simulation_parts).where(simulation_parts.c.team == team, simulation_parts.c.number == number)
            connection.execute(change.values(body=json.dumps(marked)))
    engine.dispose()


def test_a_restart_takes_a_job_up_at_once(tmp_path: Path) -> None:
    with LiveServer(tmp_path, job_nice=0) as server, server.client(server.key("manager")) as client:
        place = ask(client, ENDLESS)
        reach(client, place, 1)
        server.restart()
        reach(client, place, 3)
        assert client.delete(place).json()["state"] == "cancelled"


@ON_SQLITE
def test_cancelling_ends_the_processes_at_once_and_a_repeat_changes_nothing(tmp_path: Path, database_url: str) -> None:
    with LiveServer(tmp_path, database_url, job_nice=0) as server, server.client(server.key("manager")) as client:
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


def test_the_processes_step_back_and_end_with_a_service_that_is_killed(tmp_path: Path) -> None:
    with LiveServer(tmp_path) as server, server.client(server.key("manager")) as client:
        ask(client, ENDLESS)
        while not (found := [each for each in processes_of(server.pid) if os.sched_getscheduler(each) == os.SCHED_IDLE]):
            assert client.get("/v1/simulations").json()["items"][0]["state"] in ("queued", "running")
        (process,) = found
        assert os.getpriority(os.PRIO_PROCESS, process) == 19
        assert os.getpgid(process) == process
        assert os.getsid(process) == os.getsid(server.pid)
        server.kill()
        ended = os.pidfd_open(process)
        assert select.select([ended], [], [], 120)[0] == [ended]
        os.close(ended)


def processes_of(service: int) -> list[int]:
    """The processes that a process has started."""
    return [int(each) for task in Path(f"/proc/{service}/task").iterdir() for each in (task / "children").read_text().split()]


def test_limits_name_themselves(tmp_path: Path) -> None:
    limits: dict[str, Any] = {"job_tickets_max": 30, "job_work_max": 200, "jobs_per_key": 2, "jobs_kept": 3}
    with make_world(f"sqlite:///{tmp_path / 'a.db'}", **limits) as world:
        large = problem(world("manager", "POST", "/v1/simulations", {"scenario": SMALL, "changes": {"volume": "+100%"}}), 422, "/scenario")
        assert "48 tickets" in large["errors"][0]["detail"]
        assert "30 tickets in a run at most (RESPITE_JOB_TICKETS_MAX)" in large["errors"][0]["detail"]
        assert "2 agents and 48 tickets" in large["errors"][1]["detail"]
        assert "200 of that at most (RESPITE_JOB_WORK_MAX)" in large["errors"][1]["detail"]
        small = {"scenario": SMALL}
        ids = [world.ok("manager", "POST", "/v1/simulations", small | {"seed": seed})["id"] for seed in range(2)]
        refused = world("manager", "POST", "/v1/simulations", small)
        assert "2 jobs that have not ended" in problem(refused, 429)["detail"]
        assert int(refused.headers["retry-after"]) > 0
        assert world("admin", "POST", "/v1/simulations", small).status_code == 202  # another key has its own
        for seed in range(4):
            world.ok("manager", "DELETE", f"/v1/simulations/{ids[-1]}")
            world.clock.instant_s += 1
            ids.append(world.ok("manager", "POST", "/v1/simulations", small | {"seed": 10 + seed})["id"])
        ended = [each for each in world.ok("manager", "GET", "/v1/simulations")["items"] if each["state"] in ("done", "cancelled")]
        assert len(ended) <= 3
        assert world("manager", "GET", f"/v1/simulations/{ids[1]}").status_code == 404


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"nonsense": 1}, "/nonsense", "is not a known field"),
    ({"kind": "dream"}, "/kind", "simulate"),
    ({"scenario": 5}, "/scenario", "TOML, a JSON object"),
    ({"scenario": ""}, "/scenario", "TOML, a JSON object"),
    ({"scenario": "no-such-team"}, "/scenario", "small-team"),
    ({"scenario": "../scenarios/small-team"}, "/scenario", "small-team"),
    ({"scenario": "a = 1\nb = = 2"}, "/scenario", "line 2"),
    ({"scenario": {"groups": {"team": {"agents": 0}}, "demand": {"weird": 1}}}, "/scenario/groups/team/agents", "1 to 1000"),
    ({"scenario": {"groups": {"team": {"agents": 0}}, "demand": {"weird": 1}}}, "/scenario/demand/weird", "tickets_per_day"),
    ({"scenario": {"groups": {"team": {"shift_start": "soon"}}}}, "/scenario/groups/team/shift_start", "09:00:00"),
    ({"scenario": {"policy": {"break_min_s": -1}}}, "/scenario/policy/break_min_s", "3600"),
    ({"replications": 0}, "/replications", "greater than or equal to 1"),
    ({"seed": -1}, "/seed", "greater than or equal to 0"),
    ({"changes": {"agents": "many"}}, "/changes/agents", "whole people"),
    ({"changes": {"speed": "+10%"}}, "/changes/speed", "volume"),
    ({"changes": {"/run/days": "0"}}, "/changes/~1run~1days", "1 to 366"),
    ({"changes": {"/no/such": "+10%"}}, "/changes/~1no~1such", "the path of a setting"),
    ({"changes": {"agents": 5}}, "/changes/agents", "string"),
]


def test_a_job_that_cannot_be_run_is_refused_with_every_violation(world: World) -> None:
    for change, pointer, words in REFUSED:
        refused = problem(world("manager", "POST", "/v1/simulations", {"scenario": SMALL} | change), 422, pointer)
        assert any(words in each["detail"] for each in refused["errors"] if each["pointer"] == pointer), refused
    assert world.ok("manager", "GET", "/v1/simulations")["items"] == []


def test_what_no_store_or_reader_can_take_is_a_problem(world: World) -> None:
    headers = {"Authorization": f"Bearer {world.keys['manager']}", "Content-Type": "application/json"}
    for title in (b'"\\ud800"', b"NaN"):
        response = world.client.post("/v1/simulations", content=b'{"scenario": {"title": %s}}' % title, headers=headers)
        assert "JSON can hold" in problem(response, 422, "/scenario")["detail"]
    deep: Any = 1
    for _ in range(30):
        deep = {"x": deep}
    assert "12 deep" in problem(world("manager", "POST", "/v1/simulations", {"scenario": deep}), 422, "/scenario")["errors"][0]["detail"]


def test_an_idempotency_key_is_honoured(world: World) -> None:
    first = world("manager", "POST", "/v1/simulations", {"scenario": SMALL}, Idempotency_Key="k1")
    again = world("manager", "POST", "/v1/simulations", {"scenario": SMALL}, Idempotency_Key="k1")
    assert (again.status_code, again.json(), again.headers["location"]) == (202, first.json(), first.headers["location"])
    assert len(world.ok("manager", "GET", "/v1/simulations")["items"]) == 1
    problem(world("manager", "POST", "/v1/simulations", {"scenario": SMALL, "seed": 2}, Idempotency_Key="k1"), 422, "/Idempotency-Key")


def test_jobs_that_are_not_known(world: World) -> None:
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/result"), ("GET", "/stream")):
        problem(world("manager", method, f"/v1/simulations/sim-nothing{path}"), 404)


def test_a_job_that_fails_says_why(tmp_path: Path) -> None:
    with LiveServer(tmp_path, job_nice=0) as server, server.client(server.key("manager")) as client:
        place = ask(client, ENDLESS)
        reach(client, place, 1)
        (process,) = [each for each in processes_of(server.pid) if os.getpgid(each) == each]
        os.kill(process, signal.SIGKILL)
        ended = list(follow(client, place))[-1]["data"]
        assert ended["state"] == "failed"
        assert "ended with code -9 (killed from outside, as when memory runs out)" in ended["error"]
        assert ended["error"] in problem(client.get(f"{place}/result"), 409)["detail"]
