"""Metrics in the units of a screen: one unit for a row, signs on differences."""

from __future__ import annotations

import math

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


def bare(value: float | None, metric: Metric, size: float) -> str:
    """A value without its unit, which `scale` names."""
    if value is None:
        return NONE
    unit, factor = scale(metric, size)
    return f"{'−' if value < 0 else ''}{abs(value) / factor:,.{_digits(unit, abs(size) / factor)}f}"


def number(value: float | None, metric: Metric, size: float, sign: bool = False) -> str:
    """A value in the unit that suits `size`; a difference of shares is in percentage points."""
    if value is None:
        return NONE
    unit, _ = scale(metric, size)
    text = bare(abs(value), metric, size)
    plus = "−" if value < 0 else "+" if sign and value > 0 else ""
    if unit == "$":
        return f"{plus}${text}"
    word = {"count": "", "index": "", "%": " pt" if sign else " %"}.get(unit, f" {unit}")
    return f"{plus}{text}{word}"


def _digits(unit: str, size: float) -> int:
    if unit == "$":
        return 0 if size >= 100 else 2
    if unit in ("index", "points"):
        return 3 if unit == "index" else 2
    return 1 if size >= 10 or not size or unit in ("%", "count") else 2 - math.floor(math.log10(size))


def width(half: float | None, metric: Metric, size: float) -> str:
    """The half of an interval of a difference."""
    return number(half, metric, size, sign=True).lstrip("+")


def estimated(mean: float | None, half: float | None, metric: Metric) -> tuple[str, str]:
    """A mean and the half-width of its interval, in one unit."""
    size = abs(mean or 0.0)
    return number(mean, metric, size), number(half, metric, size)


def compared(
    base: float | None, change: float | None, difference: float | None, half: float | None, metric: Metric
) -> tuple[str, str, str, str]:
    """Base, change, difference and the half-width of its interval, in one unit."""
    size = max(abs(base or 0.0), abs(change or 0.0))
    return number(base, metric, size), number(change, metric, size), number(difference, metric, size, sign=True), width(half, metric, size)
