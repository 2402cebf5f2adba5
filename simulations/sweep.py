"""A scenario at every point of a grid of changes, all on the same customers: what breaks, rotation, automation or volume do by degrees.

    break=0,5,10        these values, in the words of `what_if.changed`
    rotation=2..8       every whole number from 2 to 8
    automation=0..80%   from 0 % to 80 % in steps that give at most `VALUES_MAX` values: tens
    volume=-30..+30%    signs go with each value
    aht=-20..+20%/5     in steps of 5

Every cell is compared with the scenario as it is, replication by replication, so that two cells are paired with one another, too.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fatigue_model.bounds import InvalidValues, Violation
from router.record import ENGINE
from simulations.compare import Paired, paired
from simulations.intervals import LEVEL
from simulations.run import metrics_of
from simulations.scenario import Scenario, scenario_from
from simulations.study import Cancelled, Measure, Numbers
from simulations.what_if import changed

AXES_MAX, VALUES_MAX, CELLS_MAX = 2, 9, 200
LEAST = 2  # replications, for an interval
AS_IS = ""
RANGE = re.compile(r"(?P<low>[+-]?\d+(\.\d+)?)\.\.(?P<high>[+-]?\d+(\.\d+)?)(?P<unit>%|)(/(?P<step>\d+(\.\d+)?)%?)?")
PRESETS = {
    "breaks": ("break", "0,5,10,15,20"),
    "rotation": ("rotation", "2..8"),
    "automation": ("automation", "0..80%"),
    "volume": ("volume", "-30..+30%"),
}


@dataclass(frozen=True, slots=True)
class Axis:
    """One thing that is changed by degrees: a word of `what_if.changed`, and its amounts in order."""

    word: str
    amounts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One point of the grid: an amount for each axis, and every metric against the scenario as it is."""

    amounts: tuple[str, ...]
    scenario: Scenario
    metrics: Mapping[str, Paired]


@dataclass(frozen=True, slots=True)
class Sweep:
    """The whole grid, the last axis fastest. `whole` is false where it was cancelled, with the replications that all cells had."""

    base: Scenario
    axes: tuple[Axis, ...]
    cells: tuple[Cell, ...]
    replications: int
    whole: bool

    def as_mapping(self) -> dict[str, Any]:
        """Plain JSON values; what could not be measured is null."""
        run, known = self.base.run, metrics_of(self.base)
        return {
            "title": self.base.title,
            "digest": self.base.digest(),
            "engine": ENGINE,
            "seed": run.seed,
            "replications": self.replications,
            "whole": self.whole,
            "days": run.days,
            "warm_up_days": run.warm_up_days,
            "level": LEVEL,
            "axes": [{"word": each.word, "amounts": list(each.amounts)} for each in self.axes],
            "base": {name: self.cells[0].metrics[name].base.as_mapping(metric.unit) for name, metric in known.items()},
            "cells": [
                {
                    "amounts": dict(zip((axis.word for axis in self.axes), each.amounts, strict=True)),
                    "digest": each.scenario.digest(),
                    "metrics": {
                        name: {side: getattr(each.metrics[name], side).as_mapping(metric.unit) for side in ("change", "difference")}
                        for name, metric in known.items()
                    },
                }
                for each in self.cells
            ],
        }


def axis(word: str, text: str) -> Axis:
    """An axis from what follows its `=`; raises `InvalidValues`."""
    allowed = f"values like 0,5,10 or a range like 2..8, 0..80% or -30..+30%/15; at least two, at most {CELLS_MAX}"
    found = RANGE.fullmatch(text.strip())
    amounts = _range(found) if found else tuple(each.strip() for each in text.split(","))
    if not 1 < len(set(amounts)) == len(amounts) <= CELLS_MAX or not all(amounts):
        raise InvalidValues((Violation(word, text, allowed),))
    return Axis(word, amounts)


def _range(found: re.Match[str]) -> tuple[str, ...]:
    low, high = float(found["low"]), float(found["high"])
    step = float(found["step"]) if found["step"] else _step(high - low)
    count = math.floor((high - low) / step + 1e-9) + 1 if step > 0 and high > low else 0
    signed = "+" if found["low"][0] in "+-" or found["high"][0] in "+-" else ""
    return tuple(f"{round(low + place * step, 9):{signed}g}{found['unit']}" for place in range(min(count, CELLS_MAX + 1)))


def _step(width: float) -> float:
    """The smallest of 1, 2, 5, 10, 20, 50, … that gives at most `VALUES_MAX` values."""
    steps = (each * 10.0**power for power in range(9) for each in (1, 2, 5))
    return next((step for step in steps if width / step <= VALUES_MAX - 1), width)


def grid(values: Mapping[str, Any], axes: Sequence[Axis]) -> dict[tuple[str, ...], Scenario]:
    """The scenario of every cell; raises `InvalidValues` for the first amount that can't be done."""
    words = [each.word for each in axes]
    if not 0 < len(axes) <= AXES_MAX or len(set(words)) < len(words):
        raise InvalidValues((Violation("axis", ", ".join(words), f"one or {AXES_MAX} different axes"),))
    if (count := math.prod(len(each.amounts) for each in axes)) > CELLS_MAX:
        raise InvalidValues((Violation("axis", count, f"at most {CELLS_MAX} cells"),))
    cells = itertools.product(*(each.amounts for each in axes))
    return {amounts: scenario_from(changed(values, dict(zip(words, amounts, strict=True)))) for amounts in cells}


def sweep(values: Mapping[str, Any], axes: Sequence[Axis], measure: Measure) -> Sweep:
    """Every cell and the scenario as it is, over its replications, at least `LEAST`.

    A sweep that is cancelled ends with the replications that all cells have; with fewer than two `Cancelled` is passed on.
    """
    base, cells = scenario_from(values), grid(values, axes)
    keys = {amounts: ", ".join(amounts) for amounts in cells}
    scenarios = {AS_IS: base} | {keys[amounts]: replace(each, run=base.run) for amounts, each in cells.items()}
    found: Mapping[str, Sequence[Numbers]]
    try:
        found, whole = measure(scenarios, range(max(LEAST, base.run.replications))), True
    except Cancelled as stop:
        found, whole = stop.finished, False
        if len(found.get(AS_IS, ())) < LEAST:
            raise
    told = tuple(
        Cell(amounts, scenarios[key], {name: paired(found, name, base=AS_IS, change=key) for name in metrics_of(base)})
        for amounts, key in keys.items()
    )
    return Sweep(base, tuple(axes), told, len(found[AS_IS]), whole)
