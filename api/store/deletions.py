"""What people have had deleted, by a salted hash of their id, so that restoring an older backup can't bring it back."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

import sqlalchemy as sa

from api.json_text import to_json
from api.store.database import read_only
from api.store.tables import deletions

PERSONAL, AGENT = "personal", "agent"
SALT_DIGITS, HASH_DIGITS = 12, 24
BEGINNING = '{"team":'  # of each line of a file


class DeletionsFileError(ValueError):
    """The file of deletions can't be kept; the message is one line that names the setting."""


@dataclass(frozen=True, slots=True)
class Deletion:
    """`who`: salt and hash of the id of whose data it was; `what`: `PERSONAL` (they left personal mode) or `AGENT` (all of it)."""

    team: str
    who: str
    what: str
    at_s: float

    @property
    def pseudonym(self) -> str:
        """What stands in place of the id in records that are kept."""
        return f"gone-{self.who[SALT_DIGITS:][:8]}"

    def is_of(self, agent_id: str) -> bool:
        return _hashed(agent_id, self.who[:SALT_DIGITS]) == self.who


def _hashed(agent_id: str, salt: str) -> str:
    return salt + hashlib.sha256(f"{salt}{agent_id}".encode()).hexdigest()[:HASH_DIGITS]


def note(connection: sa.Connection, team: str, agent_id: str, what: str, at_s: float) -> Deletion:
    """Remember that the data of an agent were deleted."""
    made = Deletion(team, _hashed(agent_id, secrets.token_hex(SALT_DIGITS // 2)), what, at_s)
    connection.execute(sa.insert(deletions).values(**asdict(made)))
    return made


def listed(connection: sa.Connection, team: str | None = None) -> list[Deletion]:
    query = sa.select(deletions).order_by(deletions.c.at_s)
    rows = connection.execute(query if team is None else query.where(deletions.c.team == team)).mappings()
    return [Deletion(row["team"], row["who"], row["what"], row["at_s"]) for row in rows]


def keep(connection: sa.Connection, deletion: Deletion) -> None:
    """Remember a deletion that was made before."""
    connection.execute(sa.insert(deletions).values(**asdict(deletion)))


def export(engine: sa.Engine, path: str | None) -> None:
    """Add what a file of deletions does not hold yet, one JSON line each, on disk when this returns, and one after the other where several
    do so at once. No path: nothing to do.

    It is opened even where it lacks nothing, so that to call this before a deletion proves that the deletion can be written down. Raises
    `DeletionsFileError`.
    """
    if not path:
        return
    require_writable(path)
    with read_only(engine) as connection:
        made = listed(connection)
    file = Path(path)
    try:
        with open(os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "a+b") as out:
            fcntl.flock(out, fcntl.LOCK_EX)
            there = set(read(file))
            lacking = "".join(to_json(asdict(each)) + "\n" for each in made if each not in there)
            _end_the_last_line(out)
            out.write(lacking.encode())
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        raise DeletionsFileError(f"RESPITE_DELETIONS_FILE: {path} can't be written: {error.strerror}") from error


def _end_the_last_line(file: BinaryIO) -> None:
    """Cut off a line that was broken off while it was written, and end one that only lacks its end."""
    file.seek(0)
    text = file.read()
    last = text[text.rfind(b"\n") + 1 :]
    if _broken_off(last.decode(errors="replace")):
        file.truncate(len(text) - len(last))
    elif last:
        file.write(b"\n")


def _broken_off(line: str) -> bool:
    """Whether it is the beginning of a deletion, and not one."""
    try:
        json.loads(line)
    except ValueError:
        return line.startswith(BEGINNING) or BEGINNING.startswith(line)
    return False


def require_writable(path: str | None) -> None:
    """Raises `DeletionsFileError` where deletions can't be kept in a file that is asked for."""
    why = hindrance(path) if path else None
    if why is not None:
        raise DeletionsFileError(f"RESPITE_DELETIONS_FILE: {why}")


def hindrance(path: str) -> str | None:
    """Why deletions can't be kept in a file, in one line; None where they can. Looking changes nothing."""
    file = Path(path)
    try:
        if not file.exists():
            well = file.parent.is_dir() and os.access(file.parent, os.W_OK | os.X_OK)
            return None if well else f"{path} can't be written: {file.parent} is no folder that can be written"
        if not file.is_file():
            return f"{path} is no regular file"
        with file.open("r+b"):
            list(read(file))
    except OSError as error:
        return f"{path} can't be written: {error.strerror}"
    except ValueError as error:
        return str(error)
    return None


def read(path: Path) -> Iterable[Deletion]:
    """The deletions in a file; raises `ValueError` where it holds something else. A last line that was broken off, as the service was or
    as its disk was full, is none yet."""
    with path.open(encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(file, 1):
            if not line.endswith("\n") and _broken_off(line):
                return
            try:
                yield Deletion(**json.loads(line))
            except (ValueError, TypeError) as error:
                raise ValueError(f"{path}:{number} is no deletion") from error
