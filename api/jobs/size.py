"""A what-if job checked before it is taken: a scenario that can be run, and that is not too large for this service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from api.jobs.studies import planned
from api.jobs.study import Study
from api.settings import Settings
from fatigue_model.bounds import InvalidValues, Violation
from simulations.size import size_of


def admitted(asked: Mapping[str, Any], settings: Settings) -> Study:
    """The study that is asked for; raises `InvalidValues` with what can't be run, or with the bounds that it goes over."""
    study = planned(asked)
    found = tuple(_too_large(study, settings))
    if found:
        raise InvalidValues(found)
    return study


def _too_large(study: Study, settings: Settings) -> Iterator[Violation]:
    sizes = [size_of(scenario) for scenario in study.scenarios]
    largest = max(sizes, key=lambda each: each.tickets)
    if largest.tickets > settings.job_tickets_max:
        allowed = f"a scenario with {settings.job_tickets_max:,.0f} tickets in a run at most (RESPITE_JOB_TICKETS_MAX)"
        yield Violation("/scenario", f"{largest.tickets:,.0f} tickets", allowed)
    work = max(each.work(study.runs) for each in sizes)
    if work > settings.job_work_max:
        told = f"{work:.3g} = agents × tickets × runs, {study.runs} runs of {largest.agents} agents and {largest.tickets:,.0f} tickets"
        yield Violation("/scenario", told, f"{settings.job_work_max:.3g} of that at most (RESPITE_JOB_WORK_MAX)")
