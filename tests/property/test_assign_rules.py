"""The rules that are no flow, and the flow itself, against an independent CP-SAT model and against enumeration."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import router.solver.couples
import router.solver.crowded
import router.solver.proof
from router.assign import WAITS, Budget, Couple, Guard
from router.solver.batch import Batch as SolverBatch
from router.solver.batch import batch_of
from router.solver.couples import brought_together, most_to_gain, no_dearer
from router.solver.crowded import may_be_served
from router.solver.network import Network
from support.batches import Batch, all_answers, crowd, draw, fault, price, simple, tiny
from support.optima import by_cp_sat


def ruled(batch: Batch, seed: int, kind: str) -> Batch:
    """The batch with rules that are no flow."""
    rng = np.random.default_rng(seed)
    tickets, agents = batch.allowed.shape
    top = int(batch.cost.max(initial=1))
    couples, guards = list[Couple](), list[Guard]()
    if kind in ("couples", "all") and tickets > 1:
        for _ in range(int(rng.integers(1, 5))):
            first, second = rng.choice(tickets, 2, replace=False).tolist()
            couples.append(Couple(first, second, int(rng.integers(0, top + 1))))
    hot = np.flatnonzero(batch.hot)
    if kind in ("guards", "all") and agents > 1 and hot.size:
        for _ in range(int(rng.integers(1, 5))):
            agent, listener = rng.choice(agents, 2, replace=False).tolist()
            guards.append(Guard(int(rng.choice(hot)), agent, listener, int(rng.integers(0, top + 1))))
    most = rng.integers(0, 5, agents) if rng.random() < 0.5 else None
    sums = (row(batch, rng), points(batch, rng)) if kind in ("budgets", "all") else ()
    return replace(batch, hot_alone=kind in ("alone", "all"), couples=tuple(couples), guards=tuple(guards), most=most, budgets=sums)


def row(batch: Batch, rng: np.random.Generator) -> Budget:
    """One for each ticket that is hard, and a few of them for each agent."""
    tickets, agents = batch.allowed.shape
    hard = batch.hot | (rng.random(tickets) < 0.6)
    return Budget(np.repeat(hard[:, np.newaxis].astype(np.int64), agents, axis=1), rng.integers(1, 4, agents))


def points(batch: Batch, rng: np.random.Generator) -> Budget:
    """Points of a ticket, half as many again where an agent knows it; whatever is more than an agent may have fills it."""
    tickets, agents = batch.allowed.shape
    limit = rng.integers(300, 3500, agents)
    weight = rng.integers(0, 2500, tickets)[:, np.newaxis] * rng.choice([2, 3], (tickets, agents)) // 2
    return Budget(np.minimum(weight, limit), limit)


def made(batch: Batch) -> SolverBatch:
    """The batch as the solver has it."""
    rest = batch.channel, batch.room, batch.step_cost, batch.wait_cost, batch.hot, batch.hot_room, batch.most
    rules = {"alone": batch.hot_alone, "couples": batch.couples, "guards": batch.guards, "budgets": batch.budgets}
    return batch_of(batch.cost, batch.allowed, *rest, **rules)


def assert_solved(batch: Batch, seed: int) -> None:
    answer = batch.solve()
    assert fault(batch, answer.agent_of) is None, seed
    assert answer.cost == price(batch, answer.agent_of) == answer.bound == by_cp_sat(batch), seed


@pytest.mark.parametrize("shape", ["plain", "hot", "equal", "coarse", "tight", "must"])
@pytest.mark.parametrize("rules", ["none", "alone", "couples", "guards", "budgets", "all"])
def test_cost_equals_an_independent_cp_sat_model(shape: str, rules: str) -> None:
    """360 batches in all, the smallest with one agent and one ticket."""
    for seed in range(10):
        assert_solved(ruled(draw(seed, shape, 7, 12), seed, rules), seed)


@pytest.mark.parametrize("shape", ["plain", "hot", "coarse", "tight"])
@pytest.mark.parametrize("rules", ["none", "alone", "couples", "guards", "budgets"])
def test_a_large_team_leaves_out_nobody_whom_few_tickets_need(shape: str, rules: str) -> None:
    """Of most pairs it is known beforehand that they are in no cheapest answer."""
    for seed in range(20):
        assert_solved(ruled(draw(seed, shape, 40, 6), seed, rules), seed)


@pytest.mark.parametrize("rules", ["none", "alone", "couples", "guards", "budgets", "all"])
def test_many_tickets_for_few_places_leave_out_nobody_who_could_be_served(rules: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of most of them it is known beforehand that they wait in a cheapest answer."""
    monkeypatch.setattr(router.solver.crowded, "BLOCK", 7)
    left_out = 0
    for seed in range(40):
        batch = ruled(crowd(seed), seed, rules)
        assert_solved(batch, seed)
        looked_at = may_be_served(made(batch))
        left_out += np.count_nonzero(batch.allowed.any(axis=1) & ~looked_at)
    assert left_out > 200


def test_of_hundreds_that_want_one_agent_s_places_few_are_looked_at() -> None:
    """The lightest are cheapest, and the oldest are dearest to leave waiting: whoever is neither waits. Without budgets the weight is
    nothing."""
    rng = np.random.default_rng(1)
    points, wait = rng.integers(0, 900, 400), 10_000 + rng.integers(0, 900, 400)
    batch = replace(simple(points[:, np.newaxis].tolist(), room=3), wait_cost=wait)
    heavy = replace(batch, budgets=(Budget(points[:, np.newaxis], np.array([1000])),))
    assert np.flatnonzero(may_be_served(made(batch))).tolist() == sorted(np.argsort(points - wait, kind="stable")[:3].tolist())
    assert 3 < np.count_nonzero(may_be_served(made(heavy))) < 40
    assert heavy.solve().cost == heavy.solve().bound == by_cp_sat(heavy)


def test_the_first_of_tickets_alike_are_those_that_are_looked_at() -> None:
    """A couple's ticket that another would beat stays where what it saves may be more."""
    batch = simple([[1]] * 6, room=2)
    assert may_be_served(made(batch)).tolist() == [True, True, False, False, False, False]
    assert may_be_served(made(replace(batch, couples=(Couple(4, 5, 1),)))).tolist() == [True, True, False, False, True, True]


def test_tickets_are_all_looked_at_where_comparing_them_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(router.solver.crowded, "EFFORT", 100)
    batch = simple([[1]] * 6, room=2)
    assert may_be_served(made(batch)).all()
    assert batch.solve().agent_of.tolist() == [0, 0, WAITS, WAITS, WAITS, WAITS]


def test_a_listener_stays_free_at_the_price_of_somebody_dearer() -> None:
    """Agent 2 is dearer for the second ticket than as many others as there are tickets."""
    hot = np.array([True, True])
    batch = replace(simple([[0, 500, 500], [40, 0, 60]]), hot=hot, guards=(Guard(0, 0, 1, 100),))
    assert batch.solve().agent_of.tolist() == [0, 2]


@st.composite
def tiny_ruled(draw: st.DrawFn) -> Batch:
    return ruled(draw(tiny()), draw(st.integers(0, 2**32 - 1)), draw(st.sampled_from(["alone", "couples", "guards", "budgets", "all"])))


@given(tiny_ruled())
def test_the_best_of_all_answers(batch: Batch) -> None:
    answer = batch.solve()
    assert fault(batch, answer.agent_of) is None
    assert answer.cost == answer.bound == price(batch, answer.agent_of) == min(price(batch, each) for each in all_answers(batch))


@given(tiny_ruled(), st.integers(0, 2**32 - 1))
def test_order_of_arrival_changes_no_cost(batch: Batch, seed: int) -> None:
    rng = np.random.default_rng(seed)
    tickets, agents = rng.permutation(len(batch.wait_cost)), rng.permutation(len(batch.room))
    moved = batch.permuted(tickets, agents)
    assert moved.solve().cost == batch.solve().cost
    again = moved.permuted(np.argsort(tickets), np.argsort(agents))
    assert again.solve().agent_of.tolist() == batch.solve().agent_of.tolist()


def test_every_way_to_an_answer_is_taken_by_these_batches() -> None:
    found = [ruled(draw(seed, "hot", 7, 12), seed, rules).solve().method for seed in range(20) for rules in ("alone", "couples", "guards")]
    assert min(found.count(method) for method in ("flow", "branch")) >= 3


def test_nobody_gets_more_together_than_their_budget() -> None:
    """Without it the first, who is cheap, would get all three; what is dearest to leave waiting stays with them."""
    batch = replace(simple([[1, 50], [1, 60], [1, 70]]), wait_cost=np.array([100, 300, 200]))
    assert batch.solve().agent_of.tolist() == [0, 0, 0]
    two = replace(batch, budgets=(Budget(np.full((3, 2), 5), np.array([14, 5])),)).solve()
    assert (two.agent_of.tolist(), two.cost, two.bound) == ([1, 0, 0], 52, 52)
    one = replace(batch, budgets=(Budget(np.full((3, 2), 5), np.array([5, 0])),), allowed=np.array([[True, False]] * 3)).solve()
    assert one.agent_of.tolist() == [WAITS, 0, WAITS]


def test_a_couple_meets_within_a_budget_alone() -> None:
    batch = replace(simple([[1, 11], [90, 3]]), couples=(Couple(0, 1, 50),))
    assert batch.solve().agent_of.tolist() == [1, 1]
    weight = np.array([[2, 2], [2, 2]])
    assert replace(batch, budgets=(Budget(weight, np.array([4, 4])),)).solve().agent_of.tolist() == [1, 1]
    assert replace(batch, budgets=(Budget(weight, np.array([4, 3])),)).solve().agent_of.tolist() == [0, 1]


def test_budgets_are_kept_where_nothing_is_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(router.solver.proof, "PROOF_ARCS", 0)
    for seed in range(20):
        batch = ruled(draw(seed, "must", 7, 30), seed, "all")
        answer = batch.solve()
        assert fault(batch, answer.agent_of) is None
        assert answer.bound <= answer.cost == price(batch, answer.agent_of)


def test_who_gets_a_hot_ticket_gets_nothing_else() -> None:
    """Two agents: without the rule the first, who is cheap, would get all three tickets."""
    batch = replace(simple([[1, 50], [1, 50], [1, 50]]), hot=np.array([False, True, False]))
    assert batch.solve().agent_of.tolist() == [0, 0, 0]
    answer = replace(batch, hot_alone=True).solve()
    assert (answer.agent_of.tolist(), answer.cost, answer.bound) == ([0, 1, 0], 52, 52)
    alone = replace(batch, hot_alone=True, room=batch.room * np.array([[1], [0]]), wait_cost=np.array([100, 900, 100]))
    assert alone.solve().agent_of.tolist() == [WAITS, 0, WAITS]


@pytest.mark.parametrize(("saving", "expected"), [(0, [0, 1]), (9, [0, 1]), (10, None), (11, [1, 1])])
def test_a_couple_meets_where_that_costs_less_than_it_saves(saving: int, expected: list[int] | None) -> None:
    batch = replace(simple([[1, 11], [90, 3]]), couples=(Couple(0, 1, saving),))
    answer = batch.solve()
    assert expected is None or answer.agent_of.tolist() == expected
    assert answer.cost == answer.bound == min(4, 14 - saving)


@pytest.mark.parametrize(("saving", "expected"), [(0, [0, 1]), (19, [0, 1]), (21, [0, WAITS])])
def test_a_guard_keeps_a_listener_free(saving: int, expected: list[int]) -> None:
    """The listener has one slot, and an ordinary ticket that may as well wait for 20 more."""
    batch = replace(simple([[1, 90], [900, 1]], wait=21), room=np.array([[9], [1]]), hot=np.array([True, False]))
    answer = replace(batch, wait_cost=np.array([100, 21]), guards=(Guard(0, 0, 1, saving),)).solve()
    assert answer.agent_of.tolist() == expected
    assert answer.cost == answer.bound == min(2, 22 - saving)


def test_the_only_ticket_goes_where_somebody_will_listen() -> None:
    """No solver is needed for that; a listener without a free slot is none."""
    batch = replace(simple([[1, 5, 9]]), hot=np.array([True]), guards=(Guard(0, 1, 2, 6), Guard(0, 2, 0, 3)))
    assert (batch.solve().agent_of.tolist(), batch.solve().cost, batch.solve().method) == ([1], -1, "argmin")
    assert replace(batch, room=np.array([[9], [9], [0]])).solve().agent_of.tolist() == [0]


@pytest.mark.parametrize(
    ("rooms", "before", "after"),
    [
        ([2, 2], [0, 1], [0, 0]),  # there is room
        ([2, 1], [0, 1, 0], [0, 0, 1]),  # one of the couple changes places with a third ticket
        ([1, 2], [0, 1, 1], [1, 1, 0]),  # or the other does
        ([1, 1, 2], [0, 1, 2, 2], [2, 2, 0, 1]),  # both change places with two of somebody else
        ([1, 1, 1], [0, 1, 2], [0, 1, 2]),  # they can't meet
    ],
)
def test_a_couple_is_brought_together_by_any_change_of_places(rooms: list[int], before: list[int], after: list[int]) -> None:
    batch = simple([[0] * len(rooms)] * len(before), room=1)
    room = np.array(rooms)[:, np.newaxis]
    channels = np.zeros(len(before), dtype=np.int64)
    arguments = (batch.cost, batch.allowed, channels, room, batch.step_cost, batch.wait_cost)
    for hot, expected in ((False, after), (True, before)):
        marked = np.arange(len(before)) == (0 if hot else -1)
        made = batch_of(*arguments, marked, batch.hot_room, None, alone=False, couples=(Couple(0, 1, 5),), guards=())
        assert brought_together(made, np.array(before)).tolist() == expected


@given(tiny(), st.integers(0, 2**16))
def test_what_is_left_out_around_a_known_answer_is_in_none_that_costs_no_more(batch: Batch, seed: int) -> None:
    batch = replace(ruled(batch, seed, "couples"), hot_alone=False)
    solver = made(batch)
    if not solver.ticket.size:
        return
    network = Network(solver)
    flow = network.solve(network.capacity)
    reduced = network.reduced_cost(network.potential(flow, network.capacity))
    gain, dear = most_to_gain(network, reduced)
    usable = solver.usable
    answers = [each for each in all_answers(batch) if all(who == WAITS or usable[ticket, who] for ticket, who in enumerate(each))]
    known = answers[seed % len(answers)]
    over = solver.total(known) - solver.plain(network.served(flow))
    near = network.near(reduced, over + solver.most_saved + 1, no_dearer(reduced, dear, over + gain))
    left = np.bincount(near.owner, minlength=len(solver.step))
    for each in answers:
        if solver.total(each) <= solver.total(known):
            assert all(who == WAITS or near.batch.usable[ticket, who] for ticket, who in enumerate(each))
            assert (solver.load(each) <= left).all()


def test_steps_beyond_all_reason_bring_nobody_together() -> None:
    """They are taken, and sums of a few would leave 64 bits."""
    batch = replace(simple([[0, 0, 0]] * 3, step=2**62), couples=(Couple(0, 1, 10),))
    answer = batch.solve()
    assert (sorted(answer.agent_of.tolist()), answer.cost) == ([0, 1, 2], 0)


def test_a_batch_full_of_couples_is_looked_at_with_bounded_effort(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as are looked at within the effort meet, those first that save most; who gives way goes to its own partner."""
    monkeypatch.setattr(router.solver.couples, "EFFORT", 5)
    couples = tuple(Couple(2 * each, 2 * each + 1, 10 + each) for each in range(20))
    answer = brought_together(made(replace(simple([[0] * 45] * 40, step=3), couples=couples)), np.arange(40))
    assert [each.saving for each in couples if answer[each.first] == answer[each.second]] == [*range(20, 30)]


def test_most_couples_meet_though_nothing_is_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    """A full queue of a team whose agents cost much the same: too much for a proof."""
    monkeypatch.setattr(router.solver.proof, "PROOF_ARCS", 0)
    cost = np.random.default_rng(1).integers(0, 20, (80, 25))
    couples = tuple(Couple(2 * each, 2 * each + 1, 1_000) for each in range(30))
    batch = replace(simple(cost.tolist(), wait=10**6, step=800), couples=couples)
    answer = batch.solve()
    assert fault(batch, answer.agent_of) is None
    assert sum(answer.agent_of[each.first] == answer.agent_of[each.second] for each in couples) >= 28


def test_couples_of_a_team_alike_in_all_meet_each_at_somebody_else() -> None:
    """Everybody has two tickets, and a couple is an e-mail and a chat: drawn to the cheapest of agents alike all would come to one."""
    couples = tuple(Couple(2 * each, 2 * each + 1, 10_000) for each in range(20))
    batch = simple([[0] * 50] * 100, wait=10**6, step=8_000)
    answer = replace(batch, channel=np.arange(100) % 2, room=np.tile([4, 2], (50, 1)), couples=couples).solve()
    assert answer.cost == answer.bound == 50 * 8_000 - 20 * 10_000


def test_what_a_second_ticket_costs_is_no_gain_of_a_couple() -> None:
    """There are agents enough for one ticket each: a couple that meets saves 10,000 and pays 8,000, and that is proven to be the most."""
    couples = tuple(Couple(2 * each, 2 * each + 1, 10_000) for each in range(4))
    answer = replace(simple([[0] * 50] * 20, wait=10**6, step=8_000), couples=couples).solve()
    assert answer.cost == answer.bound == -4 * 2_000


@given(st.integers(0, 2**32 - 1))
def test_the_best_of_all_answers_for_chains_of_couples(seed: int) -> None:
    """Three tickets of an account and more; rings too, in which one ticket more pays for several couples."""
    rng = np.random.default_rng(seed)
    batch, number = draw(seed, "plain", 4, 5), int(rng.integers(1, 7))
    ends = [(first, second) for first, second in rng.integers(0, len(batch.wait_cost), (number, 2)).tolist() if first != second]
    couples = tuple(Couple(first, second, int(rng.integers(0, 15_000))) for first, second in ends)
    coupled = replace(batch, step_cost=rng.integers(0, 8_000, len(batch.room)), couples=couples)
    answer = coupled.solve()
    assert fault(coupled, answer.agent_of) is None
    assert answer.cost == answer.bound == price(coupled, answer.agent_of) == min(price(coupled, each) for each in all_answers(coupled))


@pytest.mark.parametrize("rules", ["alone", "couples", "guards"])
@pytest.mark.parametrize(("limit", "value"), [("PROOF_ARCS", 0), ("PROOF_ARCS", 6), ("PROOF_EFFORT", 0.0)])
def test_an_answer_cut_short_states_its_bound(rules: str, limit: str, value: float, monkeypatch: pytest.MonkeyPatch) -> None:
    batches = [ruled(draw(seed, "hot"), seed, rules) for seed in range(40)]
    best = [batch.solve().cost for batch in batches]
    monkeypatch.setattr(router.solver.proof, limit, value)
    gaps = 0
    for batch, least in zip(batches, best, strict=True):
        answer = batch.solve()
        assert fault(batch, answer.agent_of) is None
        assert answer.bound <= least <= answer.cost == price(batch, answer.agent_of)
        gaps += answer.bound < answer.cost
    assert gaps > 0


def test_an_answer_is_repeatable() -> None:
    for seed in range(20):
        batch = ruled(draw(seed, "coarse"), seed, "all")
        assert batch.solve().agent_of.tolist() == batch.solve().agent_of.tolist()
