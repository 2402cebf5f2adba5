"""Backup and restore: under load, from one kind of database into the other, and at the command line."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from api.cli import app
from api.store import backup, upkeep
from api.store.checking import differing_decisions
from api.store.database import open_database
from api.store.repository import Repository
from api.store.restore import restore
from api.store.sole import serving
from api.store.tables import metadata
from router.replay import replay
from support.backups import backed_up, everything
from support.stepped_clock import SteppedClock
from support.world import NOON_S, World
from support.world import world as make_world


def busy_morning(world: World) -> None:
    """Two people, a break, somebody in personal mode, a ticket that waits."""
    for name in ("ana", "ben"):
        world.agent(name, skills={"export": 3})
    world.ok("ana", "PUT", "/v1/agents/ana/personal-mode", {"opt_in": True})
    for number in range(6):
        world.ticket(f"T{number}", account_id=f"acme-{number % 2}", escalated=number == 3, skills=["export"])
        world.clock.instant_s += 60
    held = {each["id"]: each["agent_id"] for each in world.ok("helpdesk", "GET", "/v1/tickets")["items"]}
    for ticket_id, agent_id in held.items():
        if agent_id is not None:
            world.happened(ticket_id, "resolved")
            world.ok(agent_id, "POST", f"/v1/agents/{agent_id}/taps", {"ticket_id": ticket_id, "rating": "hard"})
    world.ok("ana", "POST", "/v1/agents/ana/check-ins", {"answer": 7.25}, Idempotency_Key="c-1")
    world.ticket("waits", skills=["none-has-it"])


@pytest.fixture
def target_url(request: pytest.FixtureRequest, tmp_path: Path, database_url: str) -> Iterator[str]:
    """An empty database of the other kind than `database_url`."""
    if database_url.startswith("postgresql"):
        yield f"sqlite:///{tmp_path / 'other.db'}"
    else:
        server = request.getfixturevalue("postgres")
        yield server.create_database("restored_into")
        server.drop_database("restored_into")


def test_a_backup_goes_into_the_other_kind_of_database_and_serves_there(world: World, target_url: str, tmp_path: Path) -> None:
    busy_morning(world)
    manifest = backed_up(world.services.engine, tmp_path / "all.gz")
    assert (tmp_path / "all.gz").stat().st_mode & 0o777 == 0o600
    assert manifest.rows["events"] == manifest.revisions["default"]
    before, until = everything(world.services.engine), {}
    for name in ("ana", "ben"):
        until[name] = world.ok(name, "GET", f"/v1/agents/{name}/recovery")["until"]
    engine = open_database(target_url)
    assert restore(engine, tmp_path / "all.gz") == (manifest, 0)
    assert everything(engine) == before
    with engine.connect().execution_options(reading=True) as connection:
        repository = Repository(connection)
        state = repository.first("default")
        assert replay(state, repository.log("default")).differences == ()
        assert list(differing_decisions(connection, "default", 0, state.revision)) == []
    engine.dispose()
    with make_world(target_url, SteppedClock(world.clock.instant_s)) as again:
        for name in ("ana", "ben"):
            assert again.ok(name, "GET", f"/v1/agents/{name}/recovery")["until"] == until[name]
        assert again.ticket("T-new", skills=["export"])["decision"]["lane"] in ("agent", "queue")
        assert (
            again("helpdesk", "POST", "/v1/tickets", {"id": "T1", "account_id": "x", "subject": "s", "created_at": again.at()}).status_code
            == 409
        )


def test_a_backup_under_load_is_of_one_instant(world: World, tmp_path: Path) -> None:
    world.agent("ana", concurrency={"email": 500})
    stop, made = threading.Event(), threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            world.ticket(f"T{number}", account_id=f"acme-{number % 7}")
            number += 1
            if number > 20:
                made.set()

    writer = threading.Thread(target=write)
    writer.start()
    assert made.wait(20)
    for number in range(3):
        manifest = backed_up(world.services.engine, tmp_path / f"{number}.gz")
        assert manifest.rows["events"] == manifest.revisions["default"]
    stop.set()
    writer.join()
    engine = open_database(f"sqlite:///{tmp_path / 'copy.db'}")
    restore(engine, tmp_path / "2.gz")
    with engine.connect().execution_options(reading=True) as connection:
        state = Repository(connection).first("default")
        assert replay(state, Repository(connection).log("default")).differences == ()
        assert state.revision == manifest.revisions["default"] > 40
        assert list(differing_decisions(connection, "default", 0, state.revision)) == []
    engine.dispose()


def test_the_commands_back_up_try_it_out_and_replace_only_when_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url, file = f"sqlite:///{tmp_path / 'own.db'}", str(tmp_path / "all.gz")
    monkeypatch.setenv("RESPITE_DATABASE_URL", url)
    with make_world(url) as world:
        world.agent("ana")
        world.ticket("T1")
        told = CliRunner().invoke(app, ["backup", file, "--test", "--json"])  # beside the running service
        assert told.exit_code == 0, told.output
        assert json.loads(told.stdout)["revisions"] == {"default": 4}
        world.ticket("T2")
    refused = CliRunner().invoke(app, ["restore", file])
    assert (refused.exit_code, "--replace" in refused.stderr) == (2, True)
    with serving(url):  # as `respite serve` has it
        refused = CliRunner().invoke(app, ["restore", file, "--replace"])
    assert (refused.exit_code, refused.stderr.count("\n")) == (2, 1)
    assert "another service is at work" in refused.stderr
    assert CliRunner().invoke(app, ["restore", file, "--replace"]).exit_code == 0
    with make_world(url) as world:
        assert [each["id"] for each in world.ok("helpdesk", "GET", "/v1/tickets")["items"]] == ["T1"]
    for wrong in (tmp_path / "nowhere" / "x.gz", tmp_path):
        assert CliRunner().invoke(app, ["backup", str(wrong)]).exit_code == 2
    missing = CliRunner().invoke(app, ["restore", str(tmp_path / "missing.gz"), "--replace"])
    assert (missing.exit_code, missing.stderr.count("\n")) == (2, 1)


def test_two_backups_at_once_are_each_whole(own: sa.Engine, tmp_path: Path) -> None:
    file = tmp_path / "all.gz"
    with own.begin() as connection:
        upkeep.note(connection, "default", "retention", NOON_S)

    def second(_rows: int) -> None:
        backed_up(own, file)
        backup.check(file)

    with backup.snapshot(own) as connection:
        backup.write(connection, file, NOON_S, second)
    backup.check(file)


@pytest.mark.parametrize("upgraded_url", ["sqlite", "postgresql"], indirect=True)
def test_what_is_another_programs_is_in_no_backup_and_stays(upgraded_url: str, tmp_path: Path) -> None:
    engine = open_database(upgraded_url)
    with engine.begin() as connection:
        Repository(connection).create_team("default", NOON_S)
        connection.exec_driver_sql("CREATE TABLE invoices (made_at TIMESTAMP)")
        connection.exec_driver_sql("INSERT INTO invoices VALUES ('2026-01-01 00:00:00')")
    backed_up(engine, tmp_path / "all.gz")
    restore(engine, tmp_path / "all.gz")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM invoices").scalar_one() == 1
    engine.dispose()


def test_a_store_of_a_later_version_gives_way_whole(own: sa.Engine, tmp_path: Path) -> None:
    """It may have tables that this version does not know."""
    backed_up(own, tmp_path / "all.gz")
    before = everything(own)
    with own.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE news (team TEXT REFERENCES teams (id), id TEXT PRIMARY KEY)")
        connection.exec_driver_sql("CREATE TABLE news_parts (id TEXT REFERENCES news (id))")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    restore(own, tmp_path / "all.gz")
    assert everything(own) == before
    assert not {"news", "news_parts"} & {*sa.inspect(own).get_table_names()}


def test_after_a_restore_the_same_engine_holds_to_what_refers_to_what(tmp_path: Path) -> None:
    """Tables are replaced with foreign keys off, and the connection goes back to those that are used again."""
    url = f"sqlite:///{tmp_path / 'own.db'}"
    with make_world(url) as world:
        world.agent("ana")
        backed_up(world.services.engine, tmp_path / "all.gz")
    engine = open_database(url)
    restore(engine, tmp_path / "all.gz")
    with pytest.raises(sa.exc.IntegrityError, match="FOREIGN KEY"), engine.begin() as connection:
        connection.execute(sa.insert(metadata.tables["personal"]).values(team="nowhere", agent_id="ana", since_s=NOON_S))
    engine.dispose()
