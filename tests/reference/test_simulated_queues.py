"""Queues with an exact answer, run through the product's own decisions: Erlang C and Pollaczek–Khinchine."""

import math

import numpy as np
import pytest

from simulations.engine import simulate
from simulations.scenario import Scenario
from support.scenarios import plain_queue

REPLICATIONS = 12
ERRORS = 3.5
# the first hours do not count: the queue begins empty; nor does the last one, whose waits may be cut off
FROM_S, UNTIL_S = 4 * 3600.0, 23 * 3600.0


def erlang_c(agents: int, offered: float) -> float:
    """P(wait > 0) in M/M/c, from Erlang B by its recursion."""
    blocked = 1.0
    for servers in range(1, agents + 1):
        blocked = offered * blocked / (servers + offered * blocked)
    return agents * blocked / (agents - offered * (1 - blocked))


def waits_s(scenario: Scenario, replication: int) -> np.ndarray:
    found = simulate(scenario, replication)
    arrived_s = found.world.tickets.created_s - found.world.start_s
    counts = (arrived_s >= FROM_S) & (arrived_s < UNTIL_S) & ~np.isnan(found.response_s)
    return (found.response_s - found.world.tickets.created_s)[counts]


def close(values: list[float], exact: float) -> bool:
    """Whether the mean of `values` lies within `ERRORS` standard errors of the exact number."""
    return abs(np.mean(values) - exact) <= ERRORS * np.std(values, ddof=1) / math.sqrt(len(values))


@pytest.mark.parametrize(("agents", "offered", "handle_s"), [(3, 2.0, 600.0), (5, 3.5, 900.0)])
def test_erlang_c(agents: int, offered: float, handle_s: float) -> None:
    assert erlang_c(3, 2.0) == pytest.approx(4 / 9)
    waits = [waits_s(plain_queue(agents, offered, handle_s), each) for each in range(REPLICATIONS)]
    exact = erlang_c(agents, offered)
    assert close([float((wait > 1e-6).mean()) for wait in waits], exact)
    assert close([float(wait.mean()) for wait in waits], exact * handle_s / (agents - offered))


@pytest.mark.parametrize("cv", [0.0, 1.0])
def test_pollaczek_khinchine_with_lognormal_handling(cv: float) -> None:
    offered, handle_s = 0.6, 240.0  # many short calls: waits are skewed where times are
    scenario = plain_queue(1, offered, handle_s, handling={"shape": "lognormal", "phone": {"cv": cv}})
    means = [float(waits_s(scenario, each).mean()) for each in range(REPLICATIONS)]
    assert close(means, offered * handle_s * (1 + cv**2) / (2 * (1 - offered)))
