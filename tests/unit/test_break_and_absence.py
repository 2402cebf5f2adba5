"""An absence as long as the break stands for it, whenever it is told."""

from __future__ import annotations

import pytest

from router.state import TeamState
from support.build import DAY_S, contact, happen, open_ticket, set_status, team
from support.rests import MIN_S, PLAIN, at, current, has_none, held, shift, skip, span, view


def test_an_absence_as_long_as_the_break_satisfies_it() -> None:
    state = team()
    held(state, channel="chat")
    contact(state, "ann", at(5), escalated=True)
    set_status(state, "ann", "away", at(6))
    assert span(state) == (6, 16)
    set_status(state, "ann", "online", at(16))
    assert view(state, 16 * MIN_S).state in ("ready", "light_duty")


def test_short_absences_do_not_add_up() -> None:
    state = team()
    contact(state, "ann", at(5), escalated=True)
    for minutes in (6, 8, 10, 12):
        set_status(state, "ann", "away", at(minutes))
        set_status(state, "ann", "online", at(minutes + 1))
    assert span(state) == (5, 15)


def test_late_news_of_an_absence_begins_the_break_when_the_absence_began() -> None:
    state = team()
    contact(state, "ann", at(0), escalated=True)
    shift(state, 0, 15)
    set_status(state, "ann", "away", at(8), occurred_s=at(2))
    assert span(state) == (2, 12)


def test_late_news_of_a_contact_begins_the_break_with_the_absence_since() -> None:
    state = team()
    ticket = held(state, escalated=True)
    set_status(state, "ann", "away", at(6))
    happen(state, ticket.id, "contact", at(9), occurred_s=at(5))
    assert span(state) == (6, 16)


@pytest.mark.parametrize(("away_min", "satisfied"), [(9, False), (10, True), (60, True)])
def test_late_news_of_a_contact_after_an_absence(away_min: float, satisfied: bool) -> None:
    state = team()
    ticket = held(state, escalated=True)
    set_status(state, "ann", "away", at(6))
    set_status(state, "ann", "online", at(6 + away_min))
    happen(state, ticket.id, "contact", at(100), occurred_s=at(5))
    assert has_none(state) is satisfied


def test_a_late_absence_that_was_shorter_than_the_break_changes_nothing() -> None:
    state = team()
    contact(state, "ann", at(0), escalated=True)
    shift(state, 0, 15)
    set_status(state, "ann", "online", at(8), occurred_s=at(8))
    set_status(state, "ann", "away", at(9), occurred_s=at(7))
    assert span(state) == (15, 25)
    assert view(state, 9 * MIN_S).state == "pending"


def test_a_moved_break_is_satisfied_by_an_absence_that_was_there_already() -> None:
    state = team()
    ticket = held(state, escalated=True)
    happen(state, ticket.id, "contact", at(0))
    set_status(state, "ann", "away", at(1))
    shift(state, 2, 15)
    set_status(state, "ann", "online", at(12))
    assert view(state, 12 * MIN_S).state in ("ready", "light_duty")
    assert span(state) == (1, 11)


def test_a_team_without_breaks_hears_of_an_escalation_weeks_into_an_absence() -> None:
    """What was rested by then is more than any load."""
    state = team(policy={"break_min_s": 0, "break_max_s": 0})
    ticket = contact(state, "ann", at(5))
    set_status(state, "ann", "offline", at(6))
    happen(state, ticket.id, "escalated", at(30 * DAY_S / MIN_S), occurred_s=at(4))
    assert ticket.contacts[0].hot
    assert span(state) == (6, 6)


# three contacts within the hour send a break, two do not
SOON_LOADED = {"fatigue": PLAIN["fatigue"] | {"ordinary_points": 0.25, "repeat_points": 0.0, "line_points": 0.42}}


def counted(state: TeamState, number: int, after_min: float, told_min: float | None = None) -> None:
    open_ticket(state, f"T{number}", f"account-{number}")
    happen(state, f"T{number}", "contact", at(after_min if told_min is None else told_min), at(after_min), "ann")


def test_a_break_for_the_load_that_an_absence_stood_for_is_sent_where_the_absence_was_none() -> None:
    """Told while she was thought away, of three contacts before that."""
    state = team(policy=SOON_LOADED)
    set_status(state, "ann", "away", at(6))
    set_status(state, "ann", "online", at(30))
    for number in range(3):
        counted(state, number, 3 + number, told_min=31 + number)
    assert has_none(state)
    set_status(state, "ann", "online", at(40), occurred_s=at(7))
    assert (current(state).because, span(state)[0]) == (("load:T2",), 40)


def test_a_break_for_the_load_is_sent_where_it_was_less_for_an_absence_that_was_none() -> None:
    state = team(policy=SOON_LOADED)
    for number in range(2):
        counted(state, number, number)
    set_status(state, "ann", "away", at(2))
    set_status(state, "ann", "online", at(32))
    counted(state, 2, 33)
    assert has_none(state)
    set_status(state, "ann", "online", at(40), occurred_s=at(3))
    assert (current(state).because, span(state)[0]) == (("load:T2",), 40)


def test_a_load_is_that_at_the_end_of_the_contact_however_late_it_is_told() -> None:
    """The last of three is told two hours late, when little is left of them; or the first is, and what the last left was too much."""
    for late in (2, 0):
        state = team(policy=SOON_LOADED)
        for number in range(3):
            if number != late:
                counted(state, number, number)
        assert has_none(state)
        counted(state, late, late, told_min=120)
        assert (current(state).because, span(state)[0]) == (("load:T2",), 120)


def skipped_then_away() -> TeamState:
    """Ann skipped a break after 6 minutes; after 41 she is told to have been away from 10 to 40."""
    state = team()
    contact(state, "ann", at(5), escalated=True)
    skip(state, 6)
    set_status(state, "ann", "online", at(40))
    return set_status(state, "ann", "away", at(41), occurred_s=at(10))


def test_a_skipped_break_that_an_absence_stood_for_is_owed_again_where_the_absence_was_none() -> None:
    state = skipped_then_away()
    assert (view(state, 41 * MIN_S).owed, has_none(state)) == (0, True)
    set_status(state, "ann", "online", at(50), occurred_s=at(11))
    assert (view(state, 50 * MIN_S).owed, has_none(state)) == (1, True)
    contact(state, "ann", at(60))
    assert span(state) == (60, 70)


def test_it_is_sent_where_a_contact_came_after_it_was_skipped() -> None:
    state = skipped_then_away()
    contact(state, "ann", at(45))
    assert has_none(state)
    set_status(state, "ann", "online", at(50), occurred_s=at(11))
    assert span(state) == (50, 60)
