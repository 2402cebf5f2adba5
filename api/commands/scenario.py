"""`respite scenario`: what a scenario file may say, and whether one says it right."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.commands.common import BAD_INPUT, show
from api.commands.scenario_files import Refused, scenario_at
from simulations.scenario import Scenario
from simulations.schema import published

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Scenario files: their check and their JSON Schema.")


@app.command()
def check(
    scenarios: Annotated[list[Path], typer.Argument(help="Scenario files (TOML), or names of those that come with Respite.")],
) -> None:
    """List every violation by file, line and field; exits with 2 where there is one."""
    sound = True
    for path in scenarios:
        try:
            told = scenario_at(path)
            typer.echo(f"{path}: sound: {told.title} ({told.agent_count} agents, scenario {told.digest()})")
        except Refused as refused:
            sound = False
            for line in refused.lines:
                typer.echo(line)
    if not sound:
        raise typer.Exit(BAD_INPUT)


@app.command()
def schema() -> None:
    """The JSON Schema (2020-12) of scenario files: every setting with its default, bounds, unit and reason. Editors check with it."""
    show(published(Scenario(), "scenario"))
