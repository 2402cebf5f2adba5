"""What a manager asks of a head-count, as words, made into a question to search by; the command line and jobs ask in the same words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from fatigue_model.bounds import InvalidValues
from simulations.limits import Promise, at_most, compared, limit, promises, with_targets, zone
from simulations.metrics import Metric
from simulations.quantities import share
from simulations.run import metrics_of
from simulations.scenario import Scenario
from simulations.sequential import FIRST_LOOK, Limit
from simulations.staffing import Question
from simulations.staffing_scenario import range_of, space_of
from simulations.staffing_search import Counts

T = TypeVar("T")
RUNS_MOST = 10_000
EXCHANGED = 3  # groups that vary; with more, exchanges are tried where they are asked for


class Refused(ValueError):
    """A word that can't be meant: its field in `Words`, and in one line why."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why}")
        self.name, self.why = name, why


@dataclass(frozen=True, slots=True)
class Words:
    """`respite staff`'s options, as they are typed; `limit`, `delta` and `group` may be there several times."""

    service_level: str | None = None
    max_above_line: str | None = None
    max_abandonment: str | None = None
    limit: tuple[str, ...] = ()
    delta: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    confidence: str = "95%"
    replications_max: int = 240
    budget: float | None = None
    exchange: bool | None = None


def targeted(words: Words, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """A scenario's plain values with the times of the service level as its targets; raises `Refused`, or the scenario's `InvalidValues`."""
    if "reference" in values:
        raise Refused("group", "a [reference] is a textbook queue, without people to choose; respite erlang has formulas for it")
    return with_targets(values, _promises(words, values))


def question_of(words: Words, values: Mapping[str, Any], scenario: Scenario) -> tuple[Question, Counts]:
    """What to search for in `scenario`, which `values` made, and where to begin; raises `Refused`."""
    metrics = metrics_of(scenario)
    limits = _with_zones(_limits(words, _promises(words, values), metrics), words, metrics)
    sure = _typed("confidence", share, words.confidence)
    if not 0.5 < sure < 1:
        raise Refused("confidence", f"{words.confidence!r} is not allowed; allowed: above 50% and below 100%")
    if not FIRST_LOOK <= words.replications_max <= RUNS_MOST:
        raise Refused("replications_max", f"{words.replications_max} is not allowed; allowed: {FIRST_LOOK} to {RUNS_MOST}")
    if words.budget is not None and not 0 <= words.budget < float("inf"):
        raise Refused("budget", f"{words.budget} is not allowed; allowed: a number of dollars")
    ranges = dict(_typed("group", range_of, each) for each in words.group)
    if len(ranges) < len(words.group):
        raise Refused("group", "the same group is given twice")
    space, start = _typed("group", lambda _: space_of(scenario, ranges), "")
    few = sum(low < high for low, high in zip(space.lowest, space.highest, strict=True)) <= EXCHANGED
    return Question(limits, space, sure, words.replications_max, words.budget, few if words.exchange is None else words.exchange), start


def _promises(words: Words, values: Mapping[str, Any]) -> tuple[Promise, ...]:
    text = words.service_level
    return () if text is None else _typed("service_level", lambda text: promises(text, values), text)


def _limits(words: Words, asked: tuple[Promise, ...], metrics: Mapping[str, Metric]) -> tuple[Limit, ...]:
    if missing := [each.metric for each in asked if each.metric not in metrics]:
        raise Refused("service_level", f"this scenario has no {missing[0]}; there are {', '.join(metrics)}")
    found = [limit(each.metric, each.share, True, metrics[each.metric]) for each in asked]
    for name, metric in (("max_above_line", "above_line"), ("max_abandonment", "abandonment")):
        text = getattr(words, name)
        if text is not None and metric not in metrics:
            raise Refused(name, f"this scenario has no {metric}; there are {', '.join(metrics)}")
        if text is not None:
            found.append(limit(metric, _typed(name, at_most, text), False, metrics[metric]))
    found += [_typed("limit", lambda text: compared(text, metrics), each) for each in words.limit]
    if not found:
        raise Refused("limit", "there is none to meet; give service_level, max_above_line, max_abandonment or limit")
    if len({(each.metric, each.at_least) for each in found}) < len(found):
        raise Refused("limit", "the same limit is given twice")
    return tuple(found)


def _with_zones(limits: tuple[Limit, ...], words: Words, metrics: Mapping[str, Metric]) -> tuple[Limit, ...]:
    zones = dict(_typed("delta", lambda text: zone(text, metrics), each) for each in words.delta)
    if idle := set(zones) - {each.metric for each in limits}:
        raise Refused("delta", f"{', '.join(sorted(idle))} has no limit")
    return tuple(replace(each, delta=zones.get(each.metric, each.delta)) for each in limits)


def _typed(name: str, read: Callable[[str], T], text: str) -> T:
    try:
        return read(text)
    except InvalidValues:  # of the scenario, not of the word
        raise
    except ValueError as error:
        raise Refused(name, str(error)) from error
