"""Who waits with a break until somebody else is back is cover meanwhile: routine work comes to them, and the break comes all the same."""

from __future__ import annotations

import json
from typing import Any

import pytest

from router import readiness, snapshot
from router.domain import Ticket
from router.state import TeamState
from router.timing import next_change_s
from support.build import MINUTE_S, contact, decide_one, give, happen, in_hand, open_ticket, rejections, set_status, take_turn, team
from support.rests import PLAIN, at, current, shift, span
from support.streams import START_S

FLOOR: dict[str, Any] = PLAIN | {"coverage_floor": 1}


def alone(**policy: object) -> TeamState:
    """Ann works alone, had an escalation at minute 0, and waits with her break for cover that does not come: from minute 10 to 20."""
    state = team(policy=FLOOR | policy)
    contact(state, "ann", at(0), escalated=True)
    assert span(state) == (10, 20)
    return state


def given_at(state: TeamState, ticket: Ticket) -> float:
    """The minute at which the ticket comes to somebody, when turns are taken at the instants that are told."""
    now_s = state.now_s
    while take_turn(state, now_s).tickets[ticket.id].agent_id is None:
        now_s = next_change_s(state, now_s)
    return round((now_s - START_S) / MINUTE_S, 3)


@pytest.mark.parametrize(("floor", "minute"), [(0, 10), (1, 1)])
def test_a_floor_brings_a_routine_mail_sooner_and_not_later(floor: int, minute: float) -> None:
    state = team(policy=FLOOR | {"coverage_floor": floor})
    contact(state, "ann", at(0), escalated=True)
    assert given_at(state, open_ticket(state, at_s=at(1))) == minute


def test_the_break_begins_at_the_bound_whatever_came_meanwhile_and_is_one() -> None:
    state = alone()
    sent = current(state).id
    for minute in (1, 3, 9.9):
        ticket = open_ticket(state, f"T{minute}", f"account-{minute}", at(minute))
        assert given_at(state, ticket) == minute
        happen(state, ticket.id, "resolved", at(minute))
        assert (current(state).id, span(state)[0]) == (sent, 10)
    last = open_ticket(state, "last", at_s=at(10))
    assert given_at(state, last) == span(state)[1]
    assert current(state).id == sent


@pytest.mark.parametrize("fields", [{"escalated": True}, {"abuse": True}, {"reopened_count": 99}])
def test_nothing_hard_comes_to_who_waits_for_cover(fields: dict[str, Any]) -> None:
    state = alone(fatigue={"hard_contact_points": 0.2, "line_points": 9.0})
    open_ticket(state, at_s=at(1), **fields)
    (found,) = [each for each in rejections(decide_one(state), "ann") if each.rule == "break_pending"]
    assert (found.actual, found.limit) == (540, 0)


@pytest.mark.parametrize("channel", ["chat", "phone"])
@pytest.mark.parametrize(("handle_s", "comes"), [(539, True), (540, True), (541, False)])
def test_live_work_comes_only_where_it_ends_before_the_break(channel: str, handle_s: float, comes: bool) -> None:
    state = alone()
    open_ticket(state, at_s=at(1), channel=channel, expected_handle_s=handle_s)
    decision = decide_one(state)
    assert (decision.agent_id == "ann") is comes
    assert [(each.rule, each.actual, each.limit) for each in rejections(decision, "ann")] == (
        [] if comes else [("break_pending", 540, 541)]
    )


def test_a_long_mail_is_put_aside_when_the_break_begins() -> None:
    state = alone()
    ticket = open_ticket(state, at_s=at(9), expected_handle_s=7200)
    assert given_at(state, ticket) == 9
    assert readiness.view(take_turn(state, at(10)), 0, at(10)).state == "break"


def test_until_live_work_ends_nobody_is_cover_and_from_the_deadline_on_they_are() -> None:
    state = team(policy=FLOOR)
    in_hand(state, "ann", channel="phone")
    contact(state, "ann", at(0), escalated=True)
    assert span(state)[0] == 15  # the call may last until minute 5, cover may take ten more
    assert readiness.view(state, 0, at(14)).state == "pending"
    assert given_at(state, open_ticket(state, at_s=at(1))) == 5


def test_live_work_that_ends_makes_cover_at_once_and_brings_the_break_forward() -> None:
    state = team(policy=FLOOR)
    call = in_hand(state, "ann", channel="phone")
    contact(state, "ann", at(0), escalated=True)
    happen(state, call.id, "contact", at(2))
    assert span(state)[0] == 12
    assert given_at(state, open_ticket(state, at_s=at(3))) == 3


def test_a_break_that_no_cover_delays_takes_no_work_before_it() -> None:
    state = team(["ann", "ben"], FLOOR)
    in_hand(state, "ann", channel="phone")
    contact(state, "ann", at(0), escalated=True)
    set_status(state, "ben", "offline", at(1))
    assert span(state)[0] == 5
    assert given_at(state, open_ticket(state, at_s=at(2))) > 5


def test_work_that_ends_when_somebody_is_back_begins_the_break() -> None:
    state = team(["ann", "ben"], FLOOR)
    contact(state, "ben", at(0), escalated=True)
    contact(state, "ann", at(1), escalated=True)
    assert (span(state, "ben"), span(state)[0]) == ((0, 10), 10)
    mail = open_ticket(state, at_s=at(2))
    assert given_at(state, mail) == 2
    state = snapshot.load(json.loads(json.dumps(snapshot.dump(state))))
    set_status(state, "ben", "away", at(3))
    set_status(state, "ben", "online", at(4))  # the break is not over, and goes on
    happen(state, mail.id, "contact", at(5))
    assert span(state)[0] == 10


def test_a_chat_taken_as_cover_that_runs_over_makes_the_break_begin_anew_once() -> None:
    state = alone()
    sent = current(state).id
    chat = open_ticket(state, at_s=at(1), channel="chat", expected_handle_s=300)
    assert given_at(state, chat) == 1
    happen(state, chat.id, "resolved", at(13))
    assert (current(state).id, span(state)) == (sent, (10, 23))


def test_who_moves_the_break_stays_cover_until_it_begins() -> None:
    state = alone()
    shift(state, 2, 5)
    assert span(state)[0] == 15
    assert given_at(state, open_ticket(state, at_s=at(12))) == 12
    assert readiness.view(state, 0, at(15)).state == "break"


def test_who_said_no_is_asked_again_once_cover_that_has_no_room_could_not_end_it_before_the_break() -> None:
    """A chat that has waited its longest; that instant is told too."""
    agents = {"ann": {"skills": {"billing": 1}, "concurrency": (5, 1, 1)}, "ben": {}}
    state = team(agents, FLOOR | {"max_wait_s": {"normal": 0}})
    contact(state, "ann", at(0), escalated=True)
    in_hand(state, "ann", channel="chat")
    chat = open_ticket(state, at_s=at(1), channel="chat", expected_handle_s=240)
    give(state, chat.id, "ben")
    happen(state, chat.id, "declined")
    assert span(state)[0] == 10
    assert given_at(state, chat) == 6
    assert chat.agent_id == "ben"


# The floor is one of each skill.

TWO = {"ann": {"skills": {"billing": 3, "export": 1}}, "ben": {"skills": {"billing": 5}}, "cem": {"skills": {"export": 2}}}


@pytest.mark.parametrize(
    ("away", "floor", "starts"),
    [((), 1, 0), (("ben",), 1, 10), (("cem",), 1, 10), ((), 2, 10), (("ben", "cem"), 0, 0)],
)
def test_the_floor_holds_for_each_skill_of_the_agent(away: tuple[str, ...], floor: int, starts: float) -> None:
    state = team(TWO, FLOOR | {"coverage_floor": floor})
    for each in away:
        set_status(state, each, "away")
    contact(state, "ann", at(0), escalated=True)
    assert span(state)[0] == starts


def test_who_has_one_of_the_skills_alone_is_no_cover_for_the_other() -> None:
    state = team(TWO | {"dee": {"skills": {"print": 5}}}, FLOOR)
    contact(state, "ben", at(0), escalated=True)
    contact(state, "ann", at(4), escalated=True)
    contact(state, "dee", at(5), escalated=True)
    assert (span(state, "ben")[0], span(state)[0], span(state, "dee")[0]) == (0, 10, 15), "billing; print has nobody else"


def test_of_who_has_no_skills_heads_count() -> None:
    state = team(TWO | {"dee": {}}, FLOOR)
    contact(state, "dee", at(0), escalated=True)
    assert span(state, "dee")[0] == 0
