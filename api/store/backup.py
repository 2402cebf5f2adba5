"""A backup: every table as JSON lines, gzipped, from one snapshot, with what is needed to tell that it is whole. For either database."""

from __future__ import annotations

import contextlib
import fcntl
import glob
import gzip
import hashlib
import json
import os
import tempfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from api.json_text import to_json
from api.store.database import GUIDE, head_revision, stored_revision
from api.store.tables import metadata
from api.versions import versions

FORMAT = 1
ROWS_AT_ONCE = 1000
OPENING = b"\x1f\x8b\x08\x00\x00\x00\x00\x00"  # of a file that is written here: gzip, without a name and an instant
FORMER = frozenset({"state_parts"})  # tables of earlier versions that there are no more


class BackupError(ValueError):
    """A file that is no whole backup, or one of a later version; the message is one line."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds: its migration, when it was made, rows by table, the revision of each team, the digest of all before it."""

    migration: str
    made_s: float
    rows: dict[str, int]
    revisions: dict[str, int]
    sha256: str


@contextlib.contextmanager
def snapshot(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection that sees the database as it is now, however long it reads, and holds up no writer."""
    one_sight = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    options: dict[str, Any] = one_sight if engine.dialect.name == "postgresql" else {"reading": True}
    with engine.connect().execution_options(**options) as connection:
        yield connection


def write(connection: sa.Connection, path: Path, made_s: float, told: Callable[[int], None] = lambda _rows: None) -> Manifest:
    """Back up what `connection` sees (see `snapshot`) to a file that only its owner may read; it is there whole or not at all.

    `told` hears how many more rows are written. Raises `OSError`, and `BackupError` where something else than a backup is there.
    """
    _require_replaceable(path)
    _take_away_left_over(path)
    handle, part = _begun(path)
    try:
        with open(handle, "wb") as file:
            with gzip.GzipFile(filename="", mode="wb", fileobj=file, compresslevel=5, mtime=0) as packed:
                manifest = _put_all(connection, packed, made_s, told)
            file.flush()
            os.fsync(file.fileno())
            part.replace(path)  # while it is locked
    except BaseException:
        part.unlink(missing_ok=True)  # it would be in the way of the next one where the disk is full
        raise
    _sync_directory(path.parent)
    return manifest


def _begun(path: Path) -> tuple[int, Path]:
    """A file beside `path` to write to, one of its own, for two may be written at once. It is locked, so that nobody takes it for left
    over."""
    while True:
        handle, name = tempfile.mkstemp(".part", path.name + ".", path.parent)
        with contextlib.suppress(OSError):  # where there are no locks, nobody is sure that anything is left over
            fcntl.flock(handle, fcntl.LOCK_EX)
        if Path(name).exists():  # else somebody was quicker to look for what is left over
            return handle, Path(name)
        os.close(handle)


def _take_away_left_over(path: Path) -> None:
    """Delete what backups to `path` that were killed have left beside it: named as theirs are, begun as they are, and locked by nobody."""
    for part in path.parent.glob(f"{glob.escape(path.name)}.????????.part"):
        with contextlib.suppress(OSError):
            if part.is_file():
                with part.open("r+b") as file:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    if OPENING.startswith(file.read(len(OPENING))):
                        part.unlink()


def _require_replaceable(path: Path) -> None:
    """A store whose name was given by mistake must not become a backup of itself."""
    if not path.exists():
        return
    if not path.is_file():
        raise BackupError(f"{path} is there and no regular file; a backup would take its place")
    if path.stat().st_size:
        try:
            begins(path)
        except BackupError as error:
            raise BackupError(f"{path} is there and no backup of Respite; a backup would take its place") from error


def _put_all(connection: sa.Connection, packed: gzip.GzipFile, made_s: float, told: Callable[[int], None]) -> Manifest:
    tables, digest, rows = tables_of(connection), hashlib.sha256(), dict[str, int]()
    migration: str = connection.execute(sa.select(GUIDE.c.version_num)).scalar_one()

    def put(value: Any) -> None:
        line = to_json(value).encode() + b"\n"
        digest.update(line)
        packed.write(line)

    put({"respite_backup": FORMAT, "migration": migration, "made_s": made_s} | versions())
    for table in tables.sorted_tables:
        if table.name != GUIDE.name:
            put({"table": table.name, "columns": [column.name for column in table.columns]})
            rows[table.name] = _put_rows(connection, table, put, told)
    revisions = {row.id: row.revision for row in connection.execute(sa.select(tables.tables["teams"]))}
    manifest = Manifest(migration, made_s, rows, revisions, digest.hexdigest())
    put({"rows": rows, "revisions": revisions, "sha256": manifest.sha256})
    return manifest


def tables_of(connection: sa.Connection) -> sa.MetaData:
    """The tables of a store, of whatever version. Another program may have some beside them, and refer to them; of a later version, whose
    tables nobody here knows by name, all that refer to the teams, or to what does, are taken for its own."""
    found = sa.MetaData()
    found.reflect(connection)
    ours, later = {GUIDE.name, *metadata.tables, *FORMER}, (stored_revision(connection) or "") > head_revision()
    for table in found.sorted_tables:  # those that others refer to come first
        if later and any(key.column.table.name in ours for key in table.foreign_keys):
            ours.add(table.name)
        if table.name not in ours:
            found.remove(table)
    return found


def _put_rows(connection: sa.Connection, table: sa.Table, put: Callable[[Any], None], told: Callable[[int], None]) -> int:
    count = 0
    query = sa.select(table).order_by(*table.primary_key.columns)
    for rows in connection.execute(query, execution_options={"stream_results": True}).partitions(ROWS_AT_ONCE):
        for row in rows:
            put(list(row))
        count += len(rows)
        told(len(rows))
    return count


def _sync_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def begins(path: Path) -> None:
    """Look at the first line of a backup alone; raises `BackupError` or `OSError` where it is not there or begins otherwise."""
    _, value = next(_lines(path), (b"", None))
    _head(path, value)


def check(path: Path) -> Manifest:
    """Read a backup to its end and compare it with what it says of itself; raises `BackupError` or `OSError`."""
    digest, rows, name, head = hashlib.sha256(), dict[str, int](), "", dict[str, Any]()
    for line, value in _lines(path):
        if not head:
            head = _head(path, value)
        elif isinstance(value, list) and name in rows:
            rows[name] += 1
        elif isinstance(value, dict) and "table" in value:
            name = str(value["table"])
            rows[name] = 0
        else:
            end = value if isinstance(value, dict) else {}
            if (end.get("rows"), end.get("sha256")) != (rows, digest.hexdigest()) or "revisions" not in end:
                raise BackupError(f"{path} is damaged: its contents are not what was written")
            return Manifest(head["migration"], head["made_s"], rows, end["revisions"], end["sha256"])
        digest.update(line)
    raise BackupError(f"{path} is damaged: it breaks off before its end")


def read(path: Path) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The rows of a backup that was checked, some at a time, each with its table's name; parent tables come first."""
    name, columns, batch = "", list[str](), list[dict[str, Any]]()
    for _, value in _lines(path):
        if isinstance(value, list):
            batch.append(dict(zip(columns, value, strict=True)))
        if batch and (not isinstance(value, list) or len(batch) == ROWS_AT_ONCE):
            yield name, batch
            batch = []
        if isinstance(value, dict) and "table" in value:
            name, columns = value["table"], value["columns"]


def _lines(path: Path) -> Iterator[tuple[bytes, Any]]:
    try:
        with gzip.open(path, "rb") as packed:
            for line in packed:
                yield line, json.loads(line)
    except (gzip.BadGzipFile, zlib.error, EOFError, ValueError) as error:
        raise BackupError(f"{path} is no backup, or is damaged: {error}") from error


def _head(path: Path, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or "respite_backup" not in value:
        raise BackupError(f"{path} is no backup of Respite")
    if value["respite_backup"] != FORMAT:
        raise BackupError(f"{path} is a backup of a later version (format {value['respite_backup']}; this version reads {FORMAT})")
    return value
