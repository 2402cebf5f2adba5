"""A file of deletions that can't be written: nothing is deleted that could not be written down, and whoever asks is told so in one line."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.cli import app
from api.doctor.examine import examine
from api.settings import Settings
from api.store import deletions
from api.store.database import open_database, upgrade
from api.store.repository import Repository
from api.telemetry.turns import Turn
from support.world import world as make_world

HINDRANCES: dict[str, Callable[[Path], None]] = {
    "no such folder": lambda _file: None,
    "a folder": lambda file: file.mkdir(parents=True),
    "a pipe": lambda file: (file.parent.mkdir(), os.mkfifo(file))[1],
    "something else": lambda file: (file.parent.mkdir(), file.write_bytes(b"\xff\n"))[0],
}


@pytest.fixture(params=HINDRANCES)
def file(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    made = tmp_path / "elsewhere" / "deletions"
    HINDRANCES[request.param](made)
    return str(made)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'store.db'}"


def respite(url: str, file: str, *words: str) -> Result:
    return CliRunner().invoke(app, words, env={"RESPITE_DATABASE_URL": url, "RESPITE_DELETIONS_FILE": file})


def refused(told: Result, file: str) -> None:
    assert told.exit_code == 2, told.exception
    assert told.stderr.startswith(f"respite: RESPITE_DELETIONS_FILE: {file}")
    assert told.stderr.count("\n") == 1


def test_the_service_does_not_start(url: str, file: str) -> None:
    refused(respite(url, file, "serve", "--port", "1"), file)


def test_the_doctor_says_that_it_is_bad(url: str, file: str) -> None:
    with make_world(url):
        found = [each for each in examine(Settings(database_url=url, deletions_file=file)) if each.about == "deletions"]
    assert [(each.state, file in each.seen, each.advice is None) for each in found] == [("bad", True, False)]


def test_nobody_is_forgotten_who_could_come_back_with_a_backup(url: str, file: str) -> None:
    with make_world(url) as world:
        world.agent("ana")
        refused(respite(url, file, "forget", "ana"), file)
        assert [each["id"] for each in world.ok("admin", "GET", "/v1/agents")["items"]] == ["ana"]


def test_nothing_is_restored(url: str, file: str, tmp_path: Path) -> None:
    with make_world(url) as world:
        world.agent("ana")
        assert CliRunner().invoke(app, ["backup", str(tmp_path / "backup")], env={"RESPITE_DATABASE_URL": url}).exit_code == 0
        world.agent("ben")
    refused(respite(url, file, "restore", str(tmp_path / "backup"), "--replace"), file)
    with make_world(url) as world:
        assert len(world.ok("admin", "GET", "/v1/agents")["items"]) == 2


def test_personal_data_stay_until_they_can_be_deleted_for_good(url: str, file: str) -> None:
    with make_world(url, deletions_file=file) as world:
        world.agent("ana")
        path = "/v1/agents/ana/personal-mode"
        world.ok("ana", "PUT", path, {"opt_in": True})
        answer = world("ana", "DELETE", "/v1/agents/ana/personal-data")
        assert answer.status_code == 503
        assert answer.json()["detail"].startswith("the file of deletions can't be written; nothing was changed")
        assert world.ok("ana", "GET", path)["on"] is True


def test_what_was_deleted_is_not_denied_where_the_file_vanishes_at_that_moment(url: str, tmp_path: Path) -> None:
    """The folder goes once the deletion is proven possible; what is missing in the file comes with the next deletion."""
    folder = tmp_path / "share"
    folder.mkdir()
    file = folder / "deletions"
    with make_world(url, deletions_file=str(file)) as world:
        world.agent("ana")
        world.agent("ben")

        def vanish(_turn: Turn) -> None:
            file.unlink()
            folder.rmdir()

        world.services.dispatcher.on_turn.append(vanish)  # after the commit, before the answer
        assert world("ana", "DELETE", "/v1/agents/ana/personal-data").status_code == 200
        assert not folder.exists()
        world.services.dispatcher.on_turn.remove(vanish)
        folder.mkdir()
        assert world("ben", "DELETE", "/v1/agents/ben/personal-data").status_code == 200
    assert [each.is_of(who) for each, who in zip(deletions.read(file), ("ana", "ben"), strict=True)] == [True, True]


def test_a_start_brings_the_file_up_to_date(url: str, tmp_path: Path) -> None:
    file = tmp_path / "deletions"
    with make_world(url) as world:
        world.agent("ana")
        world.ok("ana", "DELETE", "/v1/agents/ana/personal-data")
    assert respite(url, str(file), "serve", "--host", "no.such.host.invalid").exit_code == 2
    assert [each.is_of("ana") for each in deletions.read(file)] == [True]
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("last", [b"", b"{", b'{"team":"default","wh', b'{"team":"caf\xc3', b"whole"])
def test_a_last_line_that_was_broken_off_is_written_again(url: str, tmp_path: Path, last: bytes, end: bytes) -> None:
    """As by a full disk, within a letter of several bytes, too, or a machine that went down; or it was edited by hand, elsewhere perhaps,
    and lacks but its end."""
    file, people = tmp_path / "deletions", ("ana", "ben", "cyd", "dan")
    with make_world(url, deletions_file=str(file)) as world:
        for name in people:
            world.agent(name)
        for name in people[:-1]:
            world.ok(name, "DELETE", f"/v1/agents/{name}/personal-data")
        *whole, third = file.read_bytes().splitlines()
        file.write_bytes(b"".join(each + end for each in whole) + (third if last == b"whole" else last))
        assert "bad   deletions" not in respite(url, str(file), "doctor").stdout
        world.ok("dan", "DELETE", "/v1/agents/dan/personal-data")
    assert [each.is_of(who) for each, who in zip(deletions.read(file), people, strict=True)] == [True] * 4
    assert file.read_text().endswith("}\n")


def test_what_was_never_a_deletion_is_not_cut_off(url: str, tmp_path: Path) -> None:
    file = tmp_path / "notes"
    file.write_text("mine, without an end of the line")
    with make_world(url) as world:
        world.agent("ana")
        refused(respite(url, str(file), "forget", "ana"), str(file))
    assert file.read_text() == "mine, without an end of the line"


def test_several_who_write_at_once_write_each_deletion_once(tmp_path: Path) -> None:
    """Each found the file without them before any had written."""
    engine, file = open_database(f"sqlite:///{tmp_path / 'store.db'}"), tmp_path / "deletions"
    upgrade(engine)
    with engine.begin() as connection:
        Repository(connection).create_team("default", 0.0)
        made = [deletions.note(connection, "default", f"agent-{number}", deletions.AGENT, float(number)) for number in range(300)]
    together = threading.Barrier(4)

    def export() -> None:
        together.wait()
        deletions.export(engine, str(file))

    with ThreadPoolExecutor(4) as pool:
        for each in [pool.submit(export) for _ in range(4)]:
            each.result()
    assert [*deletions.read(file)] == made
    engine.dispose()
