"""Each setting of a textbook queue changes what is measured; what cannot be meant together is refused by its path."""

import dataclasses
from functools import cache
from typing import Any

import pytest
from typer.testing import CliRunner

from api.cli import app
from fatigue_model.bounds import InvalidValues
from simulations.reference import Kind, RecoveryBreak, Reference, ShotNoise, Vacations
from simulations.run import measured
from simulations.scenario import Scenario, changed, parse, scenario_from

BASE = """
servers = 2
arrivals_per_s = 1.5
patience = { mean_s = 3.0 }
recovery_break = { probability = 0.3, length = { mean_s = 0.5 } }
vacations = { length = { mean_s = 0.4 } }
load = { decay_s = 4.0 }
within_s = [0.5]
horizon_s = 300.0
warm_up_s = 20.0
"""
CLASSES = """
servers = 1
horizon_s = 300.0
[classes.first]
arrivals_per_s = 0.3
[classes.second]
arrivals_per_s = 0.4
"""
# a setting with another value: in BASE, or where it begins with "classes", in CLASSES
CHANGED = {
    "servers": 3,
    "arrivals_per_s": 1.4,
    "interarrival": ("arrivals_per_s", {"shape": "gamma", "mean_s": 0.6, "cv": 0.3}),
    "service": {"shape": "deterministic", "mean_s": 1.0},
    "patience": {"mean_s": 1.0},
    "order": "lcfs",
    "capacity": 3,
    "waiting_room": 1,
    "recovery_break": {"probability": 0.6, "length": {"mean_s": 0.5}},
    "recovery_break.length": {"mean_s": 0.9},
    "recovery_break.probability": 0.0,
    "vacations": {"length": {"mean_s": 0.9}},
    "vacations.kind": "single",
    "vacations.length": {"shape": "deterministic", "mean_s": 0.4},
    "load": {"decay_s": 9.0},
    "load.decay_s": 5.0,
    "load.alpha": 3.0,
    "load.beta": 4.0,
    "load.most_points": 2.0,
    "within_s": [0.7],
    "horizon_s": 200.0,
    "warm_up_s": 30.0,
    "classes": {"first": {"arrivals_per_s": 0.3}},
    "classes.first.arrivals_per_s": 0.2,
    "classes.first.interarrival": ("classes.first.arrivals_per_s", {"shape": "deterministic", "mean_s": 3.0}),
    "classes.first.service": {"mean_s": 0.5},
    "classes.first.patience": {"mean_s": 2.0},
    "classes.first.priority": 2,
    "classes.saturated": None,
    "classes.priorities": None,
}


def told(text: str) -> dict[str, Any]:
    return {"reference": parse(text), "run": {"replications": 1, "seed": 5}}


def values_with(path: str, value: Any) -> dict[str, Any]:
    values = told(CLASSES if path.startswith("classes") else BASE)
    if isinstance(value, tuple):
        put(values["reference"], value[0], None)
        value = value[1]
    put(values["reference"], path, value)
    return values


def put(table: dict[str, Any], path: str, value: Any) -> None:
    *parts, last = path.split(".")
    for part in parts:
        table = table[part]
    if value is None:
        table.pop(last)
    else:
        table[last] = value


@cache
def base(text: str) -> dict[str, float]:
    return measured(scenario_from(told(text)), 0)


MATTER = [path for path, value in CHANGED.items() if value is not None]


@pytest.mark.parametrize("path", MATTER)
def test_changing_it_changes_what_is_measured(path: str) -> None:
    assert measured(scenario_from(values_with(path, CHANGED[path])), 0) != base(CLASSES if path.startswith("classes") else BASE)


def test_priorities_and_saturation_matter_too() -> None:
    classes = told(CLASSES.replace("0.4", "0.4\npriority = 2"))
    alone = measured(scenario_from(classes), 0)
    classes["reference"]["priorities"] = "preemptive-resume"
    assert measured(scenario_from(classes), 0)["first.mean_wait_s"] < alone["first.mean_wait_s"]
    saturated = measured(scenario_from(told("saturated = true\nhorizon_s = 300.0")), 0)
    assert saturated["busy"] == 1
    assert "mean_wait_s" not in saturated


def test_every_setting_has_a_case() -> None:
    parts = {"": Reference, "classes.first.": Kind, "recovery_break.": RecoveryBreak, "vacations.": Vacations, "load.": ShotNoise}
    paths = {f"{at}{item.name}" for at, part in parts.items() for item in dataclasses.fields(part)}
    assert paths - set(MATTER) == {"saturated", "priorities", "engine"}  # two have a test above; the engine must not matter


REFUSED = {
    "arrivals_per_s = 1.0\nservers = 1": ("/reference/servers", "more than the 1 that those who never leave keep busy"),
    "servers = 2": ("/reference/arrivals_per_s", "one of arrivals_per_s and interarrival, or saturated"),
    "arrivals_per_s = 0.5\nsaturated = true": ("/reference/arrivals_per_s", "one of"),
    "saturated = true\npatience = { mean_s = 1.0 }": ("/reference/patience", "absent where saturated"),
    "arrivals_per_s = 0.5\ncapacity = 3\nwaiting_room = 1": ("/reference/waiting_room", "one of capacity and waiting_room"),
    "arrivals_per_s = 0.5\nservers = 4\ncapacity = 3": ("/reference/capacity", "at least the 4 servers"),
    "arrivals_per_s = 0.5\nclasses.a = { priority = 2 }": ("/reference/classes/a/arrivals_per_s", "in each class, and none outside"),
    'arrivals_per_s = 0.5\npriorities = "preemptive-resume"\npatience = { mean_s = 1.0 }': (
        "/reference/patience",
        "absent with priorities",
    ),
    'arrivals_per_s = 0.5\npriorities = "preemptive-resume"\norder = "lcfs"': ("/reference/priorities", "non-preemptive where order"),
    "arrivals_per_s = 0.5\ncapacity = 2.5": ("/reference/capacity", "a whole number from 1"),
    'arrivals_per_s = 0.5\nservice = { shape = "normal" }': ("/reference/service/shape", "one of"),
    "arrivals_per_s = 100.0\nservers = 200\nhorizon_s = 1e6": ("/reference/horizon_s", "at most 500000 s: 50,000,000 customers"),
    "arrivals_per_s = 0.5\nserver = 2": ("/reference/server", "one of"),
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_cannot_be_meant_is_refused_by_its_path(text: str) -> None:
    pointer, allowed = REFUSED[text]
    with pytest.raises(InvalidValues) as caught:
        scenario_from(told(text))
    assert any(each.pointer == pointer and allowed in each.allowed for each in caught.value.violations), str(caught.value)


def test_the_product_is_off_and_says_so() -> None:
    values = told("arrivals_per_s = 0.5") | {"groups": {"team": {}}}
    values["run"]["days"] = 3
    with pytest.raises(InvalidValues) as caught:
        scenario_from(values)
    assert [each.pointer for each in caught.value.violations] == ["/groups", "/run/days"]


def test_numba_is_asked_for_only_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    values = told('arrivals_per_s = 0.5\nengine = "numba"')
    assert scenario_from(values).reference.engine == "numba"  # type: ignore[union-attr]
    monkeypatch.setattr("simulations.reference_contradictions.find_spec", lambda name: None)
    with pytest.raises(InvalidValues, match="/reference/engine: 'numba' is not allowed; allowed: python, or numba once the extra"):
        scenario_from(values)


def test_agents_are_servers() -> None:
    found = scenario_from(changed(told(BASE), agents=7))
    assert isinstance(found, Scenario)
    assert found.agent_count == 7


def test_the_screen_shows_as_many_digits_as_a_book(tmp_path: Any) -> None:
    file = tmp_path / "book.toml"
    file.write_text("[reference]\narrivals_per_s = 0.5\nhorizon_s = 500.0\n[run]\nreplications = 3\n", encoding="utf-8")
    shown = CliRunner().invoke(app, ["simulate", str(file)])
    assert shown.exit_code == 0
    assert "A textbook queue without the product's policy" in " ".join(shown.output.split())
    file.write_text("[reference]\nservers = 1\narrivals_per_s = 1.5\n", encoding="utf-8")
    refused = CliRunner().invoke(app, ["simulate", str(file)])
    assert refused.exit_code == 2
    assert f"{file}:2" in refused.output
    assert "/reference/servers" in refused.output
