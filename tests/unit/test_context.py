"""What goes with a ticket: the hand-over on every change of person, and a hypothesis on the customer from stored facts alone."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest

from router import context
from router.domain import Decision
from router.explain import sentences
from router.record import as_record
from router.state import TeamState
from support.build import DAY_S, HOUR_S, contact, decide_one, give, happen, open_ticket, set_status, team
from support.streams import START_S


def sentence(decision: Decision) -> str | None:
    return context.in_a_sentence(decision.hypothesis) if decision.hypothesis else None


def test_a_rotation_hands_over_what_was_and_what_is_at_stake() -> None:
    accounts = {"acme": {"arr_usd": 60_000.0, "renewal_s": START_S + 40 * DAY_S, "open_escalations": 2}}
    state = team(["ann", "bob"], {"rotation_after_escalations": 2}, accounts)
    for day in range(2):
        contact(state, "ann", START_S + day * DAY_S, account_id="acme", escalated=True)
    open_ticket(state, at_s=START_S + 3 * DAY_S, escalated=True)
    decision = decide_one(state)
    assert decision.agent_id == "bob"
    assert decision.handover == {
        "from_agent_id": "ann",
        "contacts": 2,
        "last_s": START_S + DAY_S,
        "open_escalations": 2,
        "arr_usd": 60_000.0,
        "renewal_s": START_S + 40 * DAY_S,
    }
    assert "ann met this account 2 times in 30 days and hands it over." in sentences(as_record(decision))


def test_who_had_the_ticket_hands_over_before_who_met_the_account_last() -> None:
    state = team(["ann", "bob", "cleo"])
    give(state, open_ticket(state).id, "cleo")
    contact(state, "bob", account_id="acme")
    happen(state, "T1", "declined")
    set_status(state, "bob", "away")
    decision = decide_one(state)
    assert decision.agent_id == "ann"
    assert decision.handover is not None
    assert (decision.handover["from_agent_id"], decision.handover["contacts"], decision.handover["last_s"]) == ("cleo", 0, None)


@pytest.mark.parametrize(("days", "known"), [(29, True), (31, False)])
def test_who_met_the_account_over_30_days_ago_knows_it_no_better(days: int, known: bool) -> None:
    """Such contacts go when numbers of people are dropped, which must change no decision."""
    state = team(["ann", "bob"], {"continuity_half_life_d": 365})
    contact(state, "bob", account_id="acme")
    contact(state, "ann", account_id="beta")
    open_ticket(state, at_s=START_S + days * DAY_S)
    decision = decide_one(state)
    assert decision.agent_id == ("bob" if known else "ann")
    set_status(state, "bob", "away")
    handover = decide_one(state).handover
    assert (handover is not None) == known


def test_nothing_is_handed_over_where_nobody_else_was() -> None:
    state = team()
    contact(state, "ann", account_id="acme")
    open_ticket(state)
    assert decide_one(state).handover is None


def fourth_in_a_week() -> TeamState:
    accounts = {"acme": {"open_escalations": 1, "renewal_s": START_S + 12 * DAY_S}}
    state = team(accounts=accounts)
    for number in range(3):
        contact(state, "ann", START_S + number * HOUR_S, account_id="acme")
    open_ticket(state, at_s=START_S + 4 * HOUR_S)
    return state


def test_the_facts_say_what_the_customer_may_feel() -> None:
    decision = decide_one(fourth_in_a_week())
    assert sentence(decision) == (
        "Fourth ticket in a week, an open escalation, renewal in 12 days: they may feel unheard; start from what was promised."
    )
    assert sentence(decision) in sentences(as_record(decision))


@pytest.mark.parametrize(
    ("account", "fields", "said"),
    [
        ({}, {}, None),
        ({"renewal_s": START_S + DAY_S}, {}, None),  # a renewal alone says nothing of how they feel
        ({"usage_trend": 0.3}, {}, None),
        ({"usage_trend": -0.3, "renewal_s": START_S}, {}, "Renewal today, usage down by 30%: they may be weighing whether to stay;"),
        ({}, {"reopened_count": 2}, "Re-opened 2 times: they may doubt"),
        ({}, {"target_s": START_S - 5 * HOUR_S}, "5 h past its target: they may feel forgotten;"),
        ({"open_escalations": 3}, {}, "3 open escalations: they may feel unheard;"),
        ({}, {"escalated": True}, "Escalated: they may feel let down;"),
        ({}, {"grave": "bereavement", "escalated": True}, "A bereavement, escalated: they may be grieving;"),
        ({}, {"previous_agent_id": "bob"}, "Somebody new on it: they may expect to have to tell it all again;"),
    ],
)
def test_each_ground_alone(account: dict[str, Any], fields: dict[str, Any], said: str | None) -> None:
    state = team(accounts={"acme": account})
    open_ticket(state, **fields)
    found = sentence(decide_one(state))
    assert found == said if said is None else found is not None and found.startswith(said)


def test_every_fact_and_feeling_has_its_words_and_what_is_felt_is_always_grounded_in_what_is_told() -> None:
    assert {feeling for feeling, _ in context.GROUNDS} == set(context.FEELINGS)
    assert set().union(*(needed for _, needed in context.GROUNDS)) <= set(context.FACTS)
    order = list(context.FACTS)
    for count in range(1, len(order) + 1):
        for codes in combinations(order, count):
            told = set(codes[: context.FACTS_TOLD])
            first = next((needed for _, needed in context.GROUNDS if needed <= set(codes)), frozenset[str]())
            assert first <= told, codes


def test_the_facts_come_in_the_order_of_their_table() -> None:
    state = fourth_in_a_week()
    assert list(context.facts_of(state, state.tickets["T1"], state.now_s, new_person=True)) == [
        each for each in context.FACTS if each in ("week_tickets", "open_escalations", "renewal_d", "new_person")
    ]
