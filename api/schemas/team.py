"""What the answers about a team look like, for the published schema: queue, people, plan, health."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.schemas.answered import Moment, Next


class QueuedOut(BaseModel):
    ticket_id: str
    account_id: str
    priority: str
    channel: str
    escalated: bool
    created_at: Moment
    age_s: float
    at_risk: Annotated[bool, Field(description="it has waited its longest and nobody may have it")]
    held_for: Annotated[str | None, Field(description="for whom it is held, or was")]
    waits_for: Annotated[dict[str, int], Field(description="how many agents each rule keeps from it")]


class QueuePage(BaseModel):
    items: list[QueuedOut]
    next: Next


class MemberOut(BaseModel):
    agent_id: str
    name: str
    status: Literal["online", "back_office", "away", "offline"]
    on_shift: Annotated[bool, Field(description="within their shifts; who has none set always is")]
    state: Annotated[Literal["ready", "pending", "break", "light_duty"], Field(description="of recovery, off shift too")]
    until: Annotated[Moment | None, Field(description="of light duty to whole five minutes, where load ends it within half an hour")]
    available: Annotated[bool, Field(description="online, on shift, and neither on a break nor about to begin one")]


class WeekOut(BaseModel):
    mean_points: float
    people_at_least: int


class TeamOut(BaseModel):
    """`last_week` and `debriefs_last_week` are null where too few people had part in them."""

    agents: list[MemberOut]
    last_week: WeekOut | None
    debriefs_last_week: int | None
    now: Moment
    clock_rate: float


class PlannedOut(BaseModel):
    agent_id: str
    what: str
    from_: Annotated[Moment, Field(alias="from")]
    until: Moment
    with_agent_id: str | None = None


class CoverOut(BaseModel):
    """People of a skill (null: anybody) that are needed and there, slot by slot; `short`: slots where too few are there."""

    skill: str | None
    need: list[int]
    there: list[int]
    short: list[Moment]


class PlanOut(BaseModel):
    """`status`, `gap` and `coverage` are not told to agents, and absent where there is no plan."""

    now: Moment
    from_: Annotated[Moment | None, Field(alias="from")]
    until: Moment | None
    slot_s: int | None
    entries: list[PlannedOut]
    status: str | None = None
    gap: Annotated[float | None, Field(description="how much cheaper the best plan could be at most, as a share")] = None
    coverage: list[CoverOut] = []


class DegradedOut(BaseModel):
    team: str
    since: Moment
    why: str | None = None


class ReadyOut(BaseModel):
    """`degraded`: teams for which no decision can be made, or, with `why`, whose log can't be read. `clock_ahead_s`: how far the clock of
    the service is ahead of the machine's."""

    status: Literal["ready", "degraded"]
    teams: int
    database: str
    degraded: list[DegradedOut]
    clock_ahead_s: float


class HealthOut(BaseModel):
    status: Literal["ok"]
