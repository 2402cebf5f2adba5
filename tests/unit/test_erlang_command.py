"""`respite erlang`: the digits of a well-known example, what typed times and shares mean, and one line for what can't be meant."""

import json
import re

import pytest
from typer.testing import CliRunner, Result

from api.cli import app
from simulations.quantities import seconds, service_level, share


def erlang(*given: str) -> Result:
    return CliRunner().invoke(app, ["erlang", *given])


@pytest.mark.parametrize("level", [["--service-level", "0.8", "--asa", "20s"], ["--service-level", "80%/20s"]])
def test_the_example_of_pyworkforce(level: list[str]) -> None:
    given = ["--calls", "100", "--interval", "30m", "--aht", "3m", "--shrinkage", "0.3", "--max-occupancy", "0.85", *level]
    found = erlang(*given)
    assert found.exit_code == 0
    lines = dict(re.findall(r"^(\w+): +(\S+)$", found.output, re.MULTILINE))
    assert lines["raw_positions"] == "14"
    assert lines["positions"] == "20"
    assert lines["service_level"] == "0.8883500191794669"
    assert lines["occupancy"] == "0.7142857142857143"
    assert lines["waiting_probability"] == "0.1741319335950498"
    assert {name: str(value) for name, value in json.loads(erlang(*given, "--json").output).items()} == lines


@pytest.mark.parametrize(
    ("level", "raw", "paid", "reached"),
    [("0.8", 13, 19, 0.7955947884177831), ("0.85", 14, 20, 0.8883500191794669), ("0.9", 15, 22, 0.9414528428690223)],
)
def test_three_levels_of_service(level: str, raw: int, paid: int, reached: float) -> None:
    more = ["--max-occupancy", "1"] if level != "0.8" else ["--agents", "13"]
    found = json.loads(erlang("--calls", "100", "--shrinkage", "30%", "--service-level", level, "--json", *more).output)
    assert (found["raw_positions"], found["positions"], found["service_level"]) == (raw, paid, reached)


def test_with_patience_customers_leave() -> None:
    found = json.loads(erlang("--calls", "100", "--patience", "5m", "--agents", "14", "--json").output)
    assert found["abandonment_probability"] == pytest.approx(0.01398374, abs=5e-9)
    assert found["mean_wait_s"] == pytest.approx(0.06991872 * 60, abs=5e-7)
    fewer = json.loads(erlang("--calls", "100", "--patience", "5m", "--max-abandonment", "3%", "--json").output)
    assert (fewer["raw_positions"], fewer["positions"]) == (13, 13)


def test_where_nobody_can_wait_some_are_turned_away() -> None:
    found = json.loads(erlang("--calls", "100", "--max-blocking", "2%", "--shrinkage", "0.3", "--json").output)
    assert (found["raw_positions"], found["positions"]) == (17, 25)
    assert found["blocking_probability"] == pytest.approx(0.01294, abs=1e-5)
    ten = json.loads(erlang("--calls", "100", "--max-blocking", "2%", "--agents", "10", "--json").output)
    assert ten["blocking_probability"] == pytest.approx(0.2145823431, abs=5e-11)


def test_too_few_agents_without_patience_wait_without_end() -> None:
    found = json.loads(erlang("--calls", "100", "--agents", "10", "--json").output)
    assert (found["waiting_probability"], found["mean_wait_s"], found["service_level"]) == (1.0, None, 0.0)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--calls", "0"], "--calls: 0; allowed"),
        (["--calls", "nan"], "--calls: nan; allowed"),
        (["--calls", "9", "--aht", "3 minutes"], "--aht: '3 minutes' is not allowed"),
        (["--calls", "9", "--service-level", "120%"], "--service-level: '120%' is not allowed"),
        (["--calls", "9", "--service-level", "1"], "/service_level: 1.0 is not allowed; allowed: a number from 0 to 0.999999"),
        (["--calls", "9", "--patience", "5m", "--max-blocking", "1%"], "--patience: not with --max-blocking"),
        (["--calls", "9", "--max-blocking", "0"], "/blocking: 0.0 is not allowed; allowed: a number from"),
        (["--calls", "9", "--shrinkage", "1"], "--shrinkage: 1; allowed: a share below 1"),
        (["--calls", "9", "--agents", "0"], "/agents: 0 is not allowed; allowed: a whole number from 1"),
        (["--calls", "9", "--max-occupancy", "0"], "/max_occupancy: 0.0 is not allowed"),
    ],
)
def test_what_cannot_be_meant_is_one_line(given: list[str], said: str) -> None:
    found = erlang(*given)
    assert found.exit_code == 2
    assert said in found.output
    assert found.output.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "value"),
    [("30m", 1800), ("20s", 20), ("4h", 14_400), ("1h30m", 5400), ("2d", 172_800), ("90", 90), ("1.5 min", 90), (".5h", 1800)],
)
def test_durations(text: str, value: float) -> None:
    assert seconds(text) == value


@pytest.mark.parametrize("text", ["", "m", "-3m", "3 years", "0s", "1h30", "3m!", "nan", "1e999"])
def test_no_durations(text: str) -> None:
    with pytest.raises(ValueError, match="allowed: a time above 0"):
        seconds(text)


def test_shares_and_levels() -> None:
    assert [share(each) for each in ("0.8", "80%", "0", "100%")] == [0.8, 0.8, 0, 1]
    assert service_level("0.8/4h") == (0.8, 14_400)
    assert service_level("80%") == (0.8, None)
    for text in ("", "8", "-1%", "nan", "a"):
        with pytest.raises(ValueError, match="allowed: a share from 0 to 1"):
            share(text)
    with pytest.raises(ValueError, match="allowed: a time"):
        service_level("0.8/")
