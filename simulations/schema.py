"""The JSON Schema (2020-12) of settings, made from the settings themselves: kind, default, bounds, unit and reason of each field."""

from __future__ import annotations

import dataclasses
import inspect
import math
from collections.abc import Mapping
from dataclasses import is_dataclass
from datetime import date, time
from typing import Any

from fatigue_model.bounds import Bound

Schema = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
NAME = {"type": "string", "minLength": 1, "maxLength": 100}


def published(settings: Any, name: str) -> Schema:
    """The schema of a whole file, whose defaults are those of `settings`; dates and times are text, as editors hand them over."""
    return {"$schema": DIALECT, "$id": f"urn:respite:{name}", "title": f"Respite {name}", **schema_of(settings)}


def schema_of(settings: Any) -> Schema:
    """A table: every field of a dataclass of settings, and nothing else."""
    properties = {item.name: _property(item, getattr(settings, item.name)) for item in dataclasses.fields(settings)}
    return {"description": _said(settings), "type": "object", "properties": properties, "additionalProperties": False}


def list_of_names(least: int = 0, allowed: tuple[str, ...] = ()) -> Schema:
    return {"type": "array", "items": {"enum": list(allowed)} if allowed else NAME, "uniqueItems": True, "minItems": least}


def plain(value: Any) -> Any:
    """A default as JSON; fields that are absent are left out."""
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: plain(each) for item in dataclasses.fields(value) if (each := getattr(value, item.name)) is not None}
    if isinstance(value, Mapping):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value.isoformat() if isinstance(value, date | time) else value


def _property(item: dataclasses.Field[Any], own: Any) -> Schema:
    told = item.metadata
    if "bound" in told:
        return {**_number(told["bound"], own), **_about(told["bound"].why, told["bound"].unit, told["bound"].source), "default": own}
    if "least" in told:
        return {**list_of_names(told["least"]), **_about(told["why"], ""), "default": plain(own)}
    if "read" in told:
        shape = told["read"].schema(own)
        about = _about(told["why"], told["unit"])
        return {**shape, **about, **({} if own is None or "properties" in shape else {"default": plain(own)})}
    return schema_of(own)


def _number(bound: Bound, own: object) -> Schema:
    found: Schema = {"type": "integer" if isinstance(own, int) else "number"}
    limits = {"minimum": bound.low, "maximum": bound.high}
    return {**found, **{name: limit for name, limit in limits.items() if math.isfinite(limit)}}


def _about(why: str, unit: str, source: str = "") -> Schema:
    """The reason and the unit in words, as editors show them, and the unit alone."""
    words = [why, f"source: {source}" if source else "", f"unit: {unit}" if unit else ""]
    return {"description": "; ".join(word for word in words if word), **({"x-unit": unit} if unit else {})}


def _said(settings: Any) -> str:
    """The first paragraph of a docstring as one line."""
    return " ".join((inspect.getdoc(type(settings)) or "").partition("\n\n")[0].split())
