"""`respite staff`: how few people meet service level, load and abandonment together, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from api.commands.common import Json, interrupted, refuse, show, writable
from api.commands.measuring import Address, Backend, Keep, Runs, Set, runs, words
from api.commands.scenario_files import read
from api.commands.staff_text import answer_lines, frontier, people
from api.versions import versions
from simulations.scenario import Scenario
from simulations.staffing import NothingToMeasure, Question, Staffing
from simulations.staffing import staff as cheapest
from simulations.staffing_report import as_mapping
from simulations.staffing_scenario import staffed
from simulations.staffing_search import Counts
from simulations.staffing_words import Refused, Words, question_of, targeted
from simulations.study import Cancelled
from simulations.what_if import changed

UNMET = 1


def staff(
    scenario: Annotated[Path, typer.Argument(help="A scenario file (TOML), or the name of one that comes with Respite.")],
    service_level: Annotated[
        str | None,
        typer.Option(
            help="At least this share answered within this time: 0.8/4h (of what is written; of chats and calls where nothing is), "
            "or by channel: phone=0.8/20s, with commas between several, also email=, "
            "chat=, written= and live=. The times become the scenario's targets."
        ),
    ] = None,
    max_above_line: Annotated[str | None, typer.Option(help="At most this share of people's time above the line: 5%.")] = None,
    max_abandonment: Annotated[str | None, typer.Option(help="At most this share of chats and calls given up: 3%.")] = None,
    limits: Annotated[list[str] | None, typer.Option("--limit", help="Any metric of simulate, such as occupancy<=85%. Repeatable.")] = None,
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
    exchange: Annotated[
        bool | None,
        typer.Option(help="Try one or two of a group in place of one of another where that is cheaper; else with up to 3 groups."),
    ] = None,
    set_: Set = None,
    seed: Annotated[int | None, typer.Option(help="Another seed than the scenario's.")] = None,
    replications_max: Annotated[
        int, typer.Option(min=4, max=10_000, help="Leave a head-count undecided, and take one more, after so many runs of it.")
    ] = 240,
    json_output: Json = False,
    html: Annotated[Path | None, typer.Option(help="Draw the frontier as one HTML page that needs no network.")] = None,
    backend: Backend = "loky",
    address: Address = None,
    keep: Keep = None,
) -> None:
    """The cheapest head-count, by group, that meets every limit; exit 1 where none does, or none within the budget."""
    several = [tuple(each or ()) for each in (limits, delta, group)]
    asked = Words(
        service_level,
        max_above_line,
        max_abandonment,
        limit=several[0],
        delta=several[1],
        group=several[2],
        confidence=confidence,
        replications_max=replications_max,
        budget=budget,
        exchange=exchange,
    )
    told, question, start = _asked(scenario, asked, words(set_, "--set"), seed)
    writable(html)
    with runs(backend, address, keep, expected=0) as measuring:
        found = _searched(told, question, start, measuring)
    if html is not None:
        from api.commands.staff_plots import page

        html.write_text(page(found, told), encoding="utf-8")
    if json_output:
        show({**as_mapping(found, told), "versions": versions()})
    else:
        _say(found, told)
    if found.answer is None or (budget is not None and found.answer.cost_usd > budget):
        raise typer.Exit(UNMET)


def _asked(path: Path, asked: Words, changes: Mapping[str, str], seed: int | None) -> tuple[Scenario, Question, Counts]:
    """The scenario with its changes and targets, what to search for in it, and where to begin."""
    made: list[Mapping[str, Any]] = []

    def change(values: Mapping[str, Any]) -> Mapping[str, Any]:
        made.append(targeted(asked, changed(values, changes)))
        return made[-1]

    try:
        told = read(path, seed=seed, change=change)
        return told, *question_of(asked, made[-1], told)
    except Refused as refused:
        refuse(f"--{refused.name.replace('_', '-')}: {refused.why}")


def _say(found: Staffing, told: Scenario) -> None:
    console = Console(highlight=False, markup=False)
    first, *more = answer_lines(found, told)
    console.print(first, style="bold")
    console.print()
    console.print(frontier(found, told))
    console.print()
    for line in more:
        console.print(line, style="dim")


def _searched(told: Scenario, question: Question, start: Counts, measuring: Runs) -> Staffing:
    """The search, each look's replications spread over the backend; which head-count is looked at stands beside the bar."""

    def measure(counts: Counts, replications: range) -> Sequence[Mapping[str, float]]:
        measuring.progress.update(measuring.task, description=people(counts, told))
        measuring.expect(measuring.before + len(replications))
        return measuring.measure({"": staffed(told, counts)}, replications)[""]

    try:
        return cheapest(question, start, measure)
    except NothingToMeasure as none:
        refuse(f"{none}: the scenario has nothing that this could be measured on")
    except Cancelled:
        interrupted("stopped before there was an answer; with --keep, a second call goes on from the finished runs")
