"""A what-if answered at once, for a slider that moves: Erlang's formulas for each half hour of an ordinary week.

Everybody can do everything here, live contacts go before written work, and the queue of each half hour is in its steady state. What
a formula can't know (load, recovery breaks, rotation, queues that last over night) is the simulation's to say.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from simulations import week
from simulations.queueing import queue
from simulations.scenario import Scenario
from simulations.week import Part


@dataclass(frozen=True, slots=True)
class Instant:
    """Shares from 0 to 1; `None` where a scenario has nothing of the kind, or no end of it.

    `busy`: work that comes in, over the time of people at the queue, above 1 where they can't keep up. Of live contacts that come while
    somebody is on shift: `live_within` their target, `live_wait_s` in the mean (`None` also where a queue grows without end), and
    `live_left`, who gave up; None where somebody would wait for ever. `on_shift_most`: people at the queue at the best-staffed half hour.
    """

    busy: float | None
    live_within: float | None
    live_wait_s: float | None
    live_left: float | None
    on_shift_most: float


def instant(scenario: Scenario) -> Instant:
    """The answer for the first week of a scenario's run."""
    groups = list(scenario.groups.values())
    at_queue = week.AT_THE_QUEUE * np.sum([group.agents * week.on_shift(scenario, group) for group in groups], axis=0)
    rate, parts = week.tickets_per_s(scenario), week.parts(scenario, groups)
    work_s = sum(part.written_s + part.live_s for part in parts) * float(rate.sum()) * week.SLOT_S
    time_s = float(np.sum(at_queue)) * week.SLOT_S
    live = [part for part in parts if part.calls]
    found = _live(live, rate.tolist(), at_queue.tolist()) if live else (None, None, None)
    return Instant(work_s / time_s if time_s else None, *found, float(np.max(at_queue)))


def _live(parts: Sequence[Part], rate: Sequence[float], at_queue: Sequence[float]) -> tuple[float | None, float | None, float | None]:
    """Within the target, mean wait and who leaves, over all live contacts of the week that meet somebody on shift."""
    calls = sum(part.calls for part in parts)
    call_s, target_s = (sum(part.calls * getattr(part, name) for part in parts) / calls for name in ("call_s", "target_s"))
    patient = [part.patience_s for part in parts if part.patience_s is not None]
    patience_s = sum(patient) / len(patient) if len(patient) == len(parts) else None
    weight = within = wait_s = left = 0.0
    for tickets_per_s, people in zip(rate, at_queue, strict=True):
        if tickets_per_s > 0 and people > 0:
            per_s = tickets_per_s * calls
            for agents, share in _whole(people):
                found = _queue(per_s, call_s, agents, patience_s)
                weight += share * per_s
                within += share * per_s * found.within(target_s)
                wait_s += share * per_s * found.mean_wait_s
                left += share * per_s * found.abandonment
    if not weight:
        return None, None, None
    return within / weight, wait_s / weight if math.isfinite(wait_s) else None, None if patience_s is None else left / weight


def _whole(people: float) -> tuple[tuple[int, float], ...]:
    """Whole agents on both sides of a number of people, at least one, with the share of each."""
    low = max(1, math.floor(people))
    share = max(0.0, people - low)
    return ((low, 1 - share), (low + 1, share)) if share else ((low, 1.0),)


_queue = lru_cache(maxsize=4096)(queue)
