"""A scenario: everything a simulation is told, read from TOML, checked at once, with a digest."""

from __future__ import annotations

import dataclasses
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from fatigue_model.bounds import InvalidValues, Violation, digest, escaped
from router.policy import Policy
from simulations.behaviour import Attendance, Churn, Debriefs, Frustration, Patience, WrapUp
from simulations.happenings import Incident, PolicyStep, read_incidents, read_steps, strange_steps
from simulations.reading import overlay, read_policy, read_text, setting
from simulations.reference import Reference, read_reference
from simulations.reference_contradictions import contradictions
from simulations.settings import (
    CHANNEL_NAMES,
    Accounts,
    Automation,
    Category,
    Costs,
    Demand,
    Escalation,
    Group,
    Handling,
    Reopening,
    Runs,
    Targets,
    default_groups,
    read_categories,
    read_groups,
)

DEEPEST = 12  # tables within tables; a scenario needs five
_TOO_DEEP = f"tables and lists within others, {DEEPEST} deep at most"
_VERY_LONG = re.compile(r"[0-9_]{4300,}")
_SLOT = {"web": "email"}  # a web form is answered by e-mail


class Malformed(ValueError):
    """Text that is not TOML; the message names the line, and so does `line`."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Scenario:
    """One team, its customers, its policy, and how to run them."""

    title: str = setting("unnamed", read_text, "", "shown above the results")
    groups: Mapping[str, Group] = setting(default_groups(), read_groups, "", "four agents")
    accounts: Accounts = field(default_factory=Accounts)
    demand: Demand = field(default_factory=Demand)
    categories: Mapping[str, Category] = setting({}, read_categories, "", "tickets of one kind, without a category")
    incidents: tuple[Incident, ...] = setting((), read_incidents, "", "nothing out of the ordinary")
    handling: Handling = field(default_factory=Handling)
    escalation: Escalation = field(default_factory=Escalation)
    attendance: Attendance = field(default_factory=Attendance)
    debriefs: Debriefs = field(default_factory=Debriefs)
    patience: Patience = field(default_factory=Patience)
    wrap_up: WrapUp = field(default_factory=WrapUp)
    reopening: Reopening = field(default_factory=Reopening)
    frustration: Frustration = field(default_factory=Frustration)
    churn: Churn = field(default_factory=Churn)
    automation: Automation = field(default_factory=Automation)
    targets: Targets = field(default_factory=Targets)
    costs: Costs = field(default_factory=Costs)
    run: Runs = field(default_factory=Runs)
    policy: Policy = setting(Policy(), read_policy, "", "the policy of a team that set none")
    policy_steps: tuple[PolicyStep, ...] = setting((), read_steps, "", "the policy stays as it is for the whole run")
    reference: Reference | None = setting(None, read_reference, "", "none; else a textbook queue instead of all but title and run")

    @property
    def agent_count(self) -> int:
        return sum(group.agents for group in self.groups.values()) if self.reference is None else self.reference.servers

    def digest(self) -> str:
        """Equal for equal scenarios, whatever the order and the comments of their files."""
        plain: dict[str, Any] = _plain(dataclasses.asdict(self))
        return digest(plain)


def parse(text: str) -> dict[str, Any]:
    """TOML as plain values; raises `Malformed` with the line."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"at line (\d+)", str(error))
        raise Malformed(f"not TOML: {error}", int(place[1]) if place else text.count("\n") + 1) from error
    except ValueError as error:  # Python reads no whole number that is so long
        place = _VERY_LONG.search(text)
        line = text.count("\n", 0, place.start() if place else 0) + 1
        raise Malformed("not TOML: a whole number has more than 64 bits", line) from error
    except RecursionError as error:
        raise Malformed(_TOO_DEEP, 1) from error
    if _nests_deeper(values, DEEPEST):
        raise Malformed(_TOO_DEEP, 1)
    return values


def _nests_deeper(values: Mapping[str, Any], deep: int) -> bool:
    """Whether tables and lists stand within each other more than `deep` times below the outermost; without recursion."""
    level: list[Any] = [values]
    for _ in range(deep + 1):
        inner = [each for outer in level for each in (outer.values() if isinstance(outer, Mapping) else outer)]
        level = [each for each in inner if isinstance(each, dict | list)]
    return bool(level)


def scenario_from(values: Mapping[str, Any]) -> Scenario:
    """A scenario from plain values, defaults elsewhere; raises `InvalidValues` with every violation and its path."""
    found: list[Violation] = []
    scenario = overlay(Scenario(), values, "", found)
    queue = scenario.reference
    found = found or list(_contradictions(scenario) if queue is None else contradictions(queue, values))
    if found:
        raise InvalidValues(tuple(found))
    return scenario


def changed(
    values: Mapping[str, Any], agents: int | None = None, seed: int | None = None, replications: int | None = None
) -> dict[str, Any]:
    """Plain values of a scenario with another number of agents, seed or number of runs; `None` leaves a value as it is."""
    plain = dict(values)
    runs = {name: value for name, value in (("seed", seed), ("replications", replications)) if value is not None}
    if runs and isinstance(plain.get("run", {}), Mapping):
        plain["run"] = {**plain.get("run", {}), **runs}
    if agents is not None and isinstance(plain.get("reference"), Mapping):
        plain["reference"] = {**plain["reference"], "servers": agents}
    elif agents is not None:
        groups = plain.get("groups", {"team": {}})
        if not isinstance(groups, Mapping) or len(groups) != 1:
            raise InvalidValues((Violation("/groups", agents, "a number of agents where the scenario has exactly one group"),))
        plain["groups"] = {name: {**group, "agents": agents} for name, group in groups.items()}
    return plain


def _contradictions(scenario: Scenario) -> Iterator[Violation]:
    """Settings that are fine alone and cannot be meant together."""
    categories, groups = scenario.categories, scenario.groups.values()
    skills = {skill for group in groups for skill in group.skills}
    languages = {language for group in groups for language in group.languages}
    if categories and not any(category.share > 0 for category in categories.values()):
        yield Violation("/categories", 0, "at least one category with a share above 0")
    for name, category in categories.items():
        yield from _strange(category.skills, skills, f"/categories/{escaped(name)}/skills", "a skill that a group has")
    yield from _strange(scenario.demand.languages, languages, "/demand/languages", "a language that a group speaks")
    yield from _strange_lane(scenario.policy.as_mapping(), set(categories), "/policy")
    taken = {name for name in CHANNEL_NAMES for group in groups if getattr(group.concurrency, _SLOT.get(name, name)) > 0}
    used = [name for name, share in scenario.demand.channels.items() if share > 0]
    yield from _strange(used, taken, "/demand/channels", "a channel that a group takes")
    yield from _strange_happenings(scenario)


def _strange_happenings(scenario: Scenario) -> Iterator[Violation]:
    """What incidents and steps of the policy name that is not there, or what comes after the end."""
    known = set(scenario.categories)
    dated: dict[str, tuple[Incident | PolicyStep, ...]] = {"incidents": scenario.incidents, "policy_steps": scenario.policy_steps}
    for kind, those in dated.items():
        for place, each in enumerate(those):
            if each.day > scenario.run.days:
                yield Violation(f"/{kind}/{place}/day", each.day, f"at most run.days, {scenario.run.days}")
    for place, incident in enumerate(scenario.incidents):
        yield from _strange(incident.categories, known, f"/incidents/{place}/categories", "a category of the scenario")
    for place, step in enumerate(scenario.policy_steps):
        yield from _strange_lane(step.policy, known, f"/policy_steps/{place}/policy")
    yield from strange_steps(scenario.policy, scenario.policy_steps)


def _strange_lane(policy: Mapping[str, Any], categories: set[str], at: str) -> Iterator[Violation]:
    """Categories that the policy's lane for automation names and the scenario does not have."""
    lane = policy.get("automation", {})
    named = {name: lane.get(name, ()) for name in ("categories", "draft_categories")}
    named["under_load/categories"] = lane.get("under_load", {}).get("categories", ())
    for name, those in named.items():
        yield from _strange(those, categories, f"{at}/automation/{name}", "a category of the scenario")


def _strange(names: Iterable[str], known: set[str], at: str, allowed: str) -> Iterator[Violation]:
    return (Violation(at, name, allowed) for name in names if name not in known)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, date | time) else value
