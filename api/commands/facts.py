"""`respite facts`: what the fatigue model must reproduce, with source, found and accepted, and what it is known not to fit."""

from __future__ import annotations

from dataclasses import asdict

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from api.commands.common import Json, show
from fatigue_model.evidence.fact import Fact
from fatigue_model.evidence.facts import FACTS
from fatigue_model.evidence.facts import facts as all_facts
from fatigue_model.evidence.misfits import misfits


def facts(json_output: Json = False) -> None:
    """Compute every fact about the fatigue model at its defaults; exit 1 where one is not as accepted."""
    bar = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*bar, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("computing", total=len(FACTS))
        found = all_facts(told=lambda _: progress.advance(task))
    tell(found, json_output)


def tell(found: tuple[Fact, ...], json_output: bool) -> None:
    """Print the facts, as tables with the misfits below or as one JSON list; exits with 1 where one is not as accepted."""
    if json_output:
        show([asdict(each) | {"found": dict(each.found)} for each in found])
    else:
        console = Console(markup=False)
        console.print(_facts_table(found))
        console.print(_misfits_table())
        console.print(
            "R read in the source, M remembered, S simulated by us. Half-lives are assumptions, never facts about a person.", style="dim"
        )
    if not all(each.ok for each in found):
        raise typer.Exit(1)


def _facts_table(found: tuple[Fact, ...]) -> Table:
    table = Table("", "what", "found", "accepted", "ok", "source", title="What the model reproduces at its defaults", title_justify="left")
    for each in found:
        values = ", ".join(f"{name}: {value:.3g}" for name, value in each.found.items())
        table.add_row(each.id, each.says, values, each.accept, "yes" if each.ok else "NO", each.source)
    return table


def _misfits_table() -> Table:
    table = Table("what", "found", "source", title="What it is known not to fit, and is not tuned to", title_justify="left")
    for each in misfits():
        table.add_row(each.says, each.found, each.source)
    return table
