"""`respite staff`: how few people meet service level, load and abandonment together, and how sure that is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from api.commands.common import refuse, show
from api.commands.policies import _writable as writable
from api.commands.scenario_files import read
from api.commands.staff_text import answer_lines, frontier, people
from api.parallel import BACKENDS, BackendError, replicate
from fatigue_model.bounds import InvalidValues
from simulations.limits import Promise, at_most, compared, limit, promises, with_targets, zone
from simulations.metrics import Metric
from simulations.quantities import share
from simulations.run import metrics_of
from simulations.scenario import Scenario
from simulations.sequential import Limit
from simulations.staffing import NothingToMeasure, Question, Staffing, Trial
from simulations.staffing import staff as searched
from simulations.staffing_report import as_mapping
from simulations.staffing_scenario import range_of, space_of, staffed
from simulations.staffing_search import Counts
from simulations.study import changed

T = TypeVar("T")
UNMET = 1


def staff(
    scenario: Annotated[Path, typer.Argument(help="A scenario file (TOML), or the name of one that comes with Respite.")],
    service_level: Annotated[
        str | None,
        typer.Option(
            help="At least this share answered within this time: 0.8/4h (of what is written; of chats and calls where nothing is), "
            "or by channel: email=0.8/4h,phone=0.8/20s, also written= and live=. The times become the scenario's targets."
        ),
    ] = None,
    max_above_line: Annotated[str | None, typer.Option(help="At most this share of people's time above the line: 5%.")] = None,
    max_abandonment: Annotated[str | None, typer.Option(help="At most this share of chats and calls given up: 3%.")] = None,
    limits: Annotated[list[str] | None, typer.Option("--limit", help="Any metric of simulate: wait_live_p90_s<=2m. Repeatable.")] = None,
    budget: Annotated[float | None, typer.Option(min=0, help="Dollars for staff over the days that count; says what they buy.")] = None,
    confidence: Annotated[str, typer.Option(help="How sure to be of all of it together.")] = "95%",
    delta: Annotated[
        list[str] | None,
        typer.Option(
            help="METRIC=WIDTH: fewer people who keep a limit by less than this may be turned down. Shares: a quarter of the way to 0 "
            "or 1, at most 2 points; others: 5 %. Repeatable."
        ),
    ] = None,
    group: Annotated[
        list[str] | None, typer.Option(help="Vary this group alone, or within a range: night=2..6. Repeatable; else all vary.")
    ] = None,
    set_: Annotated[list[str] | None, typer.Option("--set", help="Change the scenario first: volume=+20%. Repeatable.")] = None,
    seed: Annotated[int | None, typer.Option(help="Another seed than the scenario's.")] = None,
    replications_max: Annotated[
        int, typer.Option(min=4, max=10_000, help="Leave a head-count undecided, and take one more, after so many runs of it.")
    ] = 240,
    backend: Annotated[str, typer.Option(help=f"Where to run: {', '.join(BACKENDS)}.")] = "loky",
    address: Annotated[str | None, typer.Option(help="Of a dask scheduler or a ray cluster.")] = None,
    json_output: Annotated[bool, typer.Option("--json", help="JSON on standard output.")] = False,
    html: Annotated[Path | None, typer.Option(help="Draw the frontier as one HTML page that needs no network.")] = None,
) -> None:
    """The cheapest head-count, by group, that meets every limit; exit 1 where none does, or none within the budget."""
    asked: list[Promise] = []

    def change(values: Mapping[str, Any]) -> Mapping[str, Any]:
        plain = changed(values, _pairs("--set", set_ or []))
        if service_level is not None:
            asked.extend(_typed("--service-level", lambda text: promises(text, plain), service_level))
        return with_targets(plain, tuple(asked))

    told = read(scenario, seed=seed, change=change)
    metrics = metrics_of(told)
    wanted = _limits(metrics, asked, max_above_line, max_abandonment, limits or [])
    space, start = _typed("--group", lambda _: space_of(told, dict(_typed("--group", range_of, each) for each in group or [])), "")
    sure = _typed("--confidence", share, confidence)
    if not 0.5 < sure < 1:
        refuse(f"--confidence: {confidence!r} is not allowed; allowed: above 50 % and below 100 %")
    question = Question(_with_zones(wanted, metrics, delta or []), space, sure, replications_max, budget)
    if html is not None:
        writable(html)
    found = _searched(told, question, start, backend, address)
    if html is not None:
        from api.commands.staff_plots import page

        html.write_text(page(found, told), encoding="utf-8")
    if json_output:
        show(as_mapping(found, told))
    else:
        _say(found, told)
    if found.answer is None or found.affordable is not None or (budget is not None and found.answer.cost_usd > budget):
        raise typer.Exit(UNMET)


def _say(found: Staffing, told: Scenario) -> None:
    console = Console(highlight=False)
    first, *more = answer_lines(found, told)
    console.print(first, style="bold")
    console.print()
    console.print(frontier(found, told))
    console.print()
    for line in more:
        console.print(line, style="dim")


def _searched(told: Scenario, question: Question, start: Counts, backend: str, address: str | None) -> Staffing:
    """The search, each look's replications spread over `backend`, and how it goes on standard error."""
    shown = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*shown, console=Console(stderr=True), transient=True) as progress:
        task, groups = progress.add_task(f"{people(start, told)}: the first runs", total=None), told

        def measure(counts: Counts, replications: range) -> Sequence[Mapping[str, float]]:
            return replicate({"": staffed(told, counts)}, replications, backend, address)[""]

        def seen(trial: Trial) -> None:
            progress.update(task, description=f"{people(trial.counts, groups)}: {trial.verdict.value} after {trial.replications} runs")

        try:
            return searched(question, start, measure, seen)
        except NothingToMeasure as none:
            refuse(f"{none}: the scenario has nothing that this could be measured on")
        except BackendError as error:
            refuse(str(error))


def _limits(
    metrics: Mapping[str, Metric], asked: Sequence[Promise], above_line: str | None, abandonment: str | None, others: Sequence[str]
) -> tuple[Limit, ...]:
    found = [limit(each.metric, each.share, True, metrics[each.metric]) for each in asked]
    for option, metric, text in (("--max-above-line", "above_line", above_line), ("--max-abandonment", "abandonment", abandonment)):
        if text is not None:
            if metric not in metrics:
                refuse(f"{option}: this scenario has no {metric}")
            found.append(limit(metric, _typed(option, at_most, text), False, metrics[metric]))
    found += [_typed("--limit", lambda text: compared(text, metrics), each) for each in others]
    if not found:
        refuse("no limit to meet: give --service-level, --max-above-line, --max-abandonment or --limit")
    if len({(each.metric, each.at_least) for each in found}) < len(found):
        refuse("the same limit is given twice")
    return tuple(found)


def _with_zones(limits: tuple[Limit, ...], metrics: Mapping[str, Metric], words: Sequence[str]) -> tuple[Limit, ...]:
    zones = dict(_typed("--delta", lambda text: zone(text, metrics), each) for each in words)
    if idle := set(zones) - {each.metric for each in limits}:
        refuse(f"--delta: {', '.join(sorted(idle))} has no limit")
    return tuple(replace(each, delta=zones.get(each.metric, each.delta)) for each in limits)


def _pairs(option: str, words: Sequence[str]) -> dict[str, str]:
    """NAME=VALUE, in order."""
    found = {}
    for each in words:
        name, equals, value = each.partition("=")
        if not equals:
            refuse(f"{option}: {each!r} is not allowed; allowed: NAME=VALUE")
        found[name.strip()] = value.strip()
    return found


def _typed(option: str, read_it: Callable[[str], T], text: str) -> T:
    try:
        return read_it(text)
    except InvalidValues:  # of the scenario, not of the option
        raise
    except ValueError as error:
        refuse(f"{option}: {error}")
