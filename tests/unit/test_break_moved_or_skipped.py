"""What the agent may do with a break, and the manager: move it once, skip it and owe it."""

from __future__ import annotations

import pytest

from router import snapshot
from router.domain import Shift
from router.errors import Conflict, Refused
from support.build import DAY_S, contact, happen, set_status, shifts, team
from support.rests import MIN_S, at, current, has_none, held, shift, skip, span, view


@pytest.mark.parametrize(("minutes", "starts"), [(-15, 6), (-3, 7), (0, 10), (15, 25)])
def test_the_agent_moves_the_start_within_fifteen_minutes_once(minutes: float, starts: float) -> None:
    state = team()
    held(state, channel="chat")
    contact(state, "ann", at(5), escalated=True)
    shift(state, 6, minutes)
    assert span(state) == (starts, starts + 10)
    with pytest.raises(Conflict):
        shift(state, 6, 1)


@pytest.mark.parametrize("minutes", [-16, 16])
def test_further_than_fifteen_minutes_is_refused(minutes: float) -> None:
    state = team()
    contact(state, "ann", at(5), escalated=True)
    with pytest.raises(Refused):
        shift(state, 5, minutes)


def test_a_break_that_runs_moves_to_later_only_and_comes_whole() -> None:
    state = team()
    contact(state, "ann", at(5), escalated=True)
    with pytest.raises(Conflict):
        shift(state, 7, -1)
    shift(state, 7, 4)
    assert (span(state), view(state, 8 * MIN_S).state) == ((11, 21), "pending")


def test_live_work_that_ends_does_not_bring_a_moved_break_forward() -> None:
    state = team()
    held(state, channel="chat")
    contact(state, "ann", at(5), escalated=True)
    shift(state, 5, 10)
    happen(state, "H3", "contact", at(7))
    assert span(state) == (20, 30)


def test_without_a_break_there_is_nothing_to_move_or_skip() -> None:
    state = team()
    contact(state, "ann", at(5), escalated=True)
    with pytest.raises(Conflict):
        shift(state, 15, 1)
    with pytest.raises(Conflict):
        skip(state, 15)


def test_a_skipped_break_stays_owed_and_follows_the_next_contact_once() -> None:
    state = team()
    contact(state, "ann", at(5), escalated=True)
    skip(state, 6)
    assert (view(state, 6 * MIN_S).state != "break", view(state, 6 * MIN_S).owed) == (True, 1)
    contact(state, "ann", at(20))
    assert (span(state), current(state).because, view(state, 20 * MIN_S).owed) == ((20, 30), ("escalated:H3",), 0)
    contact(state, "ann", at(40))
    assert span(state) == (20, 30)


def test_a_break_skipped_again_and_again_follows_once() -> None:
    state = team()
    contact(state, "ann", at(0), escalated=True)
    ids = [current(state).id]
    for minutes in (20, 40, 60):
        skip(state, minutes - 19)
        contact(state, "ann", at(minutes))
        ids.append(current(state).id)
        assert (span(state), current(state).because) == ((minutes, minutes + 10), ("escalated:H3",))
    contact(state, "ann", at(200))
    assert current(state).id == ids[-1]
    assert len(set(ids)) == 4


def test_a_skipped_break_is_satisfied_by_an_absence_that_follows() -> None:
    state = team()
    contact(state, "ann", at(5), escalated=True)
    skip(state, 6)
    set_status(state, "ann", "away", at(10))
    assert (span(state), view(state, 10 * MIN_S).owed) == ((10, 20), 0)
    set_status(state, "ann", "online", at(40))
    contact(state, "ann", at(50))
    assert span(state) == (10, 20)


@pytest.mark.parametrize(("back_min", "owed"), [(14, 1), (40, 0)])
def test_a_break_skipped_while_away_is_owed_unless_the_absence_is_long_enough(back_min: float, owed: int) -> None:
    state = team()
    contact(state, "ann", at(5), escalated=True)
    set_status(state, "ann", "away", at(5))
    skip(state, 6)
    set_status(state, "ann", "online", at(back_min))
    assert view(state, back_min * MIN_S).owed == owed


@pytest.mark.parametrize(
    ("of", "owed"), [(shifts(9 * 60, 17 * 60), 0), ((), 1), (shifts(0, 24 * 60), 1)], ids=["a night off", "no shifts", "none"]
)
def test_a_skipped_break_is_satisfied_by_time_off_shift_that_follows(of: tuple[Shift, ...], owed: int) -> None:
    """Who stays online over night has rested all the same where their shifts say so."""
    state = team({"ann": {"shifts": of}})
    contact(state, "ann", at(470), escalated=True)
    skip(state, 471)
    assert view(state, 475 * MIN_S).owed == 1
    morning = DAY_S / MIN_S
    assert view(state, (morning + 1) * MIN_S).owed == owed
    away = snapshot.load(snapshot.dump(state))
    contact(state, "ann", at(morning + 20))
    set_status(away, "ann", "away", at(morning + 20))
    for each in (state, away):
        assert has_none(each) == (owed == 0)


def test_a_break_skipped_after_the_night_is_owed() -> None:
    state = team({"ann": {"shifts": shifts(9 * 60, 17 * 60)}})
    morning = DAY_S / MIN_S
    contact(state, "ann", at(470))
    contact(state, "ann", at(morning + 5), escalated=True)
    skip(state, morning + 6)
    assert view(state, (morning + 10) * MIN_S).owed == 1
    contact(state, "ann", at(morning + 20))
    assert span(state) == (morning + 20, morning + 30)


def test_what_a_night_off_has_satisfied_is_not_owed_again_later() -> None:
    """Not after a gap in the shift that is shorter than a break, nor in the next evening."""
    state = team({"ann": {"shifts": (*shifts(9 * 60, 12 * 60), *shifts(12 * 60 + 5, 17 * 60))}})
    contact(state, "ann", at(470), escalated=True)
    skip(state, 471)
    day = DAY_S / MIN_S
    seen = {name: view(state, (day + after_min) * MIN_S).owed for name, after_min in (("gap", 182), ("afternoon", 240), ("evening", 500))}
    assert seen == {"gap": 0, "afternoon": 0, "evening": 0}
    set_status(state, "ann", "away", at(day + 500))
    assert has_none(state)


def test_a_hard_contact_from_before_an_earlier_break_is_no_part_of_the_row_when_the_next_break_is_skipped() -> None:
    """Told after the next break has come to be owed."""
    state = team()
    contact(state, "ann", at(5), escalated=True)
    held(state, channel="chat")
    contact(state, "ann", at(30), escalated=True)
    contact(state, "ann", at(31), ended_s=at(4), escalated=True)
    skip(state, 32)
    assert state.agents.streak.tolist() == [1]
