"""The cheapest head-count as a job: its request checked as `respite staff` checks its options, and the search that answers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from api.kept import versions
from api.study import Study
from api.study_scenarios import plain_values, pointing
from fatigue_model.bounds import InvalidValues, Violation
from simulations.limits import Promise, at_most, compared, limit, promises, with_targets, zone
from simulations.quantities import share
from simulations.run import metrics_of
from simulations.scenario import Scenario, changed, scenario_from
from simulations.sequential import Limit
from simulations.staffing import NothingToMeasure, Question, staff
from simulations.staffing_report import as_mapping
from simulations.staffing_scenario import range_of, space_of, staffed
from simulations.staffing_search import Counts, Space
from simulations.study import Measure
from simulations.study import changed as done_to

FIELDS = ("service_level", "max_above_line", "max_abandonment", "limits", "deltas", "budget", "confidence", "groups", "replications_max")
RUNS_MOST = 240
SURE = "95%"
T = TypeVar("T")


def staff_study(request: Mapping[str, Any]) -> Study:
    """The fewest people for the limits of a request; raises `InvalidValues`."""
    words = request.get("changes", {})
    values = plain_values(request["scenario"], "/scenario")
    with pointing("/scenario", words):
        plain = done_to(changed(values, seed=request.get("seed")), words)
        scenario_from(plain)
    if "reference" in plain:
        raise _refused("/scenario/reference", "a textbook queue", "a team: a search for people needs their shifts")
    asked = _promises(request, plain)
    with pointing("/scenario", words):
        told = scenario_from(with_targets(plain, asked))
    wanted = _limits(request, told, asked)
    ranges = dict(_read("/groups", range_of, each) for each in request.get("groups", ()))
    if unknown := sorted(set(ranges) - set(told.groups)):
        raise _refused("/groups", unknown, f"groups of the scenario: {', '.join(told.groups)}")
    sure, most = _sure(request.get("confidence", SURE)), request.get("replications_max", RUNS_MOST)

    def answer(measure: Measure, _expect: Callable[[int], None]) -> dict[str, Any]:
        def of(counts: Counts, replications: range) -> Sequence[Mapping[str, float]]:
            return measure({"": staffed(told, counts)}, replications)[""]

        space, start = space_of(told, ranges)
        try:
            found = staff(Question(wanted, space, sure, most, request.get("budget")), start, of)
        except NothingToMeasure as none:
            raise ValueError(f"{none}: the scenario has nothing that this could be measured on") from none
        return {**as_mapping(found, told), "versions": versions()}

    own = tuple(group.agents for group in told.groups.values())
    likely = Space((1,) * len(own), tuple(2 * agents + 4 for agents in own), (0.0,) * len(own))
    return Study((told,), most * likely.questions_max(), answer)


def _promises(request: Mapping[str, Any], plain: Mapping[str, Any]) -> tuple[Promise, ...]:
    level = request.get("service_level")
    return () if level is None else _read("/service_level", lambda text: promises(text, plain), level)


def _limits(request: Mapping[str, Any], told: Scenario, asked: Sequence[Promise]) -> tuple[Limit, ...]:
    metrics = metrics_of(told)
    found = [limit(each.metric, each.share, True, metrics[each.metric]) for each in asked]
    for name, metric in (("max_above_line", "above_line"), ("max_abandonment", "abandonment")):
        if name in request and metric not in metrics:
            raise _refused(f"/{name}", request[name], f"nothing: the scenario has no {metric}")
        if name in request:
            found.append(limit(metric, _read(f"/{name}", at_most, request[name]), False, metrics[metric]))
    found += [_read("/limits", lambda text: compared(text, metrics), each) for each in request.get("limits", ())]
    if not found:
        raise _refused("/service_level", None, "a limit here, in /max_above_line, in /max_abandonment or in /limits")
    if len({(each.metric, each.at_least) for each in found}) < len(found):
        raise _refused("/limits", request.get("limits"), "each limit once")
    zones = dict(_read("/deltas", lambda text: zone(text, metrics), each) for each in request.get("deltas", ()))
    if idle := sorted(set(zones) - {each.metric for each in found}):
        raise _refused("/deltas", idle, "metrics that have a limit")
    return tuple(replace(each, delta=zones.get(each.metric, each.delta)) for each in found)


def _sure(text: str) -> float:
    sure = _read("/confidence", share, text)
    if not 0.5 < sure < 1:
        raise _refused("/confidence", text, "above 50 % and below 100 %")
    return sure


def _read(at: str, reader: Callable[[str], T], text: str) -> T:
    """What a reader makes of text; what it refuses points at its field."""
    try:
        return reader(text)
    except InvalidValues:  # of the scenario
        raise
    except ValueError as error:
        raise _refused(at, text, str(error).rpartition("allowed: ")[2]) from error


def _refused(at: str, given: object, allowed: str) -> InvalidValues:
    return InvalidValues((Violation(at, given, allowed),))
