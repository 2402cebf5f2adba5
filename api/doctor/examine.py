"""The whole examination. It changes nothing, and goes on beside a running service."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import sqlalchemy as sa

from api.clock import Clock
from api.doctor import database, logs, posture
from api.doctor.finding import BAD, OK, RESTORE, Finding, Patient
from api.settings import Settings
from api.store.backup import snapshot
from api.store.database import GUIDE, DatabaseSettingError, head_revision, in_a_line, missing_file, open_database, stored_revision
from api.store.faults import damaged
from api.store.repository import Repository
from api.store.tables import teams
from api.store.unread import UNREADABLE

LOOKS = (
    database.durability,
    database.room,
    database.permissions,
    posture.keys,
    posture.proxy,
    posture.backups,
    posture.retention,
    posture.clock,
    logs.logs,
    posture.letters,
    database.wholeness,
)


def examine(settings: Settings, integrity: bool = False) -> Iterator[Finding]:
    """Every finding, in order; of a database that can't be read, that alone."""
    missing = missing_file(settings.database_url)
    if missing is not None:
        yield Finding("database", BAD, f"{missing} is not there", "start the service once, or set RESPITE_DATABASE_URL")
        return
    try:
        engine = open_database(settings.database_url)
    except DatabaseSettingError as error:
        yield Finding("database", BAD, str(error), "set RESPITE_DATABASE_URL")
        return
    try:
        yield from _examine(engine, settings, integrity)
    except sa.exc.DBAPIError as error:
        advice = RESTORE if damaged(error) else "see that it runs, and that the URL is right"
        yield Finding("database", BAD, f"can't be read: {in_a_line(error)}", advice)
    finally:
        engine.dispose()


def _examine(engine: sa.Engine, settings: Settings, integrity: bool) -> Iterator[Finding]:
    with snapshot(engine) as connection:
        found, newest = stored_revision(connection), head_revision()
        if found is None and sa.inspect(connection).has_table(teams.name):
            advice = f"put in it the migration of the version that was at work last (this one's is {newest}), or restore a backup"
            yield Finding("migrations", BAD, f"{GUIDE.name} is gone or empty: nobody knows of which version the tables are", advice)
            return
        if found != newest:
            seen = f"is at migration {found}, this version at {newest}"
            yield Finding("migrations", BAD, seen, "start this version of the service once, or the one that the database is of")
            return
        yield Finding("migrations", OK, f"at {found}")
        patient = Patient(settings, connection, tuple(Repository(connection).team_ids()), Clock().now_s(), integrity)
        for look in LOOKS:
            yield from _looked(look, patient)


def _looked(look: Callable[[Patient], Iterator[Finding]], patient: Patient) -> Iterator[Finding]:
    """What a look finds; that a row holds what nobody can read keeps it from nothing but the rest of itself."""
    try:
        yield from look(patient)
    except sa.exc.SQLAlchemyError:
        raise
    except (*UNREADABLE, ArithmeticError) as error:
        seen = f"{look.__name__} can't be looked at, for what is stored of them can't be read: {type(error).__name__}: {error}"
        yield Finding("database", BAD, seen, RESTORE)
