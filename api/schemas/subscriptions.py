"""What callers send about subscriptions and connections, and what they get."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StrictBool

from api.connectors import READERS
from api.hooks.targets import URL_MAX
from api.schemas.answered import Moment, Next
from api.schemas.sent import Id, Input
from api.shown import news

TYPES = (*news.OF_THE_TEAM, news.DEBRIEF)
OVERLAP_MAX_S = 2_592_000
EXAMPLE_URL = "https://helpdesk.example.com/respite"


class SubscriptionIn(Input):
    """Where events go, and which. An agent's own subscription is told of that agent alone; `debrief.proposed` goes nowhere else."""

    url: Annotated[str, Field(min_length=1, max_length=URL_MAX, examples=[EXAMPLE_URL])]
    types: Annotated[list[Literal[*TYPES]], Field(min_length=1, max_length=len(TYPES), examples=[["ticket.assigned"]])]  # type: ignore[valid-type]


class RotationIn(Input):
    """A new secret; the one before signs beside it for `overlap_s`."""

    overlap_s: Annotated[float | None, Field(ge=0, le=OVERLAP_MAX_S, description="RESPITE_WEBHOOK_OVERLAP_S where it is left out")] = None


class SubscriptionOut(BaseModel):
    """`secret` only where it has just been made, and null everywhere else: it is shown once."""

    id: Annotated[str, Field(examples=["sub_5f0c1d2e3a4b"])]
    url: Annotated[str, Field(examples=[EXAMPLE_URL])]
    types: list[str]
    agent_id: Id | None
    created_at: Moment
    secret: Annotated[str | None, Field(examples=["whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"])]
    two_secrets_until: Moment | None
    waiting: int
    dead: int


class SubscriptionPage(BaseModel):
    items: list[SubscriptionOut]
    next: Next


class PingOut(BaseModel):
    """The id of the event, its `webhook-id`."""

    id: str


class ConnectionIn(Input):
    """How the helpdesk writes its webhooks, and whether it is to have a new secret."""

    format: Literal[*READERS] = "respite"  # type: ignore[valid-type]
    rotate: StrictBool = False


class ConnectionOut(BaseModel):
    """`hook` is where its webhooks go. `secret` only where it has just been made, and null everywhere else: it is shown once."""

    name: Annotated[str, Field(examples=["zendesk"])]
    format: str
    hook: Annotated[str, Field(examples=["/v1/hooks/zendesk"])]
    created_at: Moment
    secret: str | None
    two_secrets_until: Moment | None
    waiting: int
    dead: int


class ConnectionPage(BaseModel):
    items: list[ConnectionOut]
    next: Next


class LetterOut(BaseModel):
    """A dead letter. What is in it is not shown."""

    id: str
    type: str | None
    since: Moment
    failed_at: Moment | None
    attempts: int
    error: str | None


class LettersOut(BaseModel):
    items: list[LetterOut]
    next: Next


class SentAgainOut(BaseModel):
    """How many dead letters go out again, or come in again."""

    sent_again: int


def described(model: type[BaseModel], status: int, text: str) -> dict[int | str, dict[str, Any]]:
    return {status: {"model": model, "description": text}}
