"""Stores of every earlier migration, written by the code of then (`old_stores/make.py`), brought up to date with all that is in them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from typer.testing import CliRunner

from api.cli import app
from api.json_text import to_json
from api.store import backup, connections, subscriptions
from api.store.checking import differing_decisions
from api.store.database import (
    GUIDE,
    MIGRATIONS,
    DatabaseSettingError,
    head_revision,
    migrate,
    open_database,
    stored_revision,
    upgrade,
)
from api.store.past import begin_at
from api.store.repository import Repository
from api.store.restore import restore
from api.store.rotating import Secret
from api.store.sole import serving
from api.store.tables import metadata
from router import snapshot
from router.events import TicketOpened
from router.record import ENGINE
from router.replay import Erased, replay
from router.state import TeamState
from router.turn import conclude
from support.stepped_clock import SteppedClock
from support.streams import START_S, stream, take_in
from support.world import World
from support.world import world as make_world

OLD = Path(__file__).parent / "old_stores"
TOLD = json.loads((OLD / "told.json").read_text())
BETWEEN = ("0005", "0006", "0007", "0008", "0009", "0010", "0011", "0012", "0013")  # released together with what is newest
MOVED = {"secret", "previous", "previous_until_s"}  # of webhooks, to a table of their own, see `test_secrets_are_taken_into_rows`
NEW_PARTS = {"keys": {"selector", "parent"}, "looks": {"what"}, "answers": {"agent_id"}}  # columns that tables got later


def put_old(engine: sa.Engine, migration: str) -> None:
    """The store of a migration as it was, not brought up to date."""
    with engine.begin() as connection:
        migrate(connection, migration)
        tables = sa.MetaData()
        tables.reflect(connection)
        for name, rows in backup.read(OLD / f"{migration}.gz"):
            connection.execute(sa.insert(tables.tables[name]), rows)


def held(engine: sa.Engine) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, by column."""
    tables = sa.MetaData()
    with engine.connect().execution_options(reading=True) as connection:
        tables.reflect(connection)
        return {
            table.name: sorted((dict(row) for row in connection.execute(sa.select(table)).mappings()), key=str)
            for table in tables.sorted_tables
            if table.name != GUIDE.name
        }


def assert_kept(before: dict[str, list[dict[str, Any]]], after: dict[str, list[dict[str, Any]]]) -> None:
    """Whatever a table held it holds, but for columns that it got since."""
    for name, every in before.items():
        if name == "state_parts":
            continue  # it was made anew, see `test_a_log_s_beginning_is_taken_into_rows`
        moved = MOVED if name in ("subscriptions", "connections") else set()
        rows = [{column: value for column, value in row.items() if column not in moved} for row in every]
        known = [{column: row[column] for column in rows[0]} for row in after[name]] if rows else after[name]
        assert sorted(known, key=str) == sorted(rows, key=str), name
        if rows:
            assert after[name][0].keys() - rows[0].keys() <= NEW_PARTS.get(name, set())


def call(world: World, who: str, method: str, path: str, body: Any = None, **headers: str) -> Any:
    """With a key of then."""
    sent = {"Authorization": f"Bearer old-{who}"} | {name.replace("_", "-"): text for name, text in headers.items()}
    answer = world.client.request(method, path, json=body, headers=sent)
    assert answer.status_code < 300, answer.text
    return answer.json()


def assert_serves(world: World, told: dict[str, Any]) -> None:
    """Breaks end as they were told to, keys open, what waited is routed, and a repeat is told from news."""
    for name in ("ana", "ben"):
        now = call(world, name, "GET", f"/v1/agents/{name}/recovery")
        before = told["recovery"][name]
        assert {each: now[each] for each in ("state", "until", "points")} == {each: before[each] for each in ("state", "until", "points")}
    assert [each["id"] for each in call(world, "helpdesk", "GET", "/v1/tickets?state=waiting")["items"]] == told["waiting"]
    call(world, "admin", "PUT", "/v1/agents/cyd", {"name": "Cyd", "skills": {"nobody-has-it": 3}})
    call(world, "helpdesk", "POST", "/v1/agents/cyd/status", {"status": "online"})
    assert call(world, "helpdesk", "GET", "/v1/tickets/waits")["agent_id"] == "cyd"
    assert call(world, "ana", "GET", "/v1/agents/ana/personal-mode")["check_ins"] == told.get("check_ins", 1)
    assert len(call(world, "manager", "GET", "/v1/policy/versions")["items"]) >= 1
    resting = {name: each for name, each in told["recovery"].items() if each["state"] == "break"}
    assert resting
    for name, each in resting.items():
        world.clock.instant_s = told["now_s"] + 3600
        assert call(world, name, "GET", f"/v1/agents/{name}/recovery")["state"] != "break", each


def assert_replays(engine: sa.Engine) -> None:
    with engine.connect().execution_options(reading=True) as connection:
        state = Repository(connection).first("default")
        replay(state, Repository(connection).log("default"))  # another engine may decide otherwise, and folds all the same
        assert state.revision == Repository(connection).revision("default")
        assert list(differing_decisions(connection, "default", 0, state.revision)) == []


def on_either(every: Iterable[str], both: Iterable[str]) -> list[Any]:
    """All on SQLite, some on PostgreSQL too: servers are slower to fill than files."""
    return [pytest.param("sqlite", each) for each in every] + [pytest.param("postgresql", each) for each in both]


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    made = open_database(database_url)
    yield made
    made.dispose()


@pytest.mark.parametrize(("database_url", "migration"), on_either(TOLD, ("0001", "0004")), indirect=["database_url"])
def test_an_old_store_is_brought_up_to_date_and_serves(engine: sa.Engine, database_url: str, migration: str) -> None:
    put_old(engine, migration)
    before = held(engine)
    assert len(before["events"]) > 20
    upgrade(engine)
    after = held(engine)
    assert_kept(before, after)
    assert_replays(engine)
    told = TOLD[migration] | ({"check_ins": 0} if migration == "0001" else {})
    with make_world(database_url, SteppedClock(told["now_s"])) as world:
        assert_serves(world, told)
    assert_replays(engine)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_backup_of_then_is_restored_now(engine: sa.Engine, database_url: str) -> None:
    manifest, _ = restore(engine, OLD / "0003.gz")
    assert manifest.migration == "0003"
    with engine.connect() as connection:
        assert stored_revision(connection) == head_revision()
    with make_world(database_url, SteppedClock(TOLD["0003"]["now_s"])) as world:
        assert_serves(world, TOLD["0003"])


def a_row(table: sa.Table, known: dict[str, Any]) -> dict[str, Any]:
    """A row with something in every column."""
    some = {sa.Boolean: True, sa.Integer: 1, sa.BigInteger: 1, sa.Double: 1.5}
    row = {}
    for column in table.columns:
        kind = next((value for each, value in some.items() if isinstance(column.type, each)), None)
        row[column.name] = known.get(column.name, kind if kind is not None else "1.5" if "REAL" in str(column.type) else "{}")
    return row


def fill(engine: sa.Engine) -> None:
    """A row in every table that has none."""
    tables = sa.MetaData()
    with engine.begin() as connection:
        tables.reflect(connection)
        ids = connection.execute(sa.select(tables.tables["simulations"].c.id)).scalars().all()
        for table in tables.sorted_tables:
            if table.name != GUIDE.name and connection.execute(sa.select(table).limit(1)).first() is None:
                known = {"team": "default", "simulation": ids[0]}
                connection.execute(sa.insert(table).values(a_row(table, known)))


@pytest.mark.parametrize(("database_url", "migration"), on_either(BETWEEN, BETWEEN[-1:]), indirect=["database_url"])
def test_no_row_of_a_migration_in_between_is_lost(engine: sa.Engine, migration: str) -> None:
    put_old(engine, "0004")
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.connection.execute("PRAGMA foreign_keys = OFF")
        with connection.begin():
            migrate(connection, migration)
        if engine.dialect.name == "sqlite":
            connection.connection.execute("PRAGMA foreign_keys = ON")
    fill(engine)
    before = held(engine)
    upgrade(engine)
    assert_kept(before, held(engine))


@pytest.mark.parametrize(("parts", "database_url"), [(1, "sqlite"), (2, "sqlite"), (2, "postgresql")], indirect=["database_url"])
def test_a_log_s_beginning_is_taken_into_rows(engine: sa.Engine, parts: int) -> None:
    """Its accounts, tickets and ledgers, once of tickets alone in parts, with all else beside them."""
    state = TeamState()
    for batch, now_s in stream(np.random.default_rng(3), 60):
        take_in(state, batch)
        conclude(state, now_s)
    whole = snapshot.dump(state) | {"ended": list(state.ended)}
    many = [{"tickets": whole["tickets"][:9]}, {"tickets": whole["tickets"][9:]}, {"accounts": whole["accounts"]}]
    if parts == 1:
        many = [whole["tickets"]]
    left = dict.fromkeys(name for part in many for name in (part if isinstance(part, dict) else ("tickets",)))
    with engine.begin() as connection:
        migrate(connection, "0012")
        tables = sa.MetaData()
        tables.reflect(connection)
        for name, row in [
            ("teams", {"id": "team", "revision": state.revision, "created_s": START_S}),
            ("origins", {"revision": state.revision, "at_s": state.now_s, "engine": ENGINE, "body": to_json(whole | left), "erased": "{}"}),
            *(("state_parts", {"kind": "origin", "part": number, "body": to_json(part)}) for number, part in enumerate(many)),
            ("state_parts", {"kind": "checkpoint", "part": 0, "body": "[]"}),
        ]:
            connection.execute(sa.insert(tables.tables[name]), row if name == "teams" else row | {"team": "team"})
    upgrade(engine)
    with engine.begin() as connection:
        stored = Repository(connection)
        found = stored.first("team")
        assert snapshot.dump(found) == snapshot.dump(state)
        assert any(person.entries for person in state.agents.people)
        for batch, now_s in stream(np.random.default_rng(4), 10):
            take_in(found, [each for each in batch if not isinstance(each, TicketOpened)])
            conclude(found, now_s)
        begin_at(connection, "team", found, Erased())
        assert snapshot.dump(stored.first("team")) == snapshot.dump(found)


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_secrets_are_taken_into_rows(engine: sa.Engine) -> None:
    """With the ends of those before the one in use, of which there were up to two in a column."""
    with engine.begin() as connection:
        migrate(connection, "0013")
        tables = sa.MetaData()
        tables.reflect(connection)
        connection.execute(sa.insert(tables.tables["teams"]), {"id": "team", "revision": 0, "created_s": START_S})
        for number, (before, until_s) in enumerate(((None, None), ("whsec_b1", 5.0), ("whsec_c2whsec_c1", 6.0))):
            both = {"team": "team", "secret": f"whsec_now{number}", "previous": before, "previous_until_s": until_s, "created_s": START_S}
            hook = {"id": f"sub_{number}", "agent_id": None, "url": "https://x.example/", "types": '["ping"]'}
            connection.execute(sa.insert(tables.tables["subscriptions"]), both | hook)
            connection.execute(sa.insert(tables.tables["connections"]), both | {"name": f"desk{number}", "format": "respite"})
    upgrade(engine)
    with engine.connect().execution_options(reading=True) as connection:
        told = [each.secrets for each in subscriptions.of(connection, "team")]
        assert told == [each.secrets for each in connections.of(connection, "team")]
    assert told == [
        (Secret("whsec_now0"),),
        (Secret("whsec_now1"), Secret("whsec_b1", 5.0)),
        (Secret("whsec_now2"), Secret("whsec_c2", 6.0), Secret("whsec_c1", 6.0)),
    ]


def test_references_that_lead_nowhere_stop_an_upgrade(tmp_path: Path) -> None:
    """Foreign keys are off while tables are made anew, so they are looked at before anything is kept; afterwards they are enforced."""
    engine = open_database(f"sqlite:///{tmp_path / 'own.db'}")
    put_old(engine, "0004")
    lost = "INSERT INTO simulation_parts VALUES ('default', 'no such job', 1, '{}')"
    with pytest.raises(sa.exc.IntegrityError), engine.begin() as connection:
        connection.exec_driver_sql(lost)
    with engine.connect() as connection:
        connection.connection.execute("PRAGMA foreign_keys = OFF")
        with connection.begin():
            connection.exec_driver_sql(lost)
        connection.connection.execute("PRAGMA foreign_keys = ON")
    before = held(engine)
    with pytest.raises(RuntimeError, match="broke 1 references; nothing was changed"):
        upgrade(engine)
    assert held(engine) == before
    with engine.connect() as connection:
        assert stored_revision(connection) == "0004"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1
    engine.dispose()


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_beside_a_later_version_none_is_told_to_stop_it(engine: sa.Engine, database_url: str) -> None:
    upgrade(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with serving(database_url), pytest.raises(DatabaseSettingError, match="the database is of another version"):
        upgrade(engine)


@pytest.mark.parametrize(("database_url", "migration"), on_either((*TOLD, "0012"), ("0012",)), indirect=["database_url"])
def test_a_store_is_backed_up_before_its_upgrade_as_it_is(
    engine: sa.Engine, database_url: str, migration: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The version of then may still be at work on it; and there is a table in it that there is no more."""
    monkeypatch.setenv("RESPITE_DATABASE_URL", database_url)
    put_old(engine, migration if migration in TOLD else "0004")
    if migration not in TOLD:
        with engine.begin() as connection:
            migrate(connection, migration)
            connection.exec_driver_sql("INSERT INTO state_parts VALUES ('default', 'checkpoint', 0, '[]')")
    before = held(engine)
    file = tmp_path / "before.gz"
    told = CliRunner().invoke(app, ["backup", str(file), "--test"])
    assert told.exit_code == 0, told.output
    with engine.connect() as connection:
        assert stored_revision(connection) == migration
    noted = ("upkeep",)
    assert {name: rows for name, rows in held(engine).items() if name not in noted} == {
        name: rows for name, rows in before.items() if name not in noted
    }
    assert backup.check(file).rows == {name: len(rows) for name, rows in before.items()}


@pytest.mark.parametrize(("database_url", "migration"), on_either(("0004",), ("0012",)), indirect=["database_url"])
def test_no_command_brings_a_store_up_to_date_under_a_service_of_an_earlier_version(
    engine: sa.Engine, database_url: str, migration: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its service would find other tables than it knows; what a backup does, above, is all that goes on beside it."""
    monkeypatch.setenv("RESPITE_DATABASE_URL", database_url)
    put_old(engine, "0004")
    with engine.begin() as connection:
        migrate(connection, migration)
    before = held(engine)
    commands = [["keys", "list"], ["keys", "create", "--role", "admin"], ["retention"], ["replay"], ["forget", "ana"], ["serve"]]
    with serving(database_url):
        for words in commands:
            told = CliRunner().invoke(app, words)
            assert (told.exit_code, told.stdout, told.stderr.count("\n")) == (2, "", 1), (words, told.output)
            assert "a service of an earlier version is at work on the database: stop it" in told.stderr
        assert held(engine) == before
        with engine.connect() as connection:
            assert stored_revision(connection) == migration
    assert CliRunner().invoke(app, ["keys", "list"]).exit_code == 0
    assert_kept(before, held(engine))
    with engine.connect() as connection:
        assert stored_revision(connection) == head_revision()
    with serving(database_url):  # this version's
        assert CliRunner().invoke(app, ["keys", "list"]).exit_code == 0


def test_where_the_lock_of_a_store_can_not_be_had_it_is_said_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESPITE_DATABASE_URL", f"sqlite:///{tmp_path / 'respite.db'}")
    put_old(open_database(f"sqlite:///{tmp_path / 'respite.db'}"), "0004")
    (tmp_path / "respite.db.lock").mkdir()
    for command in ("keys list", "serve"):
        told = CliRunner().invoke(app, command.split())
        assert (told.exit_code, told.stderr.count("\n")) == (2, 1), told.output
        assert f"{tmp_path / 'respite.db.lock'} can't be locked: Is a directory" in told.stderr


def test_the_newest_migration_is_told_by_the_names_of_the_files() -> None:
    scripts = ScriptDirectory(str(MIGRATIONS))
    assert head_revision() == scripts.get_current_head()
    assert all(Path(each.path).name.startswith(f"{each.revision}_") for each in scripts.walk_revisions())


def test_every_table_that_a_store_of_any_version_has_is_known_by_name(tmp_path: Path) -> None:
    engine, known = open_database(f"sqlite:///{tmp_path / 'a.db'}"), {GUIDE.name, *metadata.tables, *backup.FORMER}
    seen = set[str]()
    for script in sorted(ScriptDirectory(str(MIGRATIONS)).walk_revisions(), key=lambda each: each.revision):
        with engine.begin() as connection:
            migrate(connection, script.revision)
            seen |= {*sa.inspect(connection).get_table_names()}
    assert seen == known
    engine.dispose()
