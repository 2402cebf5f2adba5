"""The scenarios that a what-if job names: as TOML, as JSON, or by name; what is wrong with them points into the request."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, time
from functools import cache
from typing import Any

from api.jobs.shipped import shipped, shipped_names
from fatigue_model.bounds import InvalidValues, Violation, escaped
from simulations.reading import read_clock_time, read_day
from simulations.scenario import DEEPEST, Malformed, Scenario, parse
from simulations.schema import schema_of

Plain = dict[str, Any]


def plain_values(given: str | Mapping[str, Any], at: str) -> Plain:
    """The plain values of a scenario that came as JSON, as TOML, or as the name of one that comes with Respite; raises `InvalidValues`."""
    if isinstance(given, Mapping):
        return {name: _read(name, each, at) for name, each in given.items()}
    text = given if "=" in given else shipped(given)
    if text is None:
        raise InvalidValues((Violation(at, given[:100], f"TOML, a JSON object, or one of {', '.join(shipped_names())}"),))
    try:
        return parse(text)
    except Malformed as error:
        raise InvalidValues((Violation(at, text[:100], f"TOML ({error})"),)) from error


@contextlib.contextmanager
def pointing(at: str, words: Mapping[str, str] | None = None, words_at: str = "/changes") -> Iterator[None]:
    """Violations of a scenario that stands in the request at `at` point into the request: at a word where it is one's, else below `at`."""
    try:
        yield
    except InvalidValues as invalid:
        raise InvalidValues(
            tuple(
                replace(each, pointer=f"{words_at}/{escaped(each.pointer)}" if each.pointer in (words or ()) else at + each.pointer)
                for each in invalid.violations
            )
        ) from invalid


def _read(name: str, given: Any, at: str, deep: int = 1) -> Any:
    """A value out of JSON as TOML would have it: JSON has no dates and no times, so they are text there."""
    if deep > DEEPEST:
        raise InvalidValues((Violation(at, name[:100], f"tables in tables, {DEEPEST} deep at most"),))
    if isinstance(given, Mapping):
        return {each: _read(each, value, at, deep + 1) for each, value in given.items()}
    if isinstance(given, list):
        return [_read(name, value, at, deep + 1) for value in given]
    if isinstance(given, str) and name in _moments():
        for read in (date.fromisoformat, time.fromisoformat):
            with contextlib.suppress(ValueError):  # the scenario's own check says what is allowed there
                return read(given)
    return given


@cache
def _moments() -> frozenset[str]:
    """The names of the settings that are dates and times of day, wherever they stand."""
    kinds = [read.schema(None) for read in (read_day, read_clock_time)]

    def named(schema: object) -> Iterator[str]:
        if isinstance(schema, Mapping):
            for name, each in schema.get("properties", {}).items():
                if any(kind.items() <= part.items() for kind in kinds for part in (each, *each.get("anyOf", ()))):
                    yield name
            for each in schema.values():
                yield from named(each)
        elif isinstance(schema, list):
            for each in schema:
                yield from named(each)

    return frozenset(named(schema_of(Scenario())))
