"""Policies as callers put them: every leaf by its JSON pointer, one set alone, several laid over each other."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from fatigue_model.bounds import Bound
from router.policy import Policy


def leaves(part: object, pointer: str = "") -> Iterator[tuple[str, Any, Bound | None]]:
    """Every setting of a policy: its JSON pointer, its default and its bound."""
    for item in dataclasses.fields(part):
        value, here = getattr(part, item.name), f"{pointer}/{item.name}"
        if dataclasses.is_dataclass(value):
            yield from leaves(value, here)
        else:
            yield here, value, item.metadata.get("bound")


LEAVES = {pointer: (default, bound) for pointer, default, bound in leaves(Policy())}
BOUNDED = {pointer: (default, bound) for pointer, (default, bound) in LEAVES.items() if bound is not None}


def setting(pointer: str, value: object) -> dict[str, Any]:
    """A policy that sets one leaf."""
    for name in reversed(pointer.split("/")[1:]):
        value = {name: value}
    assert isinstance(value, dict)
    return value


def another_value(pointer: str) -> float:
    """A value of a leaf, within its bounds, that is not the default."""
    default, bound = BOUNDED[pointer]
    if isinstance(default, int):
        return default + 1 if default < bound.high else default - 1
    return next(each for each in ((default + bound.high) / 2, (default + bound.low) / 2) if each != default)


def merged(*policies: Mapping[str, Any]) -> dict[str, Any]:
    """Policies laid over each other, the later ones on top."""
    result: dict[str, Any] = {}
    for policy in policies:
        for name, value in policy.items():
            result[name] = merged(result.get(name, {}), value) if isinstance(value, Mapping) else value
    return result
