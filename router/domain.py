"""The nouns of the decision: tickets, accounts, shifts, breaks, and what a decision says."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from fatigue_model.exposure import ContactFacts
from fatigue_model.values import value

CHANNELS = ("email", "chat", "phone")
LIVE_CHANNELS = frozenset({"chat", "phone"})
PRIORITIES = ("low", "normal", "high", "urgent")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TICKET_EVENTS = (
    "message",
    "contact",
    "escalated",
    "abuse",
    "automation_resolved",
    "automation_failed",
    "accepted",
    "declined",
    "reassigned",
    "resolved",
    "reopened",
    "closed",
)
TICKET_STATES = ("waiting", "automation", "assigned", "resolved", "closed")


class Status(IntEnum):
    """What the helpdesk says an agent is doing."""

    OFFLINE = 0
    AWAY = 1
    BACK_OFFICE = 2
    ONLINE = 3


ONLINE, AWAY = int(Status.ONLINE), int(Status.AWAY)  # as columns hold them
STATUSES = tuple(status.name.lower() for status in Status)


def channel_index(channel: str) -> int:
    """The column of a channel's concurrency; a web form is answered by e-mail and counts as such."""
    return CHANNELS.index("email" if channel == "web" else channel)


@dataclass(frozen=True, slots=True)
class Shift:
    """A weekly shift in the agent's own time zone; `start_min` to `end_min` in minutes after local midnight (end may pass 1440)."""

    weekday: int
    start_min: int
    end_min: int


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact that ended: who, when, how many points, whether a break was due for it and whether for an escalation.

    `agent_id`: None for somebody who is forgotten; what the contact met, it met. `implied`: nobody reported it, the ticket was resolved.
    `facts` are what the ledger counted it with, once it has `counted` it.
    """

    agent_id: str | None
    ended_s: float
    points: float
    hot: bool
    implied: bool
    escalation: bool
    facts: ContactFacts
    counted: bool


@dataclass(frozen=True, slots=True)
class Try:
    """A bot's time with a ticket. `outcome` when it is over: resolved, failed, timed_out, reopened (resolved, and came back), or taken
    (cut short by somebody, or by the customer's words); `points` is then what the contact would have been for a person."""

    bot: str
    since_s: float
    until_s: float | None = None
    outcome: str | None = None
    points: float = 0.0


@dataclass(slots=True)
class Ticket:
    """A ticket as the fold sees it: facts and numbers, never its words.

    What happened on it: `marks` as (instant, kind, agent), the customer's `messages` as (instant, score, what is grave), the `ratings` of
    agents as (instant, agent, rating), and `contacts`. `text_score` and `grave` are of the messages that its agent has not met.
    `advised`: in shadow mode, it was decided where it belongs, and another router has yet to say where it went.
    `since_s`: when it came to where it lies. `waits_from_s`: since when its customer waits, from its opening or its last contact or
    re-opening. `held_for`, `held_why`: for whom it is or was held in the queue, and for which soft term.
    """

    id: str
    account_id: str
    channel: str
    priority: str
    category: str | None
    language: str | None
    skills: tuple[str, ...]
    created_s: float
    target_s: float | None
    expected_handle_s: float
    escalated: bool
    abuse: bool
    reopened_count: int
    previous_agent_id: str | None
    confidence: float | None
    digest: str
    hot: bool
    state: str = "waiting"
    since_s: float = 0.0
    agent_id: str | None = None
    waits_from_s: float = 0.0
    bounced: bool = False
    tries: tuple[Try, ...] = ()
    drafted: bool = False
    told: bool = False
    held_for: str | None = None
    held_why: str | None = None
    at_risk: bool = False
    live: bool = False
    booked_milli: int = 0
    booked_hard: bool = False
    decision_id: str | None = None
    offer_expires_s: float | None = None
    declined_by: tuple[str, ...] = ()
    advised: bool = False
    ignored_by: tuple[str, ...] = ()
    contacts: tuple[Contact, ...] = ()
    came_reopened: int = 0
    text_score: float = 0.0
    grave: str | None = None
    marks: tuple[tuple[float, str, str | None], ...] = ()
    messages: tuple[tuple[float, float, str | None], ...] = ()
    ratings: tuple[tuple[float, str, str], ...] = ()
    event_ids: dict[str, str] = field(default_factory=dict)

    @property
    def over(self) -> bool:
        return self.state in ("resolved", "closed")

    @property
    def handler(self) -> str | None:
        """Who holds the ticket, or held it when it ended."""
        return self.previous_agent_id if self.over else self.agent_id


@dataclass(slots=True)
class Account:
    """A customer's company: what it is worth, what happened lately, and who met it: `contacts` as (instant, agent, raw points).

    `created_s`: when its tickets of 30 days were opened, in ascending order. `put`: the helpdesk has told of it by itself, not
    with its tickets alone; `kept`: how many of its tickets the state holds.
    """

    id: str
    arr_usd: float | None = None
    renewal_s: float | None = None
    tier: str | None = None
    usage_trend: float | None = None
    open_escalations: int = 0
    escalated_open: dict[str, None] = field(default_factory=dict)
    created_s: tuple[float, ...] = ()
    contacts: tuple[tuple[float, str, float], ...] = ()
    escalated_contacts: tuple[tuple[float, str | None], ...] = ()
    memory: dict[str, tuple[float, float]] = field(default_factory=dict)
    put: bool = False
    kept: int = 0

    @property
    def escalation_handlers(self) -> tuple[str | None, ...]:
        """Who handled the account's last escalations, the newest last; None for somebody who is forgotten."""
        return tuple(agent_id for _, agent_id in self.escalated_contacts)

    def rotated_out(self, most: int) -> str | None:
        """Who handled the account's last `most` escalations, all of them, and so does not get its next one."""
        last = self.escalation_handlers[-most:]
        return last[0] if len(last) == most and len(set(last)) == 1 else None

    def met_last(self, since_s: float) -> tuple[float, str] | None:
        """When it was met last, and by whom; None where nobody has met it since then."""
        ended_s, agent_id, _ = self.contacts[-1] if self.contacts else (-math.inf, "", 0.0)
        return (ended_s, agent_id) if ended_s >= since_s else None

    @property
    def escalations(self) -> int:
        """Escalations open now: what the helpdesk says, or what came in as tickets, whichever is more."""
        return max(self.open_escalations, len(self.escalated_open))


@dataclass(slots=True)
class Break:
    """One mandatory break: pending from `since_s`, taken from `start_s` to `end_s`; where work ended inside it, it began anew at
    `anew_s`. From `cover_s` on it waits for nothing but cover, and the agent is that meanwhile. `at_risk`: it began while live work went
    on, and that is told."""

    id: str
    because: tuple[str, ...]
    since_s: float
    start_s: float
    end_s: float
    shifted: bool = False
    anew_s: float | None = None
    cover_s: float | None = None
    at_risk: bool = False


@dataclass(frozen=True, slots=True)
class Debrief:
    """A proposal that two people talk after a contact that ended at `contact_s`. It begins when both have accepted.

    `points`: what the listener's exposure rises by. `entered`: that is in the ledger.
    """

    id: str
    ticket_id: str
    account_id: str
    contact_s: float
    handler_id: str
    listener_id: str
    points: float
    proposed_s: float
    expires_s: float
    accepted: tuple[str, ...] = ()
    declined: bool = False
    start_s: float | None = None
    end_s: float | None = None
    entered: bool = False


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why an agent may not get a ticket: the rule, the number it found, the number it allows."""

    rule: str
    actual: float | str | None
    limit: float | str | None


@value
class CostTerm:
    """One named part of what a choice costs, in milli-minutes of a normal-priority customer's wait."""

    term: str
    cost: int
    detail: str


@dataclass(frozen=True, slots=True)
class Other:
    """An agent who did not get the ticket: every rule that excludes, and what it costs with them.

    `cost` is of who was in the running, because no rule excludes them or those that do gave way; `would_cost` is of everybody else.
    """

    agent_id: str
    rules: tuple[Rejection, ...]
    cost: int | None = None
    would_cost: int | None = None


@value
class Finalist:
    """One of the next best who were in the running, with every cost term by name."""

    agent_id: str
    cost: int
    terms: dict[str, int]


@value
class Decision:
    """What is to happen with a ticket, and why; with `shadow`, what would have been to happen."""

    id: str
    ticket_id: str
    lane: str
    decided_s: float
    revision: int
    engine: str
    policy_version: int
    fatigue_digest: str
    agent_id: str | None = None
    bot: str | None = None
    draft: bool = False
    because: tuple[CostTerm, ...] = ()
    not_others: Sequence[Other] = ()
    relaxed: tuple[str, ...] = ()
    gave_way: tuple[Rejection, ...] = ()
    waits_for: dict[str, Any] | None = None
    account_context: dict[str, Any] = field(default_factory=dict)
    handover: dict[str, Any] | None = None
    shadow: bool = False
    finalists: tuple[Finalist, ...] = ()
    hypothesis: dict[str, Any] | None = None
    not_automation: tuple[Rejection, ...] = ()
    automation_history: tuple[dict[str, Any], ...] = ()
    costs_usd: dict[str, float] = field(default_factory=dict)
    offer_expires_s: float | None = None
