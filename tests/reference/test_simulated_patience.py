"""Queues whose customers leave, or whose servers work on after a call, with an exact answer, run through the product's own decisions."""

import math

import numpy as np
import pytest

from simulations.engine import simulate
from simulations.record import Run
from simulations.scenario import Scenario
from support.scenarios import plain_queue

REPLICATIONS = 12
ERRORS = 3.5
# the first hours do not count: the queue begins empty; nor does the last one, whose waits may be cut off
FROM_S, UNTIL_S = 4 * 3600.0, 23 * 3600.0


def erlang_a(agents: int, offered: float, impatience: float) -> tuple[float, float, float]:
    """P(wait), P(leave) and the mean wait of all in M/M/c+M, times in mean service times, from its birth-death chain.

    `impatience`: mean service time over mean patience. Palm (1957); Garnett, Mandelbaum & Reiman (2002).
    """
    weights = [1.0]
    while len(weights) <= agents or weights[-1] > 1e-15 * sum(weights):
        busy = len(weights)
        weights.append(weights[-1] * offered / (min(busy, agents) + max(0, busy - agents) * impatience))
    shares = np.array(weights) / sum(weights)
    queue = float(shares @ np.maximum(0, np.arange(len(shares)) - agents))
    return float(shares[agents:].sum()), impatience * queue / offered, queue / offered


def waits_s(run: Run) -> tuple[np.ndarray, np.ndarray]:
    """Of those that count: how long they waited, and whether they left."""
    created_s, left = run.world.tickets.created_s, ~np.isnan(run.left_s)
    arrived_s = created_s - run.world.start_s
    until_s = np.where(left, run.left_s, run.response_s)
    counts = (arrived_s >= FROM_S) & (arrived_s < UNTIL_S) & ~np.isnan(until_s)
    return (until_s - created_s)[counts], left[counts]


def close(values: list[float], exact: float) -> bool:
    """Whether the mean of `values` lies within `ERRORS` standard errors of the exact number."""
    return abs(np.mean(values) - exact) <= ERRORS * np.std(values, ddof=1) / math.sqrt(len(values))


def runs(scenario: Scenario) -> list[tuple[np.ndarray, np.ndarray]]:
    return [waits_s(simulate(scenario, replication)) for replication in range(REPLICATIONS)]


def test_the_chain_gives_published_numbers() -> None:
    """M/M/50+M with λ 50, μ 1, θ ½, and the same with c 40 and 60."""
    for agents, exact in {
        40: (0.98436037, 0.20103803, 0.40207605),
        50: (0.60116765, 0.04668459, 0.09336917),
        60: (0.10107101, 0.00367760, 0.00735520),
    }.items():
        assert erlang_a(agents, 50.0, 0.5) == pytest.approx(exact, abs=5e-9)


@pytest.mark.parametrize(("agents", "offered", "handle_s", "patience_s"), [(2, 2.4, 2000.0, 2000.0), (3, 3.0, 2400.0, 4800.0)])
def test_erlang_a(agents: int, offered: float, handle_s: float, patience_s: float) -> None:
    """Also where more comes in than can be served: who leaves keeps the queue finite."""
    found = runs(plain_queue(agents, offered, handle_s, patience={"phone": {"shape": "exponential", "mean_s": patience_s}}))
    wait, leave, mean_wait = erlang_a(agents, offered, handle_s / patience_s)
    assert close([float((wait_s > 1e-6).mean()) for wait_s, _ in found], wait)
    assert close([float(left.mean()) for _, left in found], leave)
    assert close([float(wait_s.mean()) for wait_s, _ in found], mean_wait * handle_s)


def test_work_after_a_call_is_service_time_to_the_next_caller() -> None:
    """Pollaczek–Khinchine: one agent, an exponential call and a constant time after it."""
    call_s, after_s, utilised = 400.0, 200.0, 0.6
    rate = utilised / (call_s + after_s)
    wrapping = {"wrap_up": {"phone": {"shape": "deterministic", "mean_s": after_s}}}
    found = runs(plain_queue(1, rate * call_s, call_s, **wrapping))
    second_moment = call_s**2 + (call_s + after_s) ** 2
    assert close([float(wait_s.mean()) for wait_s, _ in found], rate * second_moment / (2 * (1 - utilised)))
    assert close([float((wait_s > 1e-6).mean()) for wait_s, _ in found], utilised)
