"""What-if jobs checked before they are taken, and answered: the same as the commands, every refusal pointing into the request."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from api.cli import app
from api.jobs.studies import FIELDS, KINDS, csv_of, planned
from fatigue_model.bounds import InvalidValues
from simulations.study import one_after_another
from support.jobs import SMALL, TOML

ONE_DAY = SMALL | {"run": {"days": 1, "seed": 5, "replications": 3, "start": "2026-01-06"}}
COMPARE = {"kind": "compare", "scenario": ONE_DAY, "changes": {"agents": "+1"}, "replications": 2}
SWEEP = {"kind": "sweep", "scenario": ONE_DAY, "axes": {"break": "0,10", "agents": "1,2"}, "replications": 2}
STAFF = {"kind": "staff", "scenario": ONE_DAY, "max_above_line": "40%", "replications_max": 4, "groups": ["team=1..2"]}


def refused(request: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(InvalidValues) as found:
        planned(request)
    return {each.pointer: f"{each.given!r} {each.allowed}" for each in found.value.violations}


@pytest.mark.parametrize(
    ("change", "pointer", "words"),
    [
        ({"changes": {}}, "/changes", "a change"),
        ({"replications": 1}, "/replications", "2 pairs at least"),
        ({"service_level": "0.8/4h"}, "/service_level", "kind compare takes"),
        ({"precision": {"service_level": "5h"}}, "/precision/service_level", "5pt"),
        ({"precision": {"happiness": "5%"}}, "/precision/happiness", "service_level"),
        ({"against": {"run": {"days": 2, "start": "2026-01-06"}}}, "/against/run/days", "as in the base"),
        ({"against": {"groups": {"team": {"agents": 0}}}}, "/against/groups/team/agents", "1 to 1000"),
        ({"against": "nobody"}, "/against", "small-team"),
        ({"changes": {"/run/days": "3"}}, "/changes/~1run~1days", "as in the base"),
        ({"scenario": {"groups": {"team": {"agents": 0}}}}, "/scenario/groups/team/agents", "1 to 1000"),
    ],
)
def test_a_comparison_that_cannot_be_made(change: dict[str, Any], pointer: str, words: str) -> None:
    assert words in refused(COMPARE | change)[pointer]


@pytest.mark.parametrize(
    ("change", "pointer", "words"),
    [
        ({"max_above_line": None}, "/limits", "none to meet"),
        ({"max_above_line": "200%"}, "/max_above_line", "a share from 0 to 1"),
        ({"max_above_line": "0%"}, "/max_above_line", "no number of runs could prove either"),
        ({"service_level": "0.8/soon"}, "/service_level", "a time above 0"),
        ({"service_level": "phone=0.8/20s"}, "/service_level", "email"),
        ({"service_level": "0.8/4000h"}, "/scenario/targets/email_s", "2592000"),
        ({"limits": ["above_line<=10%"]}, "/limits", "given twice"),
        ({"limits": ["happiness>=1"]}, "/limits", "above_line"),
        ({"deltas": ["occupancy=1%"]}, "/deltas", "has no limit"),
        ({"groups": ["night"]}, "/groups", "there are team"),
        ({"groups": ["team=5..2"]}, "/groups", "the lower number first"),
        ({"confidence": "20%"}, "/confidence", "above 50%"),
        ({"replications": 5}, "/replications", "kind staff takes"),
        ({"changes": {"agents": "many"}}, "/changes/agents", "whole people"),
    ],
)
def test_a_search_that_cannot_be_made(change: dict[str, Any], pointer: str, words: str) -> None:
    asked = {name: each for name, each in (STAFF | change).items() if each is not None}
    assert words in refused(asked)[pointer]


def test_dates_and_times_are_text_in_json() -> None:
    """Wherever they stand."""
    at = {"day": 1, "at": "08:30", "duration_h": 1}
    days = {"run": {"start": "2026-01-06"}, "incidents": [at], "policy_steps": [{"day": 1, "at": "12:00:00"}]}
    told = planned(
        {"kind": "simulate", "scenario": {"title": "2026-01-06", "groups": {"team": {"lunch_start": "12:00"}}} | days}
    ).scenarios[0]
    assert (told.title, told.run.start, told.groups["team"].lunch_start) == ("2026-01-06", date(2026, 1, 6), time(12))
    assert told.incidents[0].at == time(8, 30)


@pytest.mark.parametrize(
    ("change", "pointer", "words"),
    [
        ({"axes": {}}, "/axes", "one or two words"),
        ({"axes": {"break": "5"}}, "/axes/break", "at least two"),
        ({"axes": {"speed": "1,2"}}, "/axes/speed", "volume"),
        ({"axes": {"break": "0..60/1", "volume": "-30..+30%/5"}}, "/axes/axis", "200 cells"),
        ({"axes": {"/groups/team/agents": "0,1"}}, "/axes/~1groups~1team~1agents", "1 to 1000"),
        ({"changes": {"agents": "many"}}, "/changes/agents", "whole people"),
        ({"precision": {"service_level": "1pt"}}, "/precision", "kind sweep takes"),
    ],
)
def test_a_sweep_that_cannot_be_made(change: dict[str, Any], pointer: str, words: str) -> None:
    assert words in refused(SWEEP | change)[pointer]


def test_a_sweep_is_that_of_the_command(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text(TOML.replace("days = 2", "days = 1"))
    options = ["--axis", "break=0,10", "--axis", "agents=1,2", "--replications", "2", "--backend", "serial", "--json"]
    told = CliRunner().invoke(app, ["sweep", str(tmp_path / "base.toml"), *options, "--csv", str(tmp_path / "table.csv")])
    assert told.exit_code == 0, told.output
    study = planned(SWEEP)
    found = study.answer(one_after_another, lambda _: None)
    assert found == json.loads(told.stdout)
    assert study.runs == 10
    assert [each.agent_count for each in study.scenarios] == [2, 1, 2, 1, 2]
    assert csv_of("sweep", found).splitlines() == (tmp_path / "table.csv").read_text().splitlines()


def test_every_kind_has_its_fields() -> None:
    assert set(FIELDS) == set(KINDS)


def test_a_comparison_is_that_of_the_command(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text(TOML.replace("days = 2", "days = 1"))
    options = ["--set", "agents=+1", "--replications", "2", "--backend", "serial", "--json", "--csv", str(tmp_path / "table.csv")]
    told = CliRunner().invoke(app, ["compare", str(tmp_path / "base.toml"), *options])
    assert told.exit_code == 0, told.output
    expected: list[int] = []
    study = planned(COMPARE)
    found = study.answer(one_after_another, expected.append)
    assert found == json.loads(told.stdout)
    assert (study.runs, expected) == (4, [4])
    assert csv_of("compare", found).splitlines() == (tmp_path / "table.csv").read_text().splitlines()


def test_a_search_is_that_of_the_command(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text(TOML.replace("days = 2", "days = 1"))
    options = ["--max-above-line", "40%", "--replications-max", "4", "--group", "team=1..2", "--backend", "serial", "--json"]
    told = CliRunner().invoke(app, ["staff", str(tmp_path / "base.toml"), *options])
    found = planned(STAFF).answer(one_after_another, lambda _: None)
    assert found == json.loads(told.stdout)
    rows = list(csv.DictReader(io.StringIO(csv_of("staff", found))))
    assert [int(each["team"]) for each in rows] == [each["agents"] for each in found["frontier"]]
    assert {"cost_usd", "verdict", "above_line", "above_line_half_width"} <= set(rows[0])
