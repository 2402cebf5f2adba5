"""Whether the database keeps what it is given: durability, room, who may read it, and whether it is whole."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from api.doctor.finding import BAD, LOOK, OK, RESTORE, Finding, Patient

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
    """SQLite's own check, which takes its time."""
    if patient.integrity and patient.sqlite:
        lines = [row[0] for row in patient.connection.exec_driver_sql("PRAGMA integrity_check")]
        well = lines == ["ok"]
        yield Finding("integrity", OK if well else BAD, f"SQLite says {lines[0]}", None if well else RESTORE)
