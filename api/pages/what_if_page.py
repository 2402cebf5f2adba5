"""What a manager sees of what-ifs: the sliders to ask with, what was asked so far, and what one found."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from markupsafe import Markup

from api.amounts import compared, number, width
from api.pages.rendering import clock_time
from api.shipped import shipped, shipped_names
from api.store.simulations import CANCELLED, DONE, FAILED, OPEN, QUEUED, Job
from simulations.metrics import METRICS, Metric


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
    ("busy", "People are busy", "share"),
    ("live_within", "Chats and calls picked up within their target", "share"),
    ("live_wait_s", "Their mean wait", "s"),
    ("live_left", "Who gives up waiting", "share"),
    ("on_shift_most", "Most people at the queue", "people"),
)
COMPARED = ("now", "then", "difference", "± 95 %")
MEASURED = ("mean", "± 95 %")
WORDS = {each.word: each.label for each in (*SLIDERS, *CHOICES)}


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
    scenarios: tuple[tuple[str, str], ...]
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
    done: int
    total: int
    columns: tuple[str, ...]
    rows: tuple[Line, ...]


def ask_page(jobs: Sequence[Job]) -> AskPage:
    scenarios = tuple((name, tomllib.loads(shipped(name) or "")["title"]) for name in shipped_names())
    return AskPage(scenarios, tuple(Asked(job.id, _what(job), job.title, clock_time(job.created_s, UTC), _says(job)) for job in jobs))


def found_page(job: Job, result: str | None) -> FoundPage:
    """A job, and as a table what it found, where it is done and of a kind that has one."""
    columns, rows = _table(job.kind, json.loads(result)) if result is not None else ((), ())
    what = _what(job)
    return FoundPage(job.id, what, f"What if: {what}", job.title, _says(job), job.state in OPEN, job.done, job.total, columns, rows)


def _what(job: Job) -> str:
    """The question in a manager's words."""
    changes: Mapping[str, str] = json.loads(job.request).get("changes", {})
    return ", ".join(f"{WORDS.get(word, word).lower()} {amount}" for word, amount in changes.items()) or "nothing changes"


def _says(job: Job) -> str:
    if job.state == FAILED:
        return f"failed: {job.error}"
    left = "" if job.left_s is None else f", {_span(job.left_s)} left"
    return {QUEUED: "waits for its turn", DONE: f"{job.done} simulated runs", CANCELLED: f"cancelled after {job.done} runs"}.get(
        job.state, f"{job.done} of at most {job.total} runs{left}"
    )


def _span(span_s: float) -> str:
    return f"about {span_s:.0f} s" if span_s < 90 else f"about {span_s / 60:.0f} min"


def _table(kind: str, found: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[Line, ...]]:
    if kind == "compare":
        return COMPARED, tuple(_compared(METRICS[name], each) for name, each in found["metrics"].items())
    if kind == "simulate":
        return MEASURED, tuple(_measured(METRICS[name], each) for name, each in found["metrics"].items())
    return (), ()


def _compared(metric: Metric, found: Mapping[str, Any]) -> Line:
    difference, half = found["difference"]["mean"], found["difference"]["half_width"]
    shown = difference is not None and half is not None and abs(difference) > half
    return Line(metric.label, compared(found["base"]["mean"], found["change"]["mean"], difference, half, metric), shown)


def _measured(metric: Metric, found: Mapping[str, Any]) -> Line:
    size = abs(found["mean"] or 0.0)
    return Line(metric.label, (number(found["mean"], metric, size), width(found["half_width"], metric, size)), False)
