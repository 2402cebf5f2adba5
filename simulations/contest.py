"""Routing policies on the same arrivals: every policy runs through the same event loop, and every run is judged by every true model.

Common random numbers: replication r has the same customers, tickets, handling times and escalations under every policy, so policies are
compared by paired differences. The baselines know no recovery breaks and lose no working time to them: under them a break lasts no
time. Ours pays for its breaks with working time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from router.record import ENGINE
from simulations.baselines import BASELINES, OURS, POLICIES, routed_by
from simulations.engine import simulate
from simulations.intervals import LEVEL, mean_and_half_width
from simulations.metrics import Metric, measure
from simulations.record import Run
from simulations.run import Estimate
from simulations.scenario import Scenario
from simulations.true_models import TRUE_MODELS, Lived, TrueModel, lived_by

HALVED = 2.0
MODELS = tuple(TRUE_MODELS)
ASSUMED = MODELS[0]
SHARED: dict[str, Metric] = {
    "service_level": Metric("service level, all channels", "share"),
    "wait_written_mean_s": Metric("wait for an answer, written: mean", "s", "min"),
    "wait_written_p90_s": Metric("  nine in ten within", "s", "min"),
    "wait_live_mean_s": Metric("wait for a person, live: mean", "s", "min"),
    "wait_live_p90_s": Metric("  nine in ten within", "s", "min"),
    "points_gini": Metric("raw points between agents, Gini", "index"),
    "break_taken_s": Metric("recovery breaks, all agents", "s", "min"),
    "occupancy": Metric("occupancy, breaks excluded", "share"),
}
JUDGED: dict[str, Metric] = {
    "above_line_s": Metric("above the line, an agent's day", "s", "min"),
    "load_p95_points": Metric("load, 95th percentile", "points"),
}
CONTEST_METRICS: dict[str, Metric] = SHARED | {f"{name}.{model}": metric for name, metric in JUDGED.items() for model in TRUE_MODELS}
Measured = Mapping[str, float]


def under(scenario: Scenario, policy: str) -> Scenario:
    """The scenario as a policy of routing meets it: no product but ours has recovery breaks, so they take no time under the others."""
    if policy == OURS:
        return scenario
    return replace(scenario, policy=replace(scenario.policy, break_min_s=0, break_max_s=0, pending_deadline_s=0))


def compete(scenario: Scenario, policy: str, replication: int) -> dict[str, float]:
    """One run of one policy, by every metric of `CONTEST_METRICS`; NaN where there was nothing to measure."""
    run = simulate(under(scenario, policy), replication, decided_by=routed_by(policy), keeps_log=False)
    found = measure(run)
    return {name: found[name] for name in SHARED} | judged(run)


def judged(run: Run, models: Mapping[str, TrueModel] = TRUE_MODELS) -> dict[str, float]:
    """Time above the line for each agent and day at work, and the 95th percentile of load, of the time at the queue under each model."""
    found: dict[str, float] = {}
    days = sum(start_s >= run.world.counts_from_s and start_s < run.world.end_s for each in run.world.staff for start_s, _ in each.on_shift)
    for name, model in models.items():
        lives = [
            lived_by(run.state, each.id, run.world.start_s, run.world.end_s, model, counts_from_s=run.world.counts_from_s)
            for each in run.world.staff
        ]
        found[f"above_line_s.{name}"] = sum(each.above_s for each in lives) / days if days else math.nan
        found[f"load_p95_points.{name}"] = _percentile(lives, 0.95)
    return found


def _percentile(lives: Sequence[Lived], share: float) -> float:
    """The load that is not exceeded for this share of everybody's time at the queue."""
    loads, spans_s = np.concatenate([each.loads for each in lives]), np.concatenate([each.spans_s for each in lives])
    if not loads.size:
        return math.nan
    order = np.argsort(loads, kind="stable")
    reached = np.cumsum(spans_s[order])
    return float(loads[order][np.searchsorted(reached, share * reached[-1])])


@dataclass(frozen=True, slots=True)
class Halving:
    """Whether ours at least halves a baseline's time above the line under one true model, at an equal or better service level.

    `ratio` of the means, baseline over ours (infinite where ours is never above), `spared_s` the mean of baseline − 2 × ours with its
    half-width: above 0 with all of its interval, the halving is sure.
    """

    baseline: str
    model: str
    ratio: float
    spared_s: Estimate

    @property
    def met(self) -> bool:
        return self.ratio >= HALVED

    @property
    def sure(self) -> bool:
        mean, half = self.spared_s.mean, self.spared_s.half_width
        return mean is not None and half is not None and mean > half


@dataclass(frozen=True, slots=True)
class Contest:
    """Every policy's estimates, and ours against each baseline in paired differences (ours − baseline)."""

    scenario: Scenario
    replications: int
    estimates: Mapping[str, Mapping[str, Estimate]]
    differences: Mapping[str, Mapping[str, Estimate]]
    halvings: tuple[Halving, ...]

    def equal_service(self, baseline: str) -> bool | None:
        """Whether the interval of the paired difference does not show ours with a worse service level; None where it cannot be known."""
        found = self.differences[baseline]["service_level"]
        if found.mean is None or found.half_width is None:
            return None
        return found.mean + found.half_width >= 0

    @property
    def gini_ratio(self) -> float:
        """Gini index of raw points between agents, least busy over ours; infinite where ours is 0."""
        return _ratio(self.estimates["least_busy"]["points_gini"], self.estimates[OURS]["points_gini"])

    def as_mapping(self) -> dict[str, Any]:
        """Plain JSON values."""
        run = self.scenario.run
        plain: dict[str, Any] = {
            "title": self.scenario.title,
            "digest": self.scenario.digest(),
            "engine": ENGINE,
            "seed": run.seed,
            "replications": self.replications,
            "warm_up_days": run.warm_up_days,
            "days": run.days,
            "agents": self.scenario.agent_count,
            "level": LEVEL,
        }
        for name, table in (("policies", self.estimates), ("ours_minus", self.differences)):
            plain[name] = {
                policy: {metric: each.as_mapping(CONTEST_METRICS[metric].unit) for metric, each in found.items()}
                for policy, found in table.items()
            }
        plain["above_line_at_least_halved"] = [
            {
                "baseline": each.baseline,
                "model": each.model,
                "ratio": each.ratio if math.isfinite(each.ratio) else None,
                "met": each.met,
                "sure": each.sure,
            }
            for each in self.halvings
        ]
        plain["service_level_not_shown_worse"] = {name: self.equal_service(name) for name in self.differences}
        plain["gini_ratio_to_least_busy"] = self.gini_ratio if math.isfinite(self.gini_ratio) else None
        return plain


def contest(scenario: Scenario, measured: Mapping[str, Sequence[Measured]]) -> Contest:
    """Judge runs of all `POLICIES`, each with one mapping of `CONTEST_METRICS` for every replication, in the same order."""
    counts = {len(measured[policy]) for policy in POLICIES}
    if len(counts) != 1:
        raise ValueError("every policy needs the same replications")
    estimates = {policy: {name: _estimate([each[name] for each in measured[policy]]) for name in CONTEST_METRICS} for policy in POLICIES}
    differences = {
        baseline: {
            name: _estimate([ours[name] - theirs[name] for ours, theirs in zip(measured[OURS], measured[baseline], strict=True)])
            for name in CONTEST_METRICS
        }
        for baseline in BASELINES
    }
    halvings = tuple(_halving(measured, estimates, baseline, model) for model in TRUE_MODELS for baseline in BASELINES)
    return Contest(scenario, counts.pop(), estimates, differences, halvings)


def run_contest(scenario: Scenario, told: Callable[[], None] | None = None) -> Contest:
    """Every policy and replication of the scenario, one after the other; `told` is called after each."""
    measured: dict[str, list[dict[str, float]]] = {policy: [] for policy in POLICIES}
    for replication in range(scenario.run.replications):
        for policy in POLICIES:
            measured[policy].append(compete(scenario, policy, replication))
            if told is not None:
                told()
    return contest(scenario, measured)


def _halving(
    measured: Mapping[str, Sequence[Measured]], estimates: Mapping[str, Mapping[str, Estimate]], baseline: str, model: str
) -> Halving:
    name = f"above_line_s.{model}"
    spared = [theirs[name] - HALVED * ours[name] for ours, theirs in zip(measured[OURS], measured[baseline], strict=True)]
    return Halving(baseline, model, _ratio(estimates[baseline][name], estimates[OURS][name]), _estimate(spared))


def _ratio(theirs: Estimate, ours: Estimate) -> float:
    if theirs.mean is None or ours.mean is None:
        return math.nan
    return theirs.mean / ours.mean if ours.mean > 0 else math.inf


def _estimate(values: Sequence[float]) -> Estimate:
    return Estimate(*mean_and_half_width(values), tuple(values))
