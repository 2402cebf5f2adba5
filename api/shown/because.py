"""What a choice cost, term by term, as a caller may see it."""

from __future__ import annotations

from typing import Any

PERSONAL_TERMS = frozenset({"load", "account_exposure", "fairness", "since_break", "plan"})
COSTS_NOTHING = {
    "load": "adds no exposure",
    "open_work": "no ticket in hand",
    "continuity": "nobody else knows the case",
    "account_exposure": "no points from this account in past weeks",
    "fairness": "not more points in 30 days than comparable agents",
    "since_break": "the last break was a short while ago",
    "skill_fit": "the levels fit the ticket",
    "plan": "nothing that is planned would be late",
    "handover": "nobody else had the ticket in hand",
}


def told(term: dict[str, Any], role: str) -> dict[str, Any]:
    """A cost term, in words that also fit a cost of nothing. To a manager, neither number nor words tell a person's load."""
    if role == "manager" and term["term"] in PERSONAL_TERMS:
        return {"term": term["term"], "cost": None, "detail": term["detail"]}
    detail = COSTS_NOTHING.get(term["term"], term["detail"]) if term["cost"] == 0 else term["detail"]
    return {"term": term["term"], "cost": term["cost"], "detail": detail}
