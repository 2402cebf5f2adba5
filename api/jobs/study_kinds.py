"""The what-ifs of one scenario and of two: a request checked, and the study that answers it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from api.jobs.study import Study
from api.jobs.study_scenarios import plain_values, pointing
from api.versions import versions
from fatigue_model.bounds import InvalidValues, Violation
from simulations import sweep as sweeping
from simulations.compare import MOST, compare, pairable
from simulations.precision import targets_from, usual
from simulations.run import metrics_of, summary
from simulations.scenario import Scenario, changed, scenario_from
from simulations.study import Measure
from simulations.sweep import axis, grid
from simulations.what_if import changed as done_to

PAIRS_LEAST = 2


def simulate_study(request: Mapping[str, Any]) -> Study:
    """A scenario, changed or not, run as often as it says."""
    words = request.get("changes", {})
    values = plain_values(request["scenario"], "/scenario")
    with pointing("/scenario", words):
        told = scenario_from(done_to(changed(values, seed=request.get("seed"), replications=request.get("replications")), words))
    count = told.run.replications

    def answer(measure: Measure, _expect: Callable[[int], None]) -> dict[str, Any]:
        return summary(told, measure({"": told}, range(count))[""]).as_mapping()

    return Study((told,), count, answer)


def compare_study(request: Mapping[str, Any]) -> Study:
    """A change against a base: the base with `changes`, or another scenario, `against`, with them."""
    words, pairs = request.get("changes", {}), request.get("replications")
    if not words and "against" not in request:
        raise InvalidValues((Violation("/changes", words, "a change, like agents: -1, or another scenario in /against"),))
    if pairs is not None and pairs < PAIRS_LEAST:
        raise InvalidValues((Violation("/replications", pairs, f"{PAIRS_LEAST} pairs at least"),))
    values = plain_values(request["scenario"], "/scenario")
    with pointing("/scenario"):
        base = scenario_from(changed(values, seed=request.get("seed")))
    place = "/against" if "against" in request else "/scenario"
    others = plain_values(request[place[1:]], place)
    with pointing(place, words):
        change = pairable(base, scenario_from(done_to(others, words)))
    precision = request.get("precision", {})
    with pointing("/precision", precision, "/precision"):
        targets = targets_from(precision, metrics_of(base)) or usual(metrics_of(base))
    most = pairs or request.get("most", MOST)
    named = [change.title] if "against" in request and change.title != base.title else []

    def answer(measure: Measure, expect: Callable[[int], None]) -> dict[str, Any]:
        found = compare(base, change, measure, None if pairs else targets, most, lambda _, wanted: expect(2 * wanted))
        return {"what": in_words(named, words), **found.as_mapping(), "versions": versions()}

    return Study((base, change), 2 * most, answer)


def sweep_study(request: Mapping[str, Any]) -> Study:
    """One or two things changed by degrees, over a scenario with `changes`."""
    words, asked = request.get("changes", {}), request.get("axes", {})
    if not asked:
        raise InvalidValues((Violation("/axes", asked, "one or two words with their values, like break: 0,5,10"),))
    values = plain_values(request["scenario"], "/scenario")
    with pointing("/scenario", words):
        told = done_to(changed(values, seed=request.get("seed"), replications=request.get("replications")), words)
        base = scenario_from(told)
    with pointing("/scenario", {**asked, "axis": ""}, "/axes"):
        axes = [axis(word, text) for word, text in asked.items()]
        cells = list(grid(told, axes).values())
    runs = max(sweeping.LEAST, base.run.replications)

    def answer(measure: Measure, _expect: Callable[[int], None]) -> dict[str, Any]:
        return {**sweeping.sweep(told, axes, measure).as_mapping(), "versions": versions()}

    return Study((base, *_corners(cells, [len(each.amounts) for each in axes])), (len(cells) + 1) * runs, answer)


def _corners(cells: Sequence[Scenario], sizes: Sequence[int]) -> Iterator[Scenario]:
    """The cells at the ends of every axis: the largest scenario is among them, for amounts come in order."""
    for ends in product(*((0, size - 1) for size in sizes)):
        place = 0
        for end, size in zip(ends, sizes, strict=True):
            place = place * size + end
        yield cells[place]


def in_words(named: list[str], words: Mapping[str, str]) -> str:
    """A change in a few words."""
    return ", ".join([*named, *(f"{word} {amount}".replace("-", "−") for word, amount in words.items())])
