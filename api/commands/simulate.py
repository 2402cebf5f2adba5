"""`respite simulate`: what a scenario's waits, loads, breaks and costs would be, and how sure that is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from api.commands.common import Json, interrupted, show
from api.commands.measuring import Address, Backend, Keep, runs
from api.commands.scenario_files import read
from api.shown.amounts import NONE, estimated
from simulations.metrics import Metric
from simulations.run import Estimate, Summary, metrics_of, summary
from simulations.scenario import Scenario
from simulations.study import Cancelled


def simulate(
    scenario: Annotated[Path, typer.Argument(help="A scenario file (TOML), or the name of one that comes with Respite.")],
    json_output: Json = False,
    seed: Annotated[int | None, typer.Option(help="Another seed than the scenario's.")] = None,
    replications: Annotated[int | None, typer.Option(help="Another number of runs.")] = None,
    agents: Annotated[int | None, typer.Option(help="Another number of agents, where the scenario has one group.")] = None,
    backend: Backend = "loky",
    address: Address = None,
    keep: Keep = None,
) -> None:
    """Run a scenario in virtual time, through the same decisions as live."""
    told = read(scenario, agents=agents, seed=seed, replications=replications)
    found, whole = _measured(told, backend, address, keep)
    result = summary(told, found)
    if json_output:
        show(result.as_mapping())
    else:
        console = Console(markup=False)
        console.print(table(result))
        console.print(_footnote(result), style="dim", highlight=False)
    if not whole:
        interrupted(f"stopped after {len(found)} of {told.run.replications} runs")


def _measured(told: Scenario, backend: str, address: str | None, keep: Path | None) -> tuple[list[dict[str, float]], bool]:
    """Every replication, and whether these are all of them; exits where it was interrupted before the first was done."""
    with runs(backend, address, keep, told.run.replications) as measuring:
        try:
            return measuring.measure({"": told}, range(told.run.replications))[""], True
        except Cancelled as stop:
            found = [dict(each) for each in stop.finished.get("", ())]
    return (found, False) if found else interrupted("stopped before the first run was done")


def table(result: Summary) -> Table:
    """The result for a screen: every metric with the half-width of its interval, in the same unit."""
    found = Table(title=result.scenario.title, title_justify="left")
    found.add_column("")
    found.add_column("mean", justify="right")
    found.add_column("± 95 %", justify="right")
    for name, metric in metrics_of(result.scenario).items():
        one = result.estimates[name]
        words = estimated(one.mean, one.half_width, metric) if result.scenario.reference is None else exactly(one, metric)
        found.add_row(metric.label, *words)
    return found


def exactly(estimate: Estimate, metric: Metric) -> tuple[str, str]:
    """Mean and half-width of a textbook queue, to the digits that a textbook has."""
    unit = f" {metric.unit}" if metric.unit == "s" else ""
    mean = NONE if estimate.mean is None else f"{estimate.mean:.6g}{unit}"
    return mean, NONE if estimate.half_width is None else f"{estimate.half_width:.2g}{unit}"


def _footnote(result: Summary) -> str:
    told, made = result.scenario, len(next(iter(result.estimates.values())).values)
    queue = told.reference
    if queue is not None:
        return (
            f"A textbook queue without the product's policy; {queue.counted_s:g} s after {queue.before_s:g} s of warm-up, "
            f"{made} runs. Scenario {told.digest()}, seed {told.run.seed}."
        )
    waits = "while somebody is on shift" if told.targets.business_hours else "around the clock"
    return (
        f"{told.agent_count} agents, {told.run.days} days after {told.run.warm_up_days} of warm-up, {made} runs. "
        f"Waits count {waits}. Scenario {told.digest()}, seed {told.run.seed}, engine {result.engine}."
    )
