"""`respite simulate`: what a scenario's waits, loads, breaks and costs would be, and how sure that is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from api.commands.common import show
from api.commands.scenario_files import read
from simulations.metrics import METRICS, Metric
from simulations.run import Estimate, Summary, run

SECONDS = {"min": 60, "h": 3600}
FORMS = {"share": "{:.1%}", "points": "{:.2f} points", "count": "{:,.1f}", "$": "${:,.2f}", "index": "{:.3f}"}


def simulate(
    scenario: Annotated[Path, typer.Argument(help="A scenario file (TOML), or the name of one that comes with Respite.")],
    json_output: Annotated[bool, typer.Option("--json", help="JSON on standard output.")] = False,
    seed: Annotated[int | None, typer.Option(help="Another seed than the scenario's.")] = None,
    replications: Annotated[int | None, typer.Option(help="Another number of runs.")] = None,
    agents: Annotated[int | None, typer.Option(help="Another number of agents, where the scenario has one group.")] = None,
) -> None:
    """Run a scenario in virtual time, through the same decisions as live."""
    told = read(scenario, agents=agents, seed=seed, replications=replications)
    bar = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*bar, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("simulating", total=told.run.replications)
        summary = run(told, lambda done, _: progress.update(task, completed=done))
    if json_output:
        show(summary.as_mapping())
    else:
        console = Console()
        console.print(table(summary))
        console.print(_footnote(summary), style="dim", highlight=False)


def table(summary: Summary) -> Table:
    """The result for a screen: every metric with the half-width of its interval, in the same unit."""
    found = Table(title=summary.scenario.title, title_justify="left")
    found.add_column("")
    found.add_column("mean", justify="right")
    found.add_column("± 95 %", justify="right")
    for name, metric in METRICS.items():
        found.add_row(metric.label, *said(summary.estimates[name], metric))
    return found


def said(estimate: Estimate, metric: Metric) -> tuple[str, str]:
    """Mean and half-width as people read them; times up to two minutes in seconds, up to two hours in minutes, then in hours."""
    unit = metric.shown_in or metric.unit
    if unit == "s":
        unit = next((name for name, limit in (("s", 120), ("min", 7200)) if (estimate.mean or 0) < limit), "h")
    mean, half = (None if value is None else value / SECONDS.get(unit, 1) for value in (estimate.mean, estimate.half_width))
    form = FORMS.get(unit, f"{{:,.1f}} {unit}")
    return "–" if mean is None else form.format(mean), "–" if half is None else form.format(half)


def _footnote(summary: Summary) -> str:
    told = summary.scenario
    waits = "while somebody is on shift" if told.targets.business_hours else "around the clock"
    return (
        f"{told.agent_count} agents, {told.run.days} days after {told.run.warm_up_days} of warm-up, {told.run.replications} runs. "
        f"Waits count {waits}. Scenario {told.digest()}, seed {told.run.seed}, engine {summary.engine}."
    )
