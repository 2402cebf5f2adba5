"""Who stays online over night has rested all the same where their shifts say so: a streak of hard contacts ends with them."""

from __future__ import annotations

import json

import pytest

from router import snapshot
from router.domain import Shift
from router.shifts import off_before_s
from router.state import TeamState
from router.timing import next_change_s
from support.build import DAY_S, HOUR_S, contact, decide_one, happen, in_hand, open_ticket, rejections, shifts, take_turn, team
from support.rests import PLAIN, SOON_HARD, at, current, span
from support.streams import START_S

DAY = shifts(9 * 60, 17 * 60)  # the test's day begins at nine
TWO_HARD = SOON_HARD | {"hard_streak_max": 2}


def hard_team(of: tuple[Shift, ...]) -> TeamState:
    """Ann had two hard contacts at the end of the day."""
    state = team({"ann": {"shifts": of}}, TWO_HARD)
    for minute in (470, 475):
        contact(state, "ann", at(minute))
    return state


def rules(state: TeamState, at_s: float) -> list[str]:
    open_ticket(state, at_s=at_s)
    return [each.rule for each in rejections(decide_one(state), "ann")]


@pytest.mark.parametrize(
    ("of", "after_h", "kept"),
    [
        (DAY, 24, []),
        ((), 24, ["hard_streak"]),
        (DAY + shifts(17 * 60 + 14, 19 * 60), 9, ["hard_streak"]),  # fourteen minutes are no rest
        (DAY + shifts(17 * 60 + 15, 19 * 60), 9, []),
        (shifts(0, 24 * 60), 24, ["hard_streak"]),
    ],
)
def test_time_off_shift_as_long_as_the_longest_break_ends_a_streak(of: tuple[Shift, ...], after_h: float, kept: list[str]) -> None:
    assert rules(hard_team(of), START_S + after_h * HOUR_S) == kept


def test_that_a_streak_ends_with_the_night_is_found_by_time() -> None:
    state = hard_team(DAY)
    open_ticket(state, at_s=at(479))
    assert take_turn(state).tickets["T1"].agent_id is None
    now_s = state.now_s
    while state.tickets["T1"].agent_id is None:
        now_s = next_change_s(state, now_s)
        take_turn(state, now_s)
    assert now_s == START_S + DAY_S


def test_the_next_hard_contact_begins_a_streak_of_its_own_whatever_is_told_late() -> None:
    state = hard_team(DAY)
    for each in (state, snapshot.load(json.loads(json.dumps(snapshot.dump(state))))):
        contact(each, "ann", START_S + DAY_S + 60)
        assert each.agents.streak.tolist() == [1]
        contact(each, "ann", START_S + DAY_S + 120, ended_s=at(476))
        contact(each, "ann", START_S + DAY_S + 180)
        assert each.agents.streak.tolist() == [2]


def test_what_ended_after_the_shift_is_part_of_the_next_streak() -> None:
    state = hard_team(DAY)
    contact(state, "ann", at(8 * 60 + 5))
    contact(state, "ann", START_S + DAY_S + 60)
    assert state.agents.streak.tolist() == [2]


@pytest.mark.parametrize(("of", "follows"), [(DAY, False), ((), True)])
def test_a_chat_that_nobody_ended_over_night_sends_no_break_in_the_morning(of: tuple[Shift, ...], follows: bool) -> None:
    state = team({"ann": {"shifts": of}}, PLAIN)
    chat = in_hand(state, "ann", at(460), channel="chat")
    contact(state, "ann", at(461), escalated=True)
    assert span(state)[0] == 466
    happen(state, chat.id, "resolved", START_S + DAY_S + 600)
    assert (current(state).start_s == START_S + DAY_S + 600) is follows


@pytest.mark.parametrize(
    ("after_h", "found_h"),
    [(0, (-64, 0)), (7.9, (-64, 0)), (8, None), (24, (8, 24)), (24 * 7, (24 * 4 + 8, 24 * 7))],
)
def test_the_time_off_shift_before_this_one(after_h: float, found_h: tuple[float, float] | None) -> None:
    """START_S is a Monday at nine; the week has five days."""
    found = off_before_s(shifts(9 * 60, 17 * 60, range(5)), "UTC", START_S + after_h * HOUR_S)
    assert found == ((-float("inf"),) * 2 if found_h is None else tuple(START_S + each * HOUR_S for each in found_h))
