"""Bursts: whatever comes at once, nobody is given more that is hard than the rules allow, and nobody who may have a ticket is passed by."""

from __future__ import annotations

import numpy as np
import pytest

from router.decide import decide
from router.moment import Moment
from router.state import TeamState
from support.build import contact, in_hand, open_ticket, take_turn, team
from support.streams import START_S

ROUNDING = 1e-3  # what is booked is whole thousandths


def burst(seed: int) -> TeamState:
    """People with something behind them and in hand, and up to thirty tickets at once, most of them hard."""
    rng = np.random.default_rng(seed)
    names = [f"a{number}" for number in range(int(rng.integers(1, 6)))]
    profiles = {each: {"concurrency": (int(rng.integers(1, 9)), 2, 1)} for each in names}
    never = dict.fromkeys(("urgent", "high", "normal", "low"), 10**6)
    state = team(profiles, {"max_wait_s": never, "hard_streak_max": int(rng.integers(1, 5)), "hot_alone_s": int(rng.choice([0, 300]))})
    for each in names:
        for number in range(int(rng.integers(0, 3))):
            contact(state, each, START_S + number, text_score=float(rng.choice([0.5, 1.0])))
        if rng.random() < 0.4:
            in_hand(state, each, START_S + 3, text_score=float(rng.random()))
    accounts = [f"c{number}" for number in range(int(rng.integers(1, 30)))]
    for number in range(int(rng.integers(2, 31))):
        facts = ({"text_score": 1.0}, {"grave": "threat"}, {"escalated": True}, {"text_score": float(rng.random())})
        chosen = facts[int(rng.choice(4, p=[0.5, 0.15, 0.15, 0.2]))]
        channel = str(rng.choice(["email", "email", "chat", "phone"]))
        account, priority = str(rng.choice(accounts)), str(rng.choice(["normal", "high", "urgent"]))
        open_ticket(state, f"T{number:02}", account, START_S + 3, channel=channel, priority=priority, **chosen)
    return state


@pytest.mark.parametrize("seed", range(60))
def test_nobody_is_given_more_than_the_rules_allow_and_nobody_is_passed_by(seed: int) -> None:
    state = burst(seed)
    before = {each: set(ids) for each, ids in state.held.items()}
    take_turn(state)
    moment = Moment(state, state.now_s)
    for row, person in enumerate(state.agents.people):
        new = [state.tickets[each] for each in set(state.held.get(person.id, ())) - before.get(person.id, set())]
        hard = [each for each in new if each.booked_hard]
        if hard:
            easy_points = sum(each.booked_milli for each in new if not each.booked_hard) / 1000
            assert moment.streak[row] <= state.policy.hard_streak_max
            assert moment.expected[row] - easy_points <= moment.load_limit[row] + ROUNDING * len(new)
        assert sum(each.hot for each in new) <= 1
    assert decide(state, state.now_s) == ()
