"""What the commands share: settings from options and environment, JSON, and one clear line on bad input."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from api.settings import PREFIX, SettingError, Settings, from_environment

BAD_INPUT, INTERRUPTED = 2, 130
Json = Annotated[bool, typer.Option("--json", help="JSON on standard output.")]
AlreadyJson = Annotated[bool, typer.Option("--json", help="It is JSON either way.")]  # taken, as by every other command
PolicyFile = Annotated[Path, typer.Argument(help="The policy: JSON as GET /v1/policy gives it, or TOML; a field left out: its default.")]
Team = Annotated[str, typer.Option(help="The team.")]


def refuse(line: str) -> NoReturn:
    """Say what is wrong in one line and exit with 2."""
    typer.echo(f"respite: {line}", err=True)
    raise typer.Exit(BAD_INPUT)


def interrupted(line: str) -> NoReturn:
    """Say what was left undone and exit as one does who was interrupted."""
    typer.echo(f"respite: {line}", err=True)
    raise typer.Exit(INTERRUPTED)


@contextlib.contextmanager
def ended_as_by_hand() -> Iterator[None]:
    """Whoever ends the process by `SIGTERM`, as timeout(1) does, interrupts it as Ctrl-C would: what is half done is taken away."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def read_settings(**options: object) -> Settings:
    """Settings from the environment; an option that was given goes before it."""
    given = {PREFIX + name.upper(): str(value) for name, value in options.items() if value is not None}
    try:
        return from_environment({**os.environ, **given})
    except SettingError as error:
        refuse(str(error))


def show(value: Any) -> None:
    """JSON on standard output."""
    json.dump(value, sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")


def writable(path: Path | None) -> None:
    """Say before minutes of work that a file can't be written after them."""
    if path is None:
        return
    try:
        there = path.exists()
        path.open("a", encoding="utf-8").close()
        if not there:
            path.unlink()  # whoever breaks the work off is left no empty file
    except OSError as error:
        refuse(f"{path}: {error.strerror}")
