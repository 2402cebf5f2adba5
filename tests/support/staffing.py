"""What a search for head-count is measured against: every head-count at one number of replications, and a queue whose truth is known."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from simulations.queueing import queue, waits_in_order
from simulations.sequential import FIRST_LOOK, Limit, half_width
from simulations.staffing import Question, Staffing
from simulations.staffing_search import Counts, Space

HANDLING_S, PATIENCE_S, TARGET_S = 180.0, 300.0, 20.0
CALLS, FIRST_CALLS = 1500, 150  # of a replication, and before them those that fill the queue
SERVICE = Limit("service_level", 0.8, at_least=True, delta=0.02)
ABANDONMENT = Limit("abandonment", 0.03, at_least=False, delta=0.0075)


def brute_force(question: Question, spread: Mapping[str, float]) -> int:
    """Replications of every head-count in the space, at the one number of them that tells met from missed as surely.

    That is: with its metric's `spread` (standard deviation) each limit's t test has a half-width of half its delta, at an error of
    α over head-counts and limits.
    """
    every = math.prod(high - low + 1 for low, high in zip(question.space.lowest, question.space.highest, strict=True))
    error = (1 - question.confidence) / (every * len(question.limits))
    each = FIRST_LOOK
    while any(half_width(spread[limit.metric], each, error) > limit.delta / 2 for limit in question.limits):
        each += 1
    return every * each


def spread_near(found: Staffing) -> dict[str, float]:
    """The spread of each limit's metric where the decision is: at whichever of the answer and one fewer was looked at for longer."""
    assert found.answer is not None
    near = [each for each in found.trials if found.answer.counts[0] - each.counts[0] in (0, 1)]
    longest = max(near, key=lambda each: each.replications)
    return {each.metric: statistics.stdev(one[each.metric] for one in longest.measured) for each in found.question.limits}


@dataclass(frozen=True, slots=True)
class ErlangA:
    """M/M/c+M, `calls` in half an hour: its truth by the exact formula, and replications of it by the Kiefer–Wolfowitz recursion."""

    calls: float
    seed: int

    @property
    def question(self) -> Question:
        """From one agent to twice the offered erlangs and four."""
        most = math.ceil(2 * self.calls * HANDLING_S / 1800) + 4
        return Question((SERVICE, ABANDONMENT), Space((1,), (most,), (1.0,)))

    @property
    def start(self) -> Counts:
        """The offered erlangs: what somebody would begin with who has no formula."""
        return (math.ceil(self.calls * HANDLING_S / 1800),)

    def truth(self, agents: int) -> dict[str, float]:
        found = queue(self.calls / 1800, HANDLING_S, agents, PATIENCE_S)
        return {"service_level": found.within(TARGET_S), "abandonment": found.abandonment}

    def is_right(self, answer: int) -> bool:
        """It meets every limit, and with one fewer some limit is missed or kept by less than its delta."""
        limits = self.question.limits
        meets = all(limit.slack(self.truth(answer)[limit.metric]) >= 0 for limit in limits)
        return meets and (answer == 1 or any(limit.slack(self.truth(answer - 1)[limit.metric]) < limit.delta for limit in limits))

    def measure(self, counts: Counts, replications: range) -> list[dict[str, float]]:
        return [self._one(counts[0], each) for each in replications]

    def _one(self, agents: int, replication: int) -> dict[str, float]:
        """The same calls for any number of agents."""
        gaps, work, patience = np.random.default_rng((self.seed, replication)).standard_exponential((3, FIRST_CALLS + CALLS))
        arrive_s = np.cumsum(gaps) * 1800 / self.calls
        waits, left = waits_in_order(arrive_s.tolist(), (work * HANDLING_S).tolist(), agents, (patience * PATIENCE_S).tolist())
        in_time = np.array(waits[FIRST_CALLS:]) <= TARGET_S
        gone = np.array(left[FIRST_CALLS:])
        return {"service_level": float((in_time & ~gone).mean()), "abandonment": float(gone.mean())}
