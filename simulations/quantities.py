"""What people type for a time, a share, or a service level: 30m, 20s, 4h, 80%, 0.8/4h."""

from __future__ import annotations

import math
import re

_UNITS_S = {"ms": 0.001, "s": 1.0, "sec": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86_400.0}
_PART = re.compile(r"(\d+(?:\.\d*)?|\.\d+)\s*(ms|sec|s|min|m|h|d)?", re.ASCII)
_DURATION = "a time above 0 like 20s, 30m, 4h, 1h30m or 2d; a bare number is seconds"
_SHARE = "a share from 0 to 1 like 0.8, or a percentage like 80%"


def seconds(text: str) -> float:
    """A duration in seconds; raises `ValueError` saying what is allowed."""
    parts = [(float(number), unit) for number, unit in _PART.findall(text)]
    rest = _PART.sub("", text).strip()
    bare = any(not unit for _, unit in parts)
    total = sum(number * _UNITS_S[unit or "s"] for number, unit in parts)
    if rest or not parts or (bare and len(parts) > 1) or not 0 < total < math.inf:
        raise ValueError(f"{text!r} is not allowed; allowed: {_DURATION}")
    return total


def share(text: str) -> float:
    """A share from 0 to 1; raises `ValueError` saying what is allowed."""
    plain = text.strip()
    try:
        value = float(plain.removesuffix("%")) / (100 if plain.endswith("%") else 1)
    except ValueError:
        value = math.nan
    if not 0 <= value <= 1:
        raise ValueError(f"{text!r} is not allowed; allowed: {_SHARE}")
    return value


def service_level(text: str) -> tuple[float, float | None]:
    """A share, and the time within which it is to be answered where one stands behind a slash: 0.8/4h, 80%/20s, 0.9."""
    level, slash, target = text.partition("/")
    return share(level), seconds(target) if slash else None
