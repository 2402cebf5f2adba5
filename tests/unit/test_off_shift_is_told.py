"""Somebody outside of their shifts is told of as off shift, on the team's page and on their own, not as available or ready."""

from __future__ import annotations

import re

import pytest

from api.pages.my_page import my_page
from api.pages.team_page import COUNTED, team_page
from router.events import AgentStatus
from router.state import TeamState
from support.build import DAY_S, HOUR_S, contact, in_hand, shifts, take_turn, team, tell
from support.streams import START_S

NINE_TO_FIVE = {"ann": {"shifts": shifts(9 * 60, 17 * 60, range(5))}}  # the test's day is a Monday and begins at nine
EVENING_S, NIGHT_S, FRIDAY_S = 8 * HOUR_S, 20 * HOUR_S, 4 * DAY_S + 8 * HOUR_S


def words(markup: str) -> str:
    return re.sub("<[^>]*>", "", markup)


def shown(state: TeamState, after_s: float) -> tuple[str, str]:
    (row,) = team_page(state, START_S + after_s).rows
    return row.kind, words(row.says)


@pytest.mark.parametrize("status", ["online", "back_office", "away", "offline"])
def test_whatever_the_status_is(status: str) -> None:
    state = tell(team(NINE_TO_FIVE), AgentStatus(START_S, "ann", status, START_S))
    assert shown(state, EVENING_S) == ("off_shift", "off shift until 09:00 UTC")
    assert shown(state, FRIDAY_S) == ("off_shift", "off shift until Mon 09 Mar 09:00 UTC")
    assert shown(state, DAY_S)[0] == {"online": "available"}.get(status, status)
    assert (COUNTED["off_shift"], 1) in team_page(state, START_S + EVENING_S).counts


def test_a_break_that_goes_on_after_the_shift_is_a_break() -> None:
    state = team(NINE_TO_FIVE)
    in_hand(state, "ann", channel="phone")
    contact(state, "ann", at_s=START_S + EVENING_S - 60, escalated=True)
    take_turn(state)
    assert shown(state, EVENING_S)[0] == "pending"
    assert shown(state, EVENING_S + 300)[0] == "break"
    assert shown(state, NIGHT_S)[0] == "off_shift"


def test_the_agent_reads_when_tickets_come_again() -> None:
    state = team(NINE_TO_FIVE)
    during, after = (my_page(state, 0, START_S + at_s, 1.0, 15.0) for at_s in (EVENING_S - 1, EVENING_S))
    assert (during.state, during.headline, during.big) == ("ready", "You are ready", "ready")
    assert (after.state, after.headline, after.big, after.big_note) == (
        "off_shift",
        "You are off shift",
        "off shift",
        "until your shift begins",
    )
    (said,) = after.what_next
    assert words(said) == "You are off shift: no ticket is sent to you until your next shift begins: 09:00 UTC."
    assert after.why == ("It is outside of the shifts in your profile.",)
    assert after.data["key"] == during.data["key"]  # the stream says nothing of shifts: a page is fetched again every minute


def test_light_duty_of_somebody_off_shift_says_that_no_ticket_comes() -> None:
    state = team(NINE_TO_FIVE, {"fatigue": {"line_points": 0.5, "break_trigger_ratio": 10.0}})
    contact(state, "ann", at_s=START_S + EVENING_S - 60, escalated=True)
    take_turn(state)
    page = my_page(state, 0, START_S + EVENING_S + HOUR_S, 1.0, 15.0)
    assert page.state == "light_duty"
    assert words(page.what_next[0]).startswith("You are off shift: ")
