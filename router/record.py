"""What is written down of a decision: ids, numbers and reason codes, never words of a ticket."""

from __future__ import annotations

from typing import Any

from router.domain import Decision
from router.others import Others
from router.plain import ASIS, parts, plain

ENGINE = "respite-4"


def as_record(decision: Decision) -> dict[str, Any]:
    """A decision as plain JSON values; instants in seconds. Reading it back from JSON gives an equal record."""
    others = decision.not_others  # one for each agent, so by columns
    told = others.records() if isinstance(others, Others) else plain(list(others))
    names, read = parts(Decision)
    values = zip(names, read(decision), strict=True)
    return {name: each if type(each) in ASIS else told if name == "not_others" else plain(each) for name, each in values}
