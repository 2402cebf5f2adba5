"""A sweep in words: what its columns are called, which metrics it shows, and how its numbers came about."""

from __future__ import annotations

from api.commands.compare_words import leading
from simulations.metrics import Metric
from simulations.run import metrics_of
from simulations.sweep import Sweep

SHORT = {
    "service_level": "service",
    "abandonment": "gave up",
    "wait_written_mean_s": "written wait",
    "wait_live_mean_s": "live wait",
    "above_line": "above line",
    "load_mean_points": "load",
    "break_taken_s": "on breaks",
    "staff_usd": "staff",
    "automation_usd": "automation",
    "revenue_at_risk_usd": "at risk",
}


def label(name: str, metric: Metric) -> str:
    return SHORT.get(name, metric.label.strip())


def moving(found: Sweep) -> list[str]:
    """The leading metrics that differ anywhere on the grid."""
    return [name for name in leading(metrics_of(found.base)) if any(cell.metrics[name].difference.mean for cell in found.cells)]


def note(found: Sweep) -> str:
    """How the numbers came about."""
    run = found.base.run
    stopped = "" if found.whole else "It was interrupted. "
    return (
        f"* differs from the scenario as it is in 95 cases of 100, each by itself. {stopped}{found.replications} runs of each of "
        f"{len(found.cells) + 1} cells on the same customers; {run.days} days after {run.warm_up_days} of warm-up; simulated people. "
        f"Scenario {found.base.digest()}, seed {run.seed}, engine {found.as_mapping()['engine']}."
    )
