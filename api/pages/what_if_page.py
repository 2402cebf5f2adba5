"""What a manager sees of what-ifs: the sliders to ask with, what was asked so far, and what one found."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from functools import cache
from typing import Any

from markupsafe import Markup

from api.jobs.shipped import shipped, shipped_names
from api.jobs.study_scenarios import plain_values
from api.pages.rendering import clock_time
from api.shown.amounts import NONE, compared, number, width
from api.store.simulations import CANCELLED, DONE, FAILED, OPEN, QUEUED, Job
from fatigue_model.bounds import InvalidValues
from simulations.metrics import Metric
from simulations.run import metrics_of
from simulations.scenario import Scenario, parse, scenario_from
from simulations.what_if import changed


@dataclass(frozen=True, slots=True)
class Slider:
    """A change by a number, in the words of `respite compare --set`; 0 changes nothing."""

    word: str
    label: str
    least: int
    most: int
    step: int
    unit: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A new value, or none."""

    word: str
    label: str
    values: tuple[str, ...]
    unit: str


SLIDERS = (
    Slider("agents", "People", -10, 10, 1, ""),
    Slider("volume", "Tickets", -50, 50, 5, "%"),
    Slider("aht", "Handling times", -50, 50, 5, "%"),
)
CHOICES = (
    Choice("automation", "Tickets that automation gets first", tuple(f"{share}%" for share in range(0, 90, 10)), ""),
    Choice("break", "Recovery break", ("0", "5", "10", "15", "20"), " min"),
    Choice("rotation", "Somebody else gets an account after", tuple(map(str, range(2, 9))), " escalations"),
)
INSTANT = (
    ("busy", "People are busy", "busy"),
    ("live_within", "Chats and calls picked up within their target", "share"),
    ("live_wait_s", "Their mean wait", "s"),
    ("live_left", "Who gives up waiting", "share"),
    ("on_shift_most", "Most people at the queue", "people"),
)
FIRST = "small-team"  # what is chosen when the page opens
WORDS = {each.word: each.label for each in (*SLIDERS, *CHOICES)}


@dataclass(frozen=True, slots=True)
class Team:
    """A team that can be asked about: how many people may go, as a change, and the choices that its scenario leaves to nobody."""

    name: str
    title: str
    fewest: int
    set_words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A job in the list."""

    id: str
    what: str
    title: str
    asked: Markup
    says: str


@dataclass(frozen=True, slots=True)
class AskPage:
    teams: tuple[Team, ...]
    jobs: tuple[Asked, ...]
    sliders: tuple[Slider, ...] = SLIDERS
    choices: tuple[Choice, ...] = CHOICES
    instant: tuple[tuple[str, str, str], ...] = INSTANT


@dataclass(frozen=True, slots=True)
class Line:
    """One metric of what was found; `shown` where the difference is outside chance."""

    label: str
    cells: tuple[str, ...]
    shown: bool


@dataclass(frozen=True, slots=True)
class FoundPage:
    id: str
    what: str
    heading: str
    title: str
    says: str
    open: bool
    found: bool
    done: int
    total: int
    columns: tuple[str, ...]
    rows: tuple[Line, ...]


def ask_page(jobs: Sequence[Job]) -> AskPage:
    return AskPage(_teams(), tuple(Asked(job.id, _what(job), job.title, clock_time(job.created_s, UTC), _says(job)) for job in jobs))


@cache
def _teams() -> tuple[Team, ...]:
    """Each scenario that comes along and is of a team, `FIRST` before the others; read once, not at every look at the page."""
    read = {name: parse(shipped(name) or "") for name in sorted(shipped_names(), key=lambda name: name != FIRST)}
    told = {name: (values, scenario_from(values)) for name, values in read.items()}
    return tuple(_team(name, *each) for name, each in told.items() if each[1].reference is None)


def _team(name: str, values: Mapping[str, Any], scenario: Scenario) -> Team:
    """Somebody stays in each group; what the scenario sets from day to day is no choice."""
    spare = sum(group.agents - 1 for group in scenario.groups.values())
    set_words = tuple(each.word for each in CHOICES if not _changes(values, each.word, each.values[0]))
    return Team(name, scenario.title, max(SLIDERS[0].least, -spare), set_words)


def _changes(values: Mapping[str, Any], word: str, amount: str) -> bool:
    try:
        changed(values, {word: amount})
    except InvalidValues:
        return False
    return True


def found_page(job: Job, result: str | None) -> FoundPage:
    """A job, and as a table what it found, where it is done and of a kind that has one; what could not be measured is left out."""
    columns, rows = _table(job, json.loads(result)) if result is not None else ((), ())
    what, open_ = _what(job), job.state in OPEN
    return FoundPage(job.id, what, f"What if: {what}", job.title, _says(job), open_, result is not None, job.done, job.total, columns, rows)


def _what(job: Job) -> str:
    """The question in a manager's words."""
    changes: Mapping[str, str] = json.loads(job.request).get("changes", {})
    return ", ".join(f"{WORDS.get(word, word).lower()} {amount.replace('-', '−')}" for word, amount in changes.items()) or "nothing changes"


def _says(job: Job) -> str:
    if job.state == FAILED:
        return f"failed: {job.error}"
    left = "" if job.left_s is None else f", {_span(job.left_s)} left"
    return {QUEUED: "waits for its turn", DONE: f"{job.done} simulated runs", CANCELLED: f"cancelled after {job.done} runs"}.get(
        job.state, f"{job.done} of at most {job.total} runs{left}"
    )


def _span(span_s: float) -> str:
    return f"about {span_s:.0f} s" if span_s < 90 else f"about {span_s / 60:.0f} min"


def _table(job: Job, found: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[Line, ...]]:
    if job.kind not in LINES:
        return (), ()
    columns, line = LINES[job.kind]
    known = metrics_of(scenario_from(plain_values(json.loads(job.request)["scenario"], "/scenario")))
    lines = (line(known[name], each) for name, each in found["metrics"].items())
    return columns, tuple(each for each in lines if set(each.cells) != {NONE})


def _compared(metric: Metric, found: Mapping[str, Any]) -> Line:
    difference, half = found["difference"]["mean"], found["difference"]["half_width"]
    shown = difference is not None and half is not None and abs(difference) > half
    return Line(metric.label, compared(found["base"]["mean"], found["change"]["mean"], difference, half, metric), shown)


def _measured(metric: Metric, found: Mapping[str, Any]) -> Line:
    size = abs(found["mean"] or 0.0)
    return Line(metric.label, (number(found["mean"], metric, size), width(found["half_width"], metric, size)), False)


LINES: dict[str, tuple[tuple[str, ...], Callable[[Metric, Mapping[str, Any]], Line]]] = {
    "simulate": (("mean", "± 95 %"), _measured),
    "compare": (("now", "then", "difference", "± 95 %"), _compared),
}
