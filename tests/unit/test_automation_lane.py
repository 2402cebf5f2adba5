"""Routine to automation first: by facts alone, up to a capacity, for a time; what comes back goes to a person and stays with people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from router.automation import Lane
from router.decide import decide
from router.domain import Rejection
from router.events import AccountPut
from router.state import TeamState
from support.build import DAY_S, HOUR_S, MINUTE_S, contact, decide_one, give, happen, open_ticket, set_status, take_turn, team, tell
from support.streams import START_S

TIMEOUT_S = 900.0


def lane_team(**settings: Any) -> TeamState:
    return team(["ann", "bob"], {"automation": {"categories": ["reset", "invoice"]} | settings})


def routine(state: TeamState, ticket_id: str = "T1", account_id: str = "acme", **fields: Any) -> TeamState:
    open_ticket(state, ticket_id, account_id, **({"category": "reset"} | fields))
    return state


def in_lane(state: TeamState, ticket_id: str = "T1") -> TeamState:
    """A routine ticket that automation has."""
    take_turn(routine(state, ticket_id))
    assert state.tickets[ticket_id].state == "automation"
    return state


def lanes(state: TeamState, now_s: float | None = None) -> dict[str, str]:
    return {each.ticket_id: each.lane for each in decide(state, state.now_s if now_s is None else now_s)}


def test_a_routine_ticket_goes_to_automation_with_its_price() -> None:
    decision = decide_one(routine(lane_team()))
    assert (decision.lane, decision.bot, decision.agent_id) == ("automation", "automation", None)
    (reason,) = decision.because
    assert reason.detail == "category reset may go to automation, $0.50"
    assert decision.costs_usd == {"automation": 0.5, "draft": 0.0}


def test_no_category_is_open_until_the_team_names_it() -> None:
    assert decide_one(routine(team())).lane == "agent"


def renews(days: float) -> Callable[[TeamState], TeamState]:
    return lambda state: routine(tell(state, AccountPut(START_S, "acme", renewal_s=START_S + days * DAY_S)))


def earlier_tickets(count: int, days: float = 1.0) -> Callable[[TeamState], TeamState]:
    """So many earlier tickets of the account, each dealt with."""

    def build(state: TeamState) -> TeamState:
        for number in range(count):
            give(state, open_ticket(state, f"E{number}", created_s=START_S - days * DAY_S).id, "ann")
            happen(state, f"E{number}", "closed")
        return routine(state)

    return build


def held(count: int) -> Callable[[TeamState], TeamState]:
    def build(state: TeamState) -> TeamState:
        for number in range(count):
            routine(state, f"L{number}", f"account-{number}")
        return routine(take_turn(state))

    return build


def failed_before(state: TeamState) -> TeamState:
    routine(state)
    happen(state, "T1", "automation_failed")
    return state


def another_escalation(state: TeamState) -> TeamState:
    open_ticket(state, "E", "acme", escalated=True)
    return routine(state)


REFUSALS: list[tuple[Callable[[TeamState], TeamState], Rejection]] = [
    (lambda state: routine(state, abuse=True), Rejection("abuse", "abuse", "no abuse")),
    (failed_before, Rejection("bounced", "came back", "not tried before")),
    (lambda state: routine(state, confidence=0.69), Rejection("confidence", 0.69, 0.7)),
    (renews(30), Rejection("renewal_near", 30.0, 30)),
    (renews(0), Rejection("renewal_near", 0.0, 30)),
    (renews(12.34), Rejection("renewal_near", 12.3, 30)),
    (renews(-1), Rejection("renewal_near", -1.0, 30)),  # a date counts until its day is over
    (lambda state: routine(tell(state, AccountPut(START_S, "acme", open_escalations=2))), Rejection("open_escalation", 2, 0)),
    (another_escalation, Rejection("open_escalation", 1, 0)),
    (earlier_tickets(3), Rejection("repeat_contact", 3, 2)),
    (held(4), Rejection("capacity", 4, 4)),
]


@pytest.mark.parametrize(("build", "refusal"), REFUSALS, ids=[f"{refusal.rule}-{refusal.actual}" for _, refusal in REFUSALS])
def test_each_fact_alone_keeps_a_ticket_from_automation(build: Callable[[TeamState], TeamState], refusal: Rejection) -> None:
    state = build(lane_team(capacity=4))
    decision = decide_one(state)
    assert (decision.lane, decision.not_automation) == ("agent", (refusal,))


@pytest.mark.parametrize("category", ["bug", None])
def test_a_category_that_is_not_open_is_nothing_to_explain(category: str | None) -> None:
    state = routine(lane_team(), category=category)
    assert Lane(state, START_S).refusals(state.tickets["T1"]) == (Rejection("category", category, "reset, invoice"),)
    assert (decide_one(state).lane, decide_one(state).not_automation) == ("agent", ())


def test_a_ticket_that_waits_says_what_kept_it_from_automation_too() -> None:
    state = routine(lane_team(), confidence=0.1)
    for agent_id in ("ann", "bob"):
        set_status(state, agent_id, "offline")
    decision = decide_one(state)
    assert (decision.lane, decision.not_automation) == ("queue", (Rejection("confidence", 0.1, 0.7),))


def test_an_escalated_ticket_is_an_open_escalation_of_its_account_too() -> None:
    state = routine(lane_team(), escalated=True)
    found = decide_one(state).not_automation
    assert found == (Rejection("escalated", "escalated", "not escalated"), Rejection("open_escalation", 1, 0))
    assert decide_one(state).lane == "agent"


@pytest.mark.parametrize(
    "build",
    [
        lambda state: routine(state, category="invoice"),
        lambda state: routine(state, confidence=0.7),
        renews(30.1),
        renews(-1.1),
        earlier_tickets(2),
        earlier_tickets(3, days=7.1),
        held(3),
    ],
)
def test_at_their_limits_the_facts_do_not(build: Callable[[TeamState], TeamState]) -> None:
    state = build(lane_team(capacity=4))
    assert Lane(state, START_S).refusals(state.tickets["T1"]) == ()
    assert decide_one(state).lane == "automation"


def test_every_refusal_is_named_not_only_the_first() -> None:
    state = lane_team(capacity=0)
    tell(state, AccountPut(START_S, "acme", renewal_s=START_S + DAY_S, open_escalations=1))
    routine(state, escalated=True, abuse=True, confidence=0.1)
    happen(state, "T1", "automation_failed")
    rules = [each.rule for each in decide_one(state).not_automation]
    assert rules == ["escalated", "abuse", "bounced", "renewal_near", "open_escalation", "capacity", "confidence"]


def test_of_one_batch_the_oldest_fill_the_lane() -> None:
    state = lane_team(capacity=2)
    for number in (3, 1, 2, 4):
        routine(state, f"T{number}", f"account-{number}", created_s=START_S - HOUR_S + number)
    assert lanes(state) == {"T1": "automation", "T2": "automation", "T3": "agent", "T4": "agent"}


@pytest.mark.parametrize("how", ["automation_resolved", "automation_failed", "resolved", "closed", "escalated", "abuse"])
def test_what_leaves_the_lane_makes_room(how: str) -> None:
    state = in_lane(lane_team(capacity=1))
    assert lanes(routine(state, "T2", "another")) == {"T2": "agent"}
    happen(state, "T1", how)
    assert lanes(state)["T2"] == "automation"


def test_unresolved_in_time_a_ticket_goes_to_a_person_and_stays_with_people() -> None:
    state = in_lane(lane_team())
    assert lanes(state, START_S + TIMEOUT_S - 1) == {}
    assert lanes(state, START_S + TIMEOUT_S) == {"T1": "agent"}
    assert not state.tickets["T1"].bounced
    take_turn(state, START_S + TIMEOUT_S)
    ticket = state.tickets["T1"]
    assert (ticket.state, ticket.bounced, list(state.automated)) == ("assigned", True, [])
    happen(state, "T1", "declined")
    assert lanes(state) == {"T1": "agent"}


def test_a_time_out_gives_its_place_to_the_next_ticket_at_once() -> None:
    state = routine(in_lane(lane_team(capacity=1)), "T2", "another")
    assert lanes(state, START_S + TIMEOUT_S) == {"T1": "agent", "T2": "automation"}


def test_a_time_out_while_nobody_is_there_waits_in_the_queue() -> None:
    state = in_lane(lane_team())
    for agent_id in ("ann", "bob"):
        set_status(state, agent_id, "offline")
    assert lanes(state, START_S + TIMEOUT_S) == {"T1": "queue"}
    take_turn(state, START_S + TIMEOUT_S)
    ticket = state.tickets["T1"]
    assert (ticket.state, ticket.bounced, list(state.automated)) == ("waiting", True, [])
    assert lanes(state) == {}  # it was told to wait, and is told once
    set_status(state, "bob", "online", START_S + HOUR_S)
    assert (decide_one(state).lane, decide_one(state).agent_id) == ("agent", "bob")


@pytest.mark.parametrize("how", ["automation_failed", "escalated", "abuse"])
def test_what_automation_could_not_do_goes_to_a_person(how: str) -> None:
    state = in_lane(lane_team())
    happen(state, "T1", how, START_S + MINUTE_S)
    ticket = state.tickets["T1"]
    assert (ticket.state, ticket.bounced, list(state.automated)) == ("waiting", True, [])
    assert decide_one(state).lane == "agent"
    take_turn(state)
    assert ticket.agent_id == "ann"


def test_who_declines_a_ticket_in_the_lane_does_not_get_it_later() -> None:
    state = in_lane(lane_team())
    happen(state, "T1", "declined", agent_id="ann")
    assert lanes(state) == {}
    assert decide_one(state, now_s=START_S + TIMEOUT_S).agent_id == "bob"


def test_a_failure_told_after_the_time_out_changes_nothing() -> None:
    state = take_turn(in_lane(lane_team()), START_S + TIMEOUT_S)
    happen(state, "T1", "automation_failed")
    happen(state, "T1", "automation_resolved")
    assert (state.tickets["T1"].state, state.tickets["T1"].agent_id) == ("assigned", "ann")


def test_a_ticket_escalated_in_the_lane_counts_as_hot_and_owes_a_break() -> None:
    state = in_lane(lane_team())
    happen(state, "T1", "escalated", START_S + MINUTE_S)
    take_turn(state)
    happen(state, "T1", "contact", START_S + 2 * MINUTE_S)
    recovery = state.agents.people[0].recovery
    assert recovery is not None
    assert recovery.because == ("escalated:T1",)


def test_resolved_by_automation_is_no_contact_of_anybody() -> None:
    state = in_lane(lane_team())
    happen(state, "T1", "automation_resolved", START_S + MINUTE_S)
    ticket = state.tickets["T1"]
    assert (ticket.state, ticket.contacts, list(state.automated), lanes(state)) == ("resolved", (), [], {})
    assert not state.agents.acute.any()


def test_reopened_after_automation_goes_to_a_person() -> None:
    state = in_lane(lane_team())
    happen(state, "T1", "automation_resolved")
    happen(state, "T1", "reopened")
    assert decide_one(state).lane == "agent"


def test_what_a_person_had_may_go_to_automation_only_as_a_new_ticket() -> None:
    state = lane_team()
    ticket = contact(state, "ann", account_id="acme", category="reset")
    happen(state, ticket.id, "reopened")
    assert decide_one(state, ticket.id).lane == "agent"
    assert decide_one(routine(state, "T2"), "T2").lane == "automation"
