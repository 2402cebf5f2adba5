"""Dispatch against a good CP-SAT model of the same batch, and the loss under rules that are no flow against a MILP's optimum."""

from __future__ import annotations

from itertools import pairwise
from statistics import median
from time import perf_counter
from typing import Any

import assign_bench
import numpy as np
from assign_bench import Batch
from numpy.typing import NDArray
from ortools.sat.python import cp_model
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from router.assign import Assignment, Couple, assign

LOSS_BAR = 0.005
MILP_LIMIT_S = 90.0


def cp_sat(batch: Batch, limit_s: float) -> int | None:
    """The optimum by one literal per pair and per agent and ticket in hand, on two workers; None where the limit comes first."""
    model, expression = cp_model.CpModel(), cp_model.LinearExpr
    tickets, agents = batch.cost.shape
    gain = batch.cost - batch.wait_cost[:, None]
    by_ticket: list[list[Any]] = [[] for _ in range(tickets)]
    by_agent: list[list[Any]] = [[] for _ in range(agents)]
    units, prices = [], []
    for ticket, agent in np.argwhere(batch.allowed & (gain < 0) & (batch.room[:, 0] > 0)).tolist():
        unit = model.new_bool_var("")
        by_ticket[ticket].append(unit)
        by_agent[agent].append(unit)
        units.append(unit)
        prices.append(int(gain[ticket, agent]))
    for some in by_ticket:
        model.add_at_most_one(some)
    for agent, some in enumerate(by_agent):
        nth = [model.new_bool_var("") for _ in range(int(batch.room[agent, 0]))]
        model.add(expression.sum(some) == expression.sum(nth))
        for earlier, later in pairwise(nth):
            model.add_implication(later, earlier)
        units += nth
        prices += [number * int(batch.step_cost[agent]) for number in range(len(nth))]
    model.minimize(expression.weighted_sum(units, prices))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers, solver.parameters.max_time_in_seconds = 2, limit_s
    return round(solver.objective_value) + int(batch.wait_cost.sum()) if solver.solve(model) == cp_model.OPTIMAL else None


def against_cp_sat(size: tuple[int, int], bar: float, rounds: int, limit_s: float) -> dict[str, Any]:
    """Ours and CP-SAT in turn; a peer that did not finish counts with the limit, and the row says "at least"."""
    mine_s, theirs_s, finished = [], [], True
    for _ in range(3):
        assign_bench.ours(assign_bench.draw(*size, 0, 0.5))
    for seed in range(1, rounds + 1):
        batch = assign_bench.draw(*size, seed, 0.5)
        start = perf_counter()
        expected = cp_sat(batch, limit_s)
        theirs_s.append(perf_counter() - start)
        for _ in range(5):
            mine, cost = assign_bench.timed(assign_bench.ours, batch)
            assert expected in (None, cost), f"CP-SAT: objective {expected}, ours {cost}"
            mine_s.append(mine)
        finished = finished and expected is not None
    name = f"dispatch, {size[0]} agents × {size[1]} tickets" + ("" if finished else f", at least: no proof in {limit_s:g} s")
    return _row(name, median(theirs_s) / median(mine_s), bar, "CP-SAT, good model", median(mine_s), median(theirs_s))


def with_hot(size: tuple[int, int], share: float, seed: int) -> tuple[Batch, NDArray[np.bool_]]:
    batch = assign_bench.draw(*size, seed, 0.5)
    return batch, np.random.default_rng(seed).random(size[1]) < share


def ours(batch: Batch, hot: NDArray[np.bool_], alone: bool, couples: tuple[Couple, ...] = ()) -> Assignment:
    tickets, agents = batch.cost.shape
    return assign(
        batch.cost,
        batch.allowed,
        channel=np.zeros(tickets, dtype=np.int64),
        room=batch.room,
        step_cost=batch.step_cost,
        wait_cost=batch.wait_cost,
        hot=hot,
        hot_room=np.ones(agents, dtype=np.bool_),
        hot_alone=alone,
        couples=couples,
    )


def by_milp(batch: Batch, hot: NDArray[np.bool_]) -> tuple[float, float]:
    """The optimum with every hot ticket alone, or a bound on it where time runs out, and the time: HiGHS by scipy.

    One binary per pair, per agent and ticket in hand, and per agent with a hot ticket, which closes all arcs but the first.
    """
    tickets, agents = batch.cost.shape
    gain = batch.cost - batch.wait_cost[:, None]
    ticket, agent = np.nonzero(batch.allowed & (gain < 0) & (batch.room[:, 0] > 0))
    owner = np.repeat(np.arange(agents), batch.room[:, 0])
    nth = np.arange(owner.size) - np.repeat(np.cumsum(batch.room[:, 0]) - batch.room[:, 0], batch.room[:, 0])
    pair, level = np.arange(ticket.size), ticket.size + np.arange(owner.size)
    holds_hot = ticket.size + owner.size
    is_hot, further = np.flatnonzero(hot[ticket]), np.flatnonzero(nth > 0)
    rows = (
        *(ticket, tickets + agent, tickets + owner),
        *(tickets + agents + agent[is_hot], tickets + agents + np.arange(agents)),
        *(tickets + 2 * agents + np.arange(further.size),) * 2,
    )
    columns = (pair, pair, level, is_hot, holds_hot + np.arange(agents), level[further], holds_hot + owner[further])
    values = [np.full(each.size, -1.0 if number in (2, 4) else 1.0) for number, each in enumerate(rows)]
    high = np.concatenate((np.ones(tickets), np.zeros(2 * agents), np.ones(further.size)))
    low = np.concatenate((np.full(tickets, -np.inf), np.zeros(2 * agents), np.full(further.size, -np.inf)))
    price = np.concatenate((gain[ticket, agent], nth * batch.step_cost[owner], np.zeros(agents))).astype(float)
    matrix = csr_array((np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=(high.size, price.size))
    start = perf_counter()
    found = milp(
        price,
        integrality=np.ones(price.size),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(matrix, low, high),
        options={"mip_rel_gap": 0.0, "time_limit": MILP_LIMIT_S},
    )
    return float(found.mip_dual_bound) + float(batch.wait_cost.sum()), perf_counter() - start


def loss(size: tuple[int, int], share: float, seed: int) -> dict[str, Any]:
    """The bar over the loss, so that 1 is at the bar and more is better."""
    batch, hot = with_hot(size, share, seed)
    ours(batch, hot, True)
    start = perf_counter()
    answer = ours(batch, hot, True)
    mine_s = perf_counter() - start
    optimum, theirs_s = by_milp(batch, hot)
    assert answer.cost >= optimum - 0.5, "cheaper than the optimum: one of the two models is wrong"
    lost, stated = answer.cost / optimum - 1, 1 - answer.bound / answer.cost
    name = f"{LOSS_BAR:.1%} over the loss, {share:.0%} hot and alone, {size[0]} × {size[1]}: loss {lost:.3%}, gap stated {stated:.1%}"
    return _row(name, LOSS_BAR / max(lost, LOSS_BAR / 1000), 1.0, "optimum by scipy milp (HiGHS)", mine_s, theirs_s)


def coupled(size: tuple[int, int], couples: int, seed: int = 1) -> dict[str, Any]:
    """Couples in a batch: what that costs over the plain flow, and the gap."""
    batch, hot = with_hot(size, 0.1, seed)
    tickets = np.random.default_rng(seed).permutation(size[1])[: 2 * couples].reshape(-1, 2).tolist()
    pairs = tuple(Couple(first, second, 5_000) for first, second in tickets)
    ours(batch, hot, False, pairs[:1])
    start = perf_counter()
    ours(batch, hot, False)
    plain_s = perf_counter() - start
    start = perf_counter()
    answer = ours(batch, hot, False, pairs)
    mine_s = perf_counter() - start
    name = f"{couples} couples, {size[0]} × {size[1]}: gap stated {1 - answer.bound / answer.cost:.2%}, {mine_s * 1000:.0f} ms"
    return _row(name, plain_s / mine_s, None, "the flow without couples", mine_s, plain_s)


def _row(name: str, ratio: float, bar: float | None, peer: str, ours_s: float, peer_s: float) -> dict[str, Any]:
    return {"name": name, "ratio": ratio, "bar": bar, "peer": peer, "ours_s": ours_s, "peer_s": peer_s}


def run() -> list[dict[str, Any]]:
    """The MILP and the larger CP-SAT model run once: they take from ten seconds to a minute."""
    return [
        against_cp_sat((50, 200), 100.0, 3, 20.0),
        against_cp_sat((200, 1000), 300.0, 1, 30.0),
        loss((200, 1000), 0.1, 1),
        loss((200, 1000), 0.25, 2),
        coupled((10, 20), 2),
        coupled((50, 200), 10),
        coupled((200, 1000), 30),
    ]
