"""A policy as it is sent, tried and shown: its JSON Schema is made from the class whose bounds are checked."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from api.schemas.answered import Next
from api.schemas.sent import OCCURRED, Input
from router.policy import Policy
from simulations.schema import Schema, schema_of


class PolicyShape:
    """The JSON Schema of a policy, made from its class: every setting with default, bounds, unit and reason."""

    def __init__(self, more: Schema, answered: bool = False) -> None:
        self.more, self.answered = more, answered

    def __get_pydantic_json_schema__(self, _core: CoreSchema, _handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        shape = schema_of(Policy())
        shape["properties"] = {**(_without_defaults(shape["properties"]) if self.answered else shape["properties"]), **self.more}
        return {**shape, "required": list(shape["properties"])} if self.answered else shape


def _without_defaults(properties: Schema) -> Schema:
    """The same as an answer has it: no default, every setting there."""
    found = {}
    for name, shape in properties.items():
        kept = {key: value for key, value in shape.items() if key != "default"}
        if "properties" in kept:
            kept |= {"properties": _without_defaults(kept["properties"]), "required": list(kept["properties"])}
        found[name] = kept
    return found


VERSION: Schema = {"type": "integer", "minimum": 0, "description": "of the policy in force; 0 is the default"}
DIGEST: Schema = {"type": "string", "description": "equal settings have an equal digest"}
WARNINGS: Schema = {"type": "array", "items": {"type": "string"}, "description": "what is allowed but not advised"}
READ_ONLY: Schema = {"version": VERSION, "digest": DIGEST, "warnings": WARNINGS}
SINCE: Schema = {"since": {"type": "string", "format": "date-time"}}
PASSED_OVER: Schema = {name: {"description": "passed over, so that an answer can be sent back"} for name in READ_ONLY}
SENT: Schema = (
    PASSED_OVER
    | {"version": VERSION}
    | {"occurred_at": {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}], "description": OCCURRED}}
)

PolicyIn = Annotated[dict[str, Any], PolicyShape(SENT)]
DraftIn = Annotated[dict[str, Any], PolicyShape(PASSED_OVER)]
PolicyOut = Annotated[dict[str, Any], PolicyShape(READ_ONLY, answered=True)]
PolicyVersionOut = Annotated[dict[str, Any], PolicyShape(READ_ONLY | SINCE, answered=True)]


class PolicyPage(BaseModel):
    items: list[PolicyVersionOut]
    next: Next


class PreviewIn(Input):
    """A draft policy, whole, as PUT /v1/policy takes it, and over how many past days to try it."""

    policy: DraftIn
    days: Annotated[int, Field(ge=1, le=28)] = 7
