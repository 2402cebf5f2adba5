"""Shadow mode: what was decided beside an existing router, against where that router sent each ticket."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from router.events import Decided, Event, TicketEvent

KINDS = ("decided", "ticket_event")


@dataclass(frozen=True, slots=True)
class Compared:
    """One ticket: where it would have gone, who got it, and every rule that would have kept it from them."""

    decision_id: str
    ticket_id: str
    at_s: float
    lane: str
    ours: str | None
    theirs: str
    rules: tuple[str, ...]

    @property
    def same(self) -> bool:
        return self.ours == self.theirs


@dataclass(frozen=True, slots=True)
class Comparison:
    """All tickets that both routers decided, in the order in which the existing one did.

    `broken`: for each hard rule, how many tickets went to somebody whom it excluded when we decided. `open`: decisions that the
    existing router has not answered yet.
    """

    compared: tuple[Compared, ...]
    same: int
    to_automation: int
    to_queue: int
    broken: dict[str, int]
    open: int


def compare(log: Iterable[Event], since_s: float = float("-inf")) -> Comparison:
    """Hold every decision of shadow mode from `since_s` on against the next `reassigned` of its ticket.

    Only the first after a decision counts: later ones are the existing router's or a person's second thoughts. A newer decision on the
    same ticket, where it was not answered, takes the place of the older one.
    """
    asked: dict[str, dict[str, Any]] = {}
    found: list[Compared] = []
    for event in log:
        if isinstance(event, Decided):
            for record in event.decisions:
                if record.get("shadow") and event.at_s >= since_s:
                    asked[record["ticket_id"]] = record
        elif isinstance(event, TicketEvent) and event.type == "reassigned" and event.agent_id is not None:
            ours = asked.pop(event.ticket_id, None)
            if ours is not None:
                found.append(_compared(ours, event.agent_id, event.at_s))
    broken = Counter(rule for each in found for rule in each.rules)
    return Comparison(
        compared=tuple(found),
        same=sum(each.same for each in found),
        to_automation=sum(each.lane == "automation" for each in found),
        to_queue=sum(each.lane == "queue" for each in found),
        broken=dict(sorted(broken.items(), key=lambda each: (-each[1], each[0]))),
        open=len(asked),
    )


def _compared(record: dict[str, Any], theirs: str, at_s: float) -> Compared:
    other = next((each for each in record["not_others"] if each["agent_id"] == theirs), None)
    rules = tuple(each["rule"] for each in other["rules"]) if other else ()
    return Compared(record["id"], record["ticket_id"], at_s, record["lane"], record["agent_id"], theirs, rules)
