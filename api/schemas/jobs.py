"""What a what-if job is asked with, and how it is shown."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema

from api.jobs.studies import KINDS
from api.json_text import to_json
from api.schemas.answered import Moment, Next
from api.schemas.sent import Input

SMALL = 'title = "Three agents"\n[groups.team]\nagents = 3\n[demand]\ntickets_per_day = 40\n'
EXAMPLES: list[Any] = [
    {"kind": "simulate", "scenario": "small-team", "replications": 20, "seed": 1},
    {"kind": "simulate", "scenario": SMALL, "changes": {"agents": "-1", "volume": "+20%"}},
    {"kind": "compare", "scenario": "small-team", "changes": {"automation": "60%"}, "precision": {"service_level": "1pt"}},
    {"kind": "sweep", "scenario": "small-team", "axes": {"break": "0,5,10,15,20", "rotation": "2..8"}, "replications": 10},
    {"kind": "staff", "scenario": "small-team", "service_level": "0.8/4h", "max_above_line": "5%", "budget": 9000},
    {"kind": "simulate", "scenario": {"title": "Three agents", "groups": {"team": {"agents": 3, "shift_start": "08:00:00"}}}},
]


def _toml_or_object(given: object) -> object:
    if not isinstance(given, str | dict) or given == "":
        raise ValueError("must be TOML, a JSON object, or the name of a scenario that comes with Respite")
    try:
        to_json(given)
    except ValueError as error:  # halves of letters, and numbers that are none, which Python's reader lets through
        raise ValueError("must be text and numbers that JSON can hold") from error
    return given


ScenarioIn = Annotated[
    Any,
    AfterValidator(_toml_or_object),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "object"}]}),
    Field(description="TOML, the same as a JSON object with dates and times as text, or the name of one that comes with Respite"),
]
Word = Annotated[str, Field(min_length=1, max_length=200)]
Amount = Annotated[str, Field(min_length=1, max_length=200)]
Words = dict[Word, Amount]
Changes = Annotated[Words | None, Field(max_length=50, description="in the words of `respite compare --set`")]
Seed = Annotated[int, Field(ge=0, le=2**63 - 1)]


class SimulationIn(Input):
    """A what-if: a scenario simulated, a change compared with it, changes by degrees, or the fewest people who meet limits. The words are
    those of `respite simulate`, `compare`, `sweep` and `staff`. It is checked at once, and every violation is listed; a field of another
    kind is refused."""

    model_config = ConfigDict(json_schema_extra={"examples": EXAMPLES})

    kind: Literal[*KINDS] = "simulate"  # type: ignore[valid-type]
    scenario: ScenarioIn
    changes: Changes = None
    seed: Annotated[Seed | None, Field(description="other than the scenario's")] = None
    replications: Annotated[int | None, Field(ge=1, le=10_000, description="of the scenario; compare: exactly so many pairs")] = None
    against: Annotated[ScenarioIn | None, Field(description="compare: another scenario, whole, over the same days")] = None
    precision: Annotated[Words | None, Field(max_length=50, description="compare: how narrow intervals have to be before it stops")] = None
    axes: Annotated[Words | None, Field(min_length=1, max_length=2, description="sweep: words with their values or range")] = None
    most: Annotated[int | None, Field(ge=2, le=10_000, description="compare: never more pairs than this")] = None
    service_level: Annotated[Amount | None, Field(description="staff: at least this share answered within this time")] = None
    max_above_line: Annotated[Amount | None, Field(description="staff: at most this share of people's time above the line")] = None
    max_abandonment: Annotated[Amount | None, Field(description="staff: at most this share of chats and calls given up")] = None
    limits: Annotated[list[Amount] | None, Field(max_length=20, description="staff: limits on any metric")] = None
    budget: Annotated[float | None, Field(ge=0, le=1e12, description="staff: $ for the days that count")] = None
    confidence: Annotated[Amount | None, Field(description="staff: how sure to be of all of it together; 95%")] = None
    deltas: Annotated[list[Amount] | None, Field(max_length=20, description="staff: METRIC=WIDTH, the zone of a limit")] = None
    groups: Annotated[list[Amount] | None, Field(max_length=100, description="staff: vary these alone, or within a range")] = None
    replications_max: Annotated[int | None, Field(ge=4, le=10_000, description="staff: of one head-count; 240")] = None
    exchange: Annotated[bool | None, Field(description="staff: try one or two of a group in place of one of another")] = None


class InstantIn(Input):
    """A what-if to be answered by formula."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"scenario": "small-team", "changes": {"agents": "-1"}}]})

    scenario: ScenarioIn
    changes: Changes = None


class InstantSide(BaseModel):
    """Shares from 0 to 1; null where there is nothing of the kind, or no end of it."""

    busy: Annotated[float | None, Field(description="work that comes in over the time of people at the queue; above 1 they can't keep up")]
    live_within: Annotated[float | None, Field(description="live contacts that are picked up within their target")]
    live_wait_s: Annotated[float | None, Field(description="their mean wait")]
    live_left: Annotated[float | None, Field(description="of them, who gives up; null where the scenario sets no patience")]
    on_shift_most: Annotated[float, Field(description="people at the queue at the best-staffed half hour")]


class InstantOut(BaseModel):
    base: InstantSide
    change: InstantSide


class ProgressOut(BaseModel):
    """Finished replications, and how many it will take: at most, where the job itself finds out."""

    done: int
    total: int


class SimulationOut(BaseModel):
    id: Annotated[str, Field(examples=["sim-019c53f1a3e2c07b"])]
    kind: str
    title: str
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    created_at: Moment
    started_at: Moment | None
    ended_at: Moment | None
    progress: ProgressOut
    seconds_left: Annotated[float | None, Field(description="in life; null where it is not known yet")]
    error: Annotated[str | None, Field(description="why it failed")]


class SimulationWhole(SimulationOut):
    """With what was asked."""

    request: dict[str, Any]


class SimulationPage(BaseModel):
    items: list[SimulationOut]
    next: Next
