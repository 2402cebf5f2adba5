"""When the store fails for a reason that is not the request's: which errors those are, what a caller is told, and whether it is over."""

from __future__ import annotations

import logging
import secrets
import sqlite3

import psycopg
import sqlalchemy as sa

from api.store import answers
from api.store.answers import Kept
from api.store.repository import Unfolded

# it is not reached, it is full, it is locked, it takes no writes now, all connections are in use
PASSING = (
    *(sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.InternalError, sa.exc.TimeoutError),
    *(sqlite3.OperationalError, psycopg.OperationalError, psycopg.InterfaceError),
)
PROBE_BYTES = 64 * 1024
FULL = ("is full", "no space left", "file too large", "disk quota")
BUSY = ("is locked", "lock timeout", "statement timeout", "queuepool limit", "too many c", "connection slots")
UNWRITTEN = "the database can't be written"
DAMAGED = ("is malformed", "is not a database")
DAMAGED_STATES = ("XX001", "XX002")  # of PostgreSQL: data, an index
FILE = ("disk i/o error", "readonly database", "read-only transaction", "unable to open")


class Unavailable(Exception):
    """The store failed a moment ago, and was not tried for this request; the message is the reason."""


class Unanswered(Unavailable):
    """No answer came in time; whether the request was carried out is not known."""


def reason(error: BaseException) -> str:
    """What a caller is told of one of `PASSING`, or `Unavailable`; what the driver says of files and hosts is for the log."""
    if isinstance(error, Unavailable):
        return str(error)
    text = str(getattr(error, "orig", None) or error).lower()
    if any(each in text for each in FULL):
        return "the disk of the database is full"
    if any(each in text for each in BUSY):
        return "the database is busy"
    if any(each in text for each in FILE):
        return UNWRITTEN
    return "the database does not answer"


def damaged(error: sa.exc.DBAPIError) -> bool:
    """Whether the database is reached, and can't be read as what it was."""
    text = str(error.orig).lower()
    return any(each in text for each in DAMAGED) or getattr(error.orig, "sqlstate", None) in DAMAGED_STATES


def log_failure(log: logging.Logger, what: str, error: Exception) -> None:
    """Say that work behind the requests failed: in a line where it is the store, which is said in whole where a request meets it, as is
    that a log can't be read."""
    if isinstance(error, Unfolded):
        log.debug("%s: %s", what, error)
    elif isinstance(error, (*PASSING, Unavailable)):
        log.warning("%s: %s", what, reason(error))
    else:
        log.error("%s", what, exc_info=error)


def probe(engine: sa.Engine, team: str, now_s: float) -> None:
    """Commit something that takes room, and take it out again; raises one of `PASSING` where that can't be done."""
    key = f"probe-{secrets.token_hex(8)}"
    with engine.begin() as connection:
        answers.keep(connection, team, key, Kept("", answers.RESERVED, "." * PROBE_BYTES), now_s)
    with engine.begin() as connection:
        answers.release(connection, team, key)
