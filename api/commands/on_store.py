"""What the commands that work on the store share: opening it, a team that is there, and what has to follow a deletion."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import sqlalchemy as sa
import typer

from api.commands.common import refuse
from api.settings import Settings
from api.store import deletions
from api.store.database import DatabaseSettingError, found_revision, missing_file, open_database, overwrite, upgrade

BEGINNING = "set RESPITE_DATABASE_URL, or begin one with respite serve, import, keys create or restore"


@contextlib.contextmanager
def opened(settings: Settings, begin: bool = False, as_it_is: bool = False) -> Iterator[sa.Engine]:
    """The database of the settings, brought up to date, unless it is asked for `as_it_is`. Without `begin` it has to be there: a mistyped
    URL must not pass for an empty store."""
    missing = None if begin else missing_file(settings.database_url)
    if missing is not None:
        refuse(f"there is no database at {missing}; {BEGINNING}")
    with contextlib.ExitStack() as left:
        try:
            engine = open_database(settings.database_url)
            left.callback(engine.dispose)
            if not begin and found_revision(engine) is None:
                refuse(f"there is no database of Respite at {engine.url.render_as_string()}; {BEGINNING}")
            if not as_it_is:
                upgrade(engine)
        except DatabaseSettingError as error:
            refuse(str(error))
        yield engine


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
    from api.store.repository import Repository  # it loads the fold, of which a list of keys has no need

    if team not in Repository(connection).team_ids():
        refuse(f"team {team!r} does not exist")
    return team
