"""What is written down of a decision: ids, numbers and reason codes, never words of a ticket."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from router.domain import Decision
from router.others import Others
from router.plain import plain

FIELDS = tuple(each.name for each in fields(Decision))
ENGINE = "respite-4"


def as_record(decision: Decision) -> dict[str, Any]:
    """A decision as plain JSON values; instants in seconds. Reading it back from JSON gives an equal record."""
    others = decision.not_others  # one for each agent, so by columns
    told = others.records() if isinstance(others, Others) else [plain(each) for each in others]
    return {name: told if name == "not_others" else plain(getattr(decision, name)) for name in FIELDS}
