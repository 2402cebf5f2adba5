"""A scenario run as often as it asks for: every metric with its mean over the replications and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from router.record import ENGINE
from simulations import reference_metrics
from simulations.by_hour import by_hour, open_at_both_ends
from simulations.engine import simulate
from simulations.intervals import LEVEL, mean_and_half_width
from simulations.metrics import METRICS, Metric, measure
from simulations.scenario import Scenario

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A metric over replications: mean, half-width of its 95 % interval (`None` where it cannot be known), and every value."""

    mean: float | None
    half_width: float | None
    values: tuple[float, ...]

    def as_mapping(self, unit: str) -> dict[str, Any]:
        values = [None if math.isnan(value) else value for value in self.values]
        return {"mean": self.mean, "half_width": self.half_width, "unit": unit, "values": values}


@dataclass(frozen=True, slots=True)
class Summary:
    """The result of a scenario, with what is needed to get it again."""

    scenario: Scenario
    engine: str
    estimates: dict[str, Estimate]

    def as_mapping(self) -> dict[str, Any]:
        """Plain JSON values; what could not be measured is null."""
        run = self.scenario.run
        return {
            "title": self.scenario.title,
            "digest": self.scenario.digest(),
            "engine": self.engine,
            "seed": run.seed,
            "replications": run.replications,
            **self._span(),
            "agents": self.scenario.agent_count,
            "level": LEVEL,
            "metrics": {name: each.as_mapping(metrics_of(self.scenario)[name].unit) for name, each in self.estimates.items()},
        }

    def _span(self) -> dict[str, float]:
        """What counts, and what went before it."""
        run, queue = self.scenario.run, self.scenario.reference
        if queue is not None:
            return {"warm_up_s": queue.before_s, "horizon_s": queue.counted_s}
        return {"warm_up_days": run.warm_up_days, "days": run.days}


def measured(scenario: Scenario, replication: int) -> dict[str, float]:
    """One replication of any scenario by every metric of `metrics_of`, NaN where there was nothing to measure: the unit of every study.

    It depends on its arguments alone, and both can be sent to another process. Beside the metrics it has what `simulations.by_hour` sees.
    """
    if scenario.reference is not None:
        return reference_metrics.measured(scenario.reference, scenario.run.seed, replication)
    found = simulate(scenario, replication, keeps_log=False)
    numbers = measure(found) | by_hour(found) | open_at_both_ends(found)
    return {name: float(value) for name, value in numbers.items()}


def metrics_of(scenario: Scenario) -> Mapping[str, Metric]:
    """What `measured` says of a scenario, in the order of a table."""
    return METRICS if scenario.reference is None else reference_metrics.metrics_of(scenario.reference)


def run(scenario: Scenario, progress: Progress | None = None) -> Summary:
    """Every replication, one after the other; `progress` is told how many of how many are done."""
    found: list[dict[str, float]] = []
    for replication in range(scenario.run.replications):
        found.append(measured(scenario, replication))
        if progress is not None:
            progress(replication + 1, scenario.run.replications)
    return summary(scenario, found)


def summary(scenario: Scenario, found: Sequence[Mapping[str, float]]) -> Summary:
    """What replications 0, 1, … of a scenario say together."""
    values = {name: tuple(each[name] for each in found) for name in metrics_of(scenario)}
    return Summary(scenario, ENGINE, {name: Estimate(*mean_and_half_width(each), each) for name, each in values.items()})
