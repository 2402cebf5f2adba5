"""A team's policy: every cap, weight and target, bounded, documented, with a digest; all violations are listed at once."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fatigue_model.bounds import InvalidValues, Violation, bounded, check_bounded, digest
from fatigue_model.params import FatigueParams
from router.automation_policy import AutomationPolicy
from router.bots import Learned, is_closed
from router.plain import plain

MIN_BREAK_S = 600
_HALVES = re.compile("[\ud800-\udfff]")  # of letters, as JSON can have them: no text, and in no ticket


@dataclass(frozen=True, slots=True)
class RampIn:
    """After a break, an absence or the start of a shift: at most `contacts` new tickets within `window_s`."""

    contacts: int = bounded(3, 1, 1000, "tickets", "nobody is flooded on coming back")
    window_s: int = bounded(600, 0, 14_400, "s", "how long the cap holds; 0 turns it off")


@dataclass(frozen=True, slots=True)
class MaxWait:
    """Longest wait per priority before rules are relaxed in order."""

    low: int = bounded(172_800, 0, 2_592_000, "s", "two days")
    normal: int = bounded(86_400, 0, 2_592_000, "s", "one day")
    high: int = bounded(14_400, 0, 2_592_000, "s", "four hours")
    urgent: int = bounded(1_800, 0, 2_592_000, "s", "half an hour")


@dataclass(frozen=True, slots=True)
class OfferTimeout:
    """How long an agent may leave a decided assignment unanswered before it is recalled. 0: for ever, the default, because a helpdesk that
    does not report `accepted` must not lose work under people's hands."""

    email: int = bounded(0, 0, 604_800, "s", "of e-mail and web forms; 0 turns it off")
    chat: int = bounded(0, 0, 604_800, "s", "0 turns it off")
    phone: int = bounded(0, 0, 604_800, "s", "0 turns it off")


@dataclass(frozen=True, slots=True)
class PriorityWeight:
    """What a minute of this priority's waiting counts, in minutes of a normal one's."""

    low: float = bounded(0.5, 0, 100, "", "waits more gladly")
    normal: float = bounded(1.0, 0, 100, "", "the unit")
    high: float = bounded(3.0, 0, 100, "", "twenty minutes of theirs count as an hour")
    urgent: float = bounded(10.0, 0, 100, "", "six minutes of theirs count as an hour")


@dataclass(frozen=True, slots=True)
class Weights:
    """Prices in minutes of a normal-priority customer's wait."""

    waiting: float = bounded(1.0, 0, 1000, "min per min", "a minute of waiting, times priority, convex in age")
    load: float = bounded(20.0, 0, 1000, "min per point", "marginal load g·e·M·(1 + A/θ)")
    open_work: float = bounded(
        8.0,
        0,
        1000,
        "min per ticket",
        "each ticket in hand keeps the next customer waiting: 2 lost 1.3 points of service level in a contest",
    )
    continuity: float = bounded(5.0, 0, 1000, "min", "who knows the case keeps it, fading with time")
    account_exposure: float = bounded(10.0, 0, 1000, "min per point", "raw points that the agent took from this account in 30 days")
    fairness: float = bounded(60.0, 0, 1000, "min per point", "who took more than comparable agents in 30 days, times what they took over")
    since_break: float = bounded(1.0, 0, 1000, "min per hour", "Sun & Whitt 2018: idle time goes to whom the last break is longest ago")
    skill_fit: float = bounded(
        2.0, 0, 1000, "min per level", "a level short of what is asked, where that gave way; half of it for a level more than asked"
    )
    handover: float = bounded(3.0, 0, 1000, "min", "a ticket that somebody else had in hand is read anew")
    same_account: float = bounded(10.0, 0, 1000, "min per pair", "saved when two tickets of an account that wait together go to one person")
    live: float = bounded(
        100.0, 0, 1000, "", "how much more a minute on a chat or call counts than one for an answer: targets of minutes against hours"
    )
    revenue_at_risk: float = bounded(0.5, 0, 100, "", "how much more urgent a ticket of a weighty account is: renewal near, or top tenth")
    plan: float = bounded(0.5, 0, 1000, "min per min", "a minute of work inside a planned break or debrief, or of the reserve")
    priority: PriorityWeight = field(default_factory=PriorityWeight)


@dataclass(frozen=True, slots=True)
class PersonalPolicy:
    """Personal mode: whether agents may opt in to it, and what a check-in does at once."""

    allowed: int = bounded(1, 0, 1, "", "0: no check-ins, as the Platform Work Directive asks for platform workers")
    protect_from: float = bounded(
        7.0, 0, 10, "of 10", "an answer this high gives light duty for the rest of the shift; a low one takes none"
    )


@dataclass(frozen=True, slots=True)
class DebriefPolicy:
    """Debriefs after tough contacts, for those who opted in. Length and share are assumptions: no study measured what listening takes."""

    length_s: int = bounded(300, 60, 3600, "s", "five minutes with a colleague")
    min_points: float = bounded(1.0, 0, 100, "points", "a contact is tough from here on; escalation and abuse always are")
    listener_share: float = bounded(0.1, 0, 1, "", "the part of the contact's points by which the listener's exposure rises")
    fresh_s: int = bounded(3600, 0, 86_400, "s", "how long after the contact a debrief is proposed")
    answer_s: int = bounded(600, 30, 86_400, "s", "a proposal that not both have accepted by then is over")
    repeat_gap_d: float = bounded(2.0, 0, 30, "d", "the same two are not asked again so soon")


@dataclass(frozen=True, slots=True)
class PlanPolicy:
    """The plan of breaks, lunches and debriefs for the hours ahead."""

    horizon_s: int = bounded(10_800, 0, 14_400, "s", "how far ahead is planned; under five minutes nothing is")
    reserve: int = bounded(1, 0, 100, "agents", "fresh agents kept for hot tickets while there is a plan")
    lunch_s: int = bounded(1800, 0, 7200, "s", "lunch in a shift of six hours and more; 0 plans none")


@dataclass(frozen=True, slots=True)
class Policy:
    """The whole policy of a team; a missing policy is this one, never "unlimited"."""

    rotation_after_escalations: int = bounded(
        5, 1, 20, "escalations", "who handled this many in a row of an account does not get its next one"
    )
    hard_skill_level: int = bounded(3, 1, 5, "level", "what a hard ticket asks of each of its skills; others ask for level 1")
    hard_streak_max: int = bounded(3, 1, 100, "contacts", "hard contacts in a row without a break, those in hand counted")
    hot_alone_s: int = bounded(
        300, 0, 3600, "s", "who was given a hot ticket gets nothing else for so long, as a break must follow; 0 turns it off"
    )
    break_min_s: int = bounded(600, 0, 3600, "s", "Albulescu 2022: 10 minutes and more show an effect")
    break_max_s: int = bounded(900, 0, 3600, "s", "longest mandatory break")
    break_shift_max_s: int = bounded(900, 0, 3600, "s", "how far an agent may move a break, once")
    pending_deadline_s: int = bounded(300, 0, 3600, "s", "a pending break begins at the latest after this")
    coverage_floor: int = bounded(
        0, 0, 1000, "agents", "with fewer others available for a skill of the agent's the start of a break is delayed"
    )
    coverage_delay_max_s: int = bounded(600, 0, 3600, "s", "longest delay for coverage, with routine work; a break is never cancelled")
    hold_max_s: int = bounded(
        300, 0, 86_400, "s", "how long e-mail is held back for the agent who is right for it, or at the level it asks for; 0: not at all"
    )
    continuity_half_life_d: float = bounded(14.0, 0.1, 365, "d", "how fast knowing the case loses its worth")
    aggregate_min_group: int = bounded(10, 5, 1000, "people", "no aggregate over fewer people")
    shadow: int = bounded(0, 0, 1, "", "1: decide beside an existing router; decisions are kept and compared, nothing is assigned")
    ramp_in: RampIn = field(default_factory=RampIn)
    max_wait_s: MaxWait = field(default_factory=MaxWait)
    offer_timeout_s: OfferTimeout = field(default_factory=OfferTimeout)
    automation: AutomationPolicy = field(default_factory=AutomationPolicy)
    personal: PersonalPolicy = field(default_factory=PersonalPolicy)
    debrief: DebriefPolicy = field(default_factory=DebriefPolicy)
    plan: PlanPolicy = field(default_factory=PlanPolicy)
    weights: Weights = field(default_factory=Weights)
    fatigue: FatigueParams = field(default_factory=FatigueParams)

    def as_mapping(self) -> dict[str, Any]:
        values: dict[str, Any] = plain(self)
        return values

    def digest(self) -> str:
        return digest(self.as_mapping())

    def warnings(self) -> tuple[str, ...]:
        """What is allowed but not advised."""
        short = [name for name in ("break_min_s", "break_max_s") if getattr(self, name) < MIN_BREAK_S]
        found = [f"{name} is under {MIN_BREAK_S} s: shorter breaks show little effect" for name in short]
        if is_closed(Learned("", ""), self.automation):
            found.append("automation: by prior_mean and prior_weight a new bot starts under break_even, and gets trials alone")
        return tuple(found)


def policy_from(values: Mapping[str, Any]) -> Policy:
    """A policy from plain values, defaults elsewhere; raises `InvalidValues` with every violation and its JSON pointer."""
    violations = _violations(Policy, values, "")
    if not any(each.pointer in ("/", "/break_min_s", "/break_max_s") for each in violations):
        shortest, longest = (values.get(name, getattr(Policy(), name)) for name in ("break_min_s", "break_max_s"))
        if shortest > longest:
            violations += (Violation("/break_min_s", shortest, f"at most break_max_s, {longest} s"),)
    if violations:
        raise InvalidValues(violations)
    policy: Policy = _build(Policy, values)
    return policy


def field_violations(values: Mapping[str, Any]) -> tuple[Violation, ...]:
    """Every violation of some settings, each for itself; what they say together is for `policy_from` to check."""
    return _violations(Policy, values, "")


def _parts(cls: type) -> dict[str, type]:
    """The settings of `cls` that are groups of settings themselves."""
    found: dict[str, type] = {}
    for item in dataclasses.fields(cls):
        if isinstance(item.default_factory, type) and dataclasses.is_dataclass(item.default_factory):
            found[item.name] = item.default_factory
    return found


def _violations(cls: type, values: object, at: str) -> tuple[Violation, ...]:
    if not isinstance(values, Mapping):
        return (Violation(at or "/", values, "an object"),)
    parts = _parts(cls)
    found = list(check_bounded(cls, values, at))
    for name, part in parts.items():
        if name in values:
            found.extend(_violations(part, values[name], f"{at}/{name}"))
    for item in dataclasses.fields(cls):
        if item.name in values and "least" in item.metadata:
            found.extend(_check_names(values[item.name], item.metadata["least"], f"{at}/{item.name}"))
    return tuple(found)


def _check_names(names: object, least: int, pointer: str) -> tuple[Violation, ...]:
    """No violation, or the one that `names` makes: not a list, too short a one, or one with what is no name or is there twice."""
    sound = isinstance(names, list | tuple) and all(
        isinstance(name, str) and 0 < len(name) <= 100 and not _HALVES.search(name) for name in names
    )
    if sound and len(set(names)) == len(names) >= least:  # type: ignore[arg-type, call-overload]
        return ()
    some = f", at least {least}" if least else ""
    return (Violation(pointer, names, f"a list of different names of 1 to 100 characters{some}"),)


def _build(cls: type, values: Mapping[str, Any]) -> Any:
    parts = _parts(cls)
    given: dict[str, Any] = {}
    for item in dataclasses.fields(cls):
        if item.name not in values:
            continue
        value = values[item.name]
        if item.name in parts:
            given[item.name] = _build(parts[item.name], value)
        elif "least" in item.metadata:
            given[item.name] = tuple(value)
        else:
            given[item.name] = float(value) if isinstance(item.default, float) else value
    return cls(**given)
