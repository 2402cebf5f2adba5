"""Every command of the command line takes `--json`, and what then stands on standard output is JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import typer
from typer.testing import CliRunner, Result

from api.cli import app
from support.world import World
from support.world import world as make_world

ENDLESS = {
    "serve": "runs until it is stopped; what it says meanwhile is its log, as JSON with RESPITE_LOG_FORMAT=json",
    "demo": "runs until it is stopped, for somebody who watches",
}


def commands(at: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Every command by what has to be typed for it."""
    context = click.Context(at)
    for name in at.list_commands(context):
        found = at.resolve_command(context, [name])[1]
        if hasattr(found, "list_commands"):
            yield from commands(found, (*path, name))
        else:
            yield " ".join((*path, name)), found


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setenv("RESPITE_DELETIONS_FILE", str(tmp_path / "deletions.jsonl"))
    with make_world(f"sqlite:///{tmp_path / 'cli.db'}") as made:
        yield made


def respite(world: World, *arguments: str, given: str = "") -> Result:
    return CliRunner().invoke(app, arguments, input=given, env={"RESPITE_DATABASE_URL": world.services.settings.database_url})


def test_every_command_takes_the_option_but_those_that_run_until_they_are_stopped() -> None:
    found = {name: any("--json" in each.opts for each in command.params) for name, command in commands(typer.main.get_command(app))}
    assert {"keys revoke", "scenario schema", "policy check", "forget", "score-text"} <= found.keys()
    assert {name for name, takes in found.items() if not takes} == ENDLESS.keys()


def test_what_is_json_anyway_is_the_same_with_the_option(here: World) -> None:
    for words, given in ((("policy", "show"), ""), (("scenario", "schema"), ""), (("score-text",), '{"text": "You are useless!"}\n')):
        plain, told = respite(here, *words, given=given), respite(here, *words, "--json", given=given)
        assert plain.exit_code == told.exit_code == 0
        assert plain.stdout == told.stdout
        assert json.loads(told.stdout)


def test_a_policy_file_is_judged_as_json(here: World, tmp_path: Path) -> None:
    file = tmp_path / "policy.json"
    file.write_text(json.dumps({"break_min_s": 300}))
    sound = respite(here, "policy", "check", str(file), "--json")
    told = json.loads(sound.stdout)
    assert (sound.exit_code, told["violations"], len(told["warnings"])) == (0, [], 1)
    assert told["digest"] in respite(here, "policy", "check", str(file)).stdout
    file.write_text(json.dumps({"break_min_s": -1, "nonsense": True}))
    wrong = respite(here, "policy", "check", str(file), "--json")
    told = json.loads(wrong.stdout)
    assert (wrong.exit_code, told["digest"]) == (2, None)
    assert [each.partition(":")[0] for each in told["violations"]] == ["/break_min_s", "/nonsense"]


def test_scenario_files_are_judged_as_json(here: World, tmp_path: Path) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text("[run]\ndays = 0\n")
    told = respite(here, "scenario", "check", "small-team", str(file), "--json")
    sound, wrong = json.loads(told.stdout)
    assert told.exit_code == 2
    assert (sound["scenario"], sound["violations"]) == ("small-team", [])
    assert f"({sound['agents']} agents, scenario {sound['digest']})" in respite(here, "scenario", "check", "small-team").stdout
    assert (wrong["scenario"], wrong["digest"]) == (str(file), None)
    assert [each for each in wrong["violations"] if each.startswith(f"{file}:2: /run/days = 0: must be")]


def test_a_revoked_key_is_told_as_json(here: World) -> None:
    (made,) = [each for each in json.loads(respite(here, "keys", "list", "--json").stdout) if each["role"] == "helpdesk"]
    told = json.loads(respite(here, "keys", "revoke", made["id"], "--json").stdout)
    assert told["id"] == made["id"]
    (now,) = [each for each in json.loads(respite(here, "keys", "list", "--json").stdout) if each["id"] == made["id"]]
    assert now["revoked_at"] == told["revoked_at"] is not None


def test_who_is_forgotten_is_told_as_json(here: World) -> None:
    here.agent("zoe")
    told = json.loads(respite(here, "forget", "zoe", "--json").stdout)
    assert told.keys() == {"agent_id", "pseudonym", "rows"}
    assert (told["agent_id"], told["pseudonym"] != "zoe") == ("zoe", True)
    assert told["rows"] > 0
