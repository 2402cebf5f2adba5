"""Drafts for people: only where they pay, never for what is hot or grave, paid once, and the expected time is shorter by what they save."""

from __future__ import annotations

from typing import Any

import pytest

from router import drafts
from router.domain import Rejection, Ticket
from router.explain import sentences
from router.record import as_record
from router.state import TeamState
from support.build import decide_one, happen, open_ticket, rejections, shifts, take_turn, team
from support.streams import START_S


def draft_team(**settings: Any) -> TeamState:
    return team(["ann", "bob"], {"automation": {"draft_categories": ["bug"]} | settings})


def complex_ticket(state: TeamState, ticket_id: str = "T1", **fields: Any) -> Ticket:
    return open_ticket(state, ticket_id, ticket_id, **({"category": "bug"} | fields))


def test_a_complex_ticket_comes_with_a_draft_and_says_what_it_saves_and_costs() -> None:
    state = draft_team()
    complex_ticket(state)
    decision = decide_one(state)
    assert (decision.lane, decision.draft, decision.costs_usd) == ("agent", True, {"automation": 0.0, "draft": 0.25})
    term = decision.because[-1]
    assert (term.term, term.cost) == ("draft", 0)
    assert term.detail == "a draft to review: saves about 72 of 600 s, worth $0.90, for $0.25"
    assert f"With {term.detail}." in sentences(as_record(decision))


REFUSALS: list[tuple[dict[str, Any], Rejection]] = [
    ({"category": "reset"}, Rejection("category", "reset", "bug")),
    ({"category": None}, Rejection("category", None, "bug")),
    ({"escalated": True}, Rejection("escalated", "escalated", "not escalated")),
    ({"abuse": True}, Rejection("abuse", "abuse", "no abuse")),
    ({"grave": "threat"}, Rejection("grave", "threat", "nothing grave")),
    ({"channel": "phone"}, Rejection("channel", "phone", "email, chat, web")),
    ({"expected_handle_s": 299.0}, Rejection("handle_time", 299.0, 300)),
]


@pytest.mark.parametrize(("fields", "refusal"), REFUSALS, ids=[refusal.rule for _, refusal in REFUSALS])
def test_each_fact_alone_means_no_draft(fields: dict[str, Any], refusal: Rejection) -> None:
    state = draft_team()
    ticket = complex_ticket(state, **fields)
    assert drafts.refusals(state, ticket) == (refusal,)
    decision = decide_one(state)
    assert (decision.draft, decision.costs_usd["draft"]) == (False, 0.0)
    assert "draft" not in [each.term for each in decision.because]


def test_it_has_to_be_worth_its_price() -> None:
    """Ten minutes at $45 an hour, a share of 4 %: 24 s are worth $0.30."""
    for price_usd, found in ((0.30, ()), (0.31, (Rejection("worth", 0.3, 0.31),))):
        state = draft_team(draft_saves_share=0.04, cost_per_draft_usd=price_usd)
        assert drafts.refusals(state, complex_ticket(state)) == found


def test_who_waits_gets_no_draft_yet() -> None:
    state = team({"ann": {"status": "away"}}, {"automation": {"draft_categories": ["bug"]}})
    complex_ticket(state)
    assert (decide_one(state).lane, decide_one(state).draft) == ("queue", False)


def test_a_draft_is_paid_once_and_stays_with_the_ticket_until_it_is_over() -> None:
    state = draft_team()
    complex_ticket(state)
    take_turn(state)
    assert (state.bots.drafts, state.bots.drafts_micro_usd) == (1, 250_000)
    happen(state, "T1", "declined")
    decision = decide_one(state)
    assert (decision.agent_id, decision.draft, decision.costs_usd["draft"]) == ("bob", True, 0.0)
    take_turn(state)
    assert state.bots.drafts == 1
    happen(state, "T1", "resolved")
    happen(state, "T1", "reopened")
    assert decide_one(state).costs_usd["draft"] == 0.25  # there is something new to answer
    take_turn(state)
    assert (state.bots.drafts, state.bots.drafts_micro_usd) == (2, 500_000)


def test_with_a_draft_a_chat_fits_into_a_shorter_rest_of_the_shift() -> None:
    """600 s, less the share that a draft saves, into 570 s that are left."""
    for settings, barred in (({}, False), ({"draft_saves_share": 0.04}, True), ({"draft_categories": []}, True)):
        policy = {"automation": {"draft_categories": ["bug"]} | settings}
        day_min = int(START_S // 60) % 1440
        state = team({"ann": {"shifts": shifts(day_min - 60, day_min + 10)}}, policy)
        complex_ticket(state, at_s=START_S + 30, channel="chat", expected_handle_s=600.0)
        found = {each.rule: each for each in rejections(decide_one(state), "ann")}
        assert ("shift_end" in found) is barred
