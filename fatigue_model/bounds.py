"""Bounded settings: a dataclass field that knows its unit, its bounds, why it has its default, and a check that lists every violation."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Bound:
    """What a setting may be: `low ≤ value ≤ high`, in `unit`, and why it is what it is.

    `source` is what the default leans on. `mark` says how the number itself is known: R read in its source, M remembered, A assumed
    (where there is a source, so as to land inside what it found), S simulated.
    """

    low: float
    high: float
    unit: str
    why: str
    mark: str = "A"
    source: str = ""

    def __str__(self) -> str:
        return f"{_plain(self.low)} to {_plain(self.high)} {self.unit}".rstrip()


def _plain(number: float) -> str:
    """A number of a bound: whole ones with every digit, for they are to be typed."""
    return f"{number:.0f}" if float(number).is_integer() else f"{number:g}"


@dataclass(frozen=True, slots=True)
class Violation:
    """One refused value: where it stands (a JSON pointer), what was given, what is allowed."""

    pointer: str
    given: object
    allowed: str

    def __str__(self) -> str:
        return f"{self.pointer}: {shown(self.given)} is not allowed; allowed: {self.allowed}"


class UnknownName(Violation):
    """A name that no setting has; `allowed` lists those that there are."""


class InvalidValues(ValueError):
    """Every violation of a set of values at once."""

    def __init__(self, violations: tuple[Violation, ...]) -> None:
        super().__init__("; ".join(str(violation) for violation in violations))
        self.violations = violations


def shown(given: object) -> str:
    """A refused value as Python writes it."""
    try:
        return repr(given)
    except (ValueError, RecursionError):  # a whole number of thousands of digits, which Python does not write; lists in lists
        return "what is too long to be shown"


def escaped(name: str) -> str:
    """A name as one step of a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")


def bounded(default: float, low: float, high: float, unit: str, why: str, mark: str = "A", source: str = "") -> Any:
    """A dataclass field holding a number; an `int` default makes an integer setting, a `float` default a real one."""
    return field(default=default, metadata={"bound": Bound(low, high, unit, why, mark, source)})


def check_number(value: object, default: object, bound: Bound, pointer: str) -> tuple[Violation, ...]:
    """No violation, or the one that `value` makes against `bound`. Booleans, NaN and infinities are never numbers here."""
    kinds = (int,) if isinstance(default, int) else (int, float)
    if isinstance(value, kinds) and not isinstance(value, bool) and bound.low <= value <= bound.high:
        return ()
    kind = "a whole number" if kinds == (int,) else "a number"
    return (Violation(pointer, value, f"{kind} from {bound}"),)


def check_bounded(cls: type, values: Mapping[str, object], at: str = "") -> tuple[Violation, ...]:
    """Every violation of `values` against the bounded fields of `cls`: unknown names, wrong kinds, numbers out of bounds."""
    fields = {item.name: item for item in dataclasses.fields(cls)}
    found: list[Violation] = []
    for name, value in values.items():
        if name not in fields:
            found.append(UnknownName(f"{at}/{escaped(name)}", value, "one of " + ", ".join(sorted(fields))))
        elif "bound" in fields[name].metadata:
            found.extend(check_number(value, fields[name].default, fields[name].metadata["bound"], f"{at}/{name}"))
    return tuple(found)


def build_bounded(cls: type[T], values: Mapping[str, object], at: str = "") -> T:
    """An instance of `cls` from `values`, defaults elsewhere; raises `InvalidValues` with all violations."""
    found = check_bounded(cls, values, at)
    if found:
        raise InvalidValues(found)
    defaults = {item.name: item.default for item in dataclasses.fields(cls) if item.default is not MISSING}  # type: ignore[arg-type]
    return cls(**{name: float(v) if isinstance(defaults[name], float) else v for name, v in values.items()})  # type: ignore[arg-type]


def digest(values: Mapping[str, object]) -> str:
    """The first 16 hex digits of the SHA-256 of the values as canonical JSON: equal values, equal digest."""
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
