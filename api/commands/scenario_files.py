"""Scenario files for every command that takes one: found by path or by name, and refused line by line."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from api.commands.common import refuse
from api.jobs.shipped import shipped, shipped_names
from fatigue_model.bounds import InvalidValues, UnknownName, Violation, shown
from simulations.lines import line_of, lines_of
from simulations.scenario import Malformed, Scenario, changed, parse, scenario_from

Change = Callable[[Mapping[str, Any]], Mapping[str, Any]]
SHOWN = 60  # characters of a refused value
_MISSING = object()


class Refused(ValueError):
    """What is wrong with a file, one line a violation: `small.toml:31: /run/days = 0: must be a whole number from 1 to 366 d`."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


def read(
    path: Path, agents: int | None = None, seed: int | None = None, replications: int | None = None, change: Change = dict
) -> Scenario:
    """The scenario at `path`, or the one of that name that comes with Respite, with `change` and then the options done to its plain
    values; exits with one line per violation."""
    try:
        return scenario_at(path, lambda values: changed(change(values), agents=agents, seed=seed, replications=replications))
    except Refused as refused:
        refuse("\nrespite: ".join(refused.lines))


def scenario_at(path: Path, change: Change = dict) -> Scenario:
    """The scenario at `path` or of that name, its plain values changed; raises `Refused` with every violation."""
    try:
        text = text_at(path)
        values = parse(text)
    except FileNotFoundError as error:
        raise Refused([f"{path}: there is no such file; scenarios that come with Respite: {', '.join(shipped_names())}"]) from error
    except (OSError, UnicodeDecodeError) as error:
        raise Refused([f"{path}: {error.strerror if isinstance(error, OSError) else error}"]) from error
    except Malformed as error:
        raise Refused([f"{path}:{error.line}: {error}"]) from error
    now: Mapping[str, Any] = values
    try:
        now = change(values)
        return scenario_from(now)
    except InvalidValues as invalid:
        lines = lines_of(text)
        placed = [(_line(each.pointer, lines, values, now), said(each)) for each in invalid.violations]
        placed.sort(key=lambda each: each[0] or 0)
        raise Refused([f"{path}:{line}: {words}" if line else f"{path}: {words}" for line, words in placed]) from invalid


def text_at(path: Path) -> str:
    """The text at `path`; where there is nothing, of the scenario of that name that comes with Respite."""
    own = shipped(path.name) if not path.exists() and path.parent in (Path(), Path("scenarios")) else None
    return path.read_text(encoding="utf-8") if own is None else own


def said(violation: Violation) -> str:
    """One violation in words."""
    if isinstance(violation, UnknownName):
        return f"{violation.pointer}: there is no such setting; there are {violation.allowed.removeprefix('one of ')}"
    try:
        given = json.dumps(violation.given, default=str, ensure_ascii=False)
    except (ValueError, RecursionError):
        given = shown(violation.given)
    cut = given if len(given) <= SHOWN else f"{given[:SHOWN]}…"
    return f"{violation.pointer} = {cut}: must be {violation.allowed}"


def _line(pointer: str, lines: Mapping[str, int], before: Any, now: Any) -> int | None:
    """The line to look at; None where the value is not the file's own but an option's."""
    return line_of(lines, pointer) if _at(before, pointer) == _at(now, pointer) else None


def _at(values: Any, pointer: str) -> Any:
    for step in pointer.split("/")[1:]:
        if isinstance(values, list):
            values = dict(enumerate(values)).get(int(step) if step.isdigit() else -1, _MISSING)
        else:
            key = step.replace("~1", "/").replace("~0", "~")
            values = values.get(key, _MISSING) if isinstance(values, Mapping) else _MISSING
    return values
