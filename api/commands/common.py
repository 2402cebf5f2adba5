"""What the commands share: settings from options and environment, the store, and one clear line on bad input."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, NoReturn

import sqlalchemy as sa
import typer

from api.settings import PREFIX, SettingError, Settings, from_environment
from api.store import deletions
from api.store.database import DatabaseSettingError, holds_a_store, missing_file, open_database, overwrite, upgrade
from api.store.repository import Repository

BAD_INPUT, INTERRUPTED = 2, 130
BEGINNING = "set RESPITE_DATABASE_URL, or begin one with respite serve, import, keys create or restore"
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


@contextlib.contextmanager
def opened(settings: Settings, begin: bool = False, as_it_is: bool = False) -> Iterator[sa.Engine]:
    """The database of the settings, brought up to date, unless it is asked for `as_it_is`. Without `begin` it has to be there: a mistyped
    URL must not pass for an empty store."""
    missing = None if begin else missing_file(settings.database_url)
    if missing is not None:
        refuse(f"there is no database at {missing}; {BEGINNING}")
    try:
        engine = open_database(settings.database_url)
        if not begin and not holds_a_store(engine):
            refuse(f"there is no database of Respite at {engine.url.render_as_string()}; {BEGINNING}")
        if not as_it_is:
            upgrade(engine)
    except DatabaseSettingError as error:
        refuse(str(error))
    try:
        yield engine
    finally:
        engine.dispose()


def overwrite_what_went(engine: sa.Engine) -> None:
    """Let nothing that was deleted, or replaced, stand in SQLite's write-ahead log. It is gone from the store as it is: that there is no
    room for this is said in a line."""
    try:
        overwrite(engine)
    except sa.exc.OperationalError as error:
        stands = "it is done, but what went stands in the database's -wal file until retention has room"
        typer.echo(f"respite: {stands}: {error.orig}", err=True)


def write_down_deletions(engine: sa.Engine, settings: Settings) -> None:
    """Bring the file of deletions up to date; exit with one line where it can't be written."""
    try:
        deletions.export(engine, settings.deletions_file)
    except deletions.DeletionsFileError as error:
        refuse(str(error))


def known_team(connection: sa.Connection, team: str) -> str:
    """The team's name where it exists."""
    if team not in Repository(connection).team_ids():
        refuse(f"team {team!r} does not exist")
    return team


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
