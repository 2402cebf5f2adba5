"""`respite doctor`: whether the service is set up to be trusted, line by line, with what to do."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from api.commands.common import Json, read_settings, show
from api.doctor.examine import examine
from api.doctor.finding import BAD


def doctor(
    integrity: Annotated[bool, typer.Option("--integrity", help="Read the whole database, too; that takes a while.")] = False,
    as_json: Json = False,
) -> None:
    """Look at keys, TLS, backups, retention, clock, database and what is stored: each line ok, look or bad, with what to do; exit 1 where
    something is bad. It changes nothing, and the service may run meanwhile."""
    found = list(examine(read_settings(), integrity))
    if as_json:
        show({"findings": [asdict(each) for each in found], "bad": sum(each.state == BAD for each in found)})
    else:
        for each in found:
            typer.echo(f"{each.state:<5} {each.about}: {each.seen}{f' → {each.advice}' if each.advice else ''}")
    if any(each.state == BAD for each in found):
        raise typer.Exit(1)
