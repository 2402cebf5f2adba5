"""What subscribers are told: the types of outbound events, and those that follow from a team's log.

Nothing here holds a number of a person or a word of a ticket: ids, rule codes, instants that others see anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from api import instants
from api.shown import views
from router.events import BreakAtRisk, DebriefProposed, Decided, Event, OfferExpired, Overridden, PolicyRelaxed, QueueAtRisk

ASSIGNED, QUEUED, AUTOMATED = "ticket.assigned", "ticket.queued", "ticket.to_automation"
REST_BEGAN, REST_ENDED, DUTY_ENDED = RESTS = ("recovery.started", "recovery.ended", "light_duty.ended")
DEBRIEF = "debrief.proposed"
OF_THE_TEAM = (ASSIGNED, QUEUED, AUTOMATED, "offer.expired", *RESTS, "recovery.at_risk", "policy.relaxed", "queue.at_risk")
OF_AN_AGENT = (*RESTS, DEBRIEF)  # what may go to an agent's own subscription; the last goes nowhere else
PING = "ping"
LANES = {"agent": ASSIGNED, "queue": QUEUED, "automation": AUTOMATED}


@dataclass(frozen=True, slots=True)
class News:
    """Something to be told. Of the same `key` it is told in order; `revision` rises with each news of a ticket. `private`: told to that
    agent's own subscriptions alone."""

    type: str
    key: str
    at_s: float
    revision: int
    data: dict[str, Any]
    private: bool = False


def ticket_key(ticket_id: str) -> str:
    return f"ticket:{ticket_id}"


def agent_key(agent_id: str) -> str:
    return f"agent:{agent_id}"


def of_log(logged: Sequence[Event], first_revision: int) -> Iterator[News]:
    """What a stretch of the log tells, whose first event has that revision."""
    for revision, event in enumerate(logged, first_revision):
        tell = TOLD.get(type(event))
        if tell is not None:
            yield from tell(event, revision)


def _decided(event: Decided, revision: int) -> Iterator[News]:
    for record in event.decisions:
        if not record["shadow"]:  # it assigns nothing
            data = {"ticket_id": record["ticket_id"], "decision_id": record["id"]} | OF_LANE[record["lane"]](record)
            yield News(LANES[record["lane"]], ticket_key(record["ticket_id"]), event.at_s, revision, data)


def _assigned(record: dict[str, Any]) -> dict[str, Any]:
    offered = {"draft": record["draft"], "offer_expires_at": instants.text(record["offer_expires_s"])}
    return {"agent_id": record["agent_id"], "override": False} | offered


def _queued(record: dict[str, Any]) -> dict[str, Any]:
    return {"waits_for": views.waiting((record["waits_for"] or {}).get("rules", {}))}


def _automated(record: dict[str, Any]) -> dict[str, Any]:
    return {"bot": record["bot"]}


def _overridden(event: Overridden, revision: int) -> Iterator[News]:
    data = {"ticket_id": event.ticket_id, "decision_id": None, "agent_id": event.agent_id, "override": True}
    yield News(ASSIGNED, ticket_key(event.ticket_id), event.at_s, revision, data | {"draft": False, "offer_expires_at": None})


def _offer_expired(event: OfferExpired, revision: int) -> Iterator[News]:
    data = {"ticket_id": event.ticket_id, "agent_id": event.agent_id}
    yield News("offer.expired", ticket_key(event.ticket_id), event.at_s, revision, data)


def _at_risk(event: QueueAtRisk, revision: int) -> Iterator[News]:
    data = {"ticket_id": event.ticket_id, "waited_s": event.waited_s, "rules": views.seen_as(event.rules)}
    yield News("queue.at_risk", ticket_key(event.ticket_id), event.at_s, revision, data)


def _break_at_risk(event: BreakAtRisk, revision: int) -> Iterator[News]:
    data = {"agent_id": event.agent_id, "ticket_ids": list(event.ticket_ids)}
    yield News("recovery.at_risk", agent_key(event.agent_id), event.at_s, revision, data)


def _relaxed(event: PolicyRelaxed, revision: int) -> Iterator[News]:
    data = {"ticket_id": event.ticket_id, "decision_id": event.decision_id, "rules": list(event.rules)}
    yield News("policy.relaxed", ticket_key(event.ticket_id), event.at_s, revision, data)


def _proposed(event: DebriefProposed, revision: int) -> Iterator[News]:
    """To each of the two alone; with whom, about what and on which side they find on their page."""
    for agent_id in (event.handler_id, event.listener_id):
        data = {"agent_id": agent_id, "debrief_id": event.debrief_id, "expires_at": instants.text(event.expires_s)}
        yield News(DEBRIEF, agent_key(agent_id), event.at_s, revision, data, private=True)


OF_LANE: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {"agent": _assigned, "queue": _queued, "automation": _automated}
TOLD: dict[type, Callable[[Any, int], Iterator[News]]] = {
    Decided: _decided,
    Overridden: _overridden,
    OfferExpired: _offer_expired,
    QueueAtRisk: _at_risk,
    BreakAtRisk: _break_at_risk,
    PolicyRelaxed: _relaxed,
    DebriefProposed: _proposed,
}
