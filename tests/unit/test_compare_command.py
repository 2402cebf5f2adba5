"""`respite compare`: a table with a sentence, JSON, CSV, a page; one line and exit 2 on bad input."""

import csv
import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from api.commands.compare import compare
from api.shown.amounts import number
from simulations.metrics import METRICS, Metric

SMALL = """
title = "A morning"
groups = { team = { agents = 3 } }
accounts = { count = 10 }
demand = { tickets_per_day = 20, channels = { email = 3, phone = 1 } }
escalation = { ordinary = 0.1, difficult = 0.3 }
run = { days = 1, replications = 2 }
"""
app = typer.Typer()
app.command()(compare)


def call(*arguments: str) -> Result:
    return CliRunner(env={"COLUMNS": "200"}).invoke(app, [*arguments, "--backend", "serial"])


@pytest.fixture
def scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    Path("morning.toml").write_text(SMALL)
    return "morning.toml"


def test_the_table_the_csv_and_the_page_of_one_comparison(scenario: str) -> None:
    result = call(scenario, "--set", "agents=-1", "--replications", "4", "--csv", "table.csv", "--html", "page.html")
    assert result.exit_code == 0, result.stderr
    said = " ".join(result.stdout.split())
    assert said.startswith("With agents −1: ")
    assert "the cost of staff falls from $1,148 to $765 (by $382)" in said
    assert "4 pairs of runs on the same customers: so many were asked for." in said
    for metric in METRICS.values():
        assert " ".join(metric.label.split()) in said
    rows = list(csv.DictReader(Path("table.csv").read_text().splitlines()))
    assert [row["metric"] for row in rows] == list(METRICS)
    (staff,) = (row for row in rows if row["metric"] == "staff_usd")
    assert float(staff["difference"]) == float(staff["low"]) == float(staff["change"]) - float(staff["base"]) == -382.5
    assert staff["shown"] == "1"
    page = Path("page.html").read_text()
    assert page.count("Plotly.newPlot") >= 2
    assert "<script src=" not in page


def test_words_in_brackets_are_words(scenario: str) -> None:
    Path(scenario).write_text(SMALL.replace("A morning", "A [red] morning"))
    Path("[bold]other.toml").write_text(SMALL.replace("A morning", "Other"))
    said = call(scenario, "[bold]other.toml", "--replications", "2").stdout
    assert "A [red] morning" in said


def test_json_is_repeatable_and_says_what_stopped_it(scenario: str) -> None:
    asked = (scenario, "--set", "agents=-1", "--set", "volume=+10%", "--precision", "load_mean=5", "--json")
    found = json.loads(call(*asked).stdout)
    assert (found["what"], found["stopped"], found["replications"]) == ("agents −1, volume +10%", "precise", 10)
    assert found["versions"].keys() == {"engine", "respite", "numpy"}
    assert found["base"]["digest"] != found["change"]["digest"]
    assert json.loads(call(*asked).stdout) == found
    seeded = json.loads(call(*asked, "--seed", "7", "--most", "3").stdout)
    assert (seeded["seed"], seeded["replications"]) == (7, 3)


def test_a_second_scenario_whole(scenario: str) -> None:
    Path("fewer.toml").write_text(SMALL.replace("agents = 3", "agents = 2").replace("A morning", "Two people"))
    found = json.loads(call(scenario, "fewer.toml", "--replications", "2", "--json").stdout)
    assert (found["what"], found["base"]["agents"], found["change"]["agents"]) == ("Two people", 3, 2)
    again = json.loads(call(scenario, "--set", "agents=2", "--replications", "2", "--json").stdout)
    assert again["metrics"] == found["metrics"]


def test_kept_runs_are_not_made_again(scenario: str) -> None:
    asked = (scenario, "--set", "agents=-1", "--replications", "3", "--json", "--keep", "kept")
    first = call(*asked).stdout
    lines = Path("kept/replications.jsonl").read_text()
    assert len(lines.splitlines()) == 6
    assert call(*asked).stdout == first
    assert Path("kept/replications.jsonl").read_text() == lines


@pytest.mark.parametrize(
    ("arguments", "said_of"),
    [
        ([], "nothing to compare with"),
        (["--set", "agent=3"], 'agent = "3": must be one of agents'),
        (["--set", "agents"], "name=value"),
        (["--set", "agents=1", "--set", "agents=2"], "given twice"),
        (["--set", "agents=-3"], "at least one in each group"),
        (["--set", "/run/days=3"], "/run/days = 3: must be 1, as in the base"),
        (["--set", "/accounts/count=0"], "/accounts/count"),
        (["--set", "agents=2", "--precision", "waits=3%"], "--precision: waits"),
        (["--set", "agents=2", "--html", "absent/page.html"], "absent/page.html"),
        (["--set", "agents=2", "--csv", "absent/table.csv"], "absent/table.csv"),
        (["--set", "agents=2", "--keep", "morning.toml"], "morning.toml: File exists"),
        (["--set", "agents=2", "--address", "tcp://here"], "takes no address"),
        (["absent.toml"], "absent.toml: "),
    ],
)
def test_bad_input_is_one_line_and_exit_2(scenario: str, arguments: list[str], said_of: str) -> None:
    result = call(scenario, *arguments)
    assert result.exit_code == 2
    assert said_of in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("value", "metric", "size", "sign", "said"),
    [
        (0.5, Metric("", "share"), 0.5, False, "50.0 %"),
        (-0.012, Metric("", "share"), 0.5, True, "−1.2 pt"),
        (30.0, Metric("", "s"), 90.0, True, "+30.0 s"),
        (30.0, Metric("", "s"), 900.0, True, "+0.5 min"),
        (3600.0, Metric("", "s", "min"), 9e9, False, "60.0 min"),
        (-1234.5, Metric("", "$"), 5000.0, True, "−$1,234"),
        (0.0, Metric("", "count"), 1.0, True, "0.0"),
        (0.06992, Metric("", "s"), 0.07, False, "0.0699 s"),
        (None, Metric("", "s"), 1.0, True, "–"),
    ],
)
def test_numbers_have_the_unit_of_their_row(value: float | None, metric: Metric, size: float, sign: bool, said: str) -> None:
    assert number(value, metric, size, sign) == said
