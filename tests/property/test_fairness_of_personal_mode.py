"""The fairness rule: personal g and r change when and how long somebody recovers, never who gets the larger share."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from router import cost
from router.decide import decide
from router.eligibility import exclusions
from router.events import AgentStatus, Calibrated
from router.moment import Case, Moment
from router.personal import pace as protective
from router.readiness import view
from router.state import TeamState
from router.turn import conclude
from support.build import MINUTE_S, contact, give, happen, open_ticket, team, tell
from support.streams import START_S, stream, take_in

AGENTS = ("ann", "bob", "cyd", "dan")
OWN_RULES = {"light_duty", "on_break", "break_pending"}  # when and how long somebody recovers
WORDED: dict[str, dict[str, Any]] = {"calm": {}, "angry": {"text_score": 0.9}, "escalated": {"escalated": True}}
paces = st.tuples(st.floats(0.5, 2.0), st.floats(0.6, 1.7))


def day(pace_of: dict[str, tuple[float, float]], seed: int) -> TeamState:
    """A morning of calm and hard contacts; nobody is sent on a break."""
    state = team(AGENTS, {"break_min_s": 0, "break_max_s": 0, "fatigue": {"break_trigger_ratio": 10}})
    tell(state, *(Calibrated(START_S, name, *pace) for name, pace in pace_of.items()))
    chance = np.random.default_rng(seed)
    for minute in range(0, 180, 12):
        who, score = str(chance.choice(AGENTS)), float(chance.random())
        contact(state, who, START_S + minute * MINUTE_S, account_id=f"account-{chance.integers(4)}", text_score=score)
    for number in range(3):
        give(state, open_ticket(state, f"H{number}", "account-1").id, str(chance.choice(AGENTS)))
    return state


@given(st.fixed_dictionaries(dict.fromkeys(AGENTS, paces)), st.integers(0, 1000), st.booleans())
@settings(max_examples=60)
def test_rules_and_costs_are_the_same_whatever_the_pace(pace_of: dict[str, tuple[float, float]], seed: int, hot: bool) -> None:
    """But for light duty and breaks, every rule lets in the same people and every cost is the same."""
    seen = []
    for given_paces in (pace_of, {}):
        state = day(given_paces, seed)
        ticket = open_ticket(state, "T1", "account-1", escalated=hot)
        case = Case(Moment(state, state.now_s), ticket)
        rules = [(each.rule, each.mask.tolist()) for each in exclusions(case) if each.rule not in OWN_RULES]
        seen.append((rules, cost.table(case).tolist()))
    assert seen[0] == seen[1]


@given(st.fixed_dictionaries(dict.fromkeys(AGENTS, paces)), st.integers(0, 1000))
@settings(max_examples=60)
def test_among_the_ready_the_same_person_is_chosen_whatever_the_pace(pace_of: dict[str, tuple[float, float]], seed: int) -> None:
    chosen = []
    for given_paces in (pace_of, {}):
        state = day(given_paces, seed)
        for number in range(6):
            open_ticket(state, f"T{number}", f"account-{number % 4}")
        chosen.append([(each.ticket_id, each.agent_id, each.because) for each in decide(state, state.now_s)])
    assert chosen[0] == chosen[1]  # routine tickets: light duty keeps nobody from them


def test_personal_mode_of_a_whole_team_shifts_no_raw_points() -> None:
    """Half an hour after the last hard contact everybody is ready again, and gets what they would have got: the 30-day raw points of
    everybody stay the same."""
    shares = []
    for pace_of in ({}, {"ann": (2.0, 0.6), "bob": (0.5, 1.7)}):
        state = team(AGENTS)
        tell(state, *(Calibrated(START_S, name, *pace) for name, pace in pace_of.items()))
        chance = np.random.default_rng(4)
        for number in range(40):
            now_s = START_S + number * 240 * MINUTE_S
            tell(state, *(AgentStatus(now_s, name, "online", now_s) for name in AGENTS))
            ticket = open_ticket(state, f"T{number}", f"account-{chance.integers(6)}", now_s, escalated=bool(chance.random() < 0.4))
            conclude(state, now_s)
            assert ticket.agent_id is not None
            happen(state, ticket.id, "resolved", now_s + 10 * MINUTE_S)
        shares.append({person.id: dict(person.points_by_day) for person in state.agents.people})
    assert shares[0] == shares[1]
    assert all(sum(each.values()) > 0 for each in shares[0].values())


def test_the_pace_does_change_when_one_is_ready() -> None:
    """So that the tests above can't pass for want of any effect."""
    ready = []
    for pace in ((1.0, 1.0), (1.5, 0.7)):
        state = team()
        tell(state, Calibrated(START_S, "ann", *pace))
        contact(state, "ann", START_S + 1, escalated=True, reopened_count=3)
        ready.append(view(state, 0, state.now_s))
    assert ready[0].until_s is not None and ready[1].until_s is not None  # noqa: PT018
    assert ready[1].points > ready[0].points
    assert ready[1].until_s - ready[1].since_s > ready[0].until_s - ready[0].since_s  # type: ignore[operator]


def test_over_random_days_costs_never_look_at_the_pace() -> None:
    """A live day with paces set and left: each decision's costs are those of the same state with everybody's pace forgotten."""
    state, compared = TeamState(), 0
    for batch, now_s in stream(np.random.default_rng(9), 120):
        take_in(state, batch)
        if len(state.agents) and state.waiting:
            ticket = state.tickets[next(iter(state.waiting))]
            with_pace = cost.table(Case(Moment(state, now_s), ticket))
            own = state.agents.own_acute.copy(), state.agents.own_carried.copy(), state.agents.speed.copy()
            state.agents.own_acute[:], state.agents.own_carried[:], state.agents.speed[:] = 7.0, 7.0, 1.7
            assert np.array_equal(with_pace, cost.table(Case(Moment(state, now_s), ticket)))
            state.agents.own_acute[:], state.agents.own_carried[:], state.agents.speed[:] = own
            compared += 1
        conclude(state, now_s)
    assert compared > 20


@given(paces, st.lists(st.tuples(st.integers(1, 60), st.sampled_from(sorted(WORDED))), min_size=1, max_size=8))
@settings(max_examples=60)
def test_check_ins_never_take_protection_away(fitted: tuple[float, float], contacts: list[tuple[int, str]]) -> None:
    """Whatever they fit: up to the first break, the load counts at least as high, the break comes as soon and lasts as long at least, and
    nobody is ready earlier."""
    with_them, without = team(("ann",)), team(("ann",))
    tell(with_them, Calibrated(START_S, "ann", *protective(*fitted)))
    at_s = START_S
    for minutes, kind in contacts:
        at_s += minutes * MINUTE_S
        for state in (with_them, without):
            contact(state, "ann", at_s, account_id=f"account-{at_s}", **WORDED[kind])
        mine, theirs = view(with_them, 0, at_s), view(without, 0, at_s)
        order = ("ready", "light_duty", "pending", "break")
        assert order.index(mine.state) >= order.index(theirs.state)
        assert mine.points >= theirs.points - 1e-9
        assert mine.line_points <= theirs.line_points + 1e-9
        if theirs.ready_s is not None:
            assert mine.ready_s is not None
            assert mine.ready_s[0] >= theirs.ready_s[0] - 1e-6
        if mine.state == "break":
            return
