"""Dispatch of a whole batch against assignment solvers over expanded slots: same costs, same objective, same run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from router.assign import assign

Solver = Callable[["Batch"], int]


@dataclass(frozen=True)
class Batch:
    """Agents with skills and room for 0 to 5 tickets, every further one dearer; a queue without hot tickets."""

    cost: NDArray[np.int64]
    allowed: NDArray[np.bool_]
    room: NDArray[np.int64]
    step_cost: NDArray[np.int64]
    wait_cost: NDArray[np.int64]


def draw(agents: int, tickets: int, seed: int, skilled: float) -> Batch:
    """A batch in which this share of the agents has any one skill; the peers' time hardly depends on it, ours does."""
    rng = np.random.default_rng(seed)
    skills = rng.random((agents, 8)) < skilled
    load, demand = rng.integers(0, 4_000, agents), rng.integers(0, 3_000, (tickets, 1))
    return Batch(
        cost=load + demand + rng.integers(0, 12_000, (tickets, agents)),
        allowed=skills[:, rng.integers(0, 8, tickets)].T & (rng.random((tickets, agents)) < 0.97),
        room=rng.integers(0, 6, (agents, 1)),
        step_cost=rng.integers(200, 3_000, agents),
        wait_cost=rng.integers(8_000, 60_000, tickets),
    )


def ours(batch: Batch) -> int:
    tickets, agents = batch.cost.shape
    answer = assign(
        batch.cost,
        batch.allowed,
        channel=np.zeros(tickets, dtype=np.int64),
        room=batch.room,
        step_cost=batch.step_cost,
        wait_cost=batch.wait_cost,
        hot=np.zeros(tickets, dtype=np.bool_),
        hot_room=np.ones(agents, dtype=np.bool_),
    )
    assert answer.method == "flow"
    return answer.cost


def expand(batch: Batch) -> NDArray[np.float64]:
    """What each ticket gains in each slot; 0, and so as good as waiting, where it may not go or had better not.

    The smallest form for the peers: columns for waiting would more than double the matrix and their time.
    """
    load = batch.room[:, 0]
    owner = np.repeat(np.arange(len(load)), load)
    nth = np.arange(owner.size) - np.repeat(np.cumsum(load) - load, load)
    paid = batch.cost[:, owner] + nth * batch.step_cost[owner] - batch.wait_cost[:, None]
    return np.where(batch.allowed[:, owner], np.minimum(paid, 0), 0).astype(np.float64)


def scipy_lsa(batch: Batch) -> int:
    gain = expand(batch)
    rows, columns = linear_sum_assignment(gain)
    return int(gain[rows, columns].sum()) + int(batch.wait_cost.sum())


def lapx_lapjvx(batch: Batch) -> int:
    gain = expand(batch)
    _, rows, columns = import_module("lap").lapjvx(gain, extend_cost=True)
    return int(gain[rows, columns].sum()) + int(batch.wait_cost.sum())


def timed(solve: Solver, batch: Batch) -> tuple[float, int]:
    """Time of building the model and solving it, and the objective."""
    start = perf_counter()
    cost = solve(batch)
    return perf_counter() - start, cost


def compare(
    size: tuple[int, int], peer: str, solve: Solver, bar: float | None = None, rounds: int = 15, skilled: float = 0.5
) -> dict[str, Any]:
    """Ours and the peer in turn, on batches drawn anew each round; medians, the same objective asserted in each."""
    mine_s, theirs_s = [], []
    for _ in range(3):  # warm: the first solve imports the solver, the next still find memory cold
        ours(draw(*size, 0, skilled))
    for seed in range(1, rounds + 1):
        batch = draw(*size, seed, skilled)
        theirs, expected = timed(solve, batch)
        theirs_s.append(theirs)
        for _ in range(5 if rounds == 1 else 1):
            mine, cost = timed(ours, batch)
            assert cost == expected, f"{peer}: objective {expected}, ours {cost}"
            mine_s.append(mine)
    return {
        "name": f"dispatch, {size[0]} agents × {size[1]} tickets, {skilled:.0%} skilled",
        "ratio": median(theirs_s) / median(mine_s),
        "bar": bar,
        "peer": peer,
        "ours_s": median(mine_s),
        "peer_s": median(theirs_s),
    }


def run() -> list[dict[str, Any]]:
    """Rows for the table. The largest size is one round: its peer takes half a minute."""
    peer = "scipy linear_sum_assignment"
    rows = [compare((50, 200), peer, scipy_lsa), compare((200, 1000), peer, scipy_lsa, 8.0)]
    if find_spec("lap"):
        rows.append(compare((200, 1000), "lapx lapjvx", lapx_lapjvx, 5.0))
    rows.append(compare((200, 1000), peer, scipy_lsa, skilled=1.0))
    return [*rows, compare((1000, 5000), peer, scipy_lsa, 40.0, rounds=1)]
