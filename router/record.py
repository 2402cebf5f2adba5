"""What is written down of a decision: ids, numbers and reason codes, never words of a ticket."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from router.domain import Decision
from router.others import Others
from router.plain import plain

ENGINE = "respite-4"


def as_record(decision: Decision) -> dict[str, Any]:
    """A decision as plain JSON values; instants in seconds. Reading it back from JSON gives an equal record."""
    record: dict[str, Any] = plain(replace(decision, not_others=()))
    others = decision.not_others  # one for each agent, so by columns
    record["not_others"] = others.records() if isinstance(others, Others) else [plain(each) for each in others]
    return record
