"""Tickets decided together: a hot one first and alone, two of an account to one person, a listener kept free."""

from __future__ import annotations

from typing import Any

import pytest

from router.assign import Guard
from router.choice import Option, choose
from router.decide import decide
from router.domain import Decision
from router.eligibility import exclusions
from router.explain import sentences
from router.moment import Case, Moment
from router.record import as_record
from router.relax import relax
from router.state import TeamState
from router.timing import next_change_s
from router.weighed import weighed
from support.build import HOUR_S, cost_of, happen, in_hand, open_ticket, take_turn, team
from support.streams import START_S

FIVE = (("email", False), ("email", True), ("chat", False), ("chat", True), ("phone", True))


def batch(state: TeamState, *tickets: tuple[str, bool], account: str | None = None) -> TeamState:
    """Tickets H0, H1 … by channel and whether escalated, each of its own account unless named."""
    for number, (channel, escalated) in enumerate(tickets):
        open_ticket(state, f"H{number}", account or f"account-{number}", channel=channel, escalated=escalated)
    return state


def given(decisions: tuple[Decision, ...]) -> dict[str, str]:
    return {each.ticket_id: str(each.agent_id) for each in decisions if each.lane == "agent"}


def test_a_batch_keeps_to_one_hot_ticket_and_to_room() -> None:
    state = batch(team({"ann": {"concurrency": (5, 1, 1)}}, {"hot_alone_s": 0}), *FIVE)
    found = [state.tickets[each] for each in given(decide(state, START_S))]
    assert len(found) == 3
    assert sum(ticket.hot for ticket in found) == 1
    assert sorted(ticket.channel for ticket in found if not ticket.hot) == ["chat", "email"]


def test_a_hot_ticket_goes_first_and_alone() -> None:
    """One agent with room for all of them gets one hot ticket, and nothing for five minutes."""
    state = take_turn(batch(team({"ann": {"concurrency": (5, 2, 1)}}), *FIVE))
    assert [ticket.id for ticket in state.tickets.values() if ticket.agent_id] == ["H1"]
    assert next_change_s(state, START_S) == pytest.approx(START_S + 300, abs=0.01)
    assert decide(state, START_S + 299.9) == ()
    assert list(given(decide(state, START_S + 300))) == ["H0", "H2"]  # the other hot ones wait until this one is over


def test_others_take_what_comes_with_a_hot_ticket() -> None:
    """Alike in all else, both would have got one ticket and one of them the third."""
    state = batch(team(["ann", "bob"]), ("email", False), ("email", True), ("email", False))
    found = given(decide(state, START_S))
    assert len(found) == 3
    assert list(found.values()).count(found["H1"]) == 1


def test_when_the_hot_ticket_is_over_the_next_may_come() -> None:
    state = take_turn(batch(team(["ann"], {"break_min_s": 0, "break_max_s": 0}), ("email", True), ("email", False)))
    happen(state, "H0", "resolved", START_S + 60)
    assert given(decide(state, START_S + 60)) == {"H1": "ann"}


def test_who_can_take_one_ticket_only_takes_the_more_urgent_one() -> None:
    """A hot ticket does not jump the queue where it takes nobody else's place."""
    state = team({"ann": {"concurrency": (1, 0, 0)}})
    open_ticket(state, "old", "one", created_s=START_S - HOUR_S)
    open_ticket(state, "hot", "two", escalated=True)
    assert given(decide(state, START_S)) == {"old": "ann"}


def test_two_tickets_of_an_account_go_to_one_person_and_the_decision_says_so() -> None:
    state = batch(team(["ann", "bob"]), ("email", False), ("email", False), account="acme")
    first, second = decide(state, START_S)
    assert (first.agent_id, second.agent_id) == ("ann", "ann")
    assert "same_account" not in [each.term for each in first.because]
    assert cost_of(second, "same_account") == -10_000
    assert second.because[-1].detail == "ticket H0 of the account goes to the same person"
    assert "same_account -10.0" in sentences(as_record(second))[1]


def test_not_where_that_costs_more_than_it_saves() -> None:
    """Ann holds two e-mails, at two minutes each, and only she speaks Italian: the couple meets there for seven minutes, not for five."""
    agents: dict[str, dict[str, Any]] = {"ann": {"languages": ("it",)}, "bob": {"languages": ("en",)}}
    for saving, expected in ((7.0, {"H0": "ann", "H1": "ann"}), (5.0, {"H0": "ann", "H1": "bob"})):
        state = team(agents, {"weights": {"same_account": saving, "open_work": 2}})
        for _ in range(2):
            in_hand(state, "ann")
        open_ticket(state, "H0", "acme", language="it")
        open_ticket(state, "H1", "acme")
        assert given(decide(state, START_S)) == expected


def test_a_couple_lets_no_younger_ticket_go_before_an_older_one_alike_in_all() -> None:
    """Room for one e-mail and one chat: the chat of the account brings no younger e-mail forward."""
    state = team({"ann": {"concurrency": (1, 1, 0)}}, {"weights": {"same_account": 1000}})
    for number in range(3):
        open_ticket(state, f"E{number}", "acme", START_S + number)
    open_ticket(state, "C", "acme", START_S + 3, channel="chat")
    given = [each.ticket_id for each in decide(state, START_S + 3) if each.lane == "agent"]
    assert given == ["E0", "C"]


def test_a_hot_ticket_is_no_half_of_a_couple() -> None:
    state = batch(team(["ann", "bob"]), ("email", True), ("email", False), account="acme")
    assert sorted(given(decide(state, START_S)).values()) == ["ann", "bob"]


@pytest.mark.parametrize(("saving", "who"), [(0, "ann"), (5_000, "bob")])
def test_a_hot_ticket_goes_where_a_listener_stays_free(saving: int, who: str) -> None:
    """Cem would listen to bob."""
    state = batch(team(["ann", "bob", "cem"]), ("email", True))
    moment = Moment(state, START_S)
    case = Case(moment, state.tickets["H0"])
    choice = choose(moment, [Option(case, weighed(case, relax(case, exclusions(case))))], [Guard(0, 1, 2, saving)])
    assert [state.agents.people[row].id for row in choice.rows] == [who]
    assert choice.cost == choice.bound
