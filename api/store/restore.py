"""A backup back into a database, of either kind: in one transaction, brought up to date, with what was deleted since deleted again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import sqlalchemy as sa

from api.store import backup
from api.store.backup import BackupError, Manifest
from api.store.database import GUIDE, UnknownMigration, migrate, read_only
from api.store.deletions import Deletion, listed
from api.store.forgetting import delete_again
from api.store.repository import Repository
from api.store.tables import events, metadata, teams


def holds_a_team(engine: sa.Engine) -> bool:
    """Whether a restore would replace something."""
    if "teams" not in sa.inspect(engine).get_table_names():
        return False
    with read_only(engine) as connection:
        return connection.exec_driver_sql("SELECT 1 FROM teams LIMIT 1").first() is not None


def restore(
    engine: sa.Engine, path: Path, known: Iterable[Deletion] = (), told: Callable[[int], None] = lambda _rows: None
) -> tuple[Manifest, int]:
    """Replace the store that the database holds, if there is one, by a backup. All of it happens, or nothing.

    What people have had deleted is deleted again: what the database that is replaced knows of, and `known`. Returns the manifest, and how
    many deletions that were. Raises `BackupError`, `OSError`.
    """
    manifest = backup.check(path)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.connection.execute("PRAGMA foreign_keys = OFF")  # it does nothing within a transaction
        try:
            with connection.begin():
                _require_own(connection)
                made_since = {*known, *_deletions(connection)}
                _drop(connection)
                _fill(connection, path, manifest, told)
                migrate(connection)
                _compare(connection, path, manifest)
                deleted = delete_again(connection, made_since)
        except UnknownMigration as error:
            raise BackupError(f"{path} is of a later version: migration {manifest.migration} is not known") from error
        finally:
            if engine.dialect.name == "sqlite":
                connection.connection.execute("PRAGMA foreign_keys = ON")
    return manifest, deleted


def _deletions(connection: sa.Connection) -> set[Deletion]:
    return set(listed(connection)) if sa.inspect(connection).has_table("deletions") else set()


def _require_own(connection: sa.Connection) -> None:
    """Tables of a store may be replaced, and only they; another program may have some of the same name."""
    looked = sa.inspect(connection)
    taken = sorted({*metadata.tables, GUIDE.name}.intersection(looked.get_table_names()))
    if taken and not all(
        looked.has_table(table.name) and any(each["name"] == column for each in looked.get_columns(table.name))
        for table, column in ((teams, "revision"), (events, "seq"))
    ):
        raise BackupError(f"the database has tables of another program ({', '.join(taken)}): give the backup a database of its own")


def _drop(connection: sa.Connection) -> None:
    """Drop the tables of the store that is there; what another program has may stay only where it does not refer to them."""
    ours, looked = backup.tables_of(connection), sa.inspect(connection)
    others = [each for each in looked.get_table_names() if each not in ours.tables]
    refer = sorted(each for each in others if any(key["referred_table"] in ours.tables for key in looked.get_foreign_keys(each)))
    if refer:
        raise BackupError(f"tables of another program refer to the store's ({', '.join(refer)}): give the backup a database of its own")
    ours.drop_all(connection)


def _fill(connection: sa.Connection, path: Path, manifest: Manifest, told: Callable[[int], None]) -> None:
    migrate(connection, manifest.migration)
    tables = sa.MetaData()
    tables.reflect(connection)
    for name, rows in backup.read(path):
        connection.execute(sa.insert(tables.tables[name]), rows)
        told(len(rows))


def _compare(connection: sa.Connection, path: Path, manifest: Manifest) -> None:
    """Every team has to come out at the revision that it had."""
    repository = Repository(connection)
    for team, revision in manifest.revisions.items():
        found = repository.load(team).revision
        if (found, repository.revision(team)) != (revision, revision):
            raise BackupError(f"{path}: team {team!r} was at revision {revision} and comes out at {found}; nothing was changed")
