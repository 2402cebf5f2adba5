"""The published JSON Schema: current, sound, says of every setting what it is, and every scenario that comes along keeps it."""

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from api.cli import app
from simulations.scenario import Scenario, parse
from simulations.schema import plain, published

STORED = Path(__file__).parents[2] / "simulations" / "scenario.schema.json"
SHIPPED = sorted(
    (each for each in (files("simulations") / "scenarios").iterdir() if each.name.endswith(".toml")), key=lambda each: each.name
)
SCHEMA = published(Scenario(), "scenario")


def settings(schema: dict[str, Any], at: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every setting and table of a schema with its path."""
    for name, each in schema.get("properties", {}).items():
        yield f"{at}/{name}", each
        yield from settings(each, f"{at}/{name}")
    if isinstance(more := schema.get("additionalProperties"), dict):
        yield from settings(more, f"{at}/*")


def test_the_stored_schema_is_the_one_that_the_command_prints() -> None:
    """To renew it: respite scenario schema > simulations/scenario.schema.json"""
    printed = CliRunner().invoke(app, ["scenario", "schema"]).stdout
    assert printed == STORED.read_text(encoding="utf-8")


def test_it_is_a_json_schema() -> None:
    Draft202012Validator.check_schema(json.loads(STORED.read_text(encoding="utf-8")))


@pytest.mark.parametrize(("path", "told"), list(settings(SCHEMA)), ids=lambda value: value if isinstance(value, str) else "")
def test_every_setting_says_what_it_is(path: str, told: dict[str, Any]) -> None:
    """Why; and a number its default, its bounds and, where it has one, its unit."""
    assert told["description"]
    assert not told["description"].startswith("unit: ")
    if told.get("type") in ("integer", "number"):
        assert told["minimum"] <= told.get("default", told["minimum"]) <= told["maximum"]  # none: absent
        assert f"unit: {told.get('x-unit', '')}" in told["description"] or "x-unit" not in told


@pytest.mark.parametrize("file", SHIPPED, ids=lambda each: each.name)
def test_every_scenario_that_comes_along_keeps_it(file: Any) -> None:
    text = file.read_text(encoding="utf-8")
    assert not list(Draft202012Validator(SCHEMA).iter_errors(plain(parse(text))))
    assert text.startswith("#:schema ../scenario.schema.json\n")  # which editors look for, relative to the file


def test_it_refuses_what_is_no_setting_anywhere() -> None:
    wrong = {"rum": {}, "run": {"sed": 1}, "groups": {"a": {"agent": 1}}, "policy": {"weights": {"priority": {"urgnt": 1}}}}
    paths = {"/".join(map(str, each.absolute_path)) for each in Draft202012Validator(SCHEMA).iter_errors(wrong)}
    assert paths == {"", "run", "groups/a", "policy/weights/priority"}
