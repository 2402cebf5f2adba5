"""Each setting of a scenario changes the result; a setting that nothing reads fails here, and so does one without a case."""

import dataclasses
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest

from router.policy import Policy
from simulations.run import run
from simulations.scenario import Scenario, parse, scenario_from

BASE = """
[groups.first]
agents = 1
time_zone = "Europe/Berlin"
languages = ["en"]
lunch_start = 12:00:00
[groups.second]
agents = 2
languages = ["en", "it"]
skills = { product = 3 }
lunch_start = 12:00:00
[accounts]
count = 40
[demand]
tickets_per_day = 36
channels = { email = 4, web = 2, chat = 4, phone = 3 }
priorities = { normal = 3, urgent = 1 }
languages = { en = 3, it = 1 }
[categories.access]
share = 2
[categories.defect]
share = 3
skills = ["product"]
[[incidents]]
day = 1
at = 10:00:00
duration_h = 1
volume_factor = 2
categories = { access = 1 }
[[policy_steps]]
day = 2
policy.automation.categories = []
[escalation]
ordinary = 0.1
difficult = 0.3
abuse = 0.05
[attendance]
meetings_share = 0.1
[debriefs]
opt_in = 0.9
[patience]
chat = { mean_s = 90 }
phone = { mean_s = 90 }
returns = 0.5
[wrap_up]
chat = { mean_s = 60 }
phone = { mean_s = 90 }
[frustration]
escalation_rise = 0.5
repeat_rise = 0.5
[reopening]
probability = 0.3
delay_mean_h = 3
[run]
time_zone = "Europe/Berlin"
days = 2
seed = 7
replications = 1
[policy.automation]
categories = ["access"]
"""

VOLUMES = (6, 18, 36)  # tickets a day

# other values for the settings of a duration that is exponential
DURATION = {
    "shape": '"deterministic"',
    "mean_s": "20",
    "cv": "0.3\nshape = 'lognormal'",
    "values_s": "[30, 300]\nshape = 'empirical'",
}
DURATIONS = ("patience.chat", "patience.phone", "patience.returns_after", "wrap_up.chat", "wrap_up.phone")
# the path of a setting: another value for it
CHANGED: dict[str, str] = {
    "title": 'title = "another"',
    "groups.second.agents": "3",
    "groups.first.skills": "{ product = 1 }",
    "groups.first.languages": '["en", "it"]',
    "groups.second.concurrency.email": "1",
    "groups.second.concurrency.chat": "1",
    "groups.second.concurrency.phone": "0",
    "groups.second.time_zone": '"UTC"',
    "groups.second.weekdays": '["mon"]',
    "groups.second.shift_start": "07:00:00",
    "groups.second.shift_end": "16:00:00",
    "groups.second.lunch_start": "13:00:00",
    "groups.second.lunch_min": "90",
    "groups.second.lunch_stagger_min": "0",
    "accounts.count": "41",
    "accounts.arr_mean_usd": "90_000",
    "accounts.arr_cv": "5",
    "accounts.renewal_within_d": "20",
    "accounts.difficult_share": "0.5",
    "accounts.difficult_ticket_factor": "9",
    "demand.tickets_per_day": "45",
    "demand.weekday_weights": "[2, 1, 1, 1, 1, 1, 1]",
    "demand.hour_weights": "[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]",
    "demand.day_weights": "{ mon = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] }",
    "incidents.0.day": "2",
    "incidents.0.at": "14:00:00",
    "incidents.0.duration_h": "3",
    "incidents.0.volume_factor": "9",
    "incidents.0.categories": "{ defect = 1 }",
    "incidents.0.escalation_factor": "9",
    "policy_steps.0.day": "1",
    "policy_steps.0.at": "15:00:00",
    "policy_steps.0.policy": "{ automation.categories = ['access', 'defect'] }",
    "demand.channels": "{ email = 1 }",
    "demand.priorities": "{ normal = 1 }",
    "demand.languages": "{ en = 1 }",
    "categories.defect.share": "9",
    "categories.defect.handling_factor": "2",
    "categories.defect.escalation_factor": "3",
    "categories.access.automation_success": "0.1",
    "categories.defect.skills": "[]",
    "handling.shape": '"exponential"',
    **{f"handling.{channel}.mean_s": "1500" for channel in ("email", "web", "chat", "phone")},
    **{f"handling.{channel}.cv": "0.2" for channel in ("email", "web", "chat", "phone")},
    **{f"handling.{channel}.shape": '"gamma"' for channel in ("email", "web", "chat", "phone")},
    **{f"handling.{channel}.values_s": "[300, 900]\nshape = 'empirical'" for channel in ("email", "web", "chat", "phone")},
    "escalation.ordinary": "0.3",
    "escalation.difficult": "0.9",
    "escalation.at_arrival_share": "0.9",
    "escalation.abuse": "0.3",
    **{f"{each}.{name}": value for each in DURATIONS for name, value in DURATION.items()},
    "patience.returns": "0.1",
    "attendance.absence": "0.5",
    "attendance.meetings_share": "0.3",
    "attendance.meeting_mean_min": "120",
    "debriefs.opt_in": "0",
    "debriefs.accepts": "0.1",
    "reopening.probability": "0.6",
    "reopening.delay_mean_h": "1",
    "reopening.most": "1",
    "automation.answer_mean_s": "600",
    "automation.failed_handling_factor": "2",
    "automation.failed_escalation_factor": "3",
    "frustration.escalation_rise": "2",
    "frustration.repeat_rise": "2",
    "frustration.half_life_d": "0.1",
    "churn.per_bad_experience": "0.1",
    "targets.email_s": "1200",
    "targets.web_s": "1200",
    "targets.chat_s": "1",
    "targets.phone_s": "1",
    "targets.business_hours": "false",
    "costs.agent_hour_usd": "50",
    "run.start": "2026-01-10",
    "run.time_zone": '"Europe/London"',
    "run.days": "3",
    "run.warm_up_days": "1",
    "run.seed": "6",
    "run.replications": "2",
    "policy": "policy = { break_min_s = 900, automation = { categories = ['access'] } }",
}


def settings(value: Any, at: str = "") -> Iterator[str]:
    """The path of every setting in a scenario; the policy counts as one, its own settings have tests of their own."""
    for item in dataclasses.fields(value):
        own, path = getattr(value, item.name), f"{at}{item.name}"
        if item.name == "reference":
            continue  # a queue instead of a team; its settings are in test_every_reference_setting_matters
        if dataclasses.is_dataclass(own) and not isinstance(own, Policy):
            yield from settings(own, f"{path}.")
        elif isinstance(own, Mapping) and own and all(dataclasses.is_dataclass(each) for each in own.values()):
            for name, each in own.items():
                yield from settings(each, f"{path}.{name}.")
        elif isinstance(own, tuple) and own and dataclasses.is_dataclass(own[0]):
            yield from settings(own[0], f"{path}.0.")
        else:
            yield path


def generic(path: str) -> str:
    """The path with the names of groups and categories left out."""
    parts = path.split(".")
    return ".".join(part for place, part in enumerate(parts) if place != 1 or parts[0] not in ("groups", "categories"))


def base(tickets_per_day: int) -> dict[str, Any]:
    return parse(BASE.replace("tickets_per_day = 36", f"tickets_per_day = {tickets_per_day}"))


def with_value(tickets_per_day: int, path: str, value: str) -> Scenario:
    values = base(tickets_per_day)
    *parts, last = path.split(".")
    place: Any = values
    for part in parts:
        place = place[int(part)] if isinstance(place, list) else place.setdefault(part, {})
    place.update(parse(value if value.startswith(f"{path} =") else f"{last} = {value}"))
    return scenario_from(values)


@cache
def base_result(tickets_per_day: int) -> dict[str, Any]:
    return result(scenario_from(base(tickets_per_day)))


def result(scenario: Scenario) -> dict[str, Any]:
    """What a simulation says, without what it only repeats of the scenario."""
    plain = run(scenario).as_mapping()
    return {"title": plain["title"], "metrics": plain["metrics"]}


def test_every_setting_has_a_case() -> None:
    assert {generic(path) for path in settings(scenario_from(parse(BASE)))} == {generic(path) for path in CHANGED}


@pytest.mark.parametrize("path", CHANGED)
def test_changing_it_changes_the_result(path: str) -> None:
    """Most do on the quietest days, which take a third of the time to simulate that the busiest take."""
    assert any(result(with_value(each, path, CHANGED[path])) != base_result(each) for each in VOLUMES)
