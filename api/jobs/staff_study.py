"""The cheapest head-count as a job: asked in the words of `respite staff`, and the search that answers it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from api.jobs.study import Study
from api.jobs.study_scenarios import plain_values, pointing
from api.versions import versions
from fatigue_model.bounds import InvalidValues, Violation
from simulations.scenario import changed, scenario_from
from simulations.staffing import NothingToMeasure, staff
from simulations.staffing_report import as_mapping
from simulations.staffing_scenario import staffed
from simulations.staffing_search import Counts, Space
from simulations.staffing_words import Refused, Words, question_of, targeted
from simulations.study import Measure
from simulations.what_if import changed as done_to

SEVERAL = {"limits": "limit", "deltas": "delta", "groups": "group"}  # lists of a request, and their words
ONE = ("service_level", "max_above_line", "max_abandonment", "confidence", "replications_max", "budget", "exchange")
FIELDS = (*ONE, *SEVERAL)


def staff_study(request: Mapping[str, Any]) -> Study:
    """The fewest people for the limits of a request; raises `InvalidValues`."""
    changes = request.get("changes", {})
    values = plain_values(request["scenario"], "/scenario")
    several: dict[str, Any] = {word: tuple(request[field]) for field, word in SEVERAL.items() if field in request}
    asked = Words(**{name: request[name] for name in ONE if name in request}, **several)
    with pointing("/scenario", changes):
        plain = done_to(changed(values, seed=request.get("seed")), changes)
        scenario_from(plain)
    with _refusals(request), pointing("/scenario", changes):
        plain = dict(targeted(asked, plain))
        told = scenario_from(plain)
        question, start = question_of(asked, plain, told)

    def answer(measure: Measure, _expect: Callable[[int], None]) -> dict[str, Any]:
        def of(counts: Counts, replications: range) -> Sequence[Mapping[str, float]]:
            return measure({"": staffed(told, counts)}, replications)[""]

        try:
            found = staff(question, start, of)
        except NothingToMeasure as none:
            raise ValueError(f"{none}: the scenario has nothing that this could be measured on") from none
        return {**as_mapping(found, told), "versions": versions()}

    own = tuple(group.agents for group in told.groups.values())
    likely = Space((1,) * len(own), tuple(2 * agents + 4 for agents in own), (0.0,) * len(own))
    return Study((told,), question.replications_max * likely.questions_max(), answer)


@contextlib.contextmanager
def _refusals(request: Mapping[str, Any]) -> Iterator[None]:
    """A word that is refused points at its field of the request."""
    try:
        yield
    except Refused as refused:
        field = next((field for field, word in SEVERAL.items() if word == refused.name), refused.name)
        raise InvalidValues((Violation(f"/{field}", request.get(field), refused.why.rpartition("allowed: ")[2]),)) from refused
