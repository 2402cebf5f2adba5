"""The batch assignment is the true optimum: against enumeration, a MILP and scipy's assignment over expanded slots."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linear_sum_assignment, milp
from scipy.sparse import csr_array

import router.assign
from router.assign import WAITS, Assignment, AssignmentError, assign

INTS = ("cost", "channel", "room", "step_cost", "wait_cost")
MASKS = ("allowed", "hot", "hot_room")


@dataclass(frozen=True)
class Batch:
    """The arguments of `assign`."""

    cost: NDArray[np.int64]
    allowed: NDArray[np.bool_]
    channel: NDArray[np.int64]
    room: NDArray[np.int64]
    step_cost: NDArray[np.int64]
    wait_cost: NDArray[np.int64]
    hot: NDArray[np.bool_]
    hot_room: NDArray[np.bool_]

    def solve(self) -> Assignment:
        return assign(**{name: getattr(self, name) for name in (*INTS, *MASKS)})

    def permuted(self, tickets: NDArray[np.int64], agents: NDArray[np.int64]) -> Batch:
        return Batch(
            self.cost[np.ix_(tickets, agents)],
            self.allowed[np.ix_(tickets, agents)],
            self.channel[tickets],
            self.room[agents],
            self.step_cost[agents],
            self.wait_cost[tickets],
            self.hot[tickets],
            self.hot_room[agents],
        )


def fault(batch: Batch, agent_of: NDArray[np.int64]) -> str | None:
    """The first rule that the answer breaks."""
    for ticket, agent in enumerate(agent_of.tolist()):
        if agent != WAITS and not batch.allowed[ticket, agent]:
            return f"ticket {ticket} may not go to agent {agent}"
    for agent in range(len(batch.room)):
        mine = agent_of == agent
        if (np.bincount(batch.channel[mine], minlength=batch.room.shape[1]) > np.maximum(batch.room[agent], 0)).any():
            return f"agent {agent} has no room for that"
        if np.count_nonzero(mine & batch.hot) > int(batch.hot_room[agent]):
            return f"agent {agent} cannot take so many hot tickets"
    return None


def price(batch: Batch, agent_of: NDArray[np.int64]) -> int:
    """The objective in Python's own integers."""
    total = 0
    for ticket, agent in enumerate(agent_of.tolist()):
        total += int(batch.wait_cost[ticket]) if agent == WAITS else int(batch.cost[ticket, agent])
    for agent, step in enumerate(batch.step_cost.tolist()):
        count = int(np.count_nonzero(agent_of == agent))
        total += step * count * (count - 1) // 2
    return total


def rank(batch: Batch, agent_of: NDArray[np.int64]) -> int:
    return int(np.where(agent_of == WAITS, len(batch.room), agent_of).sum())


def all_answers(batch: Batch) -> list[NDArray[np.int64]]:
    choices = [range(-1, len(batch.room))] * len(batch.wait_cost)
    answers = (np.array(each, dtype=np.int64) for each in product(*choices))
    return [answer for answer in answers if fault(batch, answer) is None]


def by_milp(batch: Batch) -> int:
    """The optimum by a model of its own: one binary per pair, one per agent and further ticket."""
    tickets, agents = batch.allowed.shape
    channels = batch.room.shape[1]
    ticket, agent = np.nonzero(batch.allowed & (batch.hot_room | ~batch.hot[:, None]))
    pairs = len(ticket)
    extra, nth = (each.ravel() for each in np.mgrid[:agents, 1 : max(tickets, 1)])
    is_hot = np.flatnonzero(batch.hot[ticket])
    row = np.concatenate(
        (
            ticket,
            tickets + agent * channels + batch.channel[ticket],
            tickets + agents * channels + agent,
            tickets + agents * channels + extra,
            tickets + agents * (channels + 1) + agent[is_hot],
        )
    )
    own = np.arange(pairs)
    column = np.concatenate((own, own, own, pairs + np.arange(extra.size), is_hot))
    value = np.where((np.arange(row.size) >= 3 * pairs) & (np.arange(row.size) < 3 * pairs + extra.size), -1.0, 1.0)
    limit = np.concatenate((np.ones(tickets), np.maximum(batch.room, 0).ravel(), np.ones(agents), np.ones(agents)))
    gain = np.concatenate((batch.cost[ticket, agent] - batch.wait_cost[ticket], nth * batch.step_cost[extra]))
    if not pairs:
        return int(batch.wait_cost.sum())
    matrix = csr_array((value, (row, column)), shape=(limit.size, gain.size))
    found = milp(
        gain.astype(float),
        integrality=np.ones(gain.size, dtype=np.int64),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(matrix, -np.inf, limit),
        options={"mip_rel_gap": 0.0},
    )
    assert found.status == 0
    return round(found.fun) + int(batch.wait_cost.sum())


def by_slots(batch: Batch) -> int:
    """The optimum by scipy over one column per slot; a pair that costs more than waiting gains nothing."""
    load = np.minimum(np.maximum(batch.room[:, 0], 0), len(batch.wait_cost))
    owner = np.repeat(np.arange(len(load)), load)
    nth = np.arange(owner.size) - np.repeat(np.cumsum(load) - load, load)
    paid = batch.cost[:, owner] + nth * batch.step_cost[owner] - batch.wait_cost[:, None]
    gain = np.where(batch.allowed[:, owner], np.minimum(paid, 0), 0)
    rows, columns = linear_sum_assignment(gain)
    return int(gain[rows, columns].sum() + batch.wait_cost.sum())


def draw(seed: int, kind: str, agents: int = 10, tickets: int = 24) -> Batch:
    """A random team and queue of up to this size."""
    rng = np.random.default_rng(seed)
    n_agents, n_tickets = int(rng.integers(1, agents + 1)), int(rng.integers(1, tickets + 1))
    channels = 1 if kind == "slots" else int(rng.integers(1, 4))
    top = {"equal": 1, "coarse": 4}.get(kind, 20_000)
    shape = (n_tickets, n_agents)
    skill = rng.random((n_agents, 4)) < 0.7
    share = {"hot": 0.6, "slots": 0.0}.get(kind, 0.25)
    return Batch(
        cost=rng.integers(0, top, shape),
        allowed=skill[:, rng.integers(0, 4, n_tickets)].T & (rng.random(shape) < 0.9),
        channel=rng.integers(0, channels, n_tickets),
        room=rng.integers(-1 if kind == "tight" else 0, 2 if kind == "tight" else 5, (n_agents, channels)),
        step_cost=rng.integers(0, max(top // 4, 2), n_agents),
        wait_cost=rng.integers(top // 2, 4 * top + 1, n_tickets) + (10_000_000_000 if kind == "must" else 0),
        hot=rng.random(n_tickets) < share,
        hot_room=rng.random(n_agents) < 0.8,
    )


def simple(cost: list[list[int]], wait: int = 1_000, room: int = 9, step: int = 0) -> Batch:
    table = np.array(cost, dtype=np.int64)
    tickets, agents = table.shape
    return Batch(
        table,
        np.ones(table.shape, dtype=np.bool_),
        np.zeros(tickets, dtype=np.int64),
        np.full((agents, 2), room),
        np.full(agents, step),
        np.full(tickets, wait),
        np.zeros(tickets, dtype=np.bool_),
        np.ones(agents, dtype=np.bool_),
    )


@st.composite
def tiny(draw: st.DrawFn) -> Batch:
    """Small enough to enumerate: up to 3 agents and 4 tickets, few distinct costs so that ties abound."""
    agents, tickets, channels = draw(st.integers(1, 3)), draw(st.integers(1, 4)), draw(st.integers(1, 2))
    number, yes = st.integers(0, draw(st.sampled_from([1, 4, 5_000]))), st.booleans()

    def array(values: st.SearchStrategy[int], *shape: int) -> NDArray[np.int64]:
        size = int(np.prod(shape))
        return np.array(draw(st.lists(values, min_size=size, max_size=size)), dtype=np.int64).reshape(shape)

    return Batch(
        array(number, tickets, agents),
        array(yes, tickets, agents).astype(np.bool_) | (draw(yes) and draw(yes)),
        array(st.integers(0, channels - 1), tickets),
        array(st.integers(-1, 3), agents, channels),
        array(number, agents),
        array(number, tickets) * draw(st.integers(1, 3)),
        array(yes, tickets).astype(np.bool_),
        array(st.sampled_from([0, 1, 1]), agents).astype(np.bool_),
    )


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


def test_a_hot_ticket_does_not_leave_through_another_channels_slot() -> None:
    """One agent, full for e-mail, with a chat slot: a hot gate shared by the channels would let the e-mail through."""
    batch = replace(simple([[1], [500]]), room=np.array([[0, 1]]), channel=np.array([0, 1]), hot=np.array([True, True]))
    assert batch.solve().agent_of.tolist() == [WAITS, 0]


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


@pytest.mark.parametrize(("limit", "value"), [("PROOF_ARCS", 0), ("PROOF_EFFORT", 0.0)])
def test_branching_cut_short_states_its_bound(limit: str, value: float, monkeypatch: pytest.MonkeyPatch) -> None:
    proven = {seed: draw(seed, "hot") for seed in range(60)}
    best = {seed: batch.solve() for seed, batch in proven.items()}
    monkeypatch.setattr(router.assign, limit, value)
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
