"""Logs as JSON lines or as text: the service's own, uvicorn's and the standard library's go the same way, to stderr."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TextIO

from api.json_text import to_json
from api.telemetry.origin import CURRENT

UVICORN = ("uvicorn", "uvicorn.error", "uvicorn.access")
QUIET = ("httpx2", "httpcore2", "opentelemetry")  # what they send on their own says nothing of the service
AMBIGUOUS = re.compile(r"[ \t=\r\n\"']")  # in a text that then stands in quotes
LEVEL_WIDTH, EVENT_WIDTH = 9, 30


def set_up(form: str, level: str, stream: TextIO | None = None) -> None:
    """Send every record of the process to stderr, or to `stream`, in a form and from a level on of `api.settings.CHOICES`."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(Lines(to_json if form == "json" else _as_text))
    root = logging.getLogger()
    root.handlers, root.level = [handler], logging.getLevelName(level.upper())
    for name in UVICORN:
        logging.getLogger(name).handlers, logging.getLogger(name).level = [], logging.NOTSET
        logging.getLogger(name).propagate = name != "uvicorn.access"
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


class Lines(logging.Formatter):
    """Makes a line of a record: what happened, how grave it is, who says so and when; what it says in `fields` of its own; the id of the
    request that is served meanwhile; and the traceback, where there is one. `written` puts that into words."""

    def __init__(self, written: Callable[[dict[str, Any]], str]) -> None:
        super().__init__()
        self.written = written

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "event": record.getMessage(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
        }
        line |= getattr(record, "fields", {})
        origin = CURRENT.get()
        if origin is not None and "request_id" not in line:
            line["request_id"] = origin.request_id
        if record.exc_info and record.exc_info[0]:
            line["exception"] = self.formatException(record.exc_info)
        return self.written(line)


def _as_text(line: dict[str, Any]) -> str:
    """The fields in the order of their names; a traceback below."""
    event, level, logger, timestamp = (line.pop(each) for each in ("event", "level", "logger", "timestamp"))
    exception = line.pop("exception", None)
    told = "".join(f" {name}={_shown(line[name])}" for name in sorted(line))
    text = f"{timestamp} [{level:<{LEVEL_WIDTH}}] {event:<{EVENT_WIDTH}} [{logger}]{told}"
    return text if exception is None else f"{text}\n{exception}"


def _shown(value: Any) -> str:
    return value if isinstance(value, str) and not AMBIGUOUS.search(value) else repr(value)
