"""`respite simulate`: a table or JSON, packaged scenarios from any directory, one line and exit 2 on bad input."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from api.commands.simulate import simulate
from api.shown.amounts import estimated
from simulations.metrics import METRICS, Metric
from simulations.run import Estimate

SMALL = """
title = "A morning"
groups = { team = { agents = 2 } }
accounts = { count = 10 }
demand = { tickets_per_day = 20, channels = { email = 3, phone = 1 } }
run = { days = 1, replications = 2 }
"""
app = typer.Typer()
app.command()(simulate)


def call(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


@pytest.fixture
def scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The path of a small scenario, in a directory that is not the repository's."""
    monkeypatch.chdir(tmp_path)
    Path("morning.toml").write_text(SMALL)
    return "morning.toml"


def test_the_table_names_every_metric(scenario: str) -> None:
    result = call(scenario)
    assert result.exit_code == 0
    assert "A morning" in result.stdout
    for metric in METRICS.values():
        assert metric.label.split(":")[0] in result.stdout.replace("\n", " ")


def test_json_holds_what_is_needed_to_run_it_again(scenario: str) -> None:
    found = json.loads(call(scenario, "--json", "--seed", "9", "--replications", "3", "--agents", "5").stdout)
    assert (found["seed"], found["replications"], found["agents"]) == (9, 3, 5)
    assert set(found["metrics"]) == set(METRICS)
    again = json.loads(call(scenario, "--json", "--seed", "9", "--replications", "3", "--agents", "5").stdout)
    assert again == found
    assert json.loads(call(scenario, "--json").stdout)["digest"] != found["digest"]


@pytest.mark.parametrize("name", ["scenarios/small-team.toml", "small-team.toml", "small-team"])
def test_packaged_scenarios_are_found_from_any_directory(scenario: str, name: str) -> None:
    result = call(name, "--replications", "1", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["agents"] == 4


def test_a_file_of_ones_own_goes_before_a_packaged_one(scenario: str) -> None:
    Path("small-team").write_text(SMALL)
    assert json.loads(call("small-team", "--json").stdout)["title"] == "A morning"


@pytest.mark.parametrize(
    ("text", "arguments", "said_of"),
    [
        ("[run]\nseed = -1", [], "morning.toml:2: /run/seed = -1: must be a whole number from 0 to"),
        ("[run]\nseed = = 1", [], "morning.toml:2: not TOML"),
        (SMALL, ["--agents", "0"], "morning.toml: /groups/team/agents = 0"),
        (SMALL, ["--replications", "0"], "/run/replications"),
        ("[groups.a]\n[groups.b]", ["--agents", "3"], "exactly one group"),
        ("\ufffe", [], "morning.toml"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(scenario: str, text: str, arguments: list[str], said_of: str) -> None:
    Path(scenario).write_text(text)
    result = call(scenario, *arguments)
    assert result.exit_code == 2
    assert said_of in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("path", ["absent.toml", "elsewhere/small-team.toml", "../scenarios/small-team.toml", "."])
def test_a_file_that_cannot_be_read_is_one_line_and_exit_2(scenario: str, path: str) -> None:
    result = call(path)
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1
    assert result.stderr.startswith(f"respite: {path}: ")


def test_bytes_that_are_no_text_are_refused(scenario: str) -> None:
    Path(scenario).write_bytes(b"\xff\xfe")
    assert call(scenario).exit_code == 2


@pytest.mark.parametrize(
    ("estimate", "metric", "expected"),
    [
        (Estimate(90.0, 3.0, ()), Metric("", "s"), ("90.0 s", "3.0 s")),
        (Estimate(600.0, 30.0, ()), Metric("", "s"), ("10.0 min", "0.5 min")),
        (Estimate(36_000.0, 1800.0, ()), Metric("", "s"), ("10.0 h", "0.5 h")),
        (Estimate(36_000.0, None, ()), Metric("", "s", "min"), ("600.0 min", "–")),
        (Estimate(None, None, ()), Metric("", "s"), ("–", "–")),
        (Estimate(0.5, 0.01, ()), Metric("", "share"), ("50.0 %", "1.0 %")),
        (Estimate(1234.0, 1.0, ()), Metric("", "$"), ("$1,234", "$1")),
    ],
)
def test_numbers_are_shown_in_one_unit_with_their_interval(estimate: Estimate, metric: Metric, expected: tuple[str, str]) -> None:
    assert estimated(estimate.mean, estimate.half_width, metric) == expected
