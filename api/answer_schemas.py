"""What the main answers look like, for the published schema; fields may be added to an answer, none is renamed."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"}, examples=["2026-03-02T09:00:00.000Z"])]


class TicketOut(BaseModel):
    id: Annotated[str, Field(examples=["T-1042"])]
    account_id: str
    state: Literal["waiting", "assigned", "automation", "resolved", "closed"]
    agent_id: str | None
    decision_id: Annotated[str | None, Field(examples=["d120-0"])]
    channel: str
    priority: str
    escalated: bool
    abuse: bool
    reopened_count: int
    created_at: Moment
    since_at: Moment
    target_at: Moment | None


class CostOut(BaseModel):
    """`cost` in thousandths of a minute of a normal customer's wait; null where it would tell a person's load."""

    term: Annotated[str, Field(examples=["load"])]
    cost: int | None
    detail: str


class RuleOut(BaseModel):
    rule: Annotated[str, Field(examples=["on_break"])]
    actual: Any = None
    limit: Any = None


class OtherOut(BaseModel):
    """Why not this one: every rule that keeps them from it."""

    agent_id: str
    rules: list[RuleOut]


class DecisionOut(BaseModel):
    id: Annotated[str, Field(examples=["d120-0"])]
    ticket_id: str
    lane: Literal["agent", "automation", "queue"]
    agent_id: str | None
    bot: str | None
    decided_at: Moment
    because: list[CostOut]
    not_others: list[OtherOut]
    relaxed: list[str]
    account_context: dict[str, Any]
    policy_version: int
    revision: int
    engine: str


class TicketAnswer(BaseModel):
    """The ticket, with its newest decision."""

    ticket: TicketOut
    decision: DecisionOut | None


class RecoveryOut(BaseModel):
    """Whole for the agent and the helpdesk; for a manager `state`, `until` and `now`."""

    state: Literal["ready", "pending", "break", "light_duty"]
    until: Moment | None
    now: Moment
    since: Moment | None = None
    ready_at: dict[str, Moment] | None = None
    points: float | None = None
    line: float | None = None
    because: list[str] = []
    may: list[str] = []
    owed: int | None = None
