"""What a break leaves: light duty until below the line, then a ramp-in, and no streak of hard contacts."""

from __future__ import annotations

import json

import pytest

from router import readiness, snapshot
from router.events import AgentPut
from router.timing import next_change_s
from support.build import contact, decide_one, open_ticket, rejections, set_status, shifts, take_turn, team, tell
from support.rests import MIN_S, PLAIN, SOON_HARD, at, held, span, view
from support.streams import START_S


def test_light_duty_until_below_the_line_then_ready() -> None:
    state = team()
    contact(state, "ann", at(0), escalated=True)
    contact(state, "ann", at(0), abuse=True)  # known a moment after the break began, and before it as well
    assert span(state) == (0, 15)
    assert view(state, 15 * MIN_S).state == "light_duty"
    until_s = next_change_s(state, at(15))
    assert readiness.view(state, 0, until_s - 0.1).state == "light_duty"
    assert readiness.view(state, 0, until_s).state == "ready"


def test_light_duty_takes_routine_tickets_and_no_hard_ones() -> None:
    state = team()
    contact(state, "ann", at(0), escalated=True)
    contact(state, "ann", at(0), escalated=True)
    open_ticket(state, "calm")
    open_ticket(state, "angry", escalated=True)
    assert decide_one(state, "calm", at(15)).agent_id == "ann"
    assert decide_one(state, "angry", at(15)).agent_id is None


def test_ramp_in_after_a_break_then_everything() -> None:
    state = team({"ann": {"concurrency": (9, 2, 1)}}, policy={"ramp_in": {"contacts": 2, "window_s": 600}})
    contact(state, "ann", at(0), escalated=True)
    given = []
    for minutes in (10, 11, 12, 13, 20):
        open_ticket(state, f"W{minutes}", f"account-{minutes}", at(minutes))
        take_turn(state, at(minutes))
        given.append(int(state.agents.open[0].sum()))
    assert given == [1, 2, 2, 2, 5]


@pytest.mark.parametrize("early", [False, True])
def test_ramp_in_when_the_shift_begins(early: bool) -> None:
    """Who stays online over night, or comes a little early, finds what came in meanwhile."""
    profile = {"concurrency": (9, 2, 1), "shifts": shifts(10 * 60, 18 * 60), "status": "offline" if early else "online"}
    state = team({"ann": profile}, policy={"ramp_in": {"contacts": 2, "window_s": 600}})
    for number in range(5):
        open_ticket(state, f"W{number}", f"account-{number}")
    if early:
        set_status(state, "ann", "online", at(55))
    taken = []
    for minutes in (59.9, 60, 69.9, 70):
        take_turn(state, at(minutes))
        taken.append(int(state.agents.open[0].sum()))
    assert taken == [0, 2, 2, 5]


@pytest.mark.parametrize("told_offline", [False, True])
@pytest.mark.parametrize(("after_min", "given"), [(14.9, 5), (15, 2)])
def test_ramp_in_at_the_first_time_online_where_somebody_was_known_before(told_offline: bool, after_min: float, given: int) -> None:
    """Of somebody who is put and online at once nothing is known; of others, that they were away since."""
    state = team((), policy={"ramp_in": {"contacts": 2, "window_s": 600}})
    tell(state, AgentPut(at(0), "ann", "Ann", concurrency=(9, 2, 1)))
    if told_offline:
        set_status(state, "ann", "offline", at(0))
    for number in range(5):
        open_ticket(state, f"W{number}", f"account-{number}")
    set_status(state, "ann", "online", at(after_min))
    assert take_turn(state).agents.open[0].sum() == given
    assert take_turn(state, at(after_min + 10)).agents.open[0].sum() == 5


def test_the_ramp_in_of_a_shift_is_found_by_time_alone() -> None:
    profile = {"concurrency": (9, 2, 1), "shifts": shifts(10 * 60, 18 * 60)}
    state = team({"ann": profile}, policy={"ramp_in": {"contacts": 2, "window_s": 600}})
    for number in range(3):
        open_ticket(state, f"W{number}", f"account-{number}")
    taken = []
    for _ in range(2):
        take_turn(state, next_change_s(take_turn(state), state.now_s))
        taken.append((round((state.now_s - START_S) / MIN_S, 3), int(state.agents.open[0].sum())))
    assert taken == [(60, 2), (70, 3)]


def test_a_break_resets_the_hard_streak_also_when_nothing_happens_in_between() -> None:
    state = team(policy={"hard_streak_max": 1} | PLAIN)
    held(state, channel="chat")
    open_ticket(state, "later", "another", escalated=True)
    contact(state, "ann", at(0), escalated=True)
    assert span(state) == (5, 15)  # the last that is heard of ann
    assert "hard_streak" in {each.rule for each in rejections(decide_one(state, "later", at(0)), "ann")}
    assert decide_one(state, "later", at(60)).agent_id == "ann"


def test_hard_contacts_from_before_a_break_are_no_part_of_the_streak() -> None:
    state = team(policy=SOON_HARD)
    contact(state, "ann", at(0))
    contact(state, "ann", at(1))
    assert state.agents.streak.tolist() == [2]
    contact(state, "ann", at(2), escalated=True)
    contact(state, "ann", at(20))
    assert state.agents.streak.tolist() == [1]


@pytest.mark.parametrize(("away_min", "streak"), [(9.9, 2), (10, 0), (16 * 60, 0)])
def test_an_absence_as_long_as_a_break_ends_a_streak_and_a_shorter_one_does_not(away_min: float, streak: int) -> None:
    state = team(policy={"hard_streak_max": 2} | SOON_HARD)
    contact(state, "ann", at(0))
    contact(state, "ann", at(1))
    set_status(state, "ann", "away", at(2))
    set_status(state, "ann", "online", at(2 + away_min))
    assert state.agents.streak.tolist() == [streak]
    open_ticket(state)
    assert [each.rule for each in rejections(decide_one(state), "ann")] == (["hard_streak"] if streak else [])
    again = snapshot.load(json.loads(json.dumps(snapshot.dump(state))))
    for each in (state, again):
        contact(each, "ann", at(1000), ended_s=at(1.5))  # told late: it ended before
        assert each.agents.streak.tolist() == [streak and 3]
        contact(each, "ann", at(1001))
        assert each.agents.streak.tolist() == [4 if streak else 1]


def test_what_ended_in_an_absence_is_part_of_the_streak_after_it() -> None:
    state = team(policy=SOON_HARD)
    contact(state, "ann", at(0))
    set_status(state, "ann", "offline", at(1))
    contact(state, "ann", at(3))
    set_status(state, "ann", "online", at(30))
    assert state.agents.streak.tolist() == [1]
