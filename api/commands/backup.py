"""`respite backup`, `respite restore`: the whole store in one file, and back, into a database of either kind."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import sqlalchemy as sa
import typer
from rich.console import Console
from rich.progress import Progress

from api import instants
from api.clock import Clock
from api.commands.common import Json, ended_as_by_hand, read_settings, refuse, show
from api.commands.on_store import opened, overwrite_what_went
from api.settings import Settings
from api.store import backup as copies
from api.store import deletions, upkeep
from api.store.backup import Manifest
from api.store.checking import differing_decisions
from api.store.database import in_a_line, open_database, read_only
from api.store.faults import damaged
from api.store.repository import Repository
from api.store.restore import holds_a_team
from api.store.restore import restore as put_back
from api.store.sole import replacing

AWAY = "move it away, on SQLite with its -wal and -shm, and restore into a new one; RESPITE_DELETIONS_FILE tells who was forgotten since"


def backup(
    file: Annotated[Path, typer.Argument(help="Where to; one that is there is replaced when the new one is whole.")],
    test: Annotated[bool, typer.Option("--test", help="Restore it into a database of its own and throw that away.")] = False,
    as_json: Json = False,
) -> None:
    """Back up every team while the service runs: one snapshot of all tables, for SQLite and PostgreSQL alike. A store of an earlier
    version stays one, so that it can be backed up before an upgrade; --test then tries the upgrade on the copy."""
    now_s = Clock().now_s()
    with ended_as_by_hand(), opened(read_settings(), as_it_is=True) as engine:
        with _refusing(file), _progress("backing up") as told, copies.snapshot(engine) as connection:
            made = copies.write(connection, file, now_s, told)
        if test:
            _try_out(file)
        try:
            with engine.begin() as connection:
                for team in made.revisions:
                    upkeep.note(connection, team, upkeep.BACKUP, now_s)
                    if test:
                        upkeep.note(connection, team, upkeep.RESTORE_TEST, now_s)
        except sa.exc.DBAPIError as error:  # it is full, or busy: all the better that there is a backup
            typer.echo(f"respite: {file} is written, and respite doctor will not know of it: {in_a_line(error)}", err=True)
    _tell(file, made, as_json, "tested by restoring it" if test else "")


def restore(
    file: Annotated[Path, typer.Argument(help="What respite backup has written.")],
    database_url: Annotated[str | None, typer.Option(help="Where to; the setting, where it is left out.")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Replace what the database holds.")] = False,
    deletions_file: Annotated[Path | None, typer.Option("--deletions", help="What people had deleted; the setting, if left out.")] = None,
    as_json: Json = False,
) -> None:
    """Put a backup into an empty database, or in place of what one holds, while no service runs on it. What people have had deleted since
    it was made is deleted again."""
    settings = read_settings(database_url=database_url, deletions_file=deletions_file)
    with _refusing(file):
        copies.begins(file)
        deletions.require_writable(settings.deletions_file)
        engine = open_database(settings.database_url)
        try:
            with replacing(settings.database_url):
                if holds_a_team(engine) and not replace:
                    refuse("the database holds teams already; --replace puts the backup in their place")
                made, deleted = _restored(engine, file, settings)
                deletions.export(engine, settings.deletions_file)
        except sa.exc.DBAPIError as error:
            if damaged(error):
                refuse(f"the database at {engine.url.render_as_string()} is damaged ({in_a_line(error)}): {AWAY}")
            raise
        finally:
            engine.dispose()
    _tell(file, made, as_json, f"restored; {deleted} deletions were made again")


def _restored(engine: sa.Engine, file: Path, settings: Settings) -> tuple[Manifest, int]:
    known = Path(settings.deletions_file) if settings.deletions_file else None
    made_since = list(deletions.read(known)) if known and known.exists() else []
    with _progress("restoring") as told:
        made, deleted = put_back(engine, file, made_since, told)
    overwrite_what_went(engine)
    with read_only(engine) as connection:
        for team in Repository(connection).team_ids():
            state = Repository(connection).first(team)
            wrong = list(differing_decisions(connection, team, state.revision, Repository(connection).revision(team)))
            if wrong:
                typer.echo(f"respite: {len(wrong)} decisions of {team} are stored otherwise than in the log, as they were", err=True)
    return made, deleted


def _try_out(file: Path) -> None:
    with tempfile.TemporaryDirectory() as directory:
        engine = open_database(f"sqlite:///{directory}/tried.db")
        try:
            with _refusing(file), _progress("trying it out") as told:
                put_back(engine, file, (), told)
        finally:
            engine.dispose()


@contextlib.contextmanager
def _refusing(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        refuse(f"{file}: {error.strerror or error}")
    except sa.exc.DBAPIError as error:
        refuse(f"{file}: the database refused it: {in_a_line(error)}")
    except ValueError as error:  # `BackupError` and `DatabaseSettingError` are
        refuse(str(error))


@contextlib.contextmanager
def _progress(what: str) -> Iterator[Callable[[int], None]]:
    console = Console(stderr=True)
    with Progress("{task.description}", "{task.completed} rows", console=console, transient=True, disable=not console.is_terminal) as shown:
        task = shown.add_task(what, total=None)
        yield lambda rows: shown.advance(task, rows)


def _tell(file: Path, made: Manifest, as_json: bool, more: str) -> None:
    if as_json:
        show(
            {
                "file": str(file),
                "made_at": instants.text(made.made_s),
                "rows": made.rows,
                "revisions": made.revisions,
                "sha256": made.sha256,
            }
        )
        return
    rows = sum(made.rows.values())
    typer.echo(f"{file}: {rows} rows of {len(made.revisions)} teams, of {instants.text(made.made_s)}{f'; {more}' if more else ''}")
