"""`respite calibrate`: a scenario fitted to a helpdesk's or a call centre's export, how well it fits, and how it does on days held out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from api.commands.calibrate_table import as_mapping, print_fit, print_hold_out
from api.commands.common import Json, refuse, show, writable
from api.commands.exports import load_history, load_map
from api.commands.history import ExportFile, MapName, Strict
from fatigue_model.bounds import InvalidValues
from simulations.calibrate.fit import Fitted, fit, zone_of
from simulations.calibrate.hold_out import HeldOut, hold_out, split
from simulations.calibrate.scenario_file import scenario_text
from simulations.columns import ColumnMap
from simulations.history import Case
from simulations.scenario import parse, scenario_from

DAYS = re.compile(r"([1-9]\d{0,3})\s*d?")


def calibrate(
    file: ExportFile,
    map_name: MapName,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Write the scenario here (TOML).")] = None,
    held_out: Annotated[
        str | None, typer.Option("--hold-out", help="Keep the last days, like 5d, out of the fit and check it on them; for logs of calls.")
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Draw the fit as one HTML page that needs no network.")] = None,
    title: Annotated[str | None, typer.Option(help="The scenario's title; the file's name unless given.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of what is drawn to fill in what the log leaves open.")] = 1,
    strict: Strict = False,
    json_output: Json = False,
) -> None:
    """Fit a scenario to a helpdesk's or a call centre's history: arrivals, handling, patience, wrap-up, staffing, accounts."""
    for path in (out, html):
        if path is not None:
            _writable(path, file)
    columns = load_map(map_name)
    cases = list(load_history(file, columns, strict).cases)
    try:
        fitted, text, checked = _fitted(cases, columns, _days(held_out, columns), title or file.name.partition(".")[0], file.name, seed)
    except InvalidValues as invalid:
        refuse(f"{file}: " + "; ".join(map(str, invalid.violations)))
    if out is not None:
        out.write_text(text, encoding="utf-8")
    if html is not None:
        from api.commands.calibrate_plots import page

        html.write_text(page(fitted, checked, title or file.name), encoding="utf-8")
    if json_output:
        show(as_mapping(fitted, checked))
        return
    print_fit(fitted)
    if checked is not None:
        print_hold_out(checked)
    if out is not None:
        typer.echo(f"Run it: respite simulate {out}")


def _fitted(
    cases: list[Case], columns: ColumnMap, days: int | None, title: str, source: str, seed: int
) -> tuple[Fitted, str, HeldOut | None]:
    """The fit, the scenario's text, and the check on the days held out."""
    if days is None:
        fitted = fit(cases, columns, seed)
        return fitted, scenario_text(fitted, title, source), None
    early, late, first = split(cases, days, zone_of(columns))
    fitted = fit(early, columns, seed)
    text = scenario_text(fitted, title, f"{source} without its last {days} days")
    assert fitted.phone is not None
    return fitted, text, hold_out(fitted.phone, scenario_from(parse(text)), late, first, columns, seed)


def _days(text: str | None, columns: ColumnMap) -> int | None:
    if text is None:
        return None
    found = DAYS.fullmatch(text.strip())
    if found is None:
        refuse(f"--hold-out: {text!r} is not a number of days like 5d")
    if columns.shape != "calls":
        refuse(f"--hold-out: a log of shape {columns.shape!r} tells no waits and hang-ups to check; it is for shape 'calls'")
    return int(found[1])


def _writable(path: Path, export: Path) -> None:
    """Say before the work that the result can't be written after it, or would take the export's place."""
    if path.exists() and export.exists() and path.samefile(export):
        refuse(f"{path}: the export itself would be overwritten")
    writable(path)
