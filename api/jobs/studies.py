"""What each kind of what-if job is: the fields it takes, the study that answers it, and its answer as a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from api.jobs import staff_study
from api.jobs.study import Study
from api.jobs.study_kinds import compare_study, simulate_study, sweep_study
from api.jobs.study_tables import compared_rows, metric_rows, staff_rows, swept_rows
from fatigue_model.bounds import InvalidValues, Violation

KINDS = ("simulate", "compare", "sweep", "staff")
COMMON = ("kind", "scenario", "changes", "seed")
FIELDS = {
    "simulate": (*COMMON, "replications"),
    "compare": (*COMMON, "against", "replications", "precision", "most"),
    "sweep": (*COMMON, "replications", "axes"),
    "staff": (*COMMON, *staff_study.FIELDS),
}
_STUDIES: dict[str, Callable[[Mapping[str, Any]], Study]] = {
    "simulate": simulate_study,
    "compare": compare_study,
    "sweep": sweep_study,
    "staff": staff_study.staff_study,
}
_ROWS: dict[str, Callable[[Mapping[str, Any]], Iterable[list[Any]]]] = {
    "simulate": metric_rows,
    "compare": compared_rows,
    "sweep": swept_rows,
    "staff": staff_rows,
}


def planned(request: Mapping[str, Any]) -> Study:
    """The study that a request asks for; raises `InvalidValues` with every violation and its JSON pointer."""
    kind = request["kind"]
    strange = [each for each in request if each not in FIELDS[kind]]
    if strange:
        allowed = f"nothing: a job of kind {kind} takes {', '.join(FIELDS[kind])}"
        raise InvalidValues(tuple(Violation(f"/{each}", request[each], allowed) for each in strange))
    return _STUDIES[kind](request)


def csv_of(kind: str, answer: Mapping[str, Any]) -> str:
    """The answer of a job that is done as CSV."""
    text = io.StringIO()
    csv.writer(text).writerows(_ROWS[kind](answer))
    return text.getvalue()
