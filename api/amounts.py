"""Metrics in the units of a screen: one unit for a row, signs on differences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulations.metrics import Metric

SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0}
NONE = "–"


def scale(metric: Metric, size: float) -> tuple[str, float]:
    """The unit for a screen, and what to divide by; times up to two minutes in seconds, up to two hours in minutes, then in hours."""
    unit = metric.shown_in or metric.unit
    if unit == "s":
        unit = "s" if abs(size) < 120 else "min" if abs(size) < 7200 else "h"
    if unit == "share":
        return "%", 0.01
    return unit, SECONDS.get(unit, 1.0)


def number(value: float | None, metric: Metric, size: float, sign: bool = False) -> str:
    """A value in the unit that suits `size`; a difference of shares is in percentage points."""
    if value is None:
        return NONE
    unit, factor = scale(metric, size)
    digits = {"$": 0 if abs(size) >= 100 else 2, "index": 3, "points": 2}.get(unit, 1)
    text = f"{abs(value) / factor:,.{digits}f}"
    plus = "−" if value < 0 else "+" if sign and value > 0 else ""
    if unit == "$":
        return f"{plus}${text}"
    word = {"count": "", "index": "", "%": " pt" if sign else " %"}.get(unit, f" {unit}")
    return f"{plus}{text}{word}"


def width(half: float | None, metric: Metric, size: float) -> str:
    """The half of an interval of a difference."""
    return number(half, metric, size, sign=True).lstrip("+")


def compared(pair: Mapping[str, Any], metric: Metric) -> tuple[tuple[str, str, str, str], bool]:
    """Base, change, difference and half-width of one metric of a comparison's JSON; and whether the interval leaves 0 out."""
    base, change = pair["base"]["mean"], pair["change"]["mean"]
    mean, half = pair["difference"]["mean"], pair["difference"]["half_width"]
    size = max(abs(base or 0.0), abs(change or 0.0))
    cells = number(base, metric, size), number(change, metric, size), number(mean, metric, size, sign=True), width(half, metric, size)
    return cells, mean is not None and half is not None and abs(mean) > half


def measured(found: Mapping[str, Any], metric: Metric) -> tuple[str, str]:
    """Mean and half-width of one metric of a simulation's JSON."""
    size = abs(found["mean"] or 0.0)
    return number(found["mean"], metric, size), width(found["half_width"], metric, size)
