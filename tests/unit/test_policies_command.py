"""`respite policies`: a table, JSON, a page that opens offline; one line and exit 2 on bad input."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from api.commands.policies import policies
from api.commands.scenario_files import read
from simulations.baselines import BASELINES, POLICIES
from simulations.contest import CONTEST_METRICS
from simulations.true_models import TRUE_MODELS

SMALL = """
title = "Two mornings"
groups = { team = { agents = 3 } }
accounts = { count = 10 }
demand = { tickets_per_day = 30, channels = { email = 3, phone = 1 } }
escalation = { ordinary = 0.1, difficult = 0.3 }
run = { days = 2, replications = 2 }
"""
app = typer.Typer()
app.command()(policies)


def call(*arguments: str) -> Result:
    return CliRunner(env={"COLUMNS": "160"}).invoke(app, list(arguments))


@pytest.fixture
def scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    Path("mornings.toml").write_text(SMALL)
    return "mornings.toml"


def test_the_table_has_every_policy_and_the_verdicts(scenario: str) -> None:
    result = call(scenario, "--html", "page.html")
    assert result.exit_code == 0
    for policy in POLICIES:
        assert policy.replace("_", " ") in result.stdout
    for model in TRUE_MODELS:
        assert model.replace("_", " ") in result.stdout
    assert "Service level against least busy: " in result.stdout
    assert "Raw points at most half as uneven as under least busy: " in result.stdout
    assert "runs of each policy: 2" in " ".join(result.stdout.split())
    page = Path("page.html").read_text()
    assert "Plotly.newPlot" in page
    assert "<script src=" not in page


def test_json_holds_every_number_and_is_repeatable(scenario: str) -> None:
    found = json.loads(call(scenario, "--json").stdout)
    assert set(found["policies"]) == set(POLICIES)
    assert set(found["policies"]["ours"]) == set(CONTEST_METRICS)
    assert set(found["ours_minus"]) == set(BASELINES) == set(found["service_level_not_shown_worse"])
    assert len(found["above_line_at_least_halved"]) == len(BASELINES) * len(TRUE_MODELS)
    assert found["replications"] == 2
    gap = found["ours_minus"]["round_robin"]["service_level"]["values"]
    ours, theirs = (found["policies"][policy]["service_level"]["values"] for policy in ("ours", "round_robin"))
    assert gap == pytest.approx([a - b for a, b in zip(ours, theirs, strict=True)])
    assert json.loads(call(scenario, "--json").stdout) == found
    assert json.loads(call(scenario, "--json", "--seed", "5", "--replications", "1").stdout)["digest"] != found["digest"]


@pytest.mark.parametrize(
    ("text", "arguments", "said_of"),
    [
        ("[run]\nseed = -1", [], "mornings.toml:2: /run/seed = -1: must be a whole number from 0 to"),
        ("[run]\nseed = = 1", [], "mornings.toml:2: not TOML"),
        (SMALL, ["--replications", "0"], "/run/replications"),
        (SMALL, ["--html", "absent/page.html"], "absent/page.html"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(scenario: str, text: str, arguments: list[str], said_of: str) -> None:
    Path(scenario).write_text(text)
    result = call(scenario, *arguments)
    assert result.exit_code == 2
    assert said_of in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_the_scenario_that_comes_along_has_a_month_of_comparable_people() -> None:
    told = read(Path("comparable-team"))
    assert (told.agent_count, told.run.days) == (24, 30)
    alike = {(tuple(sorted(each.skills)), each.languages, each.shift_start, each.shift_end) for each in told.groups.values()}
    assert len(alike) == 1


def test_a_scenario_that_is_not_there_is_one_line_and_exit_2(scenario: str) -> None:
    result = call("absent.toml")
    assert result.exit_code == 2
    assert result.stderr.startswith("respite: absent.toml: ")
