"""What reports look like, for the published schema: states, rules and aggregates, no number of a person."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.schemas.answered import Moment


class OutcomeOut(BaseModel):
    """One pass, of the team as a whole; null where there is nothing to count, or too few people."""

    wait_median_s: float | None
    wait_p90_s: float | None
    escalations: int
    same_agent_share: float | None
    longest_run: int
    long_runs: int
    points_gini: float | None
    points_a_day_gini: float | None


class SideOut(BaseModel):
    """Counts are null where they are withheld."""

    lanes: dict[str, int] | None
    rotations: int | None
    relaxed: dict[str, int] | None
    breaks: int | None
    break_s: float | None
    automation_usd: float | None
    above_line: Annotated[float | None, Field(description="mean share of queue time above the line; null for too few people")]
    outcome: OutcomeOut | None


class PlaceOut(BaseModel):
    lane: str
    agent_id: str | None


class ChangeOut(BaseModel):
    """Who would have a ticket that automation no longer gets is not told."""

    ticket_id: str
    account_id: str
    created_at: Moment
    before: PlaceOut
    after: PlaceOut
    rules: Annotated[list[str], Field(description="of the draft, against who had it")]


class PreviewOut(BaseModel):
    """What a draft would have changed; the first 500 changes one by one, where that tells nobody's load."""

    from_: Annotated[Moment, Field(alias="from")]
    to: Moment
    tickets: int
    before: SideOut
    after: SideOut
    changed: int | None
    changes: list[ChangeOut]
    withheld: Annotated[str | None, Field(description="why some of it is not told")]
    assumed_automated: int


class DifferenceOut(BaseModel):
    decision_id: str
    ticket_id: str
    at: Moment
    ours: PlaceOut
    theirs: str | None
    rules: list[str]


class OverridesOut(BaseModel):
    """Tickets that managers gave out themselves. One may break several rules; of some, made by an older version, they are not known."""

    count: int
    within_rules: int
    not_known: int
    rules_broken: dict[str, int]


class ShadowOut(BaseModel):
    since: Moment
    compared: int
    same: int
    to_automation: int
    to_queue: int
    rules_broken: dict[str, int]
    open: int
    differences: list[DifferenceOut]
    overrides: OverridesOut


Quartiles = Annotated[
    list[float] | None,
    Field(min_length=3, max_length=3, description="each the mean of the quarter of people around it; null for fewer than nine people"),
]


class SpreadOut(BaseModel):
    """To two digits, no number one person's own."""

    mean: float
    quartiles: Quartiles
    gini: Annotated[float | None, Field(description="0: all the same; null where nobody has anything")]


class EquityGroupOut(BaseModel):
    """People with the same skills and languages; both null: the whole team."""

    skills: list[str] | None
    languages: list[str] | None
    people: int
    points: SpreadOut
    points_a_day: SpreadOut
    hard_contacts: SpreadOut
    breaks_owed: SpreadOut
    breaks_taken: SpreadOut
    rest_min: SpreadOut


class EquityOut(BaseModel):
    from_: Annotated[Moment, Field(alias="from")]
    to: Moment
    people_at_least: int
    team: EquityGroupOut | None
    groups: list[EquityGroupOut]
    people_in_groups_not_shown: int | None


class BotOut(BaseModel):
    bot: str
    category: str
    tried: int
    resolved: int
    failed: int
    mean: Annotated[float, Field(description="the expected share resolved")]
    bound: Annotated[float, Field(description="its lower bound")]
    state: Literal["open", "closed", "probing"]
    cost_usd: float


class DraftsOut(BaseModel):
    made: int
    cost_usd: float


class ConcentrationOut(BaseModel):
    """How hard contacts were: of those that people met, and of all had people met what automation resolved too."""

    from_: Annotated[Moment, Field(alias="from")]
    to: Moment
    contacts: int
    mean_points: float
    resolved_by_automation: int
    mean_points_of_all: float


class AutomationReportOut(BaseModel):
    bots: list[BotOut]
    drafts: DraftsOut
    people_at_least: int
    concentration: ConcentrationOut | None
