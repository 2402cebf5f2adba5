"""`respite staff`: a sentence, a frontier, JSON and a page that opens offline; one line and exit 2 on bad input."""

import json
import re
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from api.commands.staff import UNMET, staff

SMALL = """
title = "A morning <of> calls"
groups.early = { agents = 2, shift_start = 08:00:00, shift_end = 12:00:00 }
groups.late = { agents = 2, shift_start = 12:00:00, shift_end = 16:00:00 }
accounts = { count = 10 }
demand = { tickets_per_day = 20, channels = { email = 3, phone = 1 }, hour_weights = [0,0,0,0,0,0,0,0,1,3,3,1,0,1,1,1,0,0,0,0,0,0,0,0] }
run = { days = 1, replications = 2 }
"""
app = typer.Typer()
app.command()(staff)
QUICK = ("--backend", "serial", "--replications-max", "9")
FEW = ("--group", "early=1..2", "--group", "late=1..2")
LIMITS = ("--service-level", "0.6/1h", "--max-above-line", "60%", "--delta", "service_level_written=10%", "--delta", "above_line=10%")


def call(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


@pytest.fixture
def scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    Path("morning.toml").write_text(SMALL)
    return "morning.toml"


def test_the_answer_is_one_sentence_with_people_by_group_limits_cost_and_confidence(scenario: str) -> None:
    result = call(scenario, *LIMITS, *QUICK, *FEW, "--html", "staff.html")
    assert result.exit_code == 0, result.output
    said = " ".join(result.stdout.split())
    for part in ("early", "late", "service level of what is written", "at least 60.0 %", "time above the line", "at most 60.0 %"):
        assert part in said
    assert "met with 95 % confidence after" in said
    assert "← answer" in result.stdout
    page = Path("staff.html").read_text()
    assert "A morning <of>" not in page
    assert "<h1>" in page
    assert not re.search(r"<(script|link|img)[^>]*(src|href)=", page)  # nothing to fetch


def test_json_has_the_frontier_and_what_is_needed_to_get_it_again(scenario: str) -> None:
    arguments = (scenario, *LIMITS, *QUICK, "--group", "early=1..2", "--seed", "4", "--json")
    result = call(*arguments)
    found = json.loads(result.stdout)
    assert (result.exit_code, found["seed"], found["confidence"]) == (0, 4, 0.95)
    assert found["range"] == {"early": [1, 2], "late": [2, 2]}
    assert found["replications"] == sum(each["replications"] for each in found["frontier"])
    assert found["answer"] in found["frontier"]
    assert found["answer"]["verdict"] == "met"
    costs = [each["cost_usd"] for each in found["frontier"]]
    assert costs == sorted(costs)
    assert [each["delta"] for each in found["limits"]] == [0.1, 0.1]
    assert json.loads(call(*arguments).stdout) == found


def test_the_change_comes_first_and_the_times_become_targets(scenario: str) -> None:
    limits = ("--limit", "wait_written_mean_s<=3h", *QUICK, "--group", "early=1..2", "--json")
    plain, more = json.loads(call(scenario, *limits).stdout), json.loads(call(scenario, *limits, "--set", "volume=+20%").stdout)
    assert plain["digest"] != more["digest"]
    kept = json.loads(call(scenario, "--service-level", "email=0.5/2h", *QUICK, "--group", "early=1..2", "--json").stdout)
    assert kept["digest"] not in (plain["digest"], more["digest"])


def test_where_nobody_is_enough_it_says_what_is_missed_by_how_much_and_exits_with_1(scenario: str) -> None:
    result = call(scenario, "--service-level", "0.99/1s", *QUICK, "--group", "early=1", "--group", "late=1..2")
    assert result.exit_code == UNMET
    said = " ".join(result.stdout.split())
    assert "No head-count in the range meets every limit" in said
    assert "with 3 agents (1 early, 2 late), service level of what is written" in said
    assert "short" in said


def test_a_textbook_queue_has_nobody_to_choose(scenario: str) -> None:
    Path(scenario).write_text("[reference]\nservers = 5\narrivals_per_s = 4\n")
    result = call(scenario, "--service-level", "0.8/5s")
    assert result.exit_code == 2
    assert result.stderr.startswith("respite: --group: a [reference] is a textbook queue")


def test_a_budget_that_is_too_small_says_what_it_buys_and_exits_with_1(scenario: str) -> None:
    result = call(scenario, *LIMITS, *QUICK, *FEW, "--budget", "10")
    assert result.exit_code == UNMET
    assert "The budget of $10 pays for fewer people than one of each group." in " ".join(result.stdout.split())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "--limit: there is none to meet"),
        (["--service-level", "0.8/soon"], "--service-level: 'soon' is not allowed"),
        (["--service-level", "chat=0.8/1m"], "no tickets by chat"),
        (["--max-above-line", "5"], "--max-above-line: '5' is not allowed"),
        (["--max-above-line", "0%"], "above 0 and below 1"),
        (["--limit", "mood>=3"], "--limit: 'mood' is no metric"),
        (["--max-above-line", "5%", "--limit", "above_line<=4%"], "given twice"),
        (["--max-above-line", "5%", "--delta", "1%"], "--delta: '1%' is no metric"),
        (["--max-above-line", "5%", "--delta", "occupancy=1%"], "--delta: occupancy has no limit"),
        (["--max-above-line", "5%", "--confidence", "40%"], "--confidence: '40%'"),
        (["--max-above-line", "5%", "--confidence", "100%"], "--confidence"),
        (["--max-above-line", "5%", "--group", "night"], "night: no group of the scenario"),
        (["--max-above-line", "5%", "--group", "late", "--group", "late=2"], "--group: the same group is given twice"),
        (["--max-above-line", "5%", "--group", "late=3..1"], "--group: 'late=3..1'"),
        (["--max-above-line", "5%", "--set", "volume"], "--set"),
        (["--max-above-line", "5%", "--set", "volume=lots"], "volume"),
        (["--max-above-line", "5%", "--set", "/run/days=0"], "/run/days"),
        (["--max-above-line", "5%", "--backend", "abacus"], "backend 'abacus'"),
        (["--max-above-line", "5%", "--html", "absent/staff.html"], "absent/staff.html"),
        (["--limit", "service_level_chat>=80%", "--backend", "serial"], "service_level_chat: the scenario has nothing"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(scenario: str, arguments: list[str], said: str) -> None:
    result = call(scenario, *arguments)
    assert result.exit_code == 2, result.output
    assert said in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
