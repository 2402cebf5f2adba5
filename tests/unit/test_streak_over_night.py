"""Who stays online over night has rested all the same where their shifts say so: a streak of hard contacts ends with them."""

from __future__ import annotations

import json

import pytest

from router import snapshot
from router.domain import Shift
from router.shifts import rested_s
from router.state import TeamState
from router.timing import next_change_s
from support.build import (
    DAY_S,
    HOUR_S,
    MINUTE_S,
    contact,
    decide_one,
    happen,
    in_hand,
    open_ticket,
    rejections,
    set_policy,
    shifts,
    take_turn,
    team,
)
from support.rests import PLAIN, SOON_HARD, at, current, has_none, span
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


def test_where_the_longest_break_is_made_longer_the_rest_must_be_too() -> None:
    state = hard_team(DAY + shifts(17 * 60 + 30, 19 * 60))
    assert rules(state, START_S + 9 * HOUR_S) == []
    set_policy(state, TWO_HARD | {"break_max_s": 1801})
    assert [each.rule for each in rejections(decide_one(state), "ann")] == ["hard_streak"]


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


@pytest.mark.parametrize(("of", "follows"), [(DAY, False), ((), True)])
def test_a_chat_that_nobody_ended_over_night_sends_no_break_in_the_morning(of: tuple[Shift, ...], follows: bool) -> None:
    state = team({"ann": {"shifts": of}}, PLAIN)
    chat = in_hand(state, "ann", at(460), channel="chat")
    contact(state, "ann", at(461), escalated=True)
    assert span(state)[0] == 466
    happen(state, chat.id, "resolved", START_S + DAY_S + 600)
    assert (current(state).start_s == START_S + DAY_S + 600) is follows


@pytest.mark.parametrize(("after_h", "found_h"), [(0, 0), (7.9, 0), (8, 0), (23.9, 0), (24, 24), (24 * 7, 24 * 7), (24 * 6, 24 * 4)])
def test_what_ended_up_to_a_rest_before_the_last_shift_began_is_past(after_h: float, found_h: float) -> None:
    """START_S is a Monday at nine; the week has five days."""
    found = rested_s(shifts(9 * 60, 17 * 60, range(5)), "UTC", START_S + after_h * HOUR_S, 900)
    assert found == START_S + found_h * HOUR_S - 900


SPLIT = (*shifts(9 * 60, 10 * 60), *shifts(10 * 60 + 10, 17 * 60))


def test_a_short_gap_does_not_make_a_night_off_forgotten() -> None:
    assert rules(hard_team(SPLIT), START_S + DAY_S) == []
    assert rules(hard_team(SPLIT), START_S + DAY_S + 90 * MINUTE_S) == []
    state = hard_team(SPLIT)
    for after_min in (61, 90):  # outside of shifts, and after the gap
        contact(state, "ann", START_S + DAY_S + after_min * MINUTE_S)
    assert state.agents.streak.tolist() == [2]


def test_what_ended_after_the_shift_is_past_when_the_next_one_begins() -> None:
    state = hard_team(DAY)
    contact(state, "ann", at(8 * 60 + 5))
    contact(state, "ann", START_S + DAY_S + 60)
    assert state.agents.streak.tolist() == [1]
    contact(state, "ann", START_S + 2 * DAY_S - 14 * MINUTE_S)  # at work before the shift: no rest as long as the longest break
    contact(state, "ann", START_S + 2 * DAY_S)
    assert state.agents.streak.tolist() == [2]


@pytest.mark.parametrize(
    ("of", "ended_min", "follows"),
    [
        (DAY, 470, False),
        (SPLIT, 470, False),
        (DAY, 8 * 60 + 5, False),
        ((), 470, True),
        (shifts(0, 24 * 60), 470, True),
        (DAY, 24 * 60 - 14, True),
    ],
)
def test_news_of_a_hard_contact_that_come_after_a_night_off_send_no_break(of: tuple[Shift, ...], ended_min: float, follows: bool) -> None:
    state = team({"ann": {"shifts": of}}, PLAIN)
    ticket = in_hand(state, "ann", at(460), escalated=True)
    happen(state, ticket.id, "contact", START_S + DAY_S + 90 * MINUTE_S, at(ended_min))
    assert has_none(state) is not follows
