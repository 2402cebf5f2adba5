"""The batch assignment is the true optimum: against enumeration, a MILP and scipy's assignment over expanded slots."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

import router.solver.proof
from router.assign import WAITS, Budget
from support.batches import Batch, all_answers, draw, fault, price, rank, simple, tiny
from support.optima import by_milp, by_slots


@pytest.mark.parametrize("kind", ["plain", "hot", "equal", "coarse", "tight", "must"])
def test_cost_equals_an_independent_milp(kind: str) -> None:
    for seed in range(50):
        batch = draw(seed, kind)
        answer = batch.solve()
        assert fault(batch, answer.agent_of) is None, seed
        assert answer.cost == price(batch, answer.agent_of) == by_milp(batch), seed
        assert answer.bound == answer.cost, seed


def test_cost_equals_scipy_over_expanded_slots() -> None:
    small, large = ((250, 15, 40), (10, 60, 240))
    for batch in (draw(seed, "slots", *size) for count, *size in (small, large) for seed in range(count)):
        answer = batch.solve()
        assert fault(batch, answer.agent_of) is None
        assert answer.cost == price(batch, answer.agent_of) == by_slots(batch)


def test_every_method_is_reached_by_these_batches() -> None:
    """So that the comparisons above say something of each."""
    methods = [draw(seed, kind).solve().method for kind in ("hot", "tight", "plain") for seed in range(50)]
    assert {method: methods.count(method) >= 3 for method in ("none", "argmin", "flow", "branch")} == {
        "none": True,
        "argmin": True,
        "flow": True,
        "branch": True,
    }


@given(tiny())
def test_the_best_of_all_answers_and_the_smallest_columns_among_equals(batch: Batch) -> None:
    answer = batch.solve()
    assert fault(batch, answer.agent_of) is None
    answers = all_answers(batch)
    least = min(price(batch, each) for each in answers)
    assert answer.cost == answer.bound == price(batch, answer.agent_of) == least
    if answer.method != "branch":
        assert rank(batch, answer.agent_of) == min(rank(batch, each) for each in answers if price(batch, each) == least)


def test_a_hot_ticket_does_not_leave_through_another_channels_slot() -> None:
    """One agent, full for e-mail, with a chat slot: a hot gate shared by the channels would let the e-mail through."""
    batch = replace(simple([[1], [500]]), room=np.array([[0, 1]]), channel=np.array([0, 1]), hot=np.array([True, True]))
    assert batch.solve().agent_of.tolist() == [WAITS, 0]


def test_a_second_place_that_an_agent_may_not_fill_is_none() -> None:
    """Room for two, and one allowed: else the other agent would seem dearer than all places that there are."""
    batch = replace(simple([[1, 90], [1, 90]], room=2), most=np.array([1, 2]))
    assert batch.solve().agent_of.tolist() == [0, 1]


def test_a_second_place_that_a_budget_keeps_empty_is_none() -> None:
    budget = Budget(np.ones((2, 2), dtype=np.int64), np.array([1, 2]))
    assert replace(simple([[1, 90], [1, 90]], room=2), budgets=(budget,)).solve().agent_of.tolist() == [0, 1]


def test_two_hot_tickets_of_two_channels_do_not_share_an_agent() -> None:
    batch = replace(simple([[1, 90], [1, 40]]), channel=np.array([0, 1]), hot=np.array([True, True]))
    answer = batch.solve()
    assert (answer.agent_of.tolist(), answer.cost, answer.bound, answer.method) == ([0, 1], 41, 41, "branch")


def test_a_ticket_waits_when_nobody_is_worth_it() -> None:
    assert simple([[11, 12], [9, 30]], wait=10).solve().agent_of.tolist() == [WAITS, 0]
    assert simple([[10, 12], [30, 10]], wait=10).solve().agent_of.tolist() == [0, 1]


def test_each_further_ticket_costs_an_agent_a_step_more() -> None:
    assert simple([[0, 14], [0, 14], [0, 14]], step=10).solve().cost == 0 + 10 + 14
    huge = simple([[0], [0], [0]], wait=50, step=2**62).solve()
    assert (huge.agent_of.tolist(), huge.cost) == ([0, WAITS, WAITS], 100)


@pytest.mark.parametrize(("tickets", "agents"), [(0, 0), (0, 3), (3, 0)])
def test_nobody_or_nothing(tickets: int, agents: int) -> None:
    batch = replace(simple([[0]]), cost=np.zeros((tickets, agents), dtype=np.int64))
    batch = replace(batch, allowed=batch.cost == 0, room=np.ones((agents, 2), dtype=np.int64))
    batch = replace(batch, step_cost=np.arange(agents), hot_room=np.ones(agents, dtype=np.bool_))
    batch = replace(batch, channel=np.arange(tickets) % 2, wait_cost=np.full(tickets, 8), hot=np.arange(tickets) > 1)
    answer = batch.solve()
    assert (answer.agent_of.tolist(), answer.cost, answer.method) == ([WAITS] * tickets, 8 * tickets, "none")


def test_all_forbidden_or_no_room_leaves_everybody_waiting() -> None:
    batch = simple([[1, 2], [3, 4]])
    for closed in (
        replace(batch, allowed=batch.allowed & False),
        replace(batch, room=batch.room * 0),
        replace(batch, room=batch.room * -1),
        replace(batch, hot=~batch.hot, hot_room=~batch.hot_room),
    ):
        answer = closed.solve()
        assert (answer.cost, answer.bound, answer.method) == (2_000, 2_000, "none")
        assert answer.agent_of.tolist() == [WAITS, WAITS]


@given(tiny())
def test_argmin_and_flow_agree_on_one_ticket(batch: Batch) -> None:
    agents = np.arange(len(batch.room))
    alone, beside = batch.permuted(np.array([0]), agents), batch.permuted(np.array([0, 0]), agents)
    beside.allowed[1] = False
    one, two = alone.solve(), beside.solve()
    assert one.method in ("argmin", "none")
    assert one.agent_of.tolist() == two.agent_of[:1].tolist()
    assert one.cost + int(alone.wait_cost[0]) == two.cost


def test_argmin_and_flow_agree_on_one_free_slot() -> None:
    reached = set()
    for seed in range(60):
        batch = draw(seed, "coarse")
        agent, channel = seed % len(batch.room), int(batch.channel[0])
        only = np.zeros_like(batch.room)
        only[agent, channel] = 1
        by_argmin = replace(batch, room=only)
        idle = Batch(  # one more agent, with room but allowed nothing, keeps the flow from being skipped
            np.pad(batch.cost, ((0, 0), (0, 1))),
            np.pad(batch.allowed, ((0, 0), (0, 1))),
            batch.channel,
            np.pad(only, ((0, 1), (0, 0)), constant_values=1),
            np.pad(batch.step_cost, (0, 1)),
            batch.wait_cost,
            batch.hot,
            np.pad(batch.hot_room, (0, 1)),
        )
        one, two = by_argmin.solve(), idle.solve()
        reached.add((one.method, two.method))
        assert one.cost == two.cost
    assert ("argmin", "flow") in reached


@pytest.mark.parametrize(("limit", "value"), [("PROOF_ARCS", 0), ("PROOF_EFFORT", 0.0)])
def test_branching_cut_short_states_its_bound(limit: str, value: float, monkeypatch: pytest.MonkeyPatch) -> None:
    proven = {seed: draw(seed, "hot") for seed in range(60)}
    best = {seed: batch.solve() for seed, batch in proven.items()}
    monkeypatch.setattr(router.solver.proof, limit, value)
    gaps = 0
    for seed, batch in proven.items():
        answer = batch.solve()
        assert fault(batch, answer.agent_of) is None
        assert answer.bound <= best[seed].cost <= answer.cost == price(batch, answer.agent_of)
        gaps += answer.bound < answer.cost
    assert gaps > 0


def test_one_ticket_needs_no_solver() -> None:
    code = """
import sys, numpy as np
from router.assign import assign
one = np.ones(1, dtype=np.int64)
answer = assign(np.array([[3, 2]]), np.ones((1, 2), dtype=bool), channel=one * 0, room=np.ones((2, 1), dtype=np.int64),
                step_cost=np.zeros(2, dtype=np.int64), wait_cost=one * 9, hot=one == 0, hot_room=np.ones(2, dtype=bool))
assert answer.agent_of.tolist() == [1]
print(sorted(name for name in sys.modules if name.startswith("ortools")))
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
