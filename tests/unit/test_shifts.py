"""Weekly shifts in local time: overnight, adjacent, over both changes of summer time, and none at all."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.domain import Shift
from router.shifts import began_s, day_worked, window
from support.build import DAY_S, HOUR_S, decide_one, open_ticket, rejections, shifts, team
from support.streams import START_S

ROME = "Europe/Rome"  # in 2026 summer time begins on 29 March at 01:00 UTC and ends on 25 October at 01:00 UTC
MON, TUE, FRI, SAT, SUN = 0, 1, 4, 5, 6


def utc(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def hm(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def shift(weekday: int, start: str, end: str) -> Shift:
    return Shift(weekday, hm(start), hm(end))


@pytest.mark.parametrize("now_s", [0.0, START_S, utc("2030-12-31 23:59")])
def test_without_shifts_always_on(now_s: float) -> None:
    assert window((), ROME, now_s) == (True, math.inf)


@pytest.mark.parametrize(
    ("at", "on", "until"),
    [
        ("2026-03-02 08:59:59", False, "2026-03-02 09:00"),
        ("2026-03-02 09:00", True, "2026-03-02 17:00"),
        ("2026-03-02 16:59:59", True, "2026-03-02 17:00"),
        ("2026-03-02 17:00", False, "2026-03-09 09:00"),  # a Monday; the next one is a week away
        ("2026-03-01 12:00", False, "2026-03-02 09:00"),
    ],
)
def test_a_shift_begins_and_ends(at: str, on: bool, until: str) -> None:
    assert window((shift(MON, "9:00", "17:00"),), "UTC", utc(at)) == (on, utc(until))


@pytest.mark.parametrize(
    ("at", "on", "until"),
    [
        ("2026-03-02 21:59", False, "2026-03-02 22:00"),
        ("2026-03-02 23:59", True, "2026-03-03 06:00"),
        ("2026-03-03 00:00", True, "2026-03-03 06:00"),
        ("2026-03-03 05:59", True, "2026-03-03 06:00"),
        ("2026-03-03 06:00", False, "2026-03-09 22:00"),
    ],
)
def test_a_shift_overnight_belongs_to_the_day_it_begins(at: str, on: bool, until: str) -> None:
    assert window((shift(MON, "22:00", "30:00"),), "UTC", utc(at)) == (on, utc(until))


def test_a_shift_overnight_from_sunday_goes_into_the_next_week() -> None:
    night = (shift(SUN, "22:00", "30:00"),)
    assert window(night, "UTC", utc("2026-03-02 03:00")) == (True, utc("2026-03-02 06:00"))
    assert window(night, "UTC", utc("2026-03-02 06:00")) == (False, utc("2026-03-08 22:00"))


@pytest.mark.parametrize(
    "day",
    [
        (shift(MON, "9:00", "13:00"), shift(MON, "13:00", "17:00")),  # adjacent
        (shift(MON, "13:00", "17:00"), shift(MON, "9:00", "13:00")),  # in whatever order
        (shift(MON, "9:00", "14:00"), shift(MON, "12:00", "17:00")),  # overlapping
        (shift(MON, "9:00", "17:00"), shift(MON, "10:00", "11:00")),  # one within the other
        (shift(MON, "9:00", "17:00"), shift(MON, "9:00", "17:00")),  # twice
    ],
)
def test_shifts_that_touch_are_one(day: tuple[Shift, ...]) -> None:
    for at in ("09:00", "10:30", "12:59", "13:00", "16:59"):
        assert window(day, "UTC", utc(f"2026-03-02 {at}")) == (True, utc("2026-03-02 17:00"))
    assert window(day, "UTC", utc("2026-03-02 17:00")) == (False, utc("2026-03-09 09:00"))


def test_a_gap_between_shifts_is_off_shift() -> None:
    split = (shift(MON, "9:00", "12:00"), shift(MON, "14:00", "18:00"))
    assert window(split, "UTC", utc("2026-03-02 11:00")) == (True, utc("2026-03-02 12:00"))
    assert window(split, "UTC", utc("2026-03-02 12:00")) == (False, utc("2026-03-02 14:00"))
    assert window(split, "UTC", utc("2026-03-02 14:00")) == (True, utc("2026-03-02 18:00"))


def test_adjacent_over_midnight_is_one_shift() -> None:
    around = (shift(MON, "16:00", "24:00"), shift(TUE, "0:00", "8:00"))
    assert window(around, "UTC", utc("2026-03-02 20:00")) == (True, utc("2026-03-03 08:00"))


SPLIT = (shift(MON, "9:00", "12:00"), shift(MON, "14:00", "18:00"), shift(MON, "18:00", "24:00"), shift(TUE, "0:00", "6:00"))


@pytest.mark.parametrize(
    ("at", "began"),
    [
        ("2026-03-02 09:00", "2026-03-02 09:00"),
        ("2026-03-02 11:59", "2026-03-02 09:00"),
        ("2026-03-02 14:00", "2026-03-02 14:00"),
        ("2026-03-02 18:00", "2026-03-02 14:00"),  # where shifts touch nobody comes back
        ("2026-03-03 05:59", "2026-03-02 14:00"),
    ],
)
def test_the_time_on_shift_began_after_the_last_gap(at: str, began: str) -> None:
    assert began_s(SPLIT, "UTC", utc(at)) == utc(began)


@pytest.mark.parametrize(("of", "at"), [(SPLIT, "2026-03-02 12:00"), (SPLIT, "2026-03-03 06:00"), ((), "2026-03-02 10:00")])
def test_without_a_shift_none_began(of: tuple[Shift, ...], at: str) -> None:
    assert began_s(of, "UTC", utc(at)) == -math.inf


def test_a_week_without_a_gap_began_over_a_day_ago() -> None:
    always = shifts(0, 24 * 60)
    for hour in range(24):
        assert utc("2026-03-02 00:00") - began_s(always, "UTC", utc(f"2026-03-02 {hour:02}:00")) >= 86_400


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2026-03-27 12:00", "2026-03-27 16:00"),  # a Friday in winter: 17:00 is 16:00 UTC
        ("2026-03-30 12:00", "2026-03-30 15:00"),  # the Monday after, in summer
        ("2026-10-23 12:00", "2026-10-23 15:00"),
        ("2026-10-26 12:00", "2026-10-26 16:00"),
    ],
)
def test_office_hours_keep_to_the_clock_on_the_wall(at: str, until: str) -> None:
    assert window(shifts(hm("9:00"), hm("17:00")), ROME, utc(at)) == (True, utc(until))


def test_the_next_office_day_after_a_change_begins_by_the_new_time() -> None:
    office = shifts(hm("9:00"), hm("17:00"), range(5))
    assert window(office, ROME, utc("2026-03-27 20:00")) == (False, utc("2026-03-30 07:00"))
    assert window(office, ROME, utc("2026-10-23 20:00")) == (False, utc("2026-10-26 08:00"))


@pytest.mark.parametrize(
    ("begins", "ends", "hours"),
    [
        ("2026-03-21 21:00", "2026-03-22 05:00", 8),  # an ordinary Saturday night in winter
        ("2026-03-28 21:00", "2026-03-29 04:00", 7),  # the clocks go forward
        ("2026-04-04 20:00", "2026-04-05 04:00", 8),
        ("2026-10-24 20:00", "2026-10-25 05:00", 9),  # the clocks go back
    ],
)
def test_a_night_shift_over_a_change_is_shorter_or_longer(begins: str, ends: str, hours: int) -> None:
    night = (shift(SAT, "22:00", "30:00"),)
    assert utc(ends) - utc(begins) == hours * HOUR_S
    assert window(night, ROME, utc(begins) - 1) == (False, utc(begins))
    assert window(night, ROME, utc(begins)) == (True, utc(ends))
    assert window(night, ROME, utc(ends) - 1) == (True, utc(ends))
    assert window(night, ROME, utc(ends))[0] is False


def test_a_shift_from_an_hour_that_is_left_out_begins_when_the_clocks_go_on() -> None:
    early = (shift(SUN, "2:30", "6:00"),)
    assert window(early, ROME, utc("2026-03-29 00:00")) == (False, utc("2026-03-29 01:30"))  # 02:30 is 03:30 by then
    assert window(early, ROME, utc("2026-03-29 02:00")) == (True, utc("2026-03-29 04:00"))


def test_a_shift_from_an_hour_that_comes_twice_begins_with_the_first() -> None:
    early = (shift(SUN, "2:30", "6:00"),)
    assert window(early, ROME, utc("2026-10-25 00:00")) == (False, utc("2026-10-25 00:30"))
    assert window(early, ROME, utc("2026-10-25 01:45")) == (True, utc("2026-10-25 05:00"))  # within the hour that comes again


# over an hour long, so that the hour that is left out does not swallow them
shift_ = st.builds(
    lambda weekday, start, length: Shift(weekday, start, start + length), st.integers(0, 6), st.integers(0, 1439), st.integers(61, 1440)
)


@given(st.lists(shift_, min_size=1, max_size=5).map(tuple), st.floats(utc("2026-03-20 00:00"), utc("2026-04-10 00:00")))
def test_the_change_that_is_foretold_happens_then_and_not_before(weekly: tuple[Shift, ...], now_s: float) -> None:
    on, until_s = window(weekly, ROME, now_s)
    assert now_s < until_s
    if math.isinf(until_s):
        assert on
        assert all(window(weekly, ROME, now_s + hours * HOUR_S)[0] for hours in range(8 * 24))
        return
    assert until_s <= now_s + 7.5 * DAY_S
    for share in (0.1, 0.5, 0.9):
        assert window(weekly, ROME, now_s + share * (until_s - now_s))[0] is on
    assert window(weekly, ROME, until_s)[0] is not on


@pytest.mark.parametrize(
    "weekly",
    [
        shifts(hm("0:00"), hm("24:00")),
        shifts(hm("17:00"), hm("41:00")),
        (*shifts(hm("8:00"), hm("20:00")), *shifts(hm("20:00"), hm("32:00"))),
    ],
)
def test_shifts_around_the_clock_have_no_end(weekly: tuple[Shift, ...]) -> None:
    for at in ("2026-03-02 00:00", "2026-03-27 19:30", "2026-03-29 01:30", "2026-10-24 22:00", "2026-12-31 23:59"):
        assert window(weekly, ROME, utc(at)) == (True, math.inf)


def test_half_an_hour_off_in_a_week_is_seen_also_when_the_clocks_go_back() -> None:
    but_sunday_night = (*shifts(hm("0:00"), hm("24:00"), range(6)), shift(SUN, "0:00", "23:30"))
    for monday, sunday_night in (
        ("2026-10-11 22:00", "2026-10-18 21:30"),
        ("2026-10-18 22:00", "2026-10-25 22:30"),  # seven days and half an hour
        ("2026-10-25 23:00", "2026-11-01 22:30"),
        ("2026-03-22 23:00", "2026-03-29 21:30"),
    ):
        assert window(but_sunday_night, ROME, utc(monday)) == (True, utc(sunday_night))
        assert window(but_sunday_night, ROME, utc(sunday_night)) == (False, utc(sunday_night) + HOUR_S / 2)


def test_the_team_follows_the_clock_in_both_directions() -> None:
    state = team({"ann": {"shifts": shifts(hm("9:00"), hm("17:00")), "time_zone": ROME}})
    open_ticket(state)
    for at, on in (
        ("12:00", True),
        ("15:59", True),
        ("16:00", False),
        ("20:00", False),
        ("15:59", True),
        ("07:59", False),
        ("08:00", True),
    ):
        decision = decide_one(state, now_s=utc(f"2026-03-03 {at}"))
        assert (decision.agent_id == "ann") is on
        assert [each.rule for each in rejections(decision, "ann")] == ([] if on else ["off_shift"])


def test_a_queued_ticket_is_told_when_the_next_shift_begins() -> None:
    state = team({"ann": {"shifts": shifts(hm("9:00"), hm("17:00"), (MON, TUE))}})
    open_ticket(state)
    decision = decide_one(state, now_s=utc("2026-03-02 18:00"))
    assert decision.waits_for == {"rules": {"off_shift": 1}, "next_change_s": utc("2026-03-03 09:00")}


AUCKLAND, LOS_ANGELES = "Pacific/Auckland", "America/Los_Angeles"  # in January 13 hours ahead of UTC, and 8 behind
BY_DAY, AT_NIGHT, LATE = shifts(hm("09:00"), hm("17:00")), shifts(hm("22:00"), hm("30:00")), shifts(hm("16:00"), hm("24:00"))


@pytest.mark.parametrize(
    ("own", "zone", "at", "day"),
    [
        ((), "UTC", "2026-01-05 23:59", 5),
        ((), AUCKLAND, "2026-01-04 23:00", 5),  # noon of Monday
        ((), LOS_ANGELES, "2026-01-06 10:59", 5),
        ((), LOS_ANGELES, "2026-01-06 11:00", 6),  # three at night
        (BY_DAY, AUCKLAND, "2026-01-04 20:30", 5),
        (BY_DAY, AUCKLAND, "2026-01-05 03:30", 5),
        (BY_DAY, LOS_ANGELES, "2026-01-06 00:30", 5),
        (AT_NIGHT, "UTC", "2026-01-05 22:30", 5),
        (AT_NIGHT, "UTC", "2026-01-06 05:59", 5),
        (AT_NIGHT, "UTC", "2026-01-06 07:59", 5),  # a contact that went on
        (AT_NIGHT, "UTC", "2026-01-06 08:00", 6),
        (AT_NIGHT, LOS_ANGELES, "2026-01-06 13:00", 5),
        (LATE, "UTC", "2026-01-06 00:10", 5),
        ((*LATE, *shifts(0, hm("04:00"))), "UTC", "2026-01-06 00:10", 6),  # the next shift has begun
        ((shift(SUN, "22:00", "30:00"),), "UTC", "2026-01-05 01:00", 4),
        ((shift(MON, "22:00", "30:00"),), "UTC", "2026-01-05 01:00", 5),
    ],
)
def test_work_belongs_to_the_day_on_which_its_shift_began(own: tuple[Shift, ...], zone: str, at: str, day: int) -> None:
    assert day_worked(own, zone, utc(at)) == utc(f"2026-01-{day:02}") / DAY_S
