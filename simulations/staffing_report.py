"""A search for head-count as plain values, for JSON and whoever draws it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from router.record import ENGINE
from simulations.scenario import Scenario
from simulations.sequential import Finding
from simulations.staffing import Staffing, Surprise, Trial

ALSO = ("service_level", "load_mean_points", "load_p95_points", "above_line", "occupancy", "arr_at_risk_usd")  # beside the limits


def as_mapping(found: Staffing, scenario: Scenario) -> dict[str, Any]:
    """Plain JSON values: the answer, the frontier (every head-count looked at, the cheapest first), and what is needed to get it again."""
    question, groups = found.question, list(scenario.groups)
    return {
        "title": scenario.title,
        "digest": scenario.digest(),
        "engine": ENGINE,
        "seed": scenario.run.seed,
        "warm_up_days": scenario.run.warm_up_days,
        "days": scenario.run.days,
        "confidence": question.confidence,
        "replications": found.replications,
        "replications_max": question.replications_max,
        "budget_usd": question.budget_usd,
        "limits": [
            {"metric": each.metric, "bound": each.bound, "at_least": each.at_least, "delta": each.delta} for each in question.limits
        ],
        "range": {name: [low, high] for name, low, high in zip(groups, question.space.lowest, question.space.highest, strict=True)},
        "exchange": question.exchange,
        "finished": found.finished,
        "answer": None if found.answer is None else _trial(found.answer, groups),
        "affordable": None if found.affordable is None else _trial(found.affordable, groups),
        "frontier": [_trial(each, groups) for each in found.trials],
        "surprises": [_surprise(each, groups) for each in found.surprises],
    }


def _trial(trial: Trial, groups: Sequence[str]) -> dict[str, Any]:
    return {
        "agents": sum(trial.counts),
        "groups": dict(zip(groups, trial.counts, strict=True)),
        "cost_usd": trial.cost_usd,
        "verdict": trial.verdict.value,
        "replications": trial.replications,
        "limits": {each.limit.metric: _finding(each) for each in trial.findings},
        "means": {name: trial.mean(name) for name in ALSO if name in trial.measured[0]},
    }


def _finding(found: Finding) -> dict[str, Any]:
    return {"verdict": found.verdict.value, "mean": found.mean, "half_width": found.half_width}


def _surprise(each: Surprise, groups: Sequence[str]) -> dict[str, Any]:
    return {
        "fewer": dict(zip(groups, each.fewer, strict=True)),
        "more": dict(zip(groups, each.more, strict=True)),
        "metric": each.limit.metric,
        "worse": each.worse,
        "half_width": each.half_width,
    }
