"""What each kind of what-if job is: the scenarios it names, how many runs it may take, and the study that answers it."""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, time
from functools import cache
from typing import Any, Protocol

from api.shipped import shipped, shipped_names
from fatigue_model.bounds import InvalidValues, Violation, escaped
from simulations import happenings, settings
from simulations.reading import read_clock_time, read_day
from simulations.run import summary
from simulations.scenario import Malformed, Scenario, changed, parse, scenario_from
from simulations.study import changed as said

KINDS = ("simulate",)
DEEPEST = 12  # tables within tables; a scenario needs five
Numbers = dict[str, float]


class Replicate(Protocol):
    """Measures every replication of every scenario; see `api.parallel.replicate`."""

    def __call__(self, scenarios: Mapping[Any, Scenario], replications: Sequence[int]) -> dict[Any, list[Numbers]]: ...


@dataclass(frozen=True, slots=True)
class Study:
    """A checked request: what it simulates, how many replications it takes at most, and its answer as plain JSON values."""

    scenarios: tuple[Scenario, ...]
    runs: int
    answer: Callable[[Replicate], dict[str, Any]]

    @property
    def title(self) -> str:
        """The title of the first scenario, on one line of letters that every store and screen takes."""
        return "".join(each if each.isprintable() else " " for each in self.scenarios[0].title)


def planned(request: Mapping[str, Any]) -> Study:
    """The study that a request asks for; raises `InvalidValues` with every violation and its JSON pointer."""
    return {"simulate": _simulate}[request["kind"]](request)


def _simulate(request: Mapping[str, Any]) -> Study:
    told = _scenario(request, request.get("changes", {}))
    count = told.run.replications

    def answer(replicate: Replicate) -> dict[str, Any]:
        return summary(told, replicate({"": told}, range(count))[""]).as_mapping()

    return Study((told,), count, answer)


def csv_of(kind: str, answer: Mapping[str, Any]) -> str:
    """The answer of a job that is done as CSV."""
    text = io.StringIO()
    csv.writer(text).writerows({"simulate": _metrics}[kind](answer))
    return text.getvalue()


def _metrics(answer: Mapping[str, Any]) -> Iterator[list[Any]]:
    """A row for each metric: mean, half-width, and every run's value; what could not be measured is empty."""
    yield ["metric", "unit", "mean", "half_width", *(f"run_{number}" for number in range(answer["replications"]))]
    for name, found in answer["metrics"].items():
        yield [name, found["unit"], found["mean"], found["half_width"], *found["values"]]


def _scenario(request: Mapping[str, Any], words: Mapping[str, str], at: str = "/scenario") -> Scenario:
    """The scenario of a request with the words of a what-if done to it."""
    values = _values(request["scenario"], at)
    try:
        return scenario_from(said(changed(values, seed=request.get("seed"), replications=request.get("replications")), words))
    except InvalidValues as invalid:
        raise InvalidValues(tuple(replace(each, pointer=_place(each.pointer, words, at)) for each in invalid.violations)) from invalid


def _place(pointer: str, words: Mapping[str, str], at: str) -> str:
    """Where in the request a violation stands: at a word of the what-if, or in the scenario."""
    return f"/changes/{escaped(pointer)}" if pointer in words else at + pointer


def _values(given: str | Mapping[str, Any], at: str) -> dict[str, Any]:
    """The plain values of a scenario that came as JSON, as TOML, or as the name of one that comes with Respite."""
    if isinstance(given, Mapping):
        return {name: _read(name, each, at) for name, each in given.items()}
    text = given if "=" in given else shipped(given)
    if text is None:
        raise InvalidValues((Violation(at, given[:100], f"TOML, a JSON object, or one of {', '.join(shipped_names())}"),))
    try:
        return parse(text)
    except Malformed as error:
        raise InvalidValues((Violation(at, text[:100], f"TOML ({error})"),)) from error


def _read(name: str, given: Any, at: str, deep: int = 1) -> Any:
    """A value out of JSON as TOML would have it: JSON has no dates and no times, so they are text there."""
    if deep > DEEPEST:
        raise InvalidValues((Violation(at, name[:100], f"tables in tables, {DEEPEST} deep at most"),))
    if isinstance(given, Mapping):
        return {each: _read(each, value, at, deep + 1) for each, value in given.items()}
    if isinstance(given, list):
        return [_read(name, value, at, deep + 1) for value in given]
    if isinstance(given, str) and name in _written():
        with contextlib.suppress(ValueError):  # the scenario's own check says what is allowed there
            return _written()[name](given)
    return given


@cache
def _written() -> dict[str, Callable[[str], date | time]]:
    """The settings that are dates and times of day, by name, and how their text is read."""
    kinds: dict[Any, Callable[[str], date | time]] = {read_clock_time: time.fromisoformat, read_day: date.fromisoformat}
    known = [*vars(settings).values(), *vars(happenings).values()]
    parts = [each for each in known if isinstance(each, type) and is_dataclass(each)]
    return {item.name: kinds[read] for part in parts for item in fields(part) if (read := item.metadata.get("read")) in kinds}
