"""`respite compare`: a change against a base, as a paired table with intervals, JSON, CSV, and a page to forward."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.commands.common import INTERRUPTED, Json, interrupted, refuse, show, writable
from api.commands.compare_words import cells, footnote, headline, reason
from api.commands.measuring import Address, Backend, Keep, Set, runs, words
from api.commands.scenario_files import read, said
from api.jobs.study_kinds import in_words
from api.jobs.study_tables import compared_rows
from api.versions import versions
from fatigue_model.bounds import InvalidValues
from simulations.compare import MOST, Comparison, pairable
from simulations.compare import compare as compare_scenarios
from simulations.precision import LEAST, targets_from, usual
from simulations.run import metrics_of
from simulations.scenario import Scenario
from simulations.study import Cancelled
from simulations.what_if import changed


def compare(
    base: Annotated[Path, typer.Argument(help="A scenario file (TOML), or the name of one that comes with Respite.")],
    change: Annotated[
        Path | None, typer.Argument(help="Another scenario, whole, over the same days; without one, BASE is changed.")
    ] = None,
    set_: Set = None,
    precision: Annotated[
        list[str] | None,
        typer.Option(
            help="Stop when the interval of a difference is so narrow: service_level=0.5pt, wait_mean=5% (of the base), "
            "break_taken=10min. Without this: every share to 1 pt, mean waits and load to a tenth."
        ),
    ] = None,
    replications: Annotated[int | None, typer.Option(min=2, help="Exactly so many pairs of runs, whatever the precision.")] = None,
    most: Annotated[int, typer.Option(min=2, help="Never more pairs than this.")] = MOST,
    seed: Annotated[int | None, typer.Option(help="Another seed than the base's.")] = None,
    json_output: Json = False,
    csv_file: Annotated[Path | None, typer.Option("--csv", help="Write the table as CSV.")] = None,
    html: Annotated[Path | None, typer.Option(help="Draw the result as one HTML page that needs no network.")] = None,
    backend: Backend = "loky",
    address: Address = None,
    keep: Keep = None,
) -> None:
    """What changes, run by run on the same customers, with 95 % intervals: as many runs as the precision takes."""
    told, other, what = _sides(base, change, words(set_, "--set"), seed)
    try:
        wanted = targets_from(words(precision, "--precision"), metrics_of(told)) or usual(metrics_of(told))
    except InvalidValues as invalid:
        refuse("\nrespite: ".join(f"--precision: {said(each)}" for each in invalid.violations))
    for path in (csv_file, html):
        writable(path)
    with runs(backend, address, keep, 2 * (replications or LEAST)) as measuring:
        try:
            found = compare_scenarios(
                told,
                other,
                measuring.measure,
                targets=None if replications else wanted,
                most=replications or most,
                looked=lambda done, wanted: measuring.expect(2 * wanted),
            )
        except Cancelled:
            interrupted("stopped before there was anything to compare; with --keep, a second call goes on from the finished runs")
    if csv_file is not None:
        write_csv(found, csv_file)
    if html is not None:
        from api.commands.compare_page import page

        html.write_text(page(found, what), encoding="utf-8")
    if json_output:
        show({"what": what, **found.as_mapping(), "versions": versions()})
    else:
        _print(found, what)
    if found.stopped == "cancelled":
        raise typer.Exit(INTERRUPTED)


def _sides(base: Path, change: Path | None, told: dict[str, str], seed: int | None) -> tuple[Scenario, Scenario, str]:
    """Base, change, and what the change is in a few words; exits with one line per violation."""
    if change is None and not told:
        refuse("nothing to compare with: give a second scenario, or a change with --set")
    one = read(base, seed=seed)
    other = read(change or base, change=lambda values: changed(values, told))
    try:
        other = pairable(one, other)
    except InvalidValues as invalid:
        refuse("\nrespite: ".join(f"{change or '--set'}: {said(each)}" for each in invalid.violations))
    named = [] if change is None else [other.title if other.title != one.title else change.stem]
    return one, other, in_words(named, told)


def _print(found: Comparison, what: str) -> None:
    console = Console(highlight=False, markup=False)
    console.print(f"{headline(found, what)}\n", style="bold")
    console.print(_table(found, what))
    console.print(reason(found))
    for warning in found.warnings:
        console.print(Text.assemble(("Take care:", "yellow"), f" {warning}."))
    console.print(footnote(found), style="dim")


def _table(found: Comparison, what: str) -> Table:
    table = Table(title=found.base.title, title_justify="left", box=None, pad_edge=False)
    table.add_column("")
    for name in ("base", what, "difference", "± 95 %"):
        table.add_column(name, justify="right")
    table.add_column("")
    for name, metric in metrics_of(found.base).items():
        table.add_row(metric.label, *cells(found.metrics[name], metric), "shown" if found.metrics[name].shown else "")
    return table


def write_csv(found: Comparison, path: Path) -> None:
    """One row for each metric, in the metric's own unit; empty where there was nothing to measure."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(compared_rows(found.as_mapping()))
