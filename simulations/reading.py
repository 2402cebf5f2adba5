"""Plain TOML values laid over a frozen dataclass of settings; every violation is collected by its path, none stops the reading."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date, datetime, time
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from fatigue_model.bounds import InvalidValues, Violation, check_bounded, escaped
from router.policy import policy_from
from simulations.schema import NAME, Schema, list_of_names, schema_of

T = TypeVar("T")
Found = list[Violation]
Reader = Callable[[Any, str, Found], Any]
NAME_LENGTH_MAX = 100


def setting(default: Any, reader: Reader, unit: str, why: str) -> Any:
    """A dataclass field that is not a plain number; `reader` turns a TOML value into the field's own kind, or finds it wrong."""
    return field(default_factory=lambda: default, metadata={"read": reader, "unit": unit, "why": why})


def overlay(base: T, values: object, at: str, found: Found) -> T:
    """`base` with `values` in place of its own; what is refused is added to `found` and left as it was."""
    if not isinstance(values, Mapping):
        found.append(Violation(at or "/", values, "a table"))
        return base
    refused = check_bounded(type(base), values, at)
    found.extend(refused)
    bad = {violation.pointer for violation in refused}
    given: dict[str, Any] = {}
    for item in fields(base):  # type: ignore[arg-type]
        pointer = f"{at}/{item.name}"
        if item.name in values and pointer not in bad:
            own, value = getattr(base, item.name), values[item.name]
            if "read" in item.metadata:
                before, value = len(found), item.metadata["read"](value, pointer, found)
                given[item.name] = value if len(found) == before else own
            elif is_dataclass(own):
                given[item.name] = overlay(own, value, pointer, found)
            else:
                given[item.name] = float(value) if isinstance(own, float) else value
    return replace(base, **given)  # type: ignore[type-var]


@dataclass(frozen=True, slots=True)
class Form:
    """A reader that also says, as JSON Schema, what it lets pass; `schema` is told the field's default."""

    read: Reader
    schema: Callable[[Any], Schema]

    def __call__(self, value: Any, at: str, found: Found) -> Any:
        return self.read(value, at, found)


def fitting(fits: Callable[[Any], bool], allowed: str, schema: Schema, convert: Callable[[Any], Any] = lambda value: value) -> Form:
    """A reader that converts what fits and refuses the rest."""

    def read(value: Any, at: str, found: Found) -> Any:
        if fits(value):
            return convert(value)
        found.append(Violation(at, value, allowed))
        return None

    return Form(read, lambda _: schema)


def _read_policy(value: Any, at: str, found: Found) -> Any:
    if not isinstance(value, Mapping):
        found.append(Violation(at, value, "a table"))
        return None
    try:
        return policy_from(value)
    except InvalidValues as invalid:
        found.extend(replace(each, pointer=at + each.pointer) for each in invalid.violations)
        return None


read_policy = Form(_read_policy, schema_of)


def names_of(*allowed: str, least: int = 0) -> Form:
    """A list of at least `least` different names, from `allowed` where that is not empty."""
    what = "a list of different names" + (", from " + ", ".join(allowed) if allowed else "") + (f", at least {least}" if least else "")
    return fitting(
        lambda value: isinstance(value, list) and _are_names(value, allowed) and least <= len(value) == len(set(value)),
        what,
        list_of_names(least, allowed),
        tuple,
    )


def shares(*allowed: str) -> Form:
    """A table of names and their shares, which need not sum to 1; names from `allowed` where that is not empty."""
    what = "a table of shares, none negative and not all 0" + (", for " + ", ".join(allowed) if allowed else "")
    return fitting(
        lambda value: isinstance(value, dict) and _are_names(value, allowed) and _are_shares(value.values()),
        what,
        {
            "type": "object",
            "propertyNames": {"enum": list(allowed)} if allowed else NAME,
            "additionalProperties": {"type": "number", "minimum": 0},
            "not": {"additionalProperties": {"const": 0}},
        },
        lambda value: {name: float(share) for name, share in value.items()},
    )


def weights(*counts: int) -> Form:
    """As many numbers as one of `counts`, none negative and not all zero."""
    return fitting(
        lambda value: isinstance(value, list) and len(value) in counts and _are_shares(value),
        f"a list of {' or '.join(map(str, counts))} numbers, none negative and not all 0",
        {**_some_numbers(0), "anyOf": [{"minItems": count, "maxItems": count} for count in counts]},
        lambda value: tuple(float(each) for each in value),
    )


def numbers(low: float, high: float, most: int) -> Form:
    """A list of 1 to `most` numbers from `low` to `high`, not all 0."""
    return fitting(
        lambda value: isinstance(value, list) and len(value) <= most and _are_shares(value) and low <= min(value) and max(value) <= high,
        f"a list of 1 to {most:,} numbers from {low:g} to {high:g}, not all 0",
        {**_some_numbers(low, high), "maxItems": most},
        lambda value: tuple(float(each) for each in value),
    )


def _some_numbers(low: float, high: float | None = None) -> Schema:
    limits = {"minimum": low} | ({} if high is None else {"maximum": high})
    return {"type": "array", "items": {"type": "number", **limits}, "contains": {"exclusiveMinimum": 0}}


def named(part: Callable[[], Any]) -> Form:
    """A table of tables, each laid over a new `part`."""

    def read(value: Any, at: str, found: Found) -> Any:
        if not isinstance(value, dict) or not value or not _are_names(value, ()):
            found.append(Violation(at, value, "a table of named tables, at least one"))
            return None
        return {name: overlay(part(), each, f"{at}/{escaped(name)}", found) for name, each in value.items()}

    return Form(read, lambda _: {"type": "object", "minProperties": 1, "propertyNames": NAME, "additionalProperties": schema_of(part())})


def listed(part: Callable[[], Any]) -> Form:
    """A list of tables, `[[…]]` in TOML, each laid over a new `part`."""

    def read(value: Any, at: str, found: Found) -> Any:
        if not isinstance(value, list):
            found.append(Violation(at, value, "a list of tables"))
            return None
        return tuple(overlay(part(), each, f"{at}/{place}", found) for place, each in enumerate(value))

    return Form(read, lambda _: {"type": "array", "items": schema_of(part())})


def weights_by(names: tuple[str, ...], *counts: int) -> Form:
    """A table of such lists as `weights` reads, for any of `names`."""
    each_list = weights(*counts)

    def read(value: Any, at: str, found: Found) -> Any:
        if not isinstance(value, dict) or not _are_names(value, names):
            found.append(Violation(at, value, "a table for any of " + ", ".join(names)))
            return None
        return {name: each_list(each, f"{at}/{name}", found) for name, each in value.items()}

    return Form(read, lambda _: {"type": "object", "propertyNames": {"enum": list(names)}, "additionalProperties": each_list.schema(None)})


def _are_names(values: Iterable[Any], allowed: tuple[str, ...]) -> bool:
    return all(isinstance(each, str) and 0 < len(each) <= NAME_LENGTH_MAX and (not allowed or each in allowed) for each in values)


def _are_shares(values: Iterable[Any]) -> bool:
    numbers = list(values)
    plain = all(isinstance(each, int | float) and not isinstance(each, bool) for each in numbers)
    return plain and all(0 <= each <= sys.float_info.max for each in numbers) and 0 < sum(map(float, numbers)) < math.inf


def _is_time_zone(value: Any) -> bool:
    try:
        ZoneInfo(value)
    except (ValueError, OSError, TypeError, AttributeError, KeyError):  # ZoneInfo raises each of them for some wrong name
        return False
    return bool(value)


def _is_day(value: Any) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime) and 1970 < value.year < 2200


read_flag = fitting(lambda value: isinstance(value, bool), "true or false", {"type": "boolean"})
read_text = fitting(lambda value: isinstance(value, str) and 0 < len(value) <= NAME_LENGTH_MAX, "text of 1 to 100 characters", NAME)
read_time_zone = fitting(_is_time_zone, 'the name of a time zone, like "Europe/Berlin"', {"type": "string", "minLength": 1})
read_clock_time = fitting(
    lambda value: isinstance(value, time) and value.second == value.microsecond == 0,
    "a local time in whole minutes, like 09:00:00",
    {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9](:00(\\.0+)?)?$"},
)
read_day = fitting(_is_day, "a date, like 2026-01-05", {"type": "string", "format": "date"})
read_levels = fitting(
    lambda value: isinstance(value, dict) and all(type(level) is int and 1 <= level <= 5 for level in value.values()),
    "a table of skills with levels 1 to 5",
    {"type": "object", "additionalProperties": {"type": "integer", "minimum": 1, "maximum": 5}},
    dict,
)


def choice(*names: str) -> Form:
    """One of some names."""
    return fitting(lambda value: value in names, "one of " + ", ".join(names), {"enum": list(names)})
