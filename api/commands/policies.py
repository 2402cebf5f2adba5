"""`respite policies`: ways of routing on the same arrivals, with intervals, and whether ours keeps what it promises."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from api.commands.common import Json, interrupted, refuse, show, writable
from api.commands.measuring import Address, Backend, progress
from api.commands.scenario_files import read
from api.jobs.parallel import BackendError, spread
from api.shown.amounts import estimated
from simulations.baselines import BASELINES, OURS, POLICIES
from simulations.contest import ASSUMED, CONTEST_METRICS, HALVED, JUDGED, MODELS, SHARED, Contest, compete, contest
from simulations.run import Estimate
from simulations.scenario import Scenario

NAMES = {policy: policy.replace("_", " ") for policy in (*POLICIES, *MODELS)}
OPENING = {**SHARED, **{f"{name}.{ASSUMED}": metric for name, metric in JUDGED.items()}}


def policies(
    scenario: Annotated[Path, typer.Argument(help="A scenario file (TOML), or the name of one that comes with Respite.")] = Path(
        "comparable-team"
    ),
    replications: Annotated[int | None, typer.Option(help="Another number of runs of each policy.")] = None,
    seed: Annotated[int | None, typer.Option(help="Another seed than the scenario's.")] = None,
    json_output: Json = False,
    html: Annotated[Path | None, typer.Option(help="Draw the result as one HTML page that needs no network.")] = None,
    backend: Backend = "loky",
    address: Address = None,
) -> None:
    """Round robin, least busy, longest idle, greedy skills and ours on the same arrivals, judged by six models of fatigue."""
    told = read(scenario, seed=seed, replications=replications)
    writable(html)
    try:
        with progress(told.run.replications * len(POLICIES)) as done:
            found = compare(told, done, backend, address)
    except BackendError as error:
        refuse(str(error))
    except KeyboardInterrupt:
        interrupted("stopped before every policy had its runs")
    if html is not None:
        from api.commands.policy_plots import page

        html.write_text(page(found), encoding="utf-8")
    if json_output:
        show(found.as_mapping())
        return
    console = Console(highlight=False, markup=False)
    console.print(_table(found))
    console.print(_by_model(found))
    for line in verdicts(found):
        console.print(line)
    console.print(_footnote(found), style="dim")


def compare(told: Scenario, done: Callable[[], None] = lambda: None, backend: str = "loky", address: str | None = None) -> Contest:
    """Every policy and replication, wherever there is room; a run does not depend on the others. `done` after each."""
    replications = range(told.run.replications)
    tasks = {(policy, each): partial(compete, told, policy, each) for each in replications for policy in POLICIES}
    found = {}
    for key, numbers in spread(tasks, backend, address):
        found[key] = numbers
        done()
    return contest(told, {policy: [found[policy, each] for each in replications] for policy in POLICIES})


def _table(found: Contest) -> Table:
    """Every policy by every metric, with the half-width of its 95 % interval."""
    table = Table(title=found.scenario.title, title_justify="left", box=None, pad_edge=False)
    table.add_column("mean ± 95 %")
    for policy in POLICIES:
        table.add_column(NAMES[policy], justify="right")
    for name, metric in OPENING.items():
        told = (found.estimates[policy][name] for policy in POLICIES)
        cells = [_short(*estimated(each.mean, each.half_width, metric)) for each in told]
        table.add_row(metric.label, *cells)
    return table


def _short(mean: str, half: str) -> str:
    """Mean and half-width with the unit once."""
    number, _, unit = mean.partition(" ")
    return f"{number} ± {half.partition(' ')[0]}" + (f" {unit}" if unit else "")


def _by_model(found: Contest) -> Table:
    """Minutes above the line under every true model, and how many times ours that is."""
    title = "Minutes above the line at the queue, an agent's day, if people are …"
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    table.add_column("")
    for policy in POLICIES:
        table.add_column(NAMES[policy], justify="right")
    ratios = {(each.model, each.baseline): each for each in found.halvings}
    for model in MODELS:
        cells = []
        for policy in POLICIES:
            estimate = found.estimates[policy][f"above_line_s.{model}"]
            times = f" ({_times(ratios[model, policy].ratio)})" if policy != OURS else ""
            cells.append(_minutes(estimate) + times)
        table.add_row(NAMES[model], *cells)
    return table


def _minutes(estimate: Estimate) -> str:
    return "–" if estimate.mean is None else f"{estimate.mean / 60:.1f}"


def _times(ratio: float) -> str:
    return "–" if math.isnan(ratio) else "∞" if math.isinf(ratio) else f"{ratio:.1f}×"


def verdicts(found: Contest) -> Iterator[str]:
    """Whether each promise is kept, and where it is not, by how much."""
    yield from _halved(found)
    for baseline in BASELINES:
        difference = found.differences[baseline]["service_level"]
        gap = "–" if difference.mean is None else f"{100 * difference.mean:+.1f}"
        half = "–" if difference.half_width is None else f"{100 * difference.half_width:.1f}"
        equal = found.equal_service(baseline)
        word = "not known from one run" if equal is None else "not shown worse" if equal else "worse"
        yield f"Service level against {NAMES[baseline]}: {word} ({gap} ± {half} points, ours minus theirs)"
    kept = "kept" if found.gini_ratio >= HALVED else "missed"
    yield f"Raw points at most half as uneven as under least busy: {kept} (Gini, least busy over ours: {_times(found.gini_ratio)})"


def _halved(found: Contest) -> Iterator[str]:
    for model in MODELS:
        missed = [each for each in found.halvings if each.model == model and not each.met]
        unsure = [each for each in found.halvings if each.model == model and each.met and not each.sure]
        names = "; ".join(f"{NAMES[each.baseline]} {_times(each.ratio)}" for each in missed)
        doubt = f" (within chance against {', '.join(NAMES[each.baseline] for each in unsure)})" if unsure else ""
        word = f"missed against {names}" if missed else "kept against all"
        yield f"Time above the line at least halved if {NAMES[model]}: {word}{doubt}"


def _footnote(found: Contest) -> str:
    told = found.scenario
    return (
        f"{told.agent_count} agents, {told.run.days} days after {told.run.warm_up_days} of warm-up; runs of each policy: "
        f"{found.replications}, on the same arrivals. The others have no recovery breaks and lose no time to them. "
        f"Scenario {told.digest()}, seed {told.run.seed}; {len(CONTEST_METRICS)} metrics with --json."
    )
