"""The whole examination. It changes nothing, and goes on beside a running service."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from api.clock import Clock
from api.doctor import database, logs, posture
from api.doctor.finding import BAD, OK, Finding, Patient
from api.settings import Settings
from api.store.backup import snapshot
from api.store.database import DatabaseSettingError, head_revision, missing_file, open_database, stored_revision
from api.store.repository import Repository

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
        reason = str(error.orig).strip().splitlines()[0]
        yield Finding("database", BAD, f"can't be read: {reason}", "see that it runs, and that the URL is right")
    finally:
        engine.dispose()


def _examine(engine: sa.Engine, settings: Settings, integrity: bool) -> Iterator[Finding]:
    with snapshot(engine) as connection:
        found, newest = stored_revision(connection), head_revision()
        if found != newest:
            seen = f"is at migration {found}, this version at {newest}"
            yield Finding("migrations", BAD, seen, "start this version of the service once, or the one that the database is of")
            return
        yield Finding("migrations", OK, f"at {found}")
        patient = Patient(settings, connection, tuple(Repository(connection).team_ids()), Clock().now_s(), integrity)
        for look in LOOKS:
            yield from look(patient)
