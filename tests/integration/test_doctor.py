"""`respite doctor`: what is well, what to look at and what is bad, beside a running service."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from api.cli import app
from api.clock import Clock
from api.store import keys, upkeep
from api.store.database import open_database, upgrade
from api.store.repository import Repository
from api.store.tables import metadata
from router.events import AgentPut
from router.evolve import evolve
from router.state import TeamState
from support.stepped_clock import SteppedClock
from support.world import World
from support.world import world as make_world

DAY_S = 86_400.0
Change = Callable[[sa.Connection], object]


@pytest.fixture
def world(upgraded_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setenv("RESPITE_DATABASE_URL", upgraded_url)
    with make_world(upgraded_url, SteppedClock(Clock().now_s())) as made:
        made.agent("4711", name="Ana")
        yield made


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[sa.Engine]:
    """A database of which the service is not running now."""
    url, now_s = f"sqlite:///{tmp_path / 'own.db'}", Clock().now_s()
    monkeypatch.setenv("RESPITE_DATABASE_URL", url)
    engine = open_database(url)
    upgrade(engine)
    with engine.begin() as connection:
        repository, state = Repository(connection), TeamState()
        repository.create_team("default", now_s)
        put = AgentPut(now_s, "4711", "Ana")
        repository.save("default", 0, [put], evolve(state, put), (), (), ())
        keys.create(connection, "default", "admin", None, now_s)
    yield engine
    engine.dispose()


def doctor(*options: str) -> tuple[int, list[dict[str, Any]]]:
    told = CliRunner().invoke(app, ["doctor", "--json", *options])
    return told.exit_code, json.loads(told.stdout)["findings"]


def states(found: list[dict[str, Any]], about: str) -> list[str]:
    return [each["state"] for each in found if each["about"] == about]


def test_beside_a_running_service(world: World, tmp_path: Path) -> None:
    code, found = doctor("--integrity")
    forgetful = world.services.engine.dialect.name == "postgresql"  # the server of the tests runs without fsync, and the doctor says so
    assert (code, states(found, "database")) == ((1, ["bad"]) if forgetful else (0, ["ok"]))
    for about in ("migrations", "TLS", "retention", "clock", "log", "ids"):
        assert states(found, about) == ["ok"], about
    if not forgetful:
        assert states(found, "file") == ["ok"]  # nobody else reads it
        assert states(found, "integrity") == ["ok"]
    assert states(found, "keys") == ["ok", "look"]  # the world's keys have no end
    assert states(found, "backup") == ["look", "look"]
    assert CliRunner().invoke(app, ["backup", str(tmp_path / "all.gz"), "--test"]).exit_code == 0
    assert states(doctor()[1], "backup") == ["ok", "ok"]
    lines = CliRunner().invoke(app, ["doctor"]).stdout.splitlines()
    assert all(line[:5].strip() in ("ok", "look", "bad") for line in lines)
    assert all(" → " in line for line in lines if not line.startswith("ok"))


FORGOTTEN = 'UPDATE events SET kind = \'agent_forgotten\', body = \'{"at_s": 1.0, "agent_id": "nobody"}\''
TROUBLES: dict[str, tuple[str, str, Change]] = {
    "a key that is old": ("keys", "look", lambda one: keys.create(one, "default", "helpdesk", None, Clock().now_s() - 400 * DAY_S)),
    "no key of an admin": ("keys", "look", lambda one: one.execute(sa.delete(metadata.tables["keys"]))),
    "an old backup": ("backup", "bad", lambda one: upkeep.note(one, "default", upkeep.BACKUP, Clock().now_s() - 30 * DAY_S)),
    "retention that stopped": ("retention", "bad", lambda one: upkeep.note(one, "default", upkeep.RETENTION, Clock().now_s() - 3 * DAY_S)),
    "a clock set back": ("clock", "bad", lambda one: one.execute(sa.update(metadata.tables["events"]).values(at_s=Clock().now_s() + 3600))),
    "a gap in the log": ("log", "bad", lambda one: one.exec_driver_sql("DELETE FROM events WHERE seq = 1")),
    "an event that nobody can read": ("log", "bad", lambda one: one.exec_driver_sql("UPDATE events SET body = '{\"x'")),
    "an event that follows from nothing": ("log", "bad", lambda one: one.exec_driver_sql(FORGOTTEN)),
    "a log past which retention can't go": (
        "log",
        "bad",
        lambda one: upkeep.note(one, "default", upkeep.RETENTION, Clock().now_s(), {upkeep.UNREAD: 1}),
    ),
    "a team ahead of its log": ("log", "bad", lambda one: one.exec_driver_sql("UPDATE teams SET revision = revision + 1")),
    "another migration": ("migrations", "bad", lambda one: one.exec_driver_sql("UPDATE alembic_version SET version_num = '0003'")),
}


@pytest.mark.parametrize("name", TROUBLES)
def test_what_is_wrong_is_said_with_what_to_do(own: sa.Engine, name: str) -> None:
    about, state, change = TROUBLES[name]
    before = states(doctor("--integrity")[1], about)
    with own.begin() as connection:
        change(connection)
    for options in ([], ["--integrity"]):
        assert len(states(doctor(*options)[1], "log")) <= 1
    code, found = doctor("--integrity")
    assert state in states(found, about)
    assert before != states(found, about)
    assert code == int(any(each["state"] == "bad" for each in found))
    assert all(each["advice"] for each in found if each["state"] != "ok")


def test_what_is_not_there_yet_is_said_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    monkeypatch.setenv("RESPITE_DATABASE_URL", url)
    engine = open_database(url)
    upgrade(engine)
    engine.dispose()
    _, found = doctor()
    said = {each["about"]: (each["state"], each["seen"], each["advice"]) for each in found}
    assert said["keys"] == ("look", "there is none in force", "make one: respite keys create --role admin")
    assert said["backup"] == ("ok", "no test of a backup yet, and nothing is stored that would need one", None)


@pytest.mark.parametrize("lost", ["DROP TABLE alembic_version", "DELETE FROM alembic_version"])
def test_a_store_that_does_not_say_of_which_version_it_is_is_no_new_one(own: sa.Engine, lost: str) -> None:
    with own.begin() as connection:
        connection.exec_driver_sql(lost)
    code, (found,) = doctor()
    assert (code, found["about"], found["state"]) == (1, "migrations", "bad")
    assert "alembic_version is gone or empty" in found["seen"]
    assert "restore a backup" in found["advice"]
    assert "start" not in found["advice"]


@pytest.mark.parametrize(("role", "count", "word"), [("helpdesk", 1, "keys create"), ("admin", 1, ""), ("admin", 4, "revoke")])
def test_how_many_keys_of_admins_are_well(own: sa.Engine, role: str, count: int, word: str) -> None:
    with own.begin() as connection:
        connection.execute(sa.delete(metadata.tables["keys"]))
        for _ in range(count):
            keys.create(connection, "default", role, None, Clock().now_s(), Clock().now_s() + DAY_S)
    (finding,) = [each for each in doctor()[1] if each["about"] == "keys"]
    assert (finding["state"] == "ok", finding["advice"] is None) == (not word, not word)
    assert word in str(finding["advice"])


@pytest.mark.parametrize(
    ("setting", "value", "about", "state"),
    [
        ("HOST", "0.0.0.0", "TLS", "look"),
        ("HOST", "::1", "TLS", "ok"),
        ("CLOCK_RATE", "60", "clock", "look"),
        ("DELETIONS_FILE", "/var/tmp/deletions.jsonl", "deletions", "ok"),
        ("DATABASE_URL", "sqlite:///var/no-such-file.db", "database", "bad"),
        ("DATABASE_URL", "postgresql://127.0.0.1:1/none", "database", "bad"),
        ("DATABASE_URL", "nonsense", "database", "bad"),
    ],
)
def test_settings_are_looked_at(own: sa.Engine, monkeypatch: pytest.MonkeyPatch, setting: str, value: str, about: str, state: str) -> None:
    monkeypatch.setenv(f"RESPITE_{setting}", value)
    code, found = doctor()
    assert state in states(found, about)
    assert code == int(state == "bad")
    assert not Path("var/no-such-file.db").exists()


@pytest.mark.parametrize("trusted", ["*", "0.0.0.0/0", "127.0.0.1,::/0"])
def test_everybodys_word_and_everybodys_file(own: sa.Engine, monkeypatch: pytest.MonkeyPatch, trusted: str) -> None:
    file = Path(str(own.url.database))
    monkeypatch.setenv("RESPITE_HOST", "0.0.0.0")
    monkeypatch.setenv("RESPITE_TRUSTED_PROXIES", trusted)
    monkeypatch.setenv("RESPITE_DELETIONS_FILE", str(file.parent / "deletions.jsonl"))
    file.chmod(0o666)
    code, found = doctor()
    assert code == 1
    assert states(found, "TLS") == ["look", "bad"]
    assert states(found, "file") == ["bad"]
    assert states(found, "deletions") == ["look"]
    file.chmod(0o640)
    assert states(doctor()[1], "file") == ["look"]


def test_ids_that_tell_who_somebody_is(own: sa.Engine) -> None:
    with make_world(str(own.url), SteppedClock(Clock().now_s())) as world:
        world.agent("ana@example.org")
        world.ok("manager", "PUT", "/v1/policy", {"break_min_s": 0, "break_max_s": 0, "coverage_floor": 2})
    found = doctor()[1]
    assert states(found, "ids") == ["look"]
    assert states(found, "policy") == ["look", "look", "look"]


def test_the_store_of_a_demo_is_told_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its clock runs faster than life, so that its newest event is always in the future."""
    monkeypatch.chdir(tmp_path)
    Path("var").mkdir()
    monkeypatch.setenv("RESPITE_DATABASE_URL", "sqlite:///var/demo.db")
    with make_world("sqlite:///var/demo.db", SteppedClock(Clock().now_s() + 8 * 3600)) as demo:
        demo.agent("ana")
        code, found = doctor()
    assert (code, states(found, "clock")) == (0, ["ok", "look"])
    assert [each["advice"] for each in found if "in the future" in each["seen"]] == [
        "nothing: this is a demo's store, and a demo's clock runs fast"
    ]


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE upkeep SET found = '{'",
        "UPDATE upkeep SET at_s = 'soon'",
        "UPDATE keys SET created_s = 'once'",
        "UPDATE events SET at_s = x'ff'",
        "UPDATE teams SET revision = 'one'",
        "UPDATE teams SET revision = 9e999",
    ],
)
def test_what_can_not_be_read_is_told_and_all_else_looked_at(own: sa.Engine, damage: str) -> None:
    with own.begin() as connection:
        upkeep.note(connection, "default", upkeep.RETENTION, Clock().now_s())
        connection.exec_driver_sql(damage)
    code, found = doctor("--integrity")
    assert code == 1
    assert {each["advice"] for each in found if each["state"] == "bad"} == {"stop the service and restore a backup"}
    assert {"disk", "TLS", "inbox"} <= {each["about"] for each in found}
