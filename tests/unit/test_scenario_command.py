"""`respite scenario`: every violation with its line, for a file of one's own and for those that come along."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import app
from api.commands.scenario_files import Refused, scenario_at
from simulations.scenario import changed

RUNNER = CliRunner()


@pytest.fixture
def wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = Path("wrong.toml")
    path.write_text(
        'title = "Wrong" # [run]\n[groups.support]\nagents = 4\nskills = { product = 9 }\n\n'
        '[handling]\nphone = { mean_s = 60, cv = 99 }\nemail.mean_s = -3\n[groups."a/b"]\nagents = true\n'
        "[run]\nsed = 1\n[policy]\nweights = { priority = { urgent = 'very' } }\n"
    )
    return path


def test_check_lists_every_violation_by_line_and_field(wrong: Path) -> None:
    result = RUNNER.invoke(app, ["scenario", "check", str(wrong), "small-team"])
    assert result.exit_code == 2
    *lines, sound = result.stdout.splitlines()
    assert [line.partition(": must")[0].partition(": there")[0] for line in lines] == [
        'wrong.toml:4: /groups/support/skills = {"product": 9}',
        "wrong.toml:7: /handling/phone/cv = 99",
        "wrong.toml:8: /handling/email/mean_s = -3",
        "wrong.toml:10: /groups/a~1b/agents = true",
        "wrong.toml:12: /run/sed",
        'wrong.toml:14: /policy/weights/priority/urgent = "very"',
    ]
    assert "wrong.toml:8: /handling/email/mean_s = -3: must be a number from 1 to 86400 s" in lines
    assert sound.startswith("small-team: sound: ")


def test_a_name_that_is_none_is_told_which_there_are(wrong: Path) -> None:
    result = RUNNER.invoke(app, ["simulate", "small-taem"])
    assert result.exit_code == 2
    assert result.stderr.startswith("respite: small-taem: there is no such file; scenarios that come with Respite: automation-rollout,")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("days", ["9" * 5000, "0x" + "f" * 5000, "[" * 5000])
@pytest.mark.parametrize("command", [["simulate"], ["scenario", "check"], ["staff"], ["compare", "--set", "agents=+1"]])
def test_a_number_that_python_cannot_write_is_one_line(wrong: Path, command: list[str], days: str) -> None:
    wrong.write_text(f"[run]\ndays = {days}\n")
    result = RUNNER.invoke(app, [*command, str(wrong)])
    assert result.exit_code == 2
    (line,) = (result.stdout + result.stderr).splitlines()
    assert line.removeprefix("respite: ").startswith("wrong.toml:")


@pytest.mark.parametrize("command", ["simulate", "policies"])
def test_commands_that_run_a_scenario_refuse_it_in_the_same_words(wrong: Path, command: str) -> None:
    listed = RUNNER.invoke(app, ["scenario", "check", str(wrong)]).stdout
    result = RUNNER.invoke(app, [command, str(wrong)])
    assert result.exit_code == 2
    assert result.stderr.replace("respite: ", "") == listed


def test_what_is_missing_has_the_line_of_its_table(wrong: Path) -> None:
    wrong.write_text('[handling]\n\n[handling.email]\nshape = "empirical"\n')
    with pytest.raises(
        Refused, match=r"^wrong\.toml:3: /handling/email/values_s = \"nothing\": must be durations, where shape is empirical$"
    ):
        scenario_at(wrong)


def test_what_an_option_said_has_no_line(wrong: Path) -> None:
    wrong.write_text("[groups.a]\nagents = 3\nshift_start = 9\n")
    with pytest.raises(Refused) as caught:
        scenario_at(wrong, lambda values: changed(values, agents=0))
    assert [line.partition(" = ")[0] for line in caught.value.lines] == [
        "wrong.toml: /groups/a/agents",
        "wrong.toml:3: /groups/a/shift_start",
    ]


def test_text_that_is_no_toml_names_its_line_even_at_its_end(wrong: Path) -> None:
    wrong.write_text('title = "x"\nrun = {\n')
    with pytest.raises(Refused, match=r"^wrong\.toml:2: not TOML") as caught:
        scenario_at(wrong)
    wrong.write_text('title = "x"\n\nnotes = """')
    with pytest.raises(Refused, match=r"^wrong\.toml:3: not TOML"):
        scenario_at(wrong)
    assert len(caught.value.lines) == 1
