"""A change against a base scenario, run by run on the same customers: what differs, how sure that is, and why no more runs were made.

Replication r has the same tickets, handling times, moods and accounts on both sides (common random numbers), so the difference of a
metric within a pair is due to the change and to what follows from it, and its spread is a fraction of what two separate samples would
have. Intervals are Student's t on these differences.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fatigue_model.bounds import InvalidValues, Violation
from router.record import ENGINE
from simulations.by_hour import HOURLY, OPEN_AFTER, OPEN_BEFORE
from simulations.intervals import LEVEL, mean_and_half_width
from simulations.precision import LEAST, LOOKING_LEVEL, Target, next_count
from simulations.run import Estimate, metrics_of
from simulations.scenario import Scenario
from simulations.study import Cancelled, Measure, Numbers

BASE, CHANGE = "base", "change"
MOST = 100
PAIRS_LEAST = 2
PAIRED = ("start", "time_zone", "days", "warm_up_days")
COLD_SHARE = 0.05  # of a day's tickets; a smaller trend in what is open is no reason to warn


@dataclass(frozen=True, slots=True)
class Paired:
    """A metric in the base, with the change, and the difference change − base, over the pairs in which both could be measured."""

    base: Estimate
    change: Estimate
    difference: Estimate

    @property
    def shown(self) -> bool:
        """Whether the interval of the difference leaves 0 out."""
        mean, half = self.difference.mean, self.difference.half_width
        return mean is not None and half is not None and abs(mean) > half


@dataclass(frozen=True, slots=True)
class Comparison:
    """The result, with what is needed to get it again.

    `stopped`: `precise` where every target was reached, `most` where the cap was, `fixed` where the number was given, `cancelled` where
    somebody ended it. `missed` names the targets not reached. `level` is the intervals' own (see `precision`).
    """

    base: Scenario
    change: Scenario
    replications: int
    stopped: str
    targets: Mapping[str, Target]
    missed: tuple[str, ...]
    level: float
    metrics: Mapping[str, Paired]
    hourly: Mapping[str, Paired]
    warnings: tuple[str, ...]

    def as_mapping(self) -> dict[str, Any]:
        """Plain JSON values; what could not be measured is null."""
        run, known = self.base.run, metrics_of(self.base)
        return {
            **{name: {"title": each.title, "digest": each.digest(), "agents": each.agent_count} for name, each in self._sides()},
            "engine": ENGINE,
            "seed": run.seed,
            "replications": self.replications,
            "stopped": self.stopped,
            "targets": {name: self.target(name) for name in self.targets},
            "targets_missed": list(self.missed),
            "warm_up_days": run.warm_up_days,
            "days": run.days,
            "level": LEVEL,
            "computed_at_level": self.level,
            "warnings": list(self.warnings),
            "metrics": {name: _plain(each, known[name].unit) for name, each in self.metrics.items()},
            "hourly": {name: _plain(each, HOURLY[name.partition(".")[0]].unit) for name, each in self.hourly.items()},
        }

    def target(self, metric: str) -> float | None:
        """The half-width that was asked for, in the metric's unit; `None` where the metric could not be measured."""
        mean = self.metrics[metric].base.mean
        return None if mean is None else self.targets[metric].half_width(mean)

    def _sides(self) -> tuple[tuple[str, Scenario], ...]:
        return (BASE, self.base), (CHANGE, self.change)


def _plain(paired: Paired, unit: str) -> dict[str, Any]:
    return {side: getattr(paired, side).as_mapping(unit) for side in (BASE, CHANGE, "difference")}


def pairable(base: Scenario, change: Scenario) -> Scenario:
    """The change with the base's seed and number of runs; raises `InvalidValues` where it has other days or metrics."""
    found = [
        Violation(f"/run/{name}", getattr(change.run, name), f"{getattr(base.run, name)}, as in the base: runs are compared in pairs")
        for name in PAIRED
        if getattr(change.run, name) != getattr(base.run, name)
    ]
    if metrics_of(base).keys() != metrics_of(change).keys():
        found.append(Violation("/reference", "in one of the two", "two scenarios of the product, or two textbook models"))
    if found:
        raise InvalidValues(tuple(found))
    return dataclasses.replace(change, run=base.run)


def compare(
    base: Scenario,
    change: Scenario,
    measure: Measure,
    targets: Mapping[str, Target] | None = None,
    most: int = MOST,
    looked: Callable[[int, int], None] = lambda done, expected: None,
) -> Comparison:
    """Change against base, in rounds of paired runs until every target is reached or `most` are done; without targets exactly `most`.

    `looked` hears after each round how many pairs are done and how many to do until the next look. A comparison that is cancelled
    ends with the pairs it has; with fewer than two `Cancelled` is passed on. Raises `InvalidValues` where the two can't be paired.
    """
    change = pairable(base, change)
    sides, found = {BASE: base, CHANGE: change}, dict[str, list[Numbers]]({BASE: [], CHANGE: []})
    done, wanted, cancelled = 0, most if targets is None else min(LEAST, most), False
    level = LEVEL if targets is None else LOOKING_LEVEL
    while done < wanted and not cancelled:
        try:
            measured = measure(sides, range(done, wanted))
        except Cancelled as stop:
            measured, cancelled = stop.finished, True
            if done + len(stop.finished[BASE]) < PAIRS_LEAST:
                raise
        for name, numbers in measured.items():
            found[name].extend(numbers)
        done = len(found[BASE])
        wanted = next_count(done, most, ((half, target) for _, half, target in _widths(found, targets or {}, level)))
        looked(done, wanted)
    missed = tuple(name for name, half, target in _widths(found, targets or {}, level) if half > target)
    stopped = "cancelled" if cancelled else "fixed" if targets is None else "most" if missed else "precise"
    return Comparison(
        base,
        change,
        done,
        stopped,
        targets or {},
        missed,
        level,
        metrics={name: paired(found, name, level) for name in metrics_of(base)},
        hourly={name: paired(found, name, level) for name in found[BASE][0] if name.partition(".")[0] in HOURLY},
        warnings=tuple(cold(sides, found)),
    )


def _widths(found: Mapping[str, Sequence[Numbers]], targets: Mapping[str, Target], level: float) -> Iterator[tuple[str, float, float]]:
    """Metric, half-width of its difference, and what it should be; a metric that can't be measured in two pairs asks for no more."""
    for name, target in targets.items():
        pair = paired(found, name, level)
        if pair.difference.half_width is not None and pair.base.mean is not None:
            yield name, pair.difference.half_width, target.half_width(pair.base.mean)


def paired(found: Mapping[str, Sequence[Numbers]], metric: str, level: float = LEVEL, base: str = BASE, change: str = CHANGE) -> Paired:
    """One metric over the pairs that have it on both sides."""
    both = [(one[metric], other[metric]) for one, other in zip(found[base], found[change], strict=True)]
    known = [(one, other) for one, other in both if not (math.isnan(one) or math.isnan(other))]
    differences = _estimate((other - one for one, other in known), level)
    return Paired(_estimate((one for one, _ in known), level), _estimate((other for _, other in known), level), differences)


def _estimate(values: Iterable[float], level: float) -> Estimate:
    told = tuple(values)
    return Estimate(*mean_and_half_width(told, level), told)


def cold(scenarios: Mapping[str, Scenario], found: Mapping[str, Sequence[Numbers]]) -> Iterator[str]:
    """A line for each scenario that surely has more open after its whole weeks than before them: not yet warm, or not keeping up."""
    for name, numbers in found.items():
        if not numbers or OPEN_BEFORE not in numbers[0]:
            continue
        grown = _estimate((each[OPEN_AFTER] - each[OPEN_BEFORE] for each in numbers), LEVEL)
        enough = COLD_SHARE * scenarios[name].demand.tickets_per_day
        if grown.mean is not None and grown.half_width is not None and grown.mean - grown.half_width > enough:
            yield (
                f"{name}: {grown.mean:.0f} ± {grown.half_width:.0f} more tickets are open after the counted days than before them; "
                f"{scenarios[name].run.warm_up_days} days of warm-up are too few, or the team does not keep up"
            )
