"""An absence as long as the break stands for it, whenever it is told."""

from __future__ import annotations

import pytest

from support.build import DAY_S, contact, happen, set_status, team
from support.rests import MIN_S, at, has_none, held, shift, span, view


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
