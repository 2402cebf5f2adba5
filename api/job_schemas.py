"""What a what-if job is asked with, and how it is shown."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema

from api.answer_schemas import Moment
from api.json_text import to_json
from api.schemas import Input
from api.studies import KINDS

SMALL = 'title = "Three agents"\n[groups.team]\nagents = 3\n[demand]\ntickets_per_day = 40\n'
EXAMPLES: list[Any] = [
    {"kind": "simulate", "scenario": "small-team", "replications": 20, "seed": 1},
    {"kind": "simulate", "scenario": SMALL, "changes": {"agents": "-1", "volume": "+20%"}},
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
Seed = Annotated[int, Field(ge=0, le=2**63 - 1)]


class SimulationIn(Input):
    """A what-if. The scenario is checked at once, and every violation is listed."""

    model_config = ConfigDict(json_schema_extra={"examples": EXAMPLES})

    kind: Literal[*KINDS] = "simulate"  # type: ignore[valid-type]
    scenario: ScenarioIn
    changes: Annotated[dict[Word, Amount] | None, Field(max_length=50, description="in the words of `respite compare --set`")] = None
    replications: Annotated[int | None, Field(ge=1, le=10_000, description="other than the scenario's")] = None
    seed: Annotated[Seed | None, Field(description="other than the scenario's")] = None


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
