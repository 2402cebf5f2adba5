"""Whether the database keeps what it is given: durability, room, who may read it, and whether it is whole."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from api.doctor.finding import BAD, LOOK, OK, RESTORE, Finding, Patient
from api.store.past import begin_revision
from api.store.repository import Repository
from api.store.tables import events
from api.store.unread import first_unread

ROOM_BAD, ROOM_LOOK = 0.02, 0.1  # of the disk
FORGETFUL = {"fsync": "on", "full_page_writes": "on"}


def durability(patient: Patient) -> Iterator[Finding]:
    """Whether a commit is on disk when it is answered."""
    if patient.sqlite:
        mode = patient.connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
        level = patient.connection.exec_driver_sql("PRAGMA synchronous").scalar_one()
        well = (mode, level) == ("wal", 2)
        advice = None if well else "the database must be in WAL mode with synchronous FULL; some other program has changed it"
        yield Finding("database", OK if well else BAD, f"SQLite, journal {mode}, synchronous {level}", advice)
        return
    found = {name: str(patient.connection.exec_driver_sql(f"SHOW {name}").scalar_one()) for name in (*FORGETFUL, "synchronous_commit")}
    wrong = [name for name, value in FORGETFUL.items() if found[name] != value]
    wrong += ["synchronous_commit"] if found["synchronous_commit"] == "off" else []
    seen = "PostgreSQL, " + ", ".join(f"{name} {value}" for name, value in found.items())
    advice = f"set {', '.join(wrong)} to on in postgresql.conf: what was acknowledged may be lost otherwise" if wrong else None
    yield Finding("database", BAD if wrong else OK, seen, advice)


def room(patient: Patient) -> Iterator[Finding]:
    """How full the disk of an SQLite file is; PostgreSQL's is not seen from here."""
    file = patient.connection.engine.url.database
    if not patient.sqlite or file is None:
        return
    disk = shutil.disk_usage(Path(file).parent)
    share = disk.free / disk.total
    state = BAD if share < ROOM_BAD else LOOK if share < ROOM_LOOK else OK
    yield Finding(
        "disk", state, f"{disk.free / 1e9:.1f} GB free, {share:.0%}", None if state == OK else "make room: a full disk stops routing"
    )


def permissions(patient: Patient) -> Iterator[Finding]:
    """Who else on the machine may read or write an SQLite file: names of people are in it."""
    file = patient.connection.engine.url.database
    if not patient.sqlite or file is None:
        return
    mode = stat.S_IMODE(Path(file).stat().st_mode)
    state = BAD if mode & 0o002 else LOOK if mode & 0o077 else OK
    yield Finding("file", state, f"{file} has mode {mode:03o}", None if state == OK else f"chmod 600 {file}")


def wholeness(patient: Patient) -> Iterator[Finding]:
    """Takes its time: SQLite's own check, and for each team whether its log has no gap and folds up to its revision."""
    if patient.sqlite:
        lines = [row[0] for row in patient.connection.exec_driver_sql("PRAGMA integrity_check")]
        well = lines == ["ok"]
        yield Finding("integrity", OK if well else BAD, f"SQLite says {lines[0]}", None if well else RESTORE)
    repository = Repository(patient.connection)
    for team in patient.teams:
        begun, revision = begin_revision(patient.connection, team), repository.revision(team)
        ours = sa.and_(events.c.team == team, events.c.seq > begun)
        rows = int(patient.connection.execute(sa.select(sa.func.count()).where(ours)).scalar_one())
        unread = first_unread(patient.connection, team, begun)
        well = unread is None and rows == revision - begun and repository.load(team).revision == revision
        seen = f"the log of {team} has {rows} events from revision {begun} to {revision}"
        seen += f"; nobody can read the one at {unread}" if unread is not None else ""
        yield Finding("log", OK if well else BAD, seen, None if well else RESTORE)
