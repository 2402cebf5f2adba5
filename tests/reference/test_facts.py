"""The facts about the fatigue model at its defaults, each within its accepted range, and each able to fail."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from api.cli import app
from api.commands.facts import tell
from fatigue_model.evidence.breaks import f1, f2, f3, f4, f5, f7, f13, f14, f15
from fatigue_model.evidence.fact import Cohort, Fact
from fatigue_model.evidence.misfits import misfits
from fatigue_model.evidence.parameter_recovery import Study, study
from fatigue_model.evidence.weeks import f8, f9, f10, f11, f12, f17, recovered
from fatigue_model.params import DEFAULTS, FatigueParams

IDS = ["F1", "F2", "F3", "F4", "F5", "F7", "F8", "F9", "F10", "F11", "F12", "F13", "F14", "F15", "F17", "F18"]
PAGE = (Path(__file__).parents[2] / "fatigue_model" / "README.md").read_text(encoding="utf-8")
GOOD = Study(400, 10, coverage=0.8, rmse=0.3, rmse_separate=0.9, prior_sd=0.34)


@pytest.fixture(scope="module")
def printed() -> list[dict[str, object]]:
    """What `respite facts --json` prints, computed once."""
    told = CliRunner().invoke(app, ["facts", "--json"])
    assert told.exit_code == 0
    listed: list[dict[str, object]] = json.loads(told.stdout)
    return listed


@pytest.mark.parametrize("name", IDS)
def test_at_the_defaults_the_fact_is_reproduced(printed: list[dict[str, object]], name: str) -> None:
    fact = next(each for each in printed if each["id"] == name)
    assert fact["ok"] is True, f"{fact['says']}: found {fact['found']}, accepted {fact['accept']}"
    assert fact["source"]
    assert fact["found"]
    assert all(np.isfinite(value) for value in fact["found"].values())  # type: ignore[attr-defined]


def test_the_json_is_a_list_of_facts_in_the_order_of_their_numbers(printed: list[dict[str, object]]) -> None:
    assert [each["id"] for each in printed] == IDS
    assert all(set(each) == {"id", "says", "found", "accept", "ok", "source"} for each in printed)


@pytest.mark.parametrize("name", IDS)
def test_the_models_page_says_what_is_found(printed: list[dict[str, object]], name: str) -> None:
    fact = next(each for each in printed if each["id"] == name)
    (row,) = (line for line in PAGE.splitlines() if line.startswith(f"| {name} |"))
    _, says, found, accept, source = (each.strip() for each in row.strip("| ").split(" | "))
    assert (says, accept, source) == (fact["says"], fact["accept"], fact["source"])
    on_page = {label: float(value) for label, value in (each.rsplit(": ", 1) for each in found.split(", "))}
    assert on_page == pytest.approx(fact["found"], rel=0.01)


def test_equal_parameters_give_equal_facts(printed: list[dict[str, object]]) -> None:
    cohort = Cohort(DEFAULTS)
    again = [fact(cohort) for fact in (f1, f9, f13, f17)]  # what is drawn for shifts and for weeks; the others draw no other way
    assert [dict(each.found) for each in again] == [each["found"] for each in printed if each["id"] in {fact.id for fact in again}]


def test_equal_chance_gives_an_equal_study() -> None:
    one, two, other = (study(np.random.default_rng(seed), 12, 8) for seed in (3, 3, 4))
    assert one == two != other


@pytest.mark.parametrize(
    ("fact", "settings"),
    [
        (f1, {"acute_half_life_break_min": 60.0}),  # a break is no better than the queue
        (f2, {"acute_half_life_break_min": 90.0}),
        (f3, {"acute_half_life_break_min": 600.0}),
        (f4, {"acute_half_life_break_min": 5.0}),
        (f5, {"carried_half_life_off_h": 10.0}),
        (f7, {"carried_half_life_off_h": 80.0}),
        (f8, {"carried_half_life_off_h": 500.0, "carried_half_life_on_shift_h": 1000.0}),
        (f9, {"acute_half_life_queue_min": 5.0, "carried_share": 0.0}),
        (f10, {"carried_half_life_off_h": 6.0}),
        (f11, {"line_points": 10.0}),
        (f12, {"carried_share": 0.0, "acute_half_life_queue_min": 5.0}),
        (f13, {"acute_half_life_break_min": 60.0}),
        (f14, {"carried_share": 0.0}),
        (f15, {"acute_half_life_queue_min": 600.0}),
        (f17, {"acute_half_life_break_min": 600.0}),
    ],
)
def test_with_absurd_parameters_the_fact_fails(fact: Callable[[Cohort], Fact], settings: dict[str, float]) -> None:
    assert not fact(Cohort(replace(DEFAULTS, **settings))).ok  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", [{"coverage": 0.74}, {"coverage": 0.86}, {"rmse": 0.35}, {"rmse_separate": 0.29}])
def test_a_calibration_that_finds_too_little_fails(wrong: dict[str, float]) -> None:
    assert recovered(GOOD)
    assert not recovered(replace(GOOD, **wrong))  # type: ignore[arg-type]


def test_facts_are_of_the_parameters_given() -> None:
    slow = FatigueParams(acute_half_life_break_min=60.0)
    assert f13(Cohort(slow)).found["after each"] > f13(Cohort(DEFAULTS)).found["after each"]


def test_the_misfits_are_told() -> None:
    told = list(misfits())
    assert [each.source.split()[0] for each in told] == ["Hunter", "meta-analyses", "Trougakos"]
    assert "most at hour 4" in told[0].found
    assert float(told[1].found.split()[0]) > 0.43  # more than is published
    steady = list(misfits(FatigueParams(carried_half_life_on_shift_h=1000.0, carried_half_life_off_h=500.0)))
    assert float(steady[1].found.split()[0]) > float(told[1].found.split()[0])


@pytest.mark.parametrize("json_output", [True, False])
def test_a_fact_that_fails_is_the_exit_code(capsys: pytest.CaptureFixture[str], json_output: bool) -> None:
    held = f13(Cohort(DEFAULTS))
    tell((held,), json_output)
    with pytest.raises(typer.Exit) as stopped:
        tell((held, replace(held, ok=False)), json_output)
    assert stopped.value.exit_code == 1
    assert "F13" in capsys.readouterr().out


def test_on_a_screen_there_are_sources_and_misfits(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    tell((f1(Cohort(DEFAULTS)),), json_output=False)
    shown = capsys.readouterr().out
    assert "Albulescu" in shown
    assert "known not to fit" in shown
    assert "Trougakos" in shown
