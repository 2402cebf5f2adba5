"""The choice for one ticket from columns is the choice of the whole cost table, on any day."""

from __future__ import annotations

import numpy as np
import pytest

from router import cost
from router.decide import decide
from router.eligibility import allowed, exclusions
from router.moment import Case, Moment
from router.standing import standing
from router.state import TeamState
from router.turn import conclude
from support.build import DAY_S, contact, open_ticket, team
from support.streams import START_S, stream, take_in


def by_table(case: Case) -> int:
    free = allowed(exclusions(case))
    return int(np.argmin(np.where(free, cost.table(case).sum(axis=0), np.iinfo(np.int64).max))) if free.any() else -1


@pytest.mark.parametrize("seed", range(4))
def test_the_row_of_the_whole_table(seed: int) -> None:
    """Every ticket of the last hours, in whatever state, as if it were decided now; columns are shared by tickets of a kind."""
    state, chosen = TeamState(), list[int]()
    for batch, now_s in stream(np.random.default_rng(seed), 110, agents=14, accounts=9):
        take_in(state, batch)
        moment = Moment(state, now_s)
        for ticket in list(state.tickets.values())[-25:]:
            case = Case(moment, ticket)
            chosen.append(standing(case).choose(case))
            assert chosen[-1] == by_table(case)
        conclude(state, now_s)
    assert len(set(chosen)) >= 12  # agents of 14, and nobody
    assert -1 in chosen


@pytest.mark.parametrize("weight", [1000.0, 0.0])
def test_prices_at_their_bounds(weight: float) -> None:
    """Terms are cut off at their largest value, in the columns as in the table."""
    weights = dict.fromkeys(("load", "fairness", "continuity", "account_exposure", "handover"), weight)
    state = team(["ann", "bob", "cem"], {"weights": weights, "break_min_s": 0, "break_max_s": 0, "fatigue": {"line_points": 20}})
    for agent_id, times in (("ann", 4), ("bob", 2), ("cem", 3)):
        for _ in range(times):
            contact(state, agent_id, account_id="acme", escalated=True)
    open_ticket(state, previous_agent_id="bob", escalated=True)
    for later_s in (0.0, DAY_S, 20 * DAY_S):
        case = Case(Moment(state, START_S + later_s), state.tickets["T1"])
        assert standing(case).choose(case) == by_table(case)


def test_the_reasons_do_not_move_the_choice() -> None:
    """Without reasons the table is not made; the answer is the same."""
    state = team([f"agent-{number}" for number in range(9)])
    for number in range(5):
        contact(state, f"agent-{number}", escalated=True, account_id="acme")
    open_ticket(state)
    (bare,), (full,) = decide(state, START_S, explain=False), decide(state, START_S)
    assert bare.agent_id == full.agent_id
    assert (bare.because, bare.not_others) == ((), ())
    assert len(full.not_others) == 8
