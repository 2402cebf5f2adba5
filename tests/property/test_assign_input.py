"""What the solver refuses, and that the largest numbers it takes are exact: integers only, no overflow."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from router.assign import AssignmentError, Budget, Couple, Guard
from support.batches import INTS, MASKS, all_answers, draw, price, simple


@pytest.mark.parametrize("name", INTS)
@pytest.mark.parametrize("kind", [np.float64, np.float32, np.bool_, np.uint64, object])
def test_anything_but_signed_integers_is_refused(name: str, kind: type) -> None:
    """The solver would truncate 0.9 to 0 and call the answer optimal."""
    batch = simple([[1, 2], [3, 4]])
    with pytest.raises(AssignmentError, match=f"{name} is .*, integers are needed"):
        replace(batch, **{name: getattr(batch, name).astype(kind)}).solve()


@pytest.mark.parametrize("name", MASKS)
def test_masks_are_booleans(name: str) -> None:
    batch = simple([[1, 2], [3, 4]])
    with pytest.raises(AssignmentError, match=f"{name} is int64, booleans are needed"):
        replace(batch, **{name: getattr(batch, name).astype(np.int64)}).solve()


@pytest.mark.parametrize("name", [*INTS, *MASKS])
def test_shapes_must_agree(name: str) -> None:
    batch = simple([[1, 2, 3], [3, 4, 5]])
    with pytest.raises(AssignmentError, match="has shape"):
        replace(batch, **{name: getattr(batch, name)[:-1]}).solve()


@pytest.mark.parametrize("name", ["cost", "channel", "step_cost", "wait_cost"])
def test_negative_numbers_are_refused(name: str) -> None:
    batch = simple([[1, 2], [3, 4]], wait=4)
    with pytest.raises(AssignmentError, match=f"{name} holds -"):
        replace(batch, **{name: getattr(batch, name) - 5}).solve()


def test_a_channel_without_a_column_of_room_is_refused() -> None:
    with pytest.raises(AssignmentError, match="channel holds 2, room has 2 columns"):
        replace(simple([[1], [1]]), channel=np.array([0, 2])).solve()


def test_the_cost_of_a_forbidden_pair_is_not_read() -> None:
    batch = simple([[1, -7], [3, np.iinfo(np.int64).max]])
    assert replace(batch, allowed=np.array([[True, False]] * 2)).solve().cost == 4


def test_costs_that_could_leave_64_bits_are_refused_and_the_largest_are_exact() -> None:
    batch = draw(3, "plain")
    nodes = len(batch.wait_cost) + len(batch.room) * (1 + 2 * batch.room.shape[1]) + 1
    largest = np.iinfo(np.int64).max // (4 * (nodes + 3))
    with pytest.raises(AssignmentError, match=f"wait_cost holds {largest + 1}, more than {largest}"):
        replace(batch, wait_cost=np.full_like(batch.wait_cost, largest + 1)).solve()
    for seed in range(40):
        batch = draw(seed, "hot", 3, 4)
        rng = np.random.default_rng(seed)
        nodes = len(batch.wait_cost) + len(batch.room) * (1 + 2 * batch.room.shape[1]) + 1
        largest = np.iinfo(np.int64).max // (4 * (nodes + 3))
        batch = replace(batch, wait_cost=np.full_like(batch.wait_cost, largest))
        batch = replace(batch, cost=rng.integers(0, largest, batch.cost.shape), step_cost=batch.step_cost * 2**40)
        answer = batch.solve()
        least = min(price(batch, each) for each in all_answers(batch))
        assert answer.bound <= least <= answer.cost == price(batch, answer.agent_of), seed
        assert answer.cost == least, seed


def test_narrow_integers_are_widened() -> None:
    batch = simple([[30_000, 20_000], [30_000, 20_000]], wait=32_000, step=500)
    narrow = replace(batch, **{name: getattr(batch, name).astype(np.int16) for name in INTS})
    assert narrow.solve().cost == batch.solve().cost == 40_500


def test_arguments_are_left_as_they_were() -> None:
    batch = draw(8, "hot")
    before = {name: getattr(batch, name).copy() for name in (*INTS, *MASKS)}
    batch.solve()
    assert all(np.array_equal(before[name], getattr(batch, name)) for name in before)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"couples": (Couple(0, 2, 5),)}, "couple of tickets 0 and 2: two different ones of 2"),
        ({"couples": (Couple(1, 1, 5),)}, "couple of tickets 1 and 1"),
        ({"couples": (Couple(-1, 1, 5),)}, "couple of tickets -1 and 1"),
        ({"guards": (Guard(1, 0, 1, 5),)}, "guard of ticket 1: a hot one"),
        ({"guards": (Guard(0, 0, 0, 5),)}, "guard of agents 0 and 0: two different ones of 2"),
        ({"guards": (Guard(0, 2, 0, 5),)}, "guard of agents 2 and 0"),
        ({"guards": (Guard(0, 0, 1, -5),)}, "saving holds -5"),
        ({"couples": (Couple(0, 1, 2**62),)}, "savings add up to 4611686018427387904, more than"),
    ],
)
def test_couples_and_guards_name_tickets_and_agents(given: dict[str, object], message: str) -> None:
    batch = replace(simple([[1, 2], [3, 4]]), hot=np.array([True, False]))
    with pytest.raises(AssignmentError, match=message):
        replace(batch, **given).solve()  # type: ignore[arg-type]


def test_the_largest_savings_are_exact() -> None:
    batch = simple([[1, 2], [2, 1]], wait=0)
    nodes = 2 + 2 * (1 + 2 * 2) + 1
    largest = np.iinfo(np.int64).max // (4 * (nodes + 3))
    with pytest.raises(AssignmentError, match="sums could leave 64 bits"):
        replace(batch, couples=(Couple(0, 1, largest + 1),)).solve()
    answer = replace(batch, couples=(Couple(0, 1, largest),)).solve()
    assert (answer.cost, answer.bound) == (3 - largest, 3 - largest)


@pytest.mark.parametrize(
    ("budget", "fault"),
    [
        (Budget(np.ones((2, 1), dtype=np.int64), np.ones(2, dtype=np.int64)), r"weight of a budget is int64 of shape \(2, 1\)"),
        (Budget(np.ones((2, 2)), np.ones(2, dtype=np.int64)), "weight of a budget is float64"),
        (Budget(np.ones((2, 2), dtype=np.int64), np.ones(2)), "limit of a budget is float64"),
        (Budget(np.array([[1, -1], [1, 1]]), np.array([1, 1])), "weight of a budget holds -1, less than 0"),
        (Budget(np.array([[1, 1], [1, 3]]), np.array([1, 2])), "weight of ticket 1 at agent 1 is 3, more than the budget's limit 2"),
    ],
)
def test_a_budget_that_is_none_is_refused(budget: Budget, fault: str) -> None:
    with pytest.raises(AssignmentError, match=fault):
        replace(simple([[1, 2], [3, 4]]), budgets=(budget,)).solve()
