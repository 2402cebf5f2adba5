"""Instants between the world (RFC 3339 with offset) and the core (seconds since 1970)."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from router.errors import Refused

TOLERANCE_S = 5.0
EARLIEST_S = datetime(2000, 1, 1, tzinfo=UTC).timestamp()
LATEST_S = datetime(2200, 1, 1, tzinfo=UTC).timestamp()


@lru_cache(1024)
def text(instant_s: float | None) -> str | None:
    """RFC 3339 in UTC with milliseconds; None stays None. A turn writes its own instant many times."""
    if instant_s is None or not math.isfinite(instant_s):
        return None
    return datetime.fromtimestamp(instant_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def local(instant_s: float, zone: str | tzinfo, form: str) -> str:
    """An instant in local time, written as `form` says (see `strftime`)."""
    return datetime.fromtimestamp(instant_s, ZoneInfo(zone) if isinstance(zone, str) else zone).strftime(form)


def past(instant: datetime | None, now_s: float, pointer: str) -> float:
    """Seconds of an instant that has happened; now where none is given. One ahead of the server's clock by over 5 s is refused."""
    if instant is None:
        return now_s
    instant_s = any_time(instant, pointer)
    if instant_s > now_s + TOLERANCE_S:
        raise Refused(pointer, f"lies in the future; it must not be later than {text(now_s)} (the clock of the service)")
    return min(instant_s, now_s)


def any_time(instant: datetime, pointer: str) -> float:
    """Seconds of an instant from 2000 to 2200."""
    instant_s = instant.timestamp()
    if not EARLIEST_S <= instant_s <= LATEST_S:
        raise Refused(pointer, f"must lie from {text(EARLIEST_S)} to {text(LATEST_S)}")
    return instant_s


def day_s(day: date) -> float:
    """The start of a day in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()


def day(instant_s: float) -> date:
    """The day of an instant in UTC."""
    return datetime.fromtimestamp(instant_s, UTC).date()


def day_text(instant_s: float | None) -> str | None:
    return None if instant_s is None else day(instant_s).isoformat()
