"""A scenario that cannot be meant is refused at once, with every violation by its path; TOML that is none, with its line."""

from importlib.resources import files
from typing import Any

import pytest

from fatigue_model.bounds import InvalidValues
from simulations.scenario import Malformed, Scenario, changed, parse, scenario_from

ALL_WRONG = """
title = ""
[groups.first]
agents = 0
shift_start = "nine"
weekdays = []
skills = { product = 9 }
languages = ["en", "en"]
[groups.first.concurrency]
chat = 1.5
[categories.access]
automation_success = 2
[accounts]
count = "many"
difficult_share = nan
[demand]
weekday_weights = [1, 2, 3]
channels = { fax = 1 }
priorities = { normal = -1 }
[handling]
shape = "normal"
email = { mean_s = true }
[run]
start = 2026-01-05T00:00:00
time_zone = "Mars/Olympus"
[targets]
business_hours = 1
[policy]
break_min_s = 99999
weights = { priority = { urgent = "very" } }
"""


def refused(values: dict[str, Any]) -> list[str]:
    with pytest.raises(InvalidValues) as caught:
        scenario_from(values)
    return [violation.pointer for violation in caught.value.violations]


def test_nothing_given_is_the_documented_default() -> None:
    assert scenario_from({}) == Scenario()
    assert scenario_from(parse("[run]\nseed = 7")).run.seed == 7


def test_every_packaged_scenario_is_sound() -> None:
    found = [each for each in (files("simulations") / "scenarios").iterdir() if each.name.endswith(".toml")]
    assert found
    for each in found:
        assert scenario_from(parse(each.read_text(encoding="utf-8"))).title != Scenario().title


def test_all_violations_are_listed_at_once_by_path() -> None:
    assert sorted(refused(parse(ALL_WRONG))) == [
        "/accounts/count",
        "/accounts/difficult_share",
        "/categories/access/automation_success",
        "/demand/channels",
        "/demand/priorities",
        "/demand/weekday_weights",
        "/groups/first/agents",
        "/groups/first/concurrency/chat",
        "/groups/first/languages",
        "/groups/first/shift_start",
        "/groups/first/skills",
        "/groups/first/weekdays",
        "/handling/email/mean_s",
        "/handling/shape",
        "/policy/break_min_s",
        "/policy/weights/priority/urgent",
        "/run/start",
        "/run/time_zone",
        "/targets/business_hours",
        "/title",
    ]


@pytest.mark.parametrize(
    ("values", "pointer"),
    [
        ({"staff": {}}, "/staff"),
        ({"run": {"sed": 1}}, "/run/sed"),
        ({"run": 1}, "/run"),
        ({"policy": {"fatigue": {"unknown": 1}}}, "/policy/fatigue/unknown"),
        ({"policy": 3}, "/policy"),
        ({"groups": {}}, "/groups"),
        ({"groups": {"a": {"concurrency": 3}}}, "/groups/a/concurrency"),
        ({"policy": {"break_min_s": 900, "break_max_s": 600}}, "/policy/break_min_s"),
    ],
)
def test_what_is_not_a_setting_is_refused(values: dict[str, Any], pointer: str) -> None:
    assert refused(values) == [pointer]


@pytest.mark.parametrize(
    ("values", "pointer"),
    [
        ({"categories": {"defect": {"skills": ["product"]}}}, "/categories/defect/skills"),
        ({"categories": {"defect": {"share": 0}}}, "/categories"),
        ({"demand": {"languages": {"it": 1}}}, "/demand/languages"),
        ({"policy": {"automation": {"categories": ["acess"]}}}, "/policy/automation/categories"),
        ({"demand": {"channels": {"phone": 1}}, "groups": {"a": {"concurrency": {"phone": 0}}}}, "/demand/channels"),
        ({"demand": {"channels": {"web": 1}}, "groups": {"a": {"concurrency": {"email": 0}}}}, "/demand/channels"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(values: dict[str, Any], pointer: str) -> None:
    assert refused(values) == [pointer]


def test_malformed_text_names_the_line() -> None:
    with pytest.raises(Malformed, match="line 3"):
        parse("[run]\nseed = 1\ndays = = 2\n")


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("[run]\n\ndays = " + "9" * 5000, 3, "64 bits"),
        ("x = " + "[" * 5000, 1, "12 deep"),
        ("x = " + "[" * 13 + "]" * 13, 1, "12 deep"),
        ("a" + ".a" * 3000 + " = 1", 1, "12 deep"),
    ],
)
def test_toml_that_python_cannot_hold_is_malformed(text: str, line: int, said: str) -> None:
    with pytest.raises(Malformed, match=said) as caught:
        parse(text)
    assert caught.value.line == line
    assert parse("x = " + "[" * 12 + "]" * 12)


@pytest.mark.parametrize("number", ["9" * 400, "0x" + "f" * 5000, "1e999"])
def test_numbers_beyond_all_others_are_refused_where_they_stand(number: str) -> None:
    assert refused(parse(f"[run]\ndays = {number}")) == ["/run/days"]
    assert refused(parse(f"[demand]\nchannels = {{ email = {number} }}")) == ["/demand/channels"]
    assert refused(parse(f"[demand]\nweekday_weights = [{number}, 1, 1, 1, 1, 1, 1]")) == ["/demand/weekday_weights"]


def test_shares_whose_sum_is_no_number_are_refused() -> None:
    assert refused(parse("[demand]\nchannels = { email = 1e308, chat = 1e308 }")) == ["/demand/channels"]


def test_changes_are_checked_like_the_file() -> None:
    assert refused(changed({}, agents=0, seed=-1)) == ["/groups/team/agents", "/run/seed"]
    assert scenario_from(changed({"run": {"seed": 3}}, agents=9, replications=2)).agent_count == 9
    with pytest.raises(InvalidValues, match="exactly one group"):
        changed({"groups": {"a": {}, "b": {}}}, agents=3)


def test_the_digest_knows_the_content_and_not_the_order() -> None:
    one = scenario_from(parse("[run]\nseed = 3\n[accounts]\ncount = 9"))
    assert one.digest() == scenario_from(parse("accounts = { count = 9 }\nrun = { seed = 3 }")).digest()
    assert one.digest() != scenario_from(parse("[run]\nseed = 4\n[accounts]\ncount = 9")).digest()
