"""`respite sweep`: one or two things changed by degrees on the same customers, as a table, CSV, JSON, and heat maps."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from api.commands.common import INTERRUPTED, Json, interrupted, refuse, show, writable
from api.commands.measuring import Address, Backend, Keep, Set, runs, words
from api.commands.scenario_files import read, said
from api.commands.sweep_words import label, moving, note
from api.jobs.study_tables import swept_rows
from api.shown.amounts import bare, scale
from api.versions import versions
from fatigue_model.bounds import InvalidValues
from simulations.run import metrics_of
from simulations.study import Cancelled
from simulations.sweep import PRESETS, Axis, Sweep, axis, grid
from simulations.sweep import sweep as swept
from simulations.what_if import changed


def sweep(
    scenario: Annotated[Path, typer.Argument(help="A scenario file (TOML), or the name of one that comes with Respite.")],
    axes: Annotated[
        list[str] | None,
        typer.Option(
            "--axis", help="A word of --set with its values: break=0,5,10, rotation=2..8, automation=0..80%, volume=-30..+30%/10."
        ),
    ] = None,
    presets: Annotated[list[str] | None, typer.Option("--preset", help=f"A ready axis: {', '.join(PRESETS)}.")] = None,
    set_: Set = None,
    replications: Annotated[int | None, typer.Option(min=2, help="Another number of runs of each cell.")] = None,
    seed: Annotated[int | None, typer.Option(help="Another seed than the scenario's.")] = None,
    json_output: Json = False,
    csv_file: Annotated[Path | None, typer.Option("--csv", help="Write every cell and metric as CSV.")] = None,
    html: Annotated[Path | None, typer.Option(help="Draw the sweep as one HTML page that needs no network.")] = None,
    backend: Backend = "loky",
    address: Address = None,
    keep: Keep = None,
) -> None:
    """Breaks, rotation, automation, volume or any setting by degrees: one axis, or two as a grid; every cell on the same customers."""
    told, values = _axes(axes, presets), dict[str, Any]()

    def change(plain: Any) -> Any:
        runs_changed = {"/run/replications": str(replications)} if replications else {}
        if seed is not None:
            runs_changed["/run/seed"] = str(seed)
        values.update(changed(plain, words(set_, "--set") | runs_changed))
        return values

    base = read(scenario, change=change)
    try:
        cells = grid(values, told)
    except InvalidValues as invalid:
        refuse("\nrespite: ".join(f"--axis: {said(each)}" for each in invalid.violations))
    for path in (csv_file, html):
        writable(path)
    with runs(backend, address, keep, (len(cells) + 1) * base.run.replications) as measuring:
        try:
            found = swept(values, told, measuring.measure)
        except Cancelled:
            interrupted("stopped before every cell had two runs; with --keep, a second call goes on from the finished ones")
    if csv_file is not None:
        write_csv(found, csv_file)
    if html is not None:
        from api.commands.sweep_page import page

        html.write_text(page(found), encoding="utf-8")
    if json_output:
        show({**found.as_mapping(), "versions": versions()})
    else:
        console = Console(highlight=False, markup=False)
        console.print(table(found))
        console.print(note(found), style="dim")
    if not found.whole:
        raise typer.Exit(INTERRUPTED)


def _axes(given: Sequence[str] | None, presets: Sequence[str] | None) -> tuple[Axis, ...]:
    """Presets first, then axes as they were given; exits with one line where one is none."""
    if unknown := [each for each in presets or () if each not in PRESETS]:
        refuse(f"--preset {unknown[0]}: there are {', '.join(PRESETS)}")
    told = dict(PRESETS[each] for each in presets or ())
    told |= words(given, "--axis")
    if not told:
        refuse(f"nothing to change: give --axis, or --preset with one of {', '.join(PRESETS)}")
    try:
        return tuple(axis(word, text) for word, text in told.items())
    except InvalidValues as invalid:
        refuse(f"--axis: {said(invalid.violations[0])}")


def table(found: Sweep) -> Table:
    """A row for the scenario as it is, and one for every cell; a star where a value differs from it beyond chance."""
    known, shown = metrics_of(found.base), moving(found)
    sizes = {name: max(abs(cell.metrics[name].change.mean or 0.0) for cell in found.cells) for name in shown}
    made = Table(title=found.base.title, title_justify="left", box=None, pad_edge=False)
    for each in found.axes:
        made.add_column(each.word)
    for name in shown:
        made.add_column(f"{label(name, known[name])}\n{scale(known[name], sizes[name])[0]}", justify="right")
    first = [bare(found.cells[0].metrics[name].base.mean, known[name], sizes[name]) + " " for name in shown]
    made.add_row("as it is", *[""] * (len(found.axes) - 1), *first, style="bold")
    for cell in found.cells:
        pairs = ((cell.metrics[name], known[name], sizes[name]) for name in shown)
        values = (bare(pair.change.mean, metric, size) + ("*" if pair.shown else " ") for pair, metric, size in pairs)
        made.add_row(*(amount.replace("-", "−") for amount in cell.amounts), *values)
    return made


def write_csv(found: Sweep, path: Path) -> None:
    """A row for each cell and metric, in the metric's own unit; empty where there was nothing to measure."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(swept_rows(found.as_mapping()))
