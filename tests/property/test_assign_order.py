"""The order in which tickets and agents arrive changes nothing; ties go by id."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from router.assign import WAITS
from support.batches import Batch, all_answers, draw, price, simple, tiny


@given(tiny(), st.randoms(use_true_random=False))
def test_order_of_arrival_changes_nothing(batch: Batch, chance: object) -> None:
    """Tickets and agents arrive in any order; sorted by id, as the caller does, each keeps its partner."""
    tickets, agents = len(batch.wait_cost), len(batch.room)
    rng = np.random.default_rng(chance.getrandbits(32))  # type: ignore[attr-defined]
    ticket_ids, agent_ids = rng.permutation(tickets), rng.permutation(agents)
    arrived = batch.permuted(ticket_ids, agent_ids)
    again = arrived.permuted(np.argsort(ticket_ids), np.argsort(agent_ids)).solve()
    assert again.agent_of.tolist() == batch.solve().agent_of.tolist()


@given(tiny(), st.randoms(use_true_random=False))
def test_an_only_optimum_is_found_in_any_order(batch: Batch, chance: object) -> None:
    """Not even sorting is needed where nothing ties; where something does, the cost is still the same."""
    tickets, agents = len(batch.wait_cost), len(batch.room)
    rng = np.random.default_rng(chance.getrandbits(32))  # type: ignore[attr-defined]
    ticket_ids, agent_ids = rng.permutation(tickets), rng.permutation(agents)
    answer, moved = batch.solve(), batch.permuted(ticket_ids, agent_ids).solve()
    assert moved.cost == answer.cost
    best = [each for each in all_answers(batch) if price(batch, each) == answer.cost]
    back = np.full(tickets, WAITS)
    back[ticket_ids] = np.where(moved.agent_of == WAITS, WAITS, agent_ids[moved.agent_of])
    assert any(np.array_equal(back, each) for each in best)
    if len(best) == 1:
        assert back.tolist() == answer.agent_of.tolist()


def test_permutation_of_larger_batches_changes_nothing() -> None:
    """Prices drawn from a wide range have one optimum, so ids alone decide the partners, in whatever order."""
    for seed in range(20):
        rng = np.random.default_rng(seed)
        batch = draw(seed, "plain", 40, 120)
        batch = replace(batch, wait_cost=batch.wait_cost * 10_000, cost=rng.integers(0, 10**8, batch.cost.shape))
        batch = replace(batch, step_cost=rng.integers(10**5, 10**7, batch.step_cost.shape), hot=batch.hot & False)
        ticket_ids, agent_ids = rng.permutation(len(batch.wait_cost)), rng.permutation(len(batch.room))
        moved = batch.permuted(ticket_ids, agent_ids).solve().agent_of
        expected = batch.solve().agent_of[ticket_ids]
        assert np.where(moved == WAITS, WAITS, agent_ids[moved]).tolist() == expected.tolist(), seed


def test_equal_costs_go_to_the_first_agents_in_order_of_tickets() -> None:
    batch = replace(simple([[7] * 6] * 4, step=1), room=np.array([[0, 9], [2, 0], [1, 1], [1, 1], [5, 5], [5, 5]]))
    assert batch.solve().agent_of.tolist() == [1, 2, 3, 4]


def test_of_tickets_alike_the_last_wait() -> None:
    batch = replace(simple([[5, 5]] * 5), room=np.array([[1, 0], [2, 0]]))
    assert batch.solve().agent_of.tolist() == [0, 1, 1, WAITS, WAITS]
