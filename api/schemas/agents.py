"""What the answers about one agent look like, for the published schema: profile, statement, personal mode, debriefs, export."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.schemas.answered import DayText, DecisionOut, Moment, Next
from api.schemas.feedback import FeedbackOut


class ConcurrencyOut(BaseModel):
    email: int
    chat: int
    phone: int


class ShiftOut(BaseModel):
    day: str
    start: Annotated[str, Field(examples=["09:00"])]
    end: str


class AgentOut(BaseModel):
    id: str
    name: str
    skills: dict[str, int]
    languages: list[str]
    concurrency: ConcurrencyOut
    time_zone: str
    shifts: list[ShiftOut]
    debrief_opt_in: bool
    status: Literal["online", "back_office", "away", "offline"]


class AgentPage(BaseModel):
    items: list[AgentOut]
    next: Next


class AccountOut(BaseModel):
    id: str
    arr: float | None
    renewal_date: DayText | None
    tier: str | None
    usage_trend: float | None
    open_escalations: int


class ExclusionOut(BaseModel):
    agent_id: str
    account_id: str
    reason: str
    expires_at: Moment | None


class FactOut(BaseModel):
    fact: str
    points: float


class ShareOut(BaseModel):
    """One contact, or a debrief: its points, the facts that made them, and what is left of it now."""

    ticket_id: str
    account_id: str
    ended_at: Moment
    points: float
    facts: list[FactOut]
    account_factor: float
    share_of_points: float
    share_of_carried: float


class EarlierOut(BaseModel):
    share_of_points: float
    share_of_carried: float


class CountedWithOut(BaseModel):
    sensitivity: float
    speed: float


class BreakOut(BaseModel):
    id: str
    because: list[str]
    since: Moment
    start: Moment
    end: Moment
    skipped: Annotated[bool, Field(description="a manager ended it for a reason on record; it stayed owed")]


class WinOut(BaseModel):
    """What a customer said for which one may be glad."""

    ticket_id: str
    at: Moment
    felt_understood: int | None
    praise: str | None


class LookOut(BaseModel):
    """A key of this role looked within the hour from then."""

    from_: Annotated[Moment, Field(alias="from")]
    role: str
    key_id: str
    what: str


class StatementOut(BaseModel):
    """The shares of all contacts and of what is earlier add up to `points` and to `carried`."""

    agent_id: str
    as_of: Moment
    points: float
    carried: float
    line: float
    contacts: list[ShareOut]
    earlier: EarlierOut
    counted_with: CountedWithOut
    breaks: list[BreakOut]
    wins: list[WinOut] = []
    looked: list[LookOut]
    text: Annotated[list[str] | None, Field(description="with `explain=text`")] = None


class TapOut(BaseModel):
    ticket_id: str
    rating: str
    points: Annotated[float | None, Field(description="what the contact counts now; null where its points are kept no more")]


class FittedOut(BaseModel):
    """What was fitted, with where it lies with 80 %; the speed of recovery from 60 check-ins on."""

    sensitivity: float
    sensitivity_80: list[float] | None
    speed: float | None = None
    speed_80: list[float] | None = None


class PersonalModeOut(BaseModel):
    on: bool
    since: Moment | None
    check_ins: int
    found: FittedOut | None
    asked: Annotated[str | None, Field(description="on what occasion a check-in is asked for now")]
    question: str


class ColleagueOut(BaseModel):
    agent_id: str
    name: str


class DebriefOut(BaseModel):
    id: str
    role: Literal["handler", "listener"]
    with_: Annotated[ColleagueOut, Field(alias="with")]
    ticket_id: Annotated[str | None, Field(description="null for the listener")]
    state: str
    proposed_at: Moment
    expires_at: Moment
    start: Moment | None
    end: Moment | None


class DebriefPage(BaseModel):
    items: list[DebriefOut]
    next: Next


class RatingOut(BaseModel):
    ticket_id: str
    rated_at: Moment
    rating: str


class OwnExclusionOut(BaseModel):
    account_id: str
    reason: str
    expires_at: Moment | None


class CheckInOut(BaseModel):
    at: Moment
    occasion: str
    answer: float


class PresenceOut(BaseModel):
    since: Moment
    mode: str


class OwnKeyOut(BaseModel):
    id: str
    created_at: Moment
    expires_at: Moment | None
    revoked_at: Moment | None


class OwnSubscriptionOut(BaseModel):
    id: str
    url: str
    types: list[str]


class ExportOut(BaseModel):
    """Everything that is kept of an agent: of decisions, breaks and looks all that retention has left."""

    exported_at: Moment
    profile: AgentOut
    statement: StatementOut
    presence: list[PresenceOut]
    points_by_day: Annotated[dict[str, float], Field(description="by the agent's own days; a night is of the day that it began on")]
    feedback: list[FeedbackOut]
    ratings: list[RatingOut]
    exclusions: list[OwnExclusionOut]
    debriefs: list[DebriefOut]
    personal_mode: PersonalModeOut
    check_ins: list[CheckInOut]
    breaks: list[BreakOut]
    looks: list[LookOut]
    keys: list[OwnKeyOut]
    subscriptions: list[OwnSubscriptionOut]
    decisions: list[DecisionOut]
