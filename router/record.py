"""What is written down of a decision: ids, numbers and reason codes, never words of a ticket."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from router.domain import CostTerm, Decision, Finalist, Other
from router.others import Others
from router.plain import ASIS, parts, plain

ENGINE = "respite-10"
FOLDED = (
    *("id", "ticket_id", "lane", "agent_id", "bot", "draft", "relaxed", "waits_for", "offer_expires_s", "shadow"),
    *("costs_usd", "not_automation"),
)  # what the fold looks at


def as_record(decision: Decision) -> dict[str, Any]:
    """A decision as plain JSON values; instants in seconds. Reading it back from JSON gives an equal record."""
    names, read = parts(Decision)
    values = zip(names, read(decision), strict=True)
    return {name: each if type(each) in ASIS else _WRITTEN.get(name, plain)(each) for name, each in values}


def folded(record: dict[str, Any]) -> dict[str, Any]:
    """What of a record the fold looks at; one of an older engine may lack some of it."""
    return {name: record[name] for name in FOLDED if name in record}


def _others(found: Sequence[Other]) -> list[dict[str, Any]]:
    return found.records() if isinstance(found, Others) else plain(list(found))


def _terms(found: Sequence[CostTerm]) -> list[dict[str, Any]]:
    return [{"term": each.term, "cost": each.cost, "detail": each.detail} for each in found]


def _finalists(found: Sequence[Finalist]) -> list[dict[str, Any]]:
    return [{"agent_id": each.agent_id, "cost": each.cost, "terms": each.terms} for each in found]


_MADE_OF_PLAIN_VALUES = ("waits_for", "account_context", "handover", "hypothesis", "costs_usd")
# what there is most of, by hand: several times faster
_WRITTEN: dict[str, Callable[[Any], Any]] = dict.fromkeys(_MADE_OF_PLAIN_VALUES, dict)
_WRITTEN |= {"because": _terms, "not_others": _others, "finalists": _finalists, "relaxed": list}
