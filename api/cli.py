"""The command line, `respite`."""

from __future__ import annotations

import ast
from importlib import import_module
from importlib.resources import files
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

COMMANDS = {
    "serve": "serve:serve",
    "settings": "settings:settings",
    "demo": "demo:demo",
    "import": "live_store:import_history",
    "replay-history": "history:replay_history",
    "calibrate": "calibrate:calibrate",
    "simulate": "simulate:simulate",
    "staff": "staff:staff",
    "erlang": "erlang:erlang",
    "compare": "compare:compare",
    "sweep": "sweep:sweep",
    "policies": "policies:policies",
    "scenario": "scenario:app",
    "replay": "log:replay",
    "explain": "log:explain",
    "facts": "facts:facts",
    "score-text": "text:score_text",
    "text-report": "text:text_report",
    "shadow": "reports:shadow",
    "audit": "reports:audit",
    "keys": "keys:app",
    "doctor": "doctor:doctor",
    "backup": "backup:backup",
    "restore": "backup:restore",
    "retention": "upkeep:retention",
    "forget": "upkeep:forget",
    "policy": "log:policy_app",
}


class _Commands(TyperGroup):
    """The commands, each imported when it is run, so that making a key does not wait for the simulation, nor the list for any of them."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """What the list shows of a command: its name and what it is for."""
        return TyperCommand(cmd_name, help=_what_for(COMMANDS[cmd_name])) if cmd_name in COMMANDS else None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, _, rest = super().resolve_command(ctx, args)
        return name, _imported(str(name)), rest


def _imported(cmd_name: str) -> Any:
    module, _, name = COMMANDS[cmd_name].partition(":")
    found = getattr(import_module(f"api.commands.{module}"), name)
    if not isinstance(found, typer.Typer):
        alone = typer.Typer(add_completion=False)
        alone.command(cmd_name)(found)
        found = alone
    command = typer.main.get_command(found)
    command.name = cmd_name
    command.help = _on_a_line(command.help or "")
    return command


def _what_for(place: str) -> str:
    """The docstring of a command, or the `help` that it was made with, from the source."""
    module, _, name = place.partition(":")
    for node in ast.parse((files("api.commands") / f"{module}.py").read_text(encoding="utf-8")).body:
        match node:
            case ast.FunctionDef(name=found) if found == name:
                return _on_a_line(ast.get_docstring(node) or "")
            case ast.Assign(targets=[ast.Name(id=found)], value=ast.Call(keywords=given)) if found == name:
                return _on_a_line("".join(ast.literal_eval(each.value) for each in given if each.arg == "help"))
    return ""


def _on_a_line(text: str) -> str:
    """A terminal breaks lines where it is full, and nowhere else."""
    return " ".join(text.split())


app = typer.Typer(cls=_Commands, no_args_is_help=True, add_completion=False)


def _version(asked: bool) -> None:
    if asked:
        found = import_module("api.versions").versions()
        typer.echo(f"respite {found['respite']}, {found['engine']}")
        raise typer.Exit


@app.callback()
def respite(
    asked: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")] = False,
) -> None:
    """Routes support tickets so that no person absorbs more than they can recover from."""


def main() -> None:
    app()
