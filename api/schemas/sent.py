"""What callers may send: every field with its bounds, unknown fields refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, model_validator

from fatigue_model.exposure import RATINGS
from router.debrief import ANSWERS
from router.domain import TICKET_EVENTS

ID_FORM = r"^[^\x00-\x1f\x7f/\\]*[^\s\x00-\x1f\x7f/\\][^\x00-\x1f\x7f/\\]*$"
NAME_FORM = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"
LANGUAGE_FORM, CLOCK_FORM = r"^[A-Za-z0-9-]+$", r"^([01]\d|2[0-3]):[0-5]\d$"
CURSOR_FORM, CONNECTION_FORM = r"^[^\x00-\x1f\x7f]*$", r"^[a-z0-9][a-z0-9_-]{0,59}$"
DATED = re.compile(r"\d{4}-\d\d-\d\d")
# every pattern that is asked for anywhere; what a text that does not match is told, unless it is blank
WRITTEN = {
    ID_FORM: "must have no slash, no backslash and no control character",
    NAME_FORM: "must have no control character",
    CURSOR_FORM: "must have no control character",
    LANGUAGE_FORM: "must be a tag of BCP 47 such as en or pt-BR",
    CLOCK_FORM: "must be a time of day such as 09:00",
    CONNECTION_FORM: "must be up to 60 small letters, digits, - and _, and begin with a letter or digit",
}


def _written_as(form: str) -> Callable[[object], object]:
    """Refuse numbers, also in quotes: pydantic would read them as seconds, or as milliseconds where they are large."""

    def check(given: object) -> object:
        if not isinstance(given, str) or not DATED.match(given):
            raise ValueError(f"must be {form}")
        return given

    return check


def _no_step(text: str) -> str:
    if text in (".", ".."):
        raise ValueError("must not be . or .., which a URL can't hold")
    return text


Id = Annotated[
    str,
    Field(min_length=1, max_length=200, pattern=ID_FORM, examples=["T-1042"]),
    AfterValidator(_no_step),
]
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=NAME_FORM)]
Language = Annotated[str, Field(min_length=2, max_length=35, pattern=LANGUAGE_FORM, description="BCP 47 tag", examples=["en"])]
Text = Annotated[str, Field(max_length=200_000)]
Reason = Annotated[str, Field(min_length=1, max_length=500)]
Instant = Annotated[
    AwareDatetime,
    BeforeValidator(_written_as("RFC 3339 with offset")),
    Field(strict=False, description="RFC 3339 with offset", examples=["2026-03-02T09:00:00Z"]),
]
Clock = Annotated[str, Field(pattern=CLOCK_FORM, examples=["09:00"])]
Day = Annotated[
    date,
    BeforeValidator(_written_as("a date such as 2026-09-30")),
    Field(strict=False, ge=date(2000, 1, 1), le=date(2199, 12, 31), examples=["2026-09-30"]),
]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("must be an IANA time zone, e.g. Europe/Rome")
    return name


BULK_MOST = 500
# a default `[]`, which pydantic would have Python copy for each input, a third of the time that a ticket takes to read
NONE: dict[str, Any] = {"default_factory": list, "json_schema_extra": {"default": []}}
OCCURRED = (
    "When it happened; not in the future. A status, a ticket event, a tap and a check-in count from then, as late news does. "
    "A ticket counts from its created_at; a bulk call's instant is that of its tickets that have none. Everything else holds from when it "
    "arrives: profiles, facts, exclusions, policies, overrides, breaks moved or skipped."
)


class Input(BaseModel):
    """Base of all inputs."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, strict=True)  # true is no number, and "5" neither


class Dated(Input):
    """A state-changing call: `occurred_at` for import and replay, the server's clock without it."""

    occurred_at: Annotated[Instant | None, Field(description=OCCURRED)] = None


class AutomationIn(Input):
    intent: Name | None = None
    confidence: Annotated[float, Field(ge=0, le=1)] | None = None


class AccountFacts(Input):
    arr: Annotated[float, Field(ge=0, le=1e12, description="annual recurring revenue, $")] | None = None
    renewal_date: Day | None = None
    tier: Name | None = None
    usage_trend: Annotated[float, Field(ge=-1, le=10, description="change of usage over 90 days, −1 … 10 (−0.2: 20 % less)")] | None = None
    open_escalations: Annotated[int, Field(ge=0, le=10_000)] = 0


class AccountIn(AccountFacts, Dated):
    """A customer's company. There are no notes: nobody's words are kept."""


class TicketIn(Dated):
    """A ticket. Subject and body, the customer's words, are scored and dropped."""

    id: Id
    account_id: Id
    subject: Annotated[str, Field(max_length=2000)]
    body: Text | None = None
    channel: Literal["email", "chat", "phone", "web"] = "email"
    priority: Literal["low", "normal", "high", "urgent"] = "normal"
    category: Name | None = None
    tags: Annotated[list[Name], Field(max_length=100, **NONE)]
    language: Language | None = None
    skills: Annotated[list[Name], Field(max_length=20, **NONE)]
    created_at: Instant
    target_at: Instant | None = None
    expected_handle_s: Annotated[float, Field(gt=0, le=86_400)] = 600.0
    escalated: StrictBool = False
    abuse: StrictBool = False
    reopened_count: Annotated[int, Field(ge=0, le=1000)] = 0
    previous_agent_id: Id | None = None
    automation: AutomationIn | None = None
    account: AccountFacts | None = None


class BulkIn(Dated):
    tickets: Annotated[list[Any], Field(min_length=1, max_length=BULK_MOST, description="tickets, each checked by itself")]


class InOrder(Dated):
    """The same where none of them is refused."""

    tickets: Annotated[list[TicketIn], Field(min_length=1, max_length=BULK_MOST)]


class TicketEventIn(Dated):
    """Something that happened to a ticket. `event_id` makes a repeat harmless.

    The `body` of a customer's message is scored and dropped. With an `agent_id` the message is that agent's, and nobody looks at its words.
    `contact` says that a call has ended or an answer has gone out: until then, or until it is resolved, a hard ticket is in hand and keeps
    further hard ones from its agent.
    """

    type: Literal[*TICKET_EVENTS]  # type: ignore[valid-type]
    agent_id: Id | None = None
    event_id: Id | None = None
    body: Text | None = None

    @model_validator(mode="after")
    def _words_of_messages_alone(self) -> TicketEventIn:
        if self.body is not None and self.type != "message":
            raise ValueError("body belongs to events of type message")
        return self


class OverrideIn(Dated):
    agent_id: Id
    reason: Reason


class ShiftIn(Input):
    day: Weekday
    start: Clock
    end: Annotated[Clock, Field(description="not after start: the shift ends on the next day")]


class Concurrency(Input):
    email: Annotated[int, Field(ge=0, le=1000)] = 5
    chat: Annotated[int, Field(ge=0, le=100)] = 2
    phone: Annotated[int, Field(ge=0, le=10)] = 1


class AgentIn(Dated):
    """An agent. Without shifts, on shift whenever online."""

    name: Name
    skills: Annotated[dict[Name, Annotated[int, Field(ge=1, le=5)]], Field(max_length=200)] = {}
    languages: Annotated[list[Language], Field(max_length=50)] = []
    concurrency: Concurrency = Concurrency()
    time_zone: Annotated[str, AfterValidator(_known_zone)] = "UTC"
    shifts: Annotated[list[ShiftIn], Field(max_length=50)] = []
    debrief_opt_in: StrictBool = False


class StatusIn(Dated):
    status: Literal["online", "back_office", "away", "offline"]


class BreakShiftIn(Dated):
    minutes: Annotated[float, Field(ge=-60, le=60, description="how far to move the break; the policy's bound is 15 by default")]


class TapIn(Dated):
    """The agent's own word on their last contact with a ticket."""

    ticket_id: Id
    rating: Literal[*RATINGS]  # type: ignore[valid-type]


class PersonalModeIn(Dated):
    opt_in: Literal[True] = Field(description="leaving is DELETE …/personal-data")


class CheckInIn(Dated):
    """Right now, how drained are you by recent customer contacts? 0 not at all … 10 completely."""

    answer: Annotated[float, Field(ge=0, le=10)]
    occasion: Literal["random", "after_hard", "own"] = "own"


class DebriefAnswerIn(Dated):
    answer: Literal[*ANSWERS]  # type: ignore[valid-type]


class ReasonIn(Dated):
    reason: Reason


class ExclusionIn(Dated):
    reason: Reason
    expires_at: Instant | None = None
