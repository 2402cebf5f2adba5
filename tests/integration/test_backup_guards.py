"""Backup and restore where something is damaged, in the way or broken off: refused in one line, and what was there stays."""

from __future__ import annotations

import gzip
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from api.cli import app
from api.store import backup, upkeep
from api.store.backup import BackupError
from api.store.database import open_database, overwrite, upgrade
from api.store.repository import Repository
from api.store.restore import restore
from api.store.tables import teams
from support.backups import backed_up, everything
from support.world import NOON_S
from support.world import world as make_world


def lines_of(file: Path) -> list[bytes]:
    return gzip.decompress(file.read_bytes()).splitlines(keepends=True)


def damaged(file: Path) -> Iterator[tuple[str, bytes]]:
    """What may become of a backup, by name."""
    whole, lines = file.read_bytes(), lines_of(file)
    swapped = [line.replace(b'"acme"', b'"acne"') for line in lines]
    yield "cut off", whole[: len(whole) // 2]
    yield "a bit turned", whole[:200] + bytes([whole[200] ^ 1]) + whole[201:]
    yield "its last line gone", gzip.compress(b"".join(lines[:-1]))
    yield "a row gone", gzip.compress(b"".join([*lines[:4], *lines[5:]]))
    yield "a word changed", gzip.compress(b"".join(swapped))
    yield "a number for a row", gzip.compress(b"".join([*lines[:4], b"5\n", *lines[5:]]))
    yield "the name of a table gone", gzip.compress(b"".join([lines[0], *lines[2:]]))
    yield "a word of the last line changed", gzip.compress(b"".join([*lines[:-1], lines[-1].replace(b'"rows"', b'"rohs"')]))
    yield "another word of it changed", gzip.compress(b"".join([*lines[:-1], lines[-1].replace(b'"revisions"', b'"revisioms"')]))
    yield "no backup", gzip.compress(b'{"some": "JSON"}\n')
    yield "no JSON", gzip.compress(b"words\n")
    yield "not packed", b"words"
    yield "nothing", b""
    later = json.loads(lines[0]) | {"respite_backup": 99}
    yield "of a later version", gzip.compress(json.dumps(later).encode() + b"\n")


def test_what_is_damaged_is_refused_in_one_line_and_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'own.db'}"
    with make_world(url) as world:
        world.agent("ana")
        world.ticket("T1")
        backed_up(world.services.engine, tmp_path / "all.gz")
    engine = open_database(url)
    before = everything(engine)
    monkeypatch.setenv("RESPITE_DATABASE_URL", url)
    for name, content in damaged(tmp_path / "all.gz"):
        (tmp_path / "bad.gz").write_bytes(content)
        found = CliRunner().invoke(app, ["restore", str(tmp_path / "bad.gz"), "--replace"])
        assert (found.exit_code, found.stderr.count("\n")) == (2, 1), (name, found.stderr)
        assert found.stderr.startswith(f"respite: {tmp_path / 'bad.gz'} is "), name
        with pytest.raises(BackupError):
            backup.check(tmp_path / "bad.gz")
    assert everything(engine) == before
    engine.dispose()


def test_what_is_no_file_is_not_replaced_by_a_backup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url, pipe = f"sqlite:///{tmp_path / 'own.db'}", tmp_path / "pipe"
    monkeypatch.setenv("RESPITE_DATABASE_URL", url)
    os.mkfifo(pipe)
    with make_world(url):
        for each in (pipe, tmp_path):
            refused = CliRunner().invoke(app, ["backup", str(each), "--test"])
            assert refused.exit_code == 2, refused.exception
            assert refused.stderr == f"respite: {each} is there and no regular file; a backup would take its place\n"
    assert pipe.is_fifo()


def test_a_backup_replaces_a_backup_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever names the store itself has it still."""
    store, notes, file = tmp_path / "own.db", tmp_path / "notes.txt", tmp_path / "all.gz"
    monkeypatch.setenv("RESPITE_DATABASE_URL", f"sqlite:///{store}")
    notes.write_text("mine")
    file.touch()  # as mktemp leaves one
    with make_world(f"sqlite:///{store}") as world:
        world.agent("ana")
        for each in (store, notes):
            refused = CliRunner().invoke(app, ["backup", str(each)])
            assert refused.exit_code == 2, refused.exception
            assert refused.stderr == f"respite: {each} is there and no backup of Respite; a backup would take its place\n"
        for _ in range(2):
            assert CliRunner().invoke(app, ["backup", str(file)]).exit_code == 0
        world.ticket("T1")
    assert notes.read_text() == "mine"
    assert backup.check(file).revisions == {"default": 2}
    assert [each.name for each in tmp_path.glob("*.part")] == []


def test_a_backup_that_fails_leaves_the_one_before_and_nothing_else(own: sa.Engine, tmp_path: Path) -> None:
    file = tmp_path / "all.gz"
    backed_up(own, file)
    before = file.read_bytes()
    with own.begin() as connection:
        connection.exec_driver_sql("UPDATE teams SET created_s = 9e999")  # no JSON has it
    with pytest.raises(ValueError, match="JSON"):
        backed_up(own, file)
    assert (file.read_bytes(), list(tmp_path.glob("*.part"))) == (before, [])


@pytest.mark.parametrize(("during", "left"), [("FROM events", set()), ("INSERT INTO teams", {"all.gz"})])
def test_a_backup_that_is_ended_leaves_nothing_half_done(
    own: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, during: str, left: set[str]
) -> None:
    """As by timeout(1), or whoever supervises it: while it is written, and while it is tried out in a folder that has names of people."""
    monkeypatch.setenv("RESPITE_DATABASE_URL", str(own.url))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    own.dispose()
    there = {each.name for each in tmp_path.iterdir()}

    def end(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if during in statement:
            os.kill(os.getpid(), signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sa.event.listen(sa.Engine, "before_cursor_execute", end)
    try:
        ended = CliRunner().invoke(app, ["backup", str(tmp_path / "all.gz"), "--test"])
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", end)
        assert signal.signal(signal.SIGTERM, before) == signal.SIG_IGN
    assert ended.exit_code == 130, ended.output
    assert {each.name for each in tmp_path.iterdir()} - there == left


def test_what_a_backup_that_was_killed_left_goes_with_the_next_one_and_nothing_else(own: sa.Engine, tmp_path: Path) -> None:
    file = tmp_path / "all[1].gz"
    with own.begin() as connection:
        upkeep.note(connection, "default", "retention", NOON_S)
    killed = [
        "import os, sys",
        "from pathlib import Path",
        "from api.store import backup, database",
        "with backup.snapshot(database.open_database(sys.argv[1])) as connection:",
        "    backup.write(connection, Path(sys.argv[2]), 0.0, lambda _rows: os.kill(os.getpid(), 9))",
    ]
    done = subprocess.run([sys.executable, "-c", "\n".join(killed), str(own.url), str(file)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert len([*tmp_path.glob("*.part")]) == 1
    backed_up(own, tmp_path / "other.gz")
    assert len([*tmp_path.glob("*.part")]) == 1
    whole = (tmp_path / "other.gz").read_bytes()
    (tmp_path / "all[1].gz.abcd_123.part").write_bytes(whole[: len(whole) // 2])  # one that got further
    kept = {f"{file.name}.my_notes.part": b"words", f"{file.name}.x.part": whole, "all1.gz.abcd_123.part": whole}
    for name, content in kept.items():
        (tmp_path / name).write_bytes(content)

    def second(_rows: int) -> None:
        backed_up(own, file)
        assert len([*tmp_path.glob("*.part")]) == len(kept) + 1  # of the first, which is at work

    with backup.snapshot(own) as connection:
        backup.write(connection, file, NOON_S, second)
    backup.check(file)
    assert {each.name: each.read_bytes() for each in tmp_path.glob("*.part")} == kept


def test_a_backup_that_can_not_be_noted_is_one_all_the_same(own: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESPITE_DATABASE_URL", str(own.url))
    with own.begin() as connection:
        connection.exec_driver_sql("CREATE TRIGGER full BEFORE INSERT ON upkeep BEGIN SELECT RAISE(ABORT, 'disk is full'); END")
    told = CliRunner().invoke(app, ["backup", str(tmp_path / "all.gz")])
    assert (told.exit_code, told.stderr.count("\n"), "is written, and" in told.stderr) == (0, 1, True), told.output
    backup.check(tmp_path / "all.gz")


@pytest.mark.parametrize("upgraded_url", ["sqlite", "postgresql"], indirect=True)
def test_what_refers_to_the_store_is_another_programs_all_the_same(upgraded_url: str, tmp_path: Path) -> None:
    engine, elsewhere = open_database(upgraded_url), open_database(f"sqlite:///{tmp_path / 'other.db'}")
    with engine.begin() as connection:
        Repository(connection).create_team("default", NOON_S)
        connection.exec_driver_sql("CREATE TABLE invoices (team TEXT REFERENCES teams (id))")
        connection.exec_driver_sql("INSERT INTO invoices VALUES ('default')")
    backed_up(engine, tmp_path / "all.gz")
    assert "invoices" not in backup.check(tmp_path / "all.gz").rows
    restore(elsewhere, tmp_path / "all.gz")
    before = everything(engine)
    assert everything(elsewhere) == before
    with pytest.raises(BackupError, match=r"tables of another program refer to the store's \(invoices\): give the backup a database of"):
        restore(engine, tmp_path / "all.gz")
    assert everything(engine) == before
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM invoices").scalar_one() == 1
    engine.dispose()
    elsewhere.dispose()


@pytest.mark.parametrize("table", ["alembic_version", "teams", "events"])
def test_a_restore_takes_no_other_programs_table_for_one_of_its_own(own: sa.Engine, tmp_path: Path, table: str) -> None:
    backed_up(own, tmp_path / "all.gz")
    other = open_database(f"sqlite:///{tmp_path / 'other.db'}")
    with other.begin() as connection:
        connection.exec_driver_sql(f"CREATE TABLE {table} (name TEXT)")
        connection.exec_driver_sql(f"INSERT INTO {table} VALUES ('mine')")
    with pytest.raises(BackupError, match=rf"tables of another program \({table}\): give the backup a database of its own"):
        restore(other, tmp_path / "all.gz")
    with other.connect() as connection:
        assert connection.exec_driver_sql(f"SELECT name FROM {table}").scalar_one() == "mine"
    other.dispose()


@pytest.mark.parametrize("kept", [0, 0.5])
def test_a_damaged_store_has_a_way_out(own: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: float) -> None:
    store, file = Path(str(own.url.database)), tmp_path / "all.gz"
    backed_up(own, file)
    overwrite(own)
    own.dispose()
    whole = store.read_bytes()
    store.write_bytes(whole[: int(len(whole) * kept)] or b"no database at all" * 1000)
    monkeypatch.setenv("RESPITE_DATABASE_URL", str(own.url))
    refused = CliRunner().invoke(app, ["restore", str(file), "--replace"])
    assert (refused.exit_code, refused.stderr.count("\n")) == (2, 1), refused.exception
    assert "is damaged" in refused.stderr
    assert "move it away, on SQLite with its -wal and -shm" in refused.stderr
    told = CliRunner().invoke(app, ["doctor"])
    assert told.exit_code == 1, told.exception
    assert "→ stop the service and restore a backup" in told.stdout


def test_a_restore_looks_at_the_file_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it makes a database, and before it asks whether to replace what one holds."""
    store, (empty, other) = tmp_path / "own.db", (tmp_path / "empty", tmp_path / "other")
    monkeypatch.setenv("RESPITE_DATABASE_URL", f"sqlite:///{store}")
    empty.touch()
    other.write_text("no backup")
    for _ in ("no database", "a database with teams"):
        for file, why in ((tmp_path / "nope", "No such file or directory"), (empty, "is no backup"), (other, "is no backup")):
            refused = CliRunner().invoke(app, ["restore", str(file)])
            assert (refused.exit_code, why in refused.stderr, refused.stderr.count("\n")) == (2, True, 1), refused.output
        if not store.exists():
            with make_world(f"sqlite:///{store}"):
                assert store.exists()


def test_a_restore_that_fails_half_way_leaves_what_was_there(tmp_path: Path) -> None:
    """A backup that is whole, of a team that does not come out at its revision."""
    engine = open_database(f"sqlite:///{tmp_path / 'own.db'}")
    upgrade(engine)
    with engine.begin() as connection:
        Repository(connection).create_team("other", NOON_S)
        connection.execute(sa.update(teams).values(revision=3))  # a log that lacks three events
    backed_up(engine, tmp_path / "short.gz")
    with engine.begin() as connection:
        connection.execute(sa.update(teams).values(revision=0))
    before = everything(engine)
    with pytest.raises(BackupError, match="was at revision 3 and comes out at 0; nothing was changed"):
        restore(engine, tmp_path / "short.gz")
    assert everything(engine) == before
    engine.dispose()


def test_where_a_restore_has_room_for_its_log_alone_it_is_done_and_says_so(tmp_path: Path) -> None:
    """As on a disk that is full: what is committed is in SQLite's write-ahead log, and the database itself can't grow by it."""
    with make_world(f"sqlite:///{tmp_path / 'made.db'}") as world:
        world.agent("ana")
        for number in range(20):
            world.ticket(f"T{number}")
        backed_up(world.services.engine, tmp_path / "all.gz")
    engine = open_database(f"sqlite:///{tmp_path / 'into.db'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE of_another_program (body BLOB)")
        connection.exec_driver_sql("INSERT INTO of_another_program VALUES (zeroblob(4000000))")
    overwrite(engine)
    most = os.path.getsize(tmp_path / "into.db") + 4096

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    command = [
        sys.executable,
        "-c",
        "from api.cli import main; main()",
        "restore",
        str(tmp_path / "all.gz"),
        "--database-url",
        str(engine.url),
    ]
    done = subprocess.run(command, capture_output=True, text=True, preexec_fn=little_room, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (0, 1), done.stderr
    assert "it is done, but what went stands in the database's -wal file" in done.stderr
    with engine.connect().execution_options(reading=True) as connection:
        assert len(Repository(connection).load("default").tickets) == 20
    engine.dispose()
