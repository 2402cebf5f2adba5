"""What may enter a team's log, and how it is written down. `at_s` is when the team learned it and never runs backwards;
`occurred_s` is when it happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from fatigue_model.values import value
from router.domain import Shift
from router.plain import plain


@dataclass(frozen=True, slots=True)
class PolicyPut:
    at_s: float
    version: int
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class AgentPut:
    at_s: float
    agent_id: str
    name: str
    skills: dict[str, int] = field(default_factory=dict)
    languages: tuple[str, ...] = ()
    concurrency: tuple[int, ...] = (5, 2, 1)
    time_zone: str = "UTC"
    shifts: tuple[Shift, ...] = ()
    debrief_opt_in: bool = False


@dataclass(frozen=True, slots=True)
class AgentStatus:
    at_s: float
    agent_id: str
    status: str
    occurred_s: float


@dataclass(frozen=True, slots=True)
class AccountPut:
    """Facts of an account. `with_ticket`: they came with one of its tickets, and keep it no longer than that would; a log of before does
    not say so."""

    at_s: float
    account_id: str
    arr_usd: float | None = None
    renewal_s: float | None = None
    tier: str | None = None
    usage_trend: float | None = None
    open_escalations: int = 0
    with_ticket: bool = False


@dataclass(frozen=True, slots=True)
class ExclusionPut:
    at_s: float
    agent_id: str
    account_id: str
    reason: str
    expires_s: float | None = None


@value
class TicketOpened:
    at_s: float
    ticket_id: str
    account_id: str
    created_s: float
    digest: str
    channel: str = "email"
    priority: str = "normal"
    category: str | None = None
    language: str | None = None
    skills: tuple[str, ...] = ()
    target_s: float | None = None
    expected_handle_s: float = 600.0
    escalated: bool = False
    abuse: bool = False
    reopened_count: int = 0
    previous_agent_id: str | None = None
    confidence: float | None = None
    text_score: float | None = None
    grave: str | None = None


@value
class TicketEvent:
    """One of `TICKET_EVENTS`. `agent_id` names who it concerns where that is not the assigned agent.

    `text_score` and `grave` say what was found in the words of a customer's message; the words themselves end before the log.
    """

    at_s: float
    ticket_id: str
    type: str
    occurred_s: float
    agent_id: str | None = None
    event_id: str | None = None
    digest: str = ""
    text_score: float | None = None
    grave: str | None = None


@dataclass(frozen=True, slots=True)
class ContactRated:
    """The agent's own word on their last contact with the ticket, one of `exposure.RATINGS`: it goes before every other fact."""

    at_s: float
    ticket_id: str
    agent_id: str
    rating: str
    occurred_s: float


@dataclass(frozen=True, slots=True)
class Overridden:
    """A manager gave the ticket to somebody. `rules`: the hard ones that kept it from them then, for who counts them, as the decision was
    not the policy's; None where they are not known, as in a log of before."""

    at_s: float
    ticket_id: str
    agent_id: str
    reason: str
    rules: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class BreakShifted:
    at_s: float
    agent_id: str
    shift_s: float


@dataclass(frozen=True, slots=True)
class BreakSkipped:
    at_s: float
    agent_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Calibrated:
    """From now on the agent's own recovery is counted with sensitivity g and speed r. `erased`: the agent left personal mode, and the
    numbers were taken out of the log; it then changes nothing."""

    at_s: float
    agent_id: str
    sensitivity: float
    speed: float
    erased: bool = False


@dataclass(frozen=True, slots=True)
class PersonalEnded:
    """The agent left personal mode: the population's values count again."""

    at_s: float
    agent_id: str


@dataclass(frozen=True, slots=True)
class LightDutyAsked:
    """The agent is to have routine tickets only until `until_s`, at their own word."""

    at_s: float
    agent_id: str
    until_s: float
    erased: bool = False


@dataclass(frozen=True, slots=True)
class DebriefProposed:
    """Two people are asked whether they want to talk about a contact that ended at `contact_s`; `points` is what listening takes."""

    at_s: float
    debrief_id: str
    handler_id: str
    listener_id: str
    ticket_id: str
    account_id: str
    contact_s: float
    points: float
    expires_s: float


@dataclass(frozen=True, slots=True)
class DebriefAnswered:
    """One of `debrief.ANSWERS` by one of the two."""

    at_s: float
    debrief_id: str
    agent_id: str
    answer: str


@dataclass(frozen=True, slots=True)
class DebriefEnded:
    at_s: float
    debrief_id: str


@dataclass(frozen=True, slots=True)
class OfferExpired:
    """The agent left the offer of a ticket unanswered until its time was over: the ticket is recalled."""

    at_s: float
    ticket_id: str
    agent_id: str


@dataclass(frozen=True, slots=True)
class QueueAtRisk:
    """A ticket has waited its longest and nobody may have it: the manager is told, once per wait. `rules` keep agents from it."""

    at_s: float
    ticket_id: str
    waited_s: float
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BreakAtRisk:
    """A break has begun at its deadline, and its agent is still on live work, `ticket_ids`: the manager is told, once per break."""

    at_s: float
    agent_id: str
    ticket_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PolicyRelaxed:
    """Rules gave way for a ticket, in the order of `relax.LADDER`."""

    at_s: float
    ticket_id: str
    decision_id: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlanPut:
    """A plan was solved: it is kept as data (see `plan.published.Plan`) and never solved again."""

    at_s: float
    plan: dict[str, Any]


@dataclass(frozen=True, slots=True)
class AgentForgotten:
    """An agent has left, and everything said of them goes (see `forget`). The log begins anew after it: what came before can't be derived
    again without them, and so is no part of what is replayed."""

    at_s: float
    agent_id: str


@dataclass(frozen=True, slots=True)
class PointsDropped:
    """Points from before `before_s` are kept no more (see `forget`)."""

    at_s: float
    before_s: float


@value
class Decided:
    """What one solve decided, as records (see `record`)."""

    at_s: float
    decisions: tuple[dict[str, Any], ...]


Event = (
    PolicyPut
    | AgentPut
    | AgentStatus
    | AccountPut
    | ExclusionPut
    | TicketOpened
    | TicketEvent
    | Overridden
    | BreakShifted
    | BreakSkipped
    | ContactRated
    | Calibrated
    | PersonalEnded
    | LightDutyAsked
    | DebriefProposed
    | DebriefAnswered
    | DebriefEnded
    | OfferExpired
    | QueueAtRisk
    | BreakAtRisk
    | PolicyRelaxed
    | PlanPut
    | AgentForgotten
    | PointsDropped
    | Decided
)

KINDS: dict[str, type] = {
    "policy_put": PolicyPut,
    "agent_put": AgentPut,
    "agent_status": AgentStatus,
    "account_put": AccountPut,
    "exclusion_put": ExclusionPut,
    "ticket_opened": TicketOpened,
    "ticket_event": TicketEvent,
    "overridden": Overridden,
    "break_shifted": BreakShifted,
    "break_skipped": BreakSkipped,
    "contact_rated": ContactRated,
    "calibrated": Calibrated,
    "personal_ended": PersonalEnded,
    "light_duty_asked": LightDutyAsked,
    "debrief_proposed": DebriefProposed,
    "debrief_answered": DebriefAnswered,
    "debrief_ended": DebriefEnded,
    "offer_expired": OfferExpired,
    "queue_at_risk": QueueAtRisk,
    "break_at_risk": BreakAtRisk,
    "policy_relaxed": PolicyRelaxed,
    "plan_put": PlanPut,
    "agent_forgotten": AgentForgotten,
    "points_dropped": PointsDropped,
    "decided": Decided,
}
_NAMES = {cls: name for name, cls in KINDS.items()}


def encode(event: Event) -> tuple[str, dict[str, Any]]:
    """An event as its kind and plain JSON values."""
    if isinstance(event, Decided):  # its records are plain already
        return kind_of(event), {"at_s": event.at_s, "decisions": list(event.decisions)}
    return kind_of(event), plain(event)


def kind_of(event: Event) -> str:
    """The name by which an event's kind is written down."""
    return _NAMES[type(event)]


class Newer(ValueError):
    """An event of a kind, or with a field, that this version does not have."""


def decode(kind: str, values: Mapping[str, Any]) -> Event:
    """The event that `encode` wrote; JSON lists become tuples again. Raises `Newer` at one that a newer version wrote."""
    if kind not in KINDS:
        raise Newer(f"events of kind {kind!r} are of a newer version")
    given = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    if kind == "agent_put":
        given["shifts"] = tuple(Shift(**shift) for shift in given["shifts"])
    try:
        event: Event = KINDS[kind](**given)
    except TypeError as error:
        unknown = given.keys() - {each.name for each in fields(KINDS[kind])}
        if unknown:
            raise Newer(f"field {min(unknown)!r} of {kind!r} is of a newer version") from error
        raise
    return event
