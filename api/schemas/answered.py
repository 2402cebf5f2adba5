"""What the answers about tickets, decisions and recovery look like, for the published schema; fields may be added, none is renamed."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"}, examples=["2026-03-02T09:00:00.000Z"])]
DayText = Annotated[str, Field(json_schema_extra={"format": "date"}, examples=["2026-09-30"])]
Next = Annotated[str | None, Field(description="`after` of the next page; null at the end")]
Number = float | str | None
Status = Literal["online", "back_office", "away", "offline"]


class TicketContactOut(BaseModel):
    agent_id: str
    ended_at: Moment


class TicketOut(BaseModel):
    id: Annotated[str, Field(examples=["T-1042"])]
    account_id: str
    state: Literal["waiting", "assigned", "automation", "resolved", "closed"]
    agent_id: str | None
    decision_id: Annotated[str | None, Field(examples=["d120-0"])]
    channel: str
    priority: str
    category: str | None
    language: str | None
    skills: list[str]
    expected_handle_s: float
    escalated: bool
    abuse: bool
    reopened_count: int
    previous_agent_id: str | None
    declined_by: list[str]
    created_at: Moment
    since_at: Annotated[Moment, Field(description="in this state since then")]
    target_at: Moment | None
    contacts: list[TicketContactOut]


class TicketPage(BaseModel):
    items: list[TicketOut]
    next: Next


class CostOut(BaseModel):
    """`cost` in thousandths of a minute of a normal customer's wait; null where it would tell a person's load."""

    term: Annotated[str, Field(examples=["load"])]
    cost: int | None
    detail: str


class RuleOut(BaseModel):
    """A rule with the number found and the number allowed; null where it would tell a person's load."""

    rule: Annotated[str, Field(examples=["on_break"])]
    actual: Number = None
    limit: Number = None


class OtherOut(BaseModel):
    """Why not this one: every rule that keeps them from it, or what it would have cost (for the helpdesk)."""

    agent_id: str
    rules: list[RuleOut]
    cost: int | None = None
    would_cost: int | None = None


class FinalistOut(BaseModel):
    agent_id: str
    cost: int
    terms: dict[str, int]


class WaitsForOut(BaseModel):
    """How many agents each rule keeps from the ticket, when something changes, and for whom it is held."""

    rules: dict[str, int]
    next_change_at: Moment | None
    agent_id: str | None = None
    ready_at: Moment | None = None
    why: str | None = None
    reason: str | None = None  # `taken` by other tickets of the same moment, or `undecided`


class ContextOut(BaseModel):
    arr: float | None
    renewal_date: DayText | None
    tier: str | None = None
    usage_trend: float | None = None
    open_escalations: int | None = None
    recent_tickets: int | None = None


class HandoverOut(BaseModel):
    from_agent_id: str
    contacts: Annotated[int, Field(description="theirs with the account in 30 days")]
    last_at: Moment | None
    open_escalations: int | None
    arr: float | None
    renewal_date: DayText | None


class HypothesisOut(BaseModel):
    """How the customer may feel, from stored facts alone."""

    feeling: str
    facts: dict[str, float]
    sentence: str


class TryOut(BaseModel):
    bot: str | None
    since: Moment
    until: Moment | None
    outcome: str


class DecisionOut(BaseModel):
    """Why this agent, and why not each other. A manager sees no number of a person, an agent their own part."""

    id: Annotated[str, Field(examples=["d120-0"])]
    ticket_id: str
    lane: Literal["agent", "automation", "queue"]
    agent_id: str | None
    bot: str | None
    draft: bool
    decided_at: Moment
    because: list[CostOut]
    not_others: list[OtherOut]
    relaxed: list[str]
    gave_way: list[RuleOut]
    finalists: list[FinalistOut]
    account_context: ContextOut
    not_automation: list[RuleOut] = []
    automation_history: list[TryOut]
    costs_usd: dict[str, float]
    shadow: bool
    policy_version: int
    fatigue_digest: str
    revision: int
    engine: str
    waits_for: WaitsForOut | None = None
    offer_expires_at: Moment | None = None
    handover: HandoverOut | None = None
    hypothesis: HypothesisOut | None = None
    text: Annotated[list[str] | None, Field(description="with `explain=text`")] = None


class ListedDecisionOut(DecisionOut):
    """A decision in a list."""

    not_others: Annotated[list[OtherOut], Field(description="left out with `without=not_others`")] = []


class DecisionPage(BaseModel):
    items: list[ListedDecisionOut]
    next: Next


class TicketAnswer(BaseModel):
    """The ticket, with its newest decision."""

    ticket: TicketOut
    decision: DecisionOut | None


class OverrideAnswer(BaseModel):
    ticket: TicketOut
    rules_broken: Annotated[list[str] | None, Field(description="hard rules that kept the ticket from the agent; null: not known")]
    warnings: list[str]


class BulkItemOut(BaseModel):
    """An answer of its own for each ticket: `ticket` and `decision`, or `problem`."""

    status: Annotated[int, Field(description="what POST /v1/tickets would have answered", examples=[201])]
    ticket: TicketOut | None = None
    decision: DecisionOut | None = None
    problem: dict[str, Any] | None = None


class BulkAnswer(BaseModel):
    items: list[BulkItemOut]


class LiftOut(RuleOut):
    at: Annotated[Moment | None, Field(description="when time alone lifts it")]
    about: Annotated[bool, Field(description="that instant is estimated from how load fades, to five minutes")]


class GapTermOut(BaseModel):
    term: str
    by: int


class GapOut(BaseModel):
    cost: int
    chosen_cost: int
    by: int
    terms: list[GapTermOut]


class CounterfactualOut(BaseModel):
    """What would have to change for an agent to get the ticket."""

    decision_id: str
    ticket_id: str
    agent_id: str
    lane: str
    chosen_agent_id: str | None
    lifts: list[LiftOut]
    dearer: bool
    gap: GapOut | None
    busy: bool
    held_for: str | None


class ReadyAtOut(BaseModel):
    earliest: Moment | None
    latest: Moment | None


class RecoveryOut(BaseModel):
    """Whole for the agent; for a manager `state`, `until` and `now`. The helpdesk reads of light duty the state alone, unless load ends it
    within half an hour: else it would read that it was asked for."""

    state: Literal["ready", "pending", "break", "light_duty"]
    until: Moment | None
    now: Moment
    since: Moment | None = None
    ready_at: ReadyAtOut | None = None
    points: float | None = None
    line: float | None = None
    because: list[str] = []
    may: list[str] = []
    owed: int | None = None
    clock_rate: float | None = None
    status: Annotated[Status | None, Field(description="for the agent alone, as the next three are")] = None
    debrief: str | None = None
    in_hand: list[str] = []
    next_break_at: Moment | None = None
