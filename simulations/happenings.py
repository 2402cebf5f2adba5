"""What happens on a certain day of a run: incidents that bring more tickets, and steps by which the team's policy changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import Any

from fatigue_model.bounds import InvalidValues, Violation, bounded
from router.policy import Policy, field_violations, policy_from
from simulations.hours import Span, instant
from simulations.reading import Form, Found, listed, read_clock_time, setting, shares

DAYS_MAX = 366
_PRICES = ("cost_per_resolution_usd", "cost_per_draft_usd")  # a run's costs are counted at one price


def _read_part(value: Any, at: str, found: Found) -> Any:
    """Some settings of a policy, as they are; what they say together is for the whole policy to check."""
    if not isinstance(value, Mapping):
        found.append(Violation(at, value, "a table"))
        return None
    found.extend(replace(each, pointer=at + each.pointer) for each in field_violations(value))
    return dict(value)


@dataclass(frozen=True, slots=True)
class Incident:
    """Something breaks, and customers write about it: tickets on top of the usual ones, of their own kinds."""

    day: int = bounded(1, 1, DAYS_MAX, "d", "1 is the first day that counts, after the warm-up")
    at: time = setting(time(9), read_clock_time, "local time of the run", "in the morning")
    duration_h: float = bounded(4.0, 0.1, 720, "h", "half a working day")
    volume_factor: float = bounded(3.0, 1, 100, "× tickets", "of what that time of day brings anyway; 1 adds none")
    categories: Mapping[str, float] = setting({}, shares(), "share", "what is added is of the usual kinds; names of categories")
    escalation_factor: float = bounded(1.0, 0, 100, "× escalations", "of what is added, besides its category's own factor")


@dataclass(frozen=True, slots=True)
class PolicyStep:
    """The policy changes while the run goes on, as it does when a manager puts a new one: what is named here is new, the rest stays."""

    day: int = bounded(1, 1, DAYS_MAX, "d", "1 is the first day that counts, after the warm-up")
    at: time = setting(time(0), read_clock_time, "local time of the run", "over night")
    policy: Mapping[str, Any] = setting(
        {}, Form(_read_part, lambda _: {"$ref": "#/properties/policy"}), "", "any settings of a policy, laid over what was in force"
    )


read_incidents = listed(Incident)
read_steps = listed(PolicyStep)


def spans_of(incidents: Sequence[Incident], first_day: date, time_zone: str) -> list[Span]:
    """When each begins and ends, in seconds."""
    begins = [instant(first_day + timedelta(days=each.day - 1), each.at, time_zone) for each in incidents]
    return [(start_s, start_s + 3600 * each.duration_h) for start_s, each in zip(begins, incidents, strict=True)]


def stepped(policy: Policy, steps: Sequence[PolicyStep]) -> list[tuple[PolicyStep, dict[str, Any]]]:
    """Each step and the whole policy after it, in the order in which they come."""
    values, found = policy.as_mapping(), []
    for step in sorted(steps, key=lambda step: (step.day, step.at)):
        values = _laid_over(values, step.policy)
        found.append((step, values))
    return found


def strange_steps(policy: Policy, steps: Sequence[PolicyStep]) -> Iterator[Violation]:
    """What a step may not do, alone or with the policy that it changes."""
    for step, values in stepped(policy, steps):
        at = f"/policy_steps/{steps.index(step)}/policy"
        try:
            policy_from(values)
        except InvalidValues as invalid:
            yield from (replace(each, pointer=at + each.pointer) for each in invalid.violations)
        lane = step.policy.get("automation", {})
        for price in _PRICES:
            if price in lane:
                yield Violation(f"{at}/automation/{price}", lane[price], "set in [policy.automation]: a run has one price")


def _laid_over(values: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    both = dict(values)
    for name, value in new.items():
        both[name] = _laid_over(both[name], value) if isinstance(value, Mapping) and isinstance(both.get(name), Mapping) else value
    return both
