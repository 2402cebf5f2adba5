"""`respite scenario`: what a scenario file may say, and whether one says it right."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from api.commands.common import BAD_INPUT, AlreadyJson, Json, show
from api.commands.scenario_files import Refused, scenario_at
from simulations.scenario import Scenario
from simulations.schema import published

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Scenario files: their check and their JSON Schema.")


@app.command()
def check(
    scenarios: Annotated[list[Path], typer.Argument(help="Scenario files (TOML), or names of those that come with Respite.")],
    as_json: Json = False,
) -> None:
    """List every violation by file, line and field; exits with 2 where there is one."""
    found = [_checked(path) for path in scenarios]
    if as_json:
        show(found)
    else:
        for each in found:
            sound = f"{each['scenario']}: sound: {each['title']} ({each['agents']} agents, scenario {each['digest']})"
            typer.echo("\n".join(each["violations"] or [sound]))
    if any(each["violations"] for each in found):
        raise typer.Exit(BAD_INPUT)


def _checked(path: Path) -> dict[str, Any]:
    """A scenario that is sound, or what is wrong with it, one line a violation."""
    try:
        told = scenario_at(path)
    except Refused as refused:
        return {"scenario": str(path), "title": None, "agents": None, "digest": None, "violations": refused.lines}
    return {"scenario": str(path), "title": told.title, "agents": told.agent_count, "digest": told.digest(), "violations": []}


@app.command()
def schema(as_json: AlreadyJson = False) -> None:
    """The JSON Schema (2020-12) of scenario files: every setting with its default, bounds, unit and reason. Editors check with it."""
    show(published(Scenario(), "scenario"))
