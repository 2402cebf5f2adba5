"""The command line, `respite`."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

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
    """The commands, each imported when it is asked for, so that making a key does not wait for the simulation."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        found = getattr(import_module(f"api.commands.{module}"), name)
        if not isinstance(found, typer.Typer):
            alone = typer.Typer(add_completion=False)
            alone.command(cmd_name)(found)
            found = alone
        command = typer.main.get_command(found)
        command.name = cmd_name
        if command.help:
            command.help = " ".join(command.help.split())  # the list of commands would break a line where the source does
        return command


app = typer.Typer(cls=_Commands, no_args_is_help=True, add_completion=False)


def _version(asked: bool) -> None:
    if asked:
        found = import_module("api.kept").versions()
        typer.echo(f"respite {found['respite']}, {found['engine']}")
        raise typer.Exit


@app.callback()
def respite(
    asked: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")] = False,
) -> None:
    """Routes support tickets so that no person absorbs more than they can recover from."""


def main() -> None:
    app()
