"""Logs by structlog, as JSON lines or as text: the service's own, uvicorn's and the standard library's go the same way, to stderr."""

from __future__ import annotations

import logging
import sys
from typing import Any, TextIO

import structlog

from api.json_text import to_json
from api.telemetry.origin import CURRENT

UVICORN = ("uvicorn", "uvicorn.error", "uvicorn.access")
QUIET = ("httpx2", "httpcore2", "opentelemetry")  # what they send on their own says nothing of the service


def set_up(form: str, level: str, stream: TextIO | None = None) -> None:
    """Send every record of the process to stderr, or to `stream`, in a form and from a level on of `api.settings.CHOICES`."""
    stamp = structlog.processors.TimeStamper(fmt="iso", utc=True)
    named = [structlog.stdlib.add_log_level, structlog.stdlib.add_logger_name, stamp]
    shared: list[Any] = [*named, _fields, _request, structlog.processors.format_exc_info]
    last: Any = structlog.processors.JSONRenderer(serializer=_as_json) if form == "json" else structlog.dev.ConsoleRenderer(colors=False)
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last]
        )
    )
    root = logging.getLogger()
    root.handlers, root.level = [handler], logging.getLevelName(level.upper())
    for name in UVICORN:
        logging.getLogger(name).handlers, logging.getLogger(name).level = [], logging.NOTSET
        logging.getLogger(name).propagate = name != "uvicorn.access"
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _fields(_logger: Any, _method: str, line: dict[str, Any]) -> dict[str, Any]:
    """What a record of ours says in fields of its own."""
    record = line.get("_record")
    return line | getattr(record, "fields", {}) if record is not None else line


def _request(_logger: Any, _method: str, line: dict[str, Any]) -> dict[str, Any]:
    """The id of the request that is served while the record is made."""
    origin = CURRENT.get()
    return line if origin is None or "request_id" in line else line | {"request_id": origin.request_id}


def _as_json(line: Any, **_: Any) -> str:
    return to_json(line)
