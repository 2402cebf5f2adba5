"""Work in hand counts: what it will add to the load and to the row of hard contacts keeps further hard tickets away before it has ended."""

from __future__ import annotations

import json
from typing import Any

import pytest

from router import snapshot
from router.decide import decide
from router.domain import Rejection
from router.eligibility import exclusions
from router.events import ContactRated, TicketEvent
from router.moment import Case, Moment
from router.state import TeamState
from router.timing import next_change_s
from support.build import HOUR_S, MINUTE_S, contact, decide_one, give, happen, in_hand, open_ticket, set_policy, take_turn, team, tell
from support.streams import START_S

HARD = {"text_score": 1.0}  # .63 points: hard, and nothing that sends a break
FIVE_MAILS = {"concurrency": (5, 2, 1)}


def held(state: TeamState, agent_id: str = "ann") -> list[str]:
    return sorted(state.held.get(agent_id, ()))


def booked(state: TeamState, agent_id: str = "ann") -> tuple[int, int]:
    """Milli-points and hard contacts to come of the agent."""
    row = state.agents.row[agent_id]
    return int(state.agents.booked_milli[row]), int(state.agents.hard_open[row])


def kept_off(state: TeamState, ticket_id: str) -> tuple[Rejection, ...]:
    """What would keep ann from the ticket now, whether it was told to wait or not."""
    found = exclusions(Case(Moment(state, state.now_s), state.tickets[ticket_id]))
    return tuple(each.rejection(0) for each in found if each.mask[0])


def test_threats_that_come_one_by_one_do_not_all_go_to_one_person() -> None:
    """Two points each, and three are the bound: the second would be too much before the first has ended."""
    state = team({"ann": FIVE_MAILS})
    for minute in range(5):
        at_s = START_S + minute * MINUTE_S
        open_ticket(state, f"G{minute}", f"account-{minute}", at_s, grave="threat")
        take_turn(state, at_s)
    assert held(state) == ["G0"]
    assert kept_off(state, "G1") == (Rejection("load_bound", 4.0, 3.0),)


def test_the_bound_counts_the_load_and_what_is_in_hand_for_what_is_hard() -> None:
    state = team({"ann": FIVE_MAILS}, {"hard_streak_max": 100, "break_min_s": 0, "break_max_s": 0, "hot_alone_s": 0})
    contact(state, "ann", escalated=True)  # 1.5 of load at once
    in_hand(state, "ann", grave="threat")  # and 2 to come
    open_ticket(state, **HARD)
    assert kept_off(state, "T1") == (Rejection("load_bound", 4.13, 3.0),)
    open_ticket(state, "easy")
    assert kept_off(state, "easy") == ()  # nor is a customer with a quick question kept waiting for it


def test_hard_tickets_in_hand_are_part_of_the_row() -> None:
    state = team({"ann": FIVE_MAILS})
    for number in range(5):
        open_ticket(state, f"G{number}", f"account-{number}", START_S + number, **HARD)
        take_turn(state, START_S + number)
    assert held(state) == ["G0", "G1", "G2"]
    assert kept_off(state, "G3")[0] == Rejection("hard_streak", 3, 3)
    happen(state, "G0", "resolved", START_S + 60)
    assert kept_off(state, "G3")[0] == Rejection("hard_streak", 3, 3)  # one has ended and two are to come
    open_ticket(state, "easy", at_s=START_S + 61)
    take_turn(state, START_S + 61)
    assert "easy" in held(state)  # what is not hard is no part of a row


def test_a_contact_that_is_not_hard_ends_the_row_of_those_that_ended_alone() -> None:
    state = team({"ann": FIVE_MAILS}, {"hard_streak_max": 2})
    contact(state, "ann", START_S, **HARD)
    in_hand(state, "ann", START_S, **HARD)
    contact(state, "ann", START_S + 60)
    open_ticket(state, **HARD)
    assert decide_one(state).agent_id == "ann"  # one in hand, and this one
    give(state, "T1", "ann")
    open_ticket(state, "T2", **HARD)
    assert kept_off(state, "T2") == (Rejection("hard_streak", 2, 2),)


def test_a_ticket_is_booked_until_its_contact_has_ended_and_again_when_there_is_something_to_answer() -> None:
    state = team({"ann": FIVE_MAILS})
    ticket = in_hand(state, "ann", START_S, **HARD)
    assert booked(state) == (630, 1)
    happen(state, ticket.id, "contact", START_S + 60)
    assert (booked(state), ticket.agent_id) == ((0, 0), "ann")
    happen(state, ticket.id, "escalated", START_S + 120)
    assert booked(state) == (round(1500 * 1.0 * (1 + 0.25 * 0.63)), 1)  # as hard as the account has become for her
    happen(state, ticket.id, "resolved", START_S + 180)
    assert booked(state) == (0, 0)


@pytest.mark.parametrize("way", ["declined", "reassigned", "overridden"])
def test_what_leaves_a_hand_is_booked_there_no_more(way: str) -> None:
    state = team({"ann": FIVE_MAILS, "bob": {}})
    ticket = in_hand(state, "ann", **HARD)
    if way == "overridden":
        give(state, ticket.id, "bob")
    else:
        happen(state, ticket.id, way, agent_id="ann" if way == "declined" else "bob")
    assert booked(state) == (0, 0)
    assert booked(state, "bob") == ((0, 0) if way == "declined" else (630, 1))


def test_a_ticket_that_turns_hard_in_hand_is_booked_as_what_it_has_become() -> None:
    state = team({"ann": FIVE_MAILS})
    ticket = in_hand(state, "ann")
    assert booked(state) == (30, 0)
    happen(state, ticket.id, "abuse")
    assert booked(state) == (1500, 1)


def test_news_of_before_the_last_contact_book_nothing() -> None:
    """It corrects the contact that met it: nothing more is to come."""
    state = team({"ann": FIVE_MAILS}, {"break_min_s": 0, "break_max_s": 0})
    ticket = in_hand(state, "ann", START_S)
    happen(state, ticket.id, "contact", START_S + 120)
    happen(state, ticket.id, "escalated", START_S + 180, START_S + 60)
    assert (booked(state), ticket.contacts[0].points) == ((0, 0), 1.5)


def test_a_row_that_is_corrected_is_none_also_when_a_policy_has_called_others_hard_meanwhile() -> None:
    """Each contact stands once in the row: what it was counted as goes when it is rated."""
    state = team({"ann": FIVE_MAILS})
    done = [contact(state, "ann", START_S + number, **HARD) for number in range(3)]
    set_policy(state, {"fatigue": {"hard_contact_points": 1.0}})
    for ticket in done:
        tell(state, ContactRated(START_S + 60, ticket.id, "ann", "nothing", START_S + 60))
    assert state.agents.people[0].recent == [(START_S + number, False) for number in range(3)]
    assert state.agents.streak.tolist() == [0]


@pytest.mark.parametrize(("how", "grave"), [("message", "threat"), ("escalated", None), ("abuse", None)])
def test_a_contact_told_late_leaves_booked_what_came_after_it(how: str, grave: str | None) -> None:
    """The customer was heard of at once, and only then that the agent had answered what was there before."""
    state = team({"ann": FIVE_MAILS})
    ticket = in_hand(state, "ann", START_S)
    tell(state, TicketEvent(START_S + 120, ticket.id, how, START_S + 120, grave=grave))
    happen(state, ticket.id, "contact", START_S + 180, START_S + 60, agent_id="ann")
    assert (booked(state)[1], ticket.agent_id) == (1, "ann")
    happen(state, ticket.id, "contact", START_S + 240, agent_id="ann")
    assert booked(state) == (0, 0)


def test_a_policy_that_counts_otherwise_counts_the_work_in_hand_otherwise() -> None:
    state = team({"ann": FIVE_MAILS})
    for _ in range(3):
        in_hand(state, "ann", **HARD)
    answered = in_hand(state, "ann", START_S, **HARD)
    happen(state, answered.id, "contact", START_S + 60)
    set_policy(state, {"fatigue": {"hard_contact_points": 1.0, "ordinary_points": 0.1}})
    assert booked(state) == (3 * 700, 0)
    open_ticket(state, **HARD)
    assert "hard_streak" not in {each.rule for each in kept_off(state, "T1")}


# Several of one solve.


def burst(count: int, agents: Any, policy: dict[str, Any] | None = None, **fields: Any) -> TeamState:
    state = team(agents, policy)
    for number in range(count):
        open_ticket(state, f"G{number}", f"account-{number}", created_s=START_S - count + number, **(HARD | fields))
    return state


def test_a_batch_gives_nobody_a_longer_row_than_one_by_one() -> None:
    state = take_turn(burst(9, {"ann": {"concurrency": (9, 2, 1)}}))
    assert held(state) == ["G0", "G1", "G2"]


def test_a_batch_gives_nobody_more_than_the_bound() -> None:
    """.63 each: four stay under three, with a longer row allowed."""
    state = take_turn(burst(9, {"ann": {"concurrency": (9, 2, 1)}}, {"hard_streak_max": 100}))
    assert held(state) == ["G0", "G1", "G2", "G3"]


def test_what_is_too_much_for_one_goes_to_others() -> None:
    state = take_turn(burst(6, {"ann": {"concurrency": (9, 2, 1)}, "bob": {"concurrency": (9, 2, 1)}}))
    assert (len(held(state)), len(held(state, "bob"))) == (3, 3)


def test_in_a_batch_the_most_urgent_stay() -> None:
    state = burst(4, {"ann": {"concurrency": (9, 2, 1)}})
    open_ticket(state, "now", "account-now", priority="urgent", created_s=START_S - 4, **HARD)
    assert "now" in held(take_turn(state))


def test_a_couple_is_no_way_around_the_rules() -> None:
    state = team({"ann": {"concurrency": (9, 2, 1)}})
    for number in range(5):
        open_ticket(state, f"G{number}", "acme", created_s=START_S - 5 + number, **HARD)
    assert len(held(take_turn(state))) == 3


def test_a_ticket_that_would_be_too_much_says_so_and_when_to_look_again() -> None:
    """The fourth would lift her over three; when what she had before has faded it will not."""
    state = burst(4, {"ann": FIVE_MAILS}, {"hard_streak_max": 100, "max_wait_s": {"normal": 86_400}})
    contact(state, "ann", **HARD)
    *_, waits = decide(state, state.now_s)
    assert waits.lane == "queue"
    assert waits.waits_for is not None
    assert waits.waits_for["reason"] == "taken"
    take_turn(state)
    at_s = next_change_s(state, state.now_s)
    assert waits.waits_for["next_change_s"] == pytest.approx(at_s, abs=0.01)
    assert held(take_turn(state, at_s - 1)) == ["G0", "G1", "G2"]
    assert held(take_turn(state, at_s)) == ["G0", "G1", "G2", "G3"]


def test_of_many_that_the_load_keeps_away_the_first_that_there_is_room_for_is_told() -> None:
    """The one of the fewest points, at somebody who remembers nothing of its account; but ben gets none of ann's customer sooner."""
    state = team({"ann": FIVE_MAILS, "ben": FIVE_MAILS}, {"hard_streak_max": 100, "max_wait_s": {"normal": 86_400}})
    for who, account_id in (("ann", "acme"), ("ben", "other")):
        contact(state, who, account_id=account_id, **HARD)
        for _ in range(3):
            in_hand(state, who, **HARD)
    for number, (account_id, score) in enumerate([("acme", 1.0), ("acme", 0.98), ("other", 0.95), ("new", 1.0), ("newer", 0.97)]):
        open_ticket(state, f"W{number}", account_id, text_score=score)
    take_turn(state)
    assert len(state.waiting) == 5
    alone = list[float]()
    for waits in state.waiting:
        other = snapshot.load(snapshot.dump(state))
        other.waiting = {waits: None}
        alone.append(next_change_s(other, state.now_s) - START_S)
    assert len(set(alone)) == 4  # of acme and of somebody new, ben knows neither
    assert next_change_s(state, state.now_s) - START_S == pytest.approx(min(alone), abs=2e-3)


def test_past_the_longest_wait_the_hard_ones_come_one_by_one() -> None:
    """Nobody starves: the bound gives way for the first, and for the next when that has ended and she is at her line again."""
    state = burst(4, {"ann": {"concurrency": (9, 2, 1)}}, {"fatigue": {"line_points": 0.3}, "max_wait_s": {"normal": 0}})
    assert held(take_turn(state)) == ["G0"]
    assert held(take_turn(state, START_S + 60)) == ["G0"]
    happen(state, "G0", "resolved", START_S + 120)
    assert held(take_turn(state)) == []
    assert held(take_turn(state, START_S + 3 * HOUR_S)) == ["G1"]


def test_past_the_longest_wait_the_row_gives_way_and_fading_makes_room() -> None:
    """Three hard ones in hand are a full row, which gives way for the fourth; the bound does not, until what she had before has faded."""
    state = team({"ann": FIVE_MAILS}, {"max_wait_s": {"normal": 600}})
    contact(state, "ann", **HARD)
    for _ in range(3):
        in_hand(state, "ann", **HARD)
    open_ticket(state, **HARD)
    take_turn(state)
    late_s = next_change_s(state, state.now_s)
    assert late_s == START_S + 600
    take_turn(state, late_s)
    room_s = next_change_s(state, late_s)
    assert "T1" not in held(take_turn(state, room_s - 1))
    assert "T1" in held(take_turn(state, room_s))


def test_a_state_of_before_knows_no_hard_work_in_hand() -> None:
    """Retired logs begin with a state; one that an older engine wrote has fewer columns."""
    state = team({"ann": FIVE_MAILS})
    in_hand(state, "ann", **HARD)
    values = json.loads(json.dumps(snapshot.dump(state)))
    del values["columns"]["hard_open"], values["tickets"][0]["booked_hard"]
    found = snapshot.load(values)
    assert booked(found) == (630, 0)
    happen(found, next(iter(found.tickets)), "resolved")
    assert booked(found) == (0, 0)
