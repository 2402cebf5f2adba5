"""Jobs in the store: one service at a time works on one, leases run out, what nobody gets on with is given up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from api.jobs.jobs import ATTEMPTS, Jobs
from api.settings import Settings
from api.store import simulations
from api.store.database import open_database, upgrade
from api.store.repository import Repository
from api.store.simulations import Job, Progress
from api.writer.dispatcher import Dispatcher
from support.jobs import follow
from support.server import LiveServer
from support.stepped_clock import SteppedClock
from support.world import NOON_S

JOB = Job("team", "sim-1", "key", "simulate", "Title", "{}", "queued", 0, 8, None, 0, NOON_S, None, None, None)


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    made = open_database(database_url)
    upgrade(made)
    with made.begin() as connection:
        Repository(connection).create_team("team", NOON_S)
        simulations.add(connection, JOB)
    yield made
    made.dispose()


def stored(connection: sa.Connection) -> Job:
    found = simulations.find(connection, "team", JOB.id)
    assert found is not None
    return found


def test_one_service_works_on_a_job_until_its_lease_runs_out(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        assert simulations.claim(connection, JOB, "one", NOON_S, life_s=100.0, lease_s=110.0)
        assert not simulations.claim(connection, JOB, "other", NOON_S, life_s=109.0, lease_s=119.0)
        assert simulations.waiting(connection, "team", 109.0) == []
        assert simulations.worked_on(connection, "team", 109.0) == {"key": 1}
        assert simulations.keep(connection, "team", JOB.id, "one", 120.0, Progress(2, 8, 3.0, ((0, "a"), (1, "b"))))
        assert not simulations.keep(connection, "team", JOB.id, "other", 999.0, Progress(8, 8, None, ((2, "c"),)))
        assert (stored(connection).done, stored(connection).left_s) == (2, 3.0)
        assert [each.id for each in simulations.waiting(connection, "team", 120.0)] == [JOB.id]
        assert simulations.claim(connection, JOB, "other", NOON_S + 5, life_s=120.0, lease_s=130.0)
        assert stored(connection).started_s == NOON_S
        assert not simulations.end(connection, "team", JOB.id, "one", NOON_S, found="{}")
        assert simulations.parts(connection, "team", JOB.id) == ["a", "b"]
        assert simulations.end(connection, "team", JOB.id, "other", NOON_S + 9, found='{"x":1}')
        assert simulations.parts(connection, "team", JOB.id) == []
        assert simulations.result(connection, "team", JOB.id) == '{"x":1}'
        assert not simulations.cancel(connection, "team", JOB.id, NOON_S + 10)
        assert stored(connection).state == "done"


def test_teams_do_not_see_each_other(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        Repository(connection).create_team("other", NOON_S)
        simulations.add(connection, replace(JOB, team="other", state="running"))
        assert simulations.open_jobs(connection, "team", "key") == 1
        assert [each.team for each in simulations.page(connection, "other", "", 10)] == ["other"]
        assert simulations.cancel(connection, "other", JOB.id, NOON_S)
        assert stored(connection).state == "queued"
        simulations.forget(connection, "other", 0)
        assert simulations.find(connection, "other", JOB.id) is None
        assert stored(connection) == JOB


def test_a_released_job_is_queued_again_with_what_it_has(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        simulations.claim(connection, JOB, "one", NOON_S, 100.0, 110.0)
        simulations.keep(connection, "team", JOB.id, "one", 120.0, Progress(2, 8, 3.0, ((0, "a"),)))
        simulations.release(connection, "team", JOB.id, "other")
        assert stored(connection).state == "running"
        simulations.release(connection, "team", JOB.id, "one")
        assert (stored(connection).state, stored(connection).done) == ("queued", 2)
        assert simulations.parts(connection, "team", JOB.id) == ["a"]


def test_a_job_that_every_service_dies_over_is_given_up(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        for attempt in range(ATTEMPTS):
            assert simulations.claim(connection, JOB, "dead", NOON_S, life_s=100.0 + attempt, lease_s=100.0 + attempt)
    clock = SteppedClock(NOON_S)
    dispatcher = Dispatcher(engine, clock)
    jobs = Jobs(dispatcher, clock, Settings())
    jobs.start()
    while True:
        with engine.connect() as connection:
            ended = stored(connection)
        if ended.state != "running":
            break
    jobs.close()
    dispatcher.close()
    assert ended.state == "failed"
    assert f"it was begun {ATTEMPTS} times" in (ended.error or "")


def test_a_stream_tells_nothing_twice_follows_another_service_and_ends_with_its_key(tmp_path: Path, database_url: str) -> None:
    with LiveServer(tmp_path, database_url, heartbeat_s=0.1) as server, server.client(server.key("manager")) as client:
        engine, job = open_database(database_url), replace(JOB, team="default")
        place = f"/v1/simulations/{job.id}"
        with engine.begin() as connection:
            simulations.add(connection, job)
            simulations.claim(connection, job, "other", NOON_S, life_s=0.0, lease_s=1e12)
        first = next(each for each in follow(client, place) if each["event"] != "clock")
        assert (first["event"], first["data"]["progress"]) == ("progress", {"done": 0, "total": 8})
        coming = follow(client, place, **{"Last-Event-ID": first["id"]})
        assert next(coming)["event"] == "clock"
        with engine.begin() as connection:
            simulations.keep(connection, "default", job.id, "other", 1e12, Progress(3, 8, 5.0))
        told = next(each for each in coming if each["event"] != "clock")
        assert (told["event"], told["data"]["progress"], told["data"]["seconds_left"]) == ("progress", {"done": 3, "total": 8}, 5.0)
        server.revoke("manager")
        assert {each["event"] for each in coming} <= {"clock"}
        engine.dispose()
