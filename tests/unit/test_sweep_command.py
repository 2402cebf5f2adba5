"""`respite sweep`: a table, JSON, CSV, a page; one line and exit 2 on bad input."""

import csv
import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from api.commands.sweep import sweep
from simulations.metrics import METRICS

SMALL = """
title = "A morning"
groups = { team = { agents = 3 } }
accounts = { count = 10 }
demand = { tickets_per_day = 12, channels = { email = 3, phone = 1 } }
categories = { access = { share = 1 }, defect = { share = 3, automation_success = 0.1 } }
escalation = { ordinary = 0.2, difficult = 0.4 }
run = { days = 1, replications = 2 }
"""
app = typer.Typer()
app.command()(sweep)


def call(*arguments: str) -> Result:
    return CliRunner(env={"COLUMNS": "120"}).invoke(app, [*arguments, "--backend", "serial"])


@pytest.fixture
def scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    Path("morning.toml").write_text(SMALL)
    return "morning.toml"


def test_the_table_the_csv_and_the_page_of_a_grid(scenario: str) -> None:
    result = call(scenario, "--axis", "break_min=0,10", "--axis", "automation=0..50%/25", "--csv", "cells.csv", "--html", "page.html")
    assert result.exit_code == 0, result.stderr
    lines = [line.split() for line in result.stdout.splitlines()]
    assert [line[:2] for line in lines if line and line[0] in ("0", "10")] == [[a, b] for a in ("0", "10") for b in ("0%", "25%", "50%")]
    assert "2 runs of each of 7 cells" in " ".join(result.stdout.split())
    rows = list(csv.DictReader(Path("cells.csv").read_text().splitlines()))
    assert len(rows) == 6 * len(METRICS)
    breaks = {row["break_min"]: float(row["value"]) for row in rows if row["metric"] == "break_taken_s"}
    assert breaks["0"] == 0.0 < breaks["10"]
    page = Path("page.html").read_text()
    assert "What automation leaves to people" in page
    assert "<script src=" not in page


def test_json_of_one_axis_and_what_was_set_before(scenario: str) -> None:
    asked = (scenario, "--axis", "agents=2,4", "--set", "volume=+50%", "--seed", "5", "--replications", "3", "--json")
    found = json.loads(call(*asked).stdout)
    assert (found["seed"], found["replications"], found["whole"]) == (5, 3, True)
    assert [each["amounts"] for each in found["cells"]] == [{"agents": "2"}, {"agents": "4"}]
    assert set(found["cells"][0]["metrics"]) == set(METRICS)
    assert json.loads(call(*asked).stdout) == found
    assert json.loads(call(scenario, "--axis", "agents=2,4", "--json").stdout)["digest"] != found["digest"]


def test_a_preset_is_a_ready_axis(scenario: str) -> None:
    found = json.loads(call(scenario, "--preset", "breaks", "--json").stdout)
    assert found["axes"] == [{"word": "break", "amounts": ["0", "5", "10", "15", "20"]}]


@pytest.mark.parametrize(
    ("arguments", "said_of"),
    [
        ([], "nothing to change"),
        (["--preset", "lunch"], "--preset lunch: there are breaks, rotation, automation, volume"),
        (["--axis", "break"], "name=value"),
        (["--axis", "break=5"], "--axis: break"),
        (["--axis", "breaks=0,5"], "one of agents"),
        (["--axis", "rotation=0,5"], "/policy/rotation_after_escalations"),
        (["--axis", "break=0,5", "--html", "absent/page.html"], "absent/page.html"),
        (["--axis", "break=0,5", "--set", "agents=0"], "agents"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(scenario: str, arguments: list[str], said_of: str) -> None:
    result = call(scenario, *arguments)
    assert result.exit_code == 2
    assert said_of in result.stderr
    assert len(result.stderr.splitlines()) == 1
