"""Where a command comes from: the request that it serves, known to everything that runs for it."""

from __future__ import annotations

import time
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Origin:
    """A request: the id it came with or was given, when it came on `time.perf_counter`, and the span around it where there are traces.
    `decisions` are the ids of those that were made for it."""

    request_id: str
    began_s: float = field(default_factory=time.perf_counter)
    span: Any = None
    team: str | None = None
    decisions: tuple[str, ...] = ()


CURRENT: ContextVar[Origin | None] = ContextVar("origin", default=None)
