"""How long the kinds of work take: by channel, by category as a factor on it, and what each category asks of people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulations.calibrate.durations import Durations, durations
from simulations.calibrate.interval import Interval
from simulations.calibrate.work import NONE, Hardness
from simulations.history import Case

FloatArray = NDArray[np.float64]
TIMES_MIN = 30  # handling times for a fit of their own
ESCALATIONS_MIN = 30
CATEGORIES_MAX = 12
OTHER = "other"
SHORTEST_S = 1.0


@dataclass(frozen=True, slots=True)
class Kind:
    """One category: its tickets, its handling time over that of all (None where too few tell), its escalations over those of all."""

    name: str
    tickets: int
    factor: Interval | None
    escalation_factor: float
    skills: tuple[str, ...]
    handling: Durations | None


@dataclass(frozen=True, slots=True)
class Kinds:
    """Categories, the most frequent first, and the handling time by channel with the category's factor taken out."""

    categories: tuple[Kind, ...]
    by_channel: dict[str, Durations]
    told: int


def kinds(cases: Sequence[Case], handled_s: FloatArray, hard: Hardness) -> Kinds:
    """The kinds of cases from their handling times, shape (n,), NaN where a case has none."""
    counts = Counter(case.category or NONE for case in cases)
    own = {name for name, _ in counts.most_common(CATEGORIES_MAX - 1)} if len(counts) > CATEGORIES_MAX else set(counts)
    names = np.array([name if (name := case.category or NONE) in own else OTHER for case in cases])
    told = ~np.isnan(handled_s)
    times_s = np.maximum(handled_s, SHORTEST_S)
    overall_s = float(times_s[told].mean()) if told.any() else np.nan
    escalated = Counter({name: sum(hard.by_category.get(each, 0) for each in counts if _named(each, own) == name) for name in set(names)})
    found, factor = [], np.ones(len(cases))
    for name, count in Counter(names.tolist()).most_common():
        these = told & (names == name)
        fitted = durations(times_s[these]) if these.sum() >= TIMES_MIN else None
        if fitted is not None:
            factor[names == name] = fitted.mean_s.value / overall_s
        found.append(
            Kind(name, count, _over(fitted, overall_s), _hotter(name, count, escalated, len(cases)), _skills(cases, names, name), fitted)
        )
    channels = np.array([case.channel for case in cases])
    by_channel = {
        str(name): durations((times_s / factor)[these])
        for name in np.unique(channels)
        if (these := told & (channels == name)).sum() >= TIMES_MIN
    }
    return Kinds(tuple(found), by_channel, int(told.sum()))


def _named(name: str, own: set[str]) -> str:
    return name if name in own else OTHER


def _over(fitted: Durations | None, overall_s: float) -> Interval | None:
    if fitted is None:
        return None
    mean = fitted.mean_s
    return Interval(mean.value / overall_s, max(0.0, mean.low) / overall_s, mean.high / overall_s, mean.count)


def _hotter(name: str, tickets: int, escalated: Counter[str], cases: int) -> float:
    """Escalations of a category per ticket over those of all; 1 where too few tell."""
    total = escalated.total()
    return (escalated[name] / tickets) / (total / cases) if total >= ESCALATIONS_MIN else 1.0


def _skills(cases: Sequence[Case], names: NDArray[np.str_], name: str) -> tuple[str, ...]:
    """The skills that most tickets of a category ask for."""
    asked = Counter(case.skills for case, each in zip(cases, names, strict=True) if each == name)
    return asked.most_common(1)[0][0]
