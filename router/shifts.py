"""Weekly shifts in a person's own time zone: on shift now, and until when."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from router.domain import Shift

EPOCH, DAY_MIN = date(1970, 1, 1).toordinal(), 1440
OVERTIME_MIN = 120  # the last contact of a shift may end after it
SMALL_HOURS_MIN = 180  # when hardly anybody's work begins, so that who begins about midnight has a day of each night
WEEK_BACK_D = 9  # in which any weekly shift has been before
OVER_A_WEEK_S = 7.5 * 86_400.0  # a week in which the clocks go back is longer than seven days


def window(shifts: tuple[Shift, ...], time_zone: str, now_s: float) -> tuple[bool, float]:
    """Whether `now_s` lies in a shift, and the instant at which that changes (infinity where there are no shifts).

    Local clock times are kept over a change to summer time: a shift that begins at 09:00 begins at 09:00 all year.
    """
    if not shifts:
        return True, math.inf
    spans = _spans(shifts, time_zone, now_s, 9)
    until = math.inf
    inside = False
    for start, end in spans:
        if inside and start <= until:
            until = max(until, end)
        elif start <= now_s < end:
            inside, until = True, end
        elif not inside and start > now_s:
            return False, start
    # shifts repeat by the week: one that lasts over a week without a gap has no end
    return inside, math.inf if until >= now_s + OVER_A_WEEK_S else until


def shift_at(shifts: tuple[Shift, ...], time_zone: str, now_s: float) -> tuple[float, float] | None:
    """Start and end of the shift that `now_s` lies in, the one that began last; None outside of shifts."""
    inside = [each for each in _spans(shifts, time_zone, now_s, 1) if each[0] <= now_s < each[1]]
    return inside[-1] if inside else None


def began_s(shifts: tuple[Shift, ...], time_zone: str, now_s: float) -> float:
    """When the time on shift that `now_s` lies in began, shifts without a gap between them as one; minus infinity outside of shifts, and
    where there are none. What is over two days ago may be said to have begun later."""
    began = until = -math.inf
    for start, end in _spans(shifts, time_zone, now_s, 1):
        if start > now_s:
            break
        began, until = began if start <= until else start, max(until, end)
    return began if now_s < until else -math.inf


def day_worked(shifts: tuple[Shift, ...], time_zone: str, at_s: float) -> int:
    """The day that work at `at_s` belongs to, in days since 1970: the person's calendar day, or the one before it where a shift of that day
    went on past midnight or ended within `OVERTIME_MIN` minutes, and none of the new day has begun. Without shifts a day goes on until
    `SMALL_HOURS_MIN` minutes past midnight."""
    local = datetime.fromtimestamp(at_s, ZoneInfo(time_zone))
    if not shifts:
        return (local.replace(tzinfo=None) - timedelta(minutes=SMALL_HOURS_MIN)).toordinal() - EPOCH
    day, weekday, minute = local.toordinal() - EPOCH, local.weekday(), local.hour * 60 + local.minute
    began = any(each.weekday == weekday and each.start_min <= minute for each in shifts)
    before = (weekday - 1) % 7
    late = any(each.weekday == before and minute + DAY_MIN < each.end_min + OVERTIME_MIN for each in shifts)
    return day - 1 if late and not began else day


def rested_s(shifts: tuple[Shift, ...], time_zone: str, now_s: float, least_s: float) -> float:
    """Up to when whatever ended was followed by time off shift of `least_s` or longer that is over; minus infinity where none was."""
    rested = until = -math.inf
    for start, end in _spans(shifts, time_zone, now_s, 1, WEEK_BACK_D):
        if start > now_s:
            break
        if -math.inf < until < start and start - until >= least_s:
            rested = start - least_s
        until = max(until, end)
    return rested


def _spans(shifts: tuple[Shift, ...], time_zone: str, now_s: float, days: int, back_d: int = 2) -> list[tuple[float, float]]:
    """The shifts from `back_d` days ago until `days` ahead, the earliest first."""
    zone = ZoneInfo(time_zone)
    today = datetime.fromtimestamp(now_s, zone).date()
    offsets = range(-back_d, days)
    return sorted(_span(shift, today + timedelta(days=offset), zone) for offset in offsets for shift in _on(shifts, today, offset))


def _on(shifts: tuple[Shift, ...], today: date, offset: int) -> tuple[Shift, ...]:
    weekday = (today + timedelta(days=offset)).weekday()
    return tuple(shift for shift in shifts if shift.weekday == weekday)


def _span(shift: Shift, day: date, zone: ZoneInfo) -> tuple[float, float]:
    return _instant(day, shift.start_min, zone), _instant(day, shift.end_min, zone)


def _instant(day: date, minute: int, zone: ZoneInfo) -> float:
    local = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(minutes=minute)
    return local.astimezone(UTC).timestamp()
