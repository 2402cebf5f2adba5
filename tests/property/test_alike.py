"""Tickets that are alike to rules and costs share their answers in a solve; each finds what it would find alone."""

from __future__ import annotations

from typing import Any

import numpy as np

from router import cost
from router.domain import Shift
from router.eligibility import exclusions
from router.moment import Case, Moment
from router.state import TeamState
from router.turn import conclude
from support.build import DAY_S, MINUTE_S, contact, open_ticket, put_plan, team
from support.streams import START_S, stream, take_in

POLICY = {
    "fatigue": {"load_bound_ratio": 1.05},
    "automation": {"draft_categories": ["bug"], "draft_min_handle_s": 60, "draft_saves_share": 0.5},
}
FACTS: tuple[dict[str, Any], ...] = (
    {},
    {"channel": "chat"},
    {"channel": "chat", "expected_handle_s": 800.0},
    {"channel": "chat", "expected_handle_s": 1600.0},
    {"channel": "chat", "expected_handle_s": 1600.0, "category": "bug"},  # a draft makes it fit into what is left of a shift
    {"skills": ("export",)},
    {"skills": ("export",), "text_score": 1.0, "reopened_count": 3},  # hard, so of a higher level
    {"language": "it"},
    {"escalated": True},
    {"reopened_count": 2},
    {"text_score": 0.9},
    {"target_s": START_S - MINUTE_S},
    {"account_id": "renewing"},  # as many points, and none of them for being late
    {"previous_agent_id": "bob"},
    {"account_id": "acme"},
)


def said_of(case: Case) -> tuple[Any, ...]:
    rules = [(each.rule, each.mask.tolist(), [str(number) for number in each.numbers]) for each in exclusions(case)]
    return rules, cost.table(case).tolist()


def test_every_fact_that_is_looked_at_tells_tickets_apart() -> None:
    """Two of each: they share what is said, and it is what is said of one that is alone, and of no ticket with other facts."""
    renewing = {"renewing": {"renewal_s": START_S + DAY_S}}
    ends = Shift(weekday=0, start_min=0, end_min=9 * 60 + 20)  # in twenty minutes
    ann: dict[str, Any] = {"skills": {"export": 2}, "languages": ("it",), "concurrency": (5, 0, 1)}
    state = team({"ann": ann, "bob": {"skills": {"export": 4}}, "cem": {"shifts": (ends,)}}, POLICY, renewing)
    contact(state, "ann", account_id="acme", escalated=True)
    put_plan(state, ("bob", "break", 5, 15))
    tickets = []
    for number, facts in enumerate(FACTS):
        for copy in "AB":
            given = {"account_id": f"new-{number}{copy}"} | facts
            tickets.append(open_ticket(state, f"{copy}{number}", given.pop("account_id"), **given))
    now_s = START_S + MINUTE_S
    moment = Moment(state, now_s)
    said = [said_of(Case(moment, ticket)) for ticket in tickets]
    assert said == [said_of(Case(Moment(state, now_s), ticket)) for ticket in tickets]
    assert said[::2] == said[1::2]
    assert all(said.count(each) == 2 for each in said)


def test_what_is_shared_is_what_each_ticket_finds_alone() -> None:
    """Every ticket of the last hours, in whatever state, as if it were decided now."""
    state, shared = TeamState(), 0
    for batch, now_s in stream(np.random.default_rng(5), 32, agents=8, accounts=150):
        take_in(state, batch)
        moment = Moment(state, now_s)
        cases = [Case(moment, ticket) for ticket in list(state.tickets.values())[-20:]]
        for case in cases:
            assert said_of(case) == said_of(Case(Moment(state, now_s), case.ticket))
        shared += len(cases) - len({case.alike for case in cases})
        conclude(state, now_s)
    assert shared >= 8
