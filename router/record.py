"""What is written down of a decision: ids, numbers and reason codes, never words of a ticket."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from router.domain import Decision, Other
from router.plain import plain

ENGINE = "respite-3"


def as_record(decision: Decision) -> dict[str, Any]:
    """A decision as plain JSON values; instants in seconds. Reading it back from JSON gives an equal record."""
    record: dict[str, Any] = plain(replace(decision, not_others=()))
    record["not_others"] = [_other(each) for each in decision.not_others]  # one for each agent, so by hand
    return record


def _other(other: Other) -> dict[str, Any]:
    price = {"would_cost": other.would_cost} if other.cost is None else {"cost": other.cost}
    rules = [{"rule": each.rule, "actual": each.actual, "limit": each.limit} for each in other.rules]
    return {"agent_id": other.agent_id, "rules": rules, **price}
