"""Where an agent was is told late: what an absence stood for until then has a rest after it, or gets its break; and what an absence ends
it ends whenever it is told."""

from __future__ import annotations

import json

import pytest

from router import snapshot, streak
from router.state import TeamState
from support.build import contact, happen, in_hand, set_status, shifts, team
from support.rests import SOON_HARD, at, current, has_none, held, shift, skip, span, view

TWO_HARD = SOON_HARD | {"hard_streak_max": 2}


def hot_contact_while_away(told_min: float) -> TeamState:
    """Ann is away from 5 on, as far as is known; a hot contact of hers that ended at 10 is told later."""
    state = team()
    ticket = held(state, escalated=True)
    set_status(state, "ann", "away", at(5))
    happen(state, ticket.id, "contact", at(told_min), occurred_s=at(10))
    return state


@pytest.mark.parametrize(("told_min", "back_min"), [(30, None), (35, 30)])
def test_a_hot_contact_has_its_break_when_it_turns_out_that_there_was_no_absence_after_it(told_min: float, back_min: float | None) -> None:
    state = hot_contact_while_away(told_min) if back_min is None else team()
    if back_min is not None:
        ticket = held(state, escalated=True)
        set_status(state, "ann", "away", at(5))
        set_status(state, "ann", "online", at(back_min))
        happen(state, ticket.id, "contact", at(told_min), occurred_s=at(10))
    assert has_none(state)
    set_status(state, "ann", "online", at(40), occurred_s=at(8))
    assert span(state) == (40, 50)
    assert [each.partition(":")[0] for each in current(state).because] == ["escalated"]
    set_status(state, "ann", "online", at(60), occurred_s=at(7))  # she has rested from it by now
    assert span(state) == (40, 50)


@pytest.mark.parametrize("back_min", [20, 25])
def test_the_absence_that_is_left_stands_for_the_break_where_it_is_as_long(back_min: float) -> None:
    state = hot_contact_while_away(30)
    set_status(state, "ann", "online", at(40), occurred_s=at(back_min))
    assert has_none(state)


def test_a_break_that_began_with_an_absence_which_was_none_begins_anew() -> None:
    state = hot_contact_while_away(15)
    assert span(state) == (10, 20)
    set_status(state, "ann", "online", at(16), occurred_s=at(8))
    assert (span(state), current(state).anew_s) == ((10, 25), at(15))
    assert view(state, 24 * 60).state == "break"


def test_a_break_that_an_absence_which_was_none_stood_for_follows_again() -> None:
    state = hot_contact_while_away(15)
    first = current(state).id
    set_status(state, "ann", "online", at(40), occurred_s=at(8))
    assert (span(state), current(state).id) == ((40, 50), first)


def test_where_it_was_as_they_thought_a_status_told_late_changes_no_break() -> None:
    state = team()
    ticket = held(state, escalated=True)
    happen(state, ticket.id, "contact", at(5))
    for told_min in (8, 30):  # on the break and after it
        set_status(state, "ann", "online", at(told_min), occurred_s=at(6))
        assert span(state) == (5, 15)


def test_what_was_skipped_is_owed_and_not_sent_by_late_news() -> None:
    state = team()
    for minute in (1, 20):
        contact(state, "ann", at(minute), escalated=True)
    skip(state, 21)
    set_status(state, "ann", "online", at(40), occurred_s=at(15))
    assert has_none(state)
    assert view(state, 41 * 60).owed == 1


def test_an_absence_told_after_the_return_satisfies_what_was_skipped() -> None:
    state = team()
    contact(state, "ann", at(1), escalated=True)
    skip(state, 2)
    set_status(state, "ann", "online", at(20))
    set_status(state, "ann", "away", at(21), occurred_s=at(5))
    assert (view(state, 21 * 60).owed, has_none(state)) == (0, True)


def test_an_absence_told_after_the_return_stands_for_a_break_that_waits() -> None:
    state = team()
    contact(state, "ann", at(0), escalated=True)
    shift(state, 0, 15)
    set_status(state, "ann", "online", at(13))
    set_status(state, "ann", "away", at(14), occurred_s=at(2))
    assert span(state) == (2, 12)


def test_an_absence_stands_for_no_break_that_a_later_contact_owes_too() -> None:
    state = team(policy={"break_max_s": 600})
    contact(state, "ann", at(0), escalated=True)
    shift(state, 0, 15)
    contact(state, "ann", at(13), escalated=True)
    set_status(state, "ann", "online", at(14), occurred_s=at(12))
    set_status(state, "ann", "away", at(14), occurred_s=at(1))
    assert span(state) == (15, 25)


def two_hard_contacts(**fields: object) -> TeamState:
    state = team({"ann": fields}, TWO_HARD)
    for minute in (1, 2):
        contact(state, "ann", at(minute))
    assert streak.in_row(state, at(2)).tolist() == [2]
    return state


@pytest.mark.parametrize(("away_min", "left"), [(5, 0), (11, 2)])
@pytest.mark.parametrize("of", [(), shifts(9 * 60, 17 * 60)])
def test_an_absence_told_after_the_return_ends_a_streak(away_min: float, left: int, of: tuple[object, ...]) -> None:
    state = two_hard_contacts(shifts=of)
    set_status(state, "ann", "online", at(20))
    set_status(state, "ann", "away", at(21), occurred_s=at(away_min))
    for each in (state, snapshot.load(json.loads(json.dumps(snapshot.dump(state))))):
        assert streak.in_row(each, at(22)).tolist() == [left]


def test_a_streak_goes_on_where_the_absence_that_ended_it_was_none() -> None:
    state = two_hard_contacts()
    set_status(state, "ann", "away", at(5))
    set_status(state, "ann", "online", at(20))
    assert streak.in_row(state, at(20)).tolist() == [0]
    set_status(state, "ann", "online", at(21), occurred_s=at(6))
    assert streak.in_row(state, at(21)).tolist() == [2]


def test_an_absence_is_as_long_as_it_was_not_as_it_was_thought_to_be() -> None:
    """Away from 5 on, back at 8 for a while, which is told late, and away again from 12 to 20: eight minutes."""
    state = two_hard_contacts()
    set_status(state, "ann", "away", at(5))
    set_status(state, "ann", "offline", at(12))
    set_status(state, "ann", "online", at(13), occurred_s=at(8))
    set_status(state, "ann", "online", at(20))
    assert streak.in_row(state, at(20)).tolist() == [2]


def test_where_the_load_was_above_the_line_when_an_absence_ended_the_longest_break_is_asked_of_it_also_later() -> None:
    """Two hours on, when the return is told, the load has long faded."""
    counted = []
    for told_min in (17, 137):
        state = team(policy={"fatigue": {"break_trigger_ratio": 10.0, "line_points": 0.5}, "hard_streak_max": 2})
        for _ in range(2):
            contact(state, "ann", at(1), abuse=False, text_score=0.6, reopened_count=3)
        set_status(state, "ann", "offline", at(5))
        set_status(state, "ann", "online", at(told_min), occurred_s=at(17))
        counted.append(streak.in_row(state, at(told_min)).tolist())
    assert counted == [[2], [2]]


def test_a_contact_that_was_implied_and_is_none_is_taken_out_of_the_row() -> None:
    state = team(["ann", "ben"], TWO_HARD)
    ticket = in_hand(state, "ann", at(1))
    happen(state, ticket.id, "resolved", at(5))
    assert streak.in_row(state, at(5)).tolist() == [1, 0]
    happen(state, ticket.id, "resolved", at(7), occurred_s=at(3), agent_id="ben")
    assert [(each.agent_id, each.ended_s) for each in ticket.contacts] == [("ben", at(3))]
    assert streak.in_row(state, at(7)).tolist() == [0, 1]
