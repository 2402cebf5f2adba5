"""From a helpdesk's own webhooks to the calls of this API: a function for each format, and nothing of any helpdesk anywhere else.

A new one is a module with such a function and a line in `READERS`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from api.connectors import own
from api.connectors.calls import Call

Reader = Callable[[dict[str, Any]], Sequence[Call]]  # raises `NotUnderstood`
READERS: dict[str, Reader] = {"respite": own.read}
