"""What may be said of a contact, and how it is shown: to the helpdesk that sent it, and over many people to managers."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field, model_validator

from api.schemas.answered import Moment
from api.schemas.reports import Quartiles
from api.schemas.sent import Dated, Id, Input

Score = Annotated[int, Field(strict=True, ge=1, le=3)]


class ReviewIn(Input):
    """A reviewer's four scores of one contact: 1 missing, 2 partly, 3 fully."""

    acknowledged: Annotated[Score, Field(description="says what this means for the customer, before any solution")]
    listened: Annotated[Score, Field(description="takes up what was told, and asks for nothing twice")]
    clear: Annotated[Score, Field(description="says in plain words what happens next, and by when")]
    owned: Annotated[Score, Field(description="stays with it until it is solved, or is handed over to a person by name")]


class FeedbackIn(Dated):
    """What a customer or a reviewer said of a contact. At least one of `felt_understood`, `review` and `praise`. The same `id` again with
    the same content changes nothing."""

    id: Id
    ticket_id: Id
    agent_id: Annotated[Id | None, Field(description="whom it is about; by default who had the last contact, else who has the ticket")] = (
        None
    )
    felt_understood: Annotated[
        int | None, Field(strict=True, ge=1, le=10, description="“I felt understood”: 1 not at all … 10 completely, the customer's answer")
    ] = None
    review: ReviewIn | None = None
    praise: Annotated[
        str | None, Field(min_length=1, max_length=1000, description="words of thanks, kept for the agent alone, who sees them as sent")
    ] = None

    @model_validator(mode="after")
    def _something_said(self) -> FeedbackIn:
        if self.felt_understood is None and self.review is None and self.praise is None:
            raise ValueError("one of felt_understood, review and praise must be given")
        return self


class ReviewOut(BaseModel):
    acknowledged: int
    listened: int
    clear: int
    owned: int


class FeedbackOut(BaseModel):
    id: str
    ticket_id: str
    agent_id: Annotated[str | None, Field(description="null where nobody but automation had the ticket")]
    occurred_at: Moment
    felt_understood: int | None
    review: ReviewOut | None
    praise: str | None


class HeardOut(BaseModel):
    """Each person's mean counts once, whoever was answered about most often; `interval` is Student's over people, 95 %."""

    people: int
    answers: int
    mean: float
    interval: Annotated[list[float], Field(min_length=2, max_length=2)]
    quartiles: Quartiles


class HeardGroupOut(HeardOut):
    """People with the same skills and languages."""

    skills: list[str]
    languages: list[str]


class MeasureOut(BaseModel):
    """One question. `team` is null where too few people were answered about; then nothing of it is shown."""

    team: HeardOut | None
    groups: list[HeardGroupOut]
    people_in_groups_not_shown: int | None


class FeedbackReportOut(BaseModel):
    """The last 13 whole weeks (Monday to Sunday, UTC) in which answers came in."""

    from_: Annotated[Moment, Field(alias="from")]
    to: Moment
    people_at_least: int
    felt_understood: MeasureOut
    acknowledged: MeasureOut
    listened: MeasureOut
    clear: MeasureOut
    owned: MeasureOut
