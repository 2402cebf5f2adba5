"""Where a search for head-count begins: what formulas say of an ordinary week, in an instant.

Live contacts of each half hour get the agents that Erlang C asks for, Erlang A where customers have a patience; written ones are work
spread evenly over the hours of those who can do it. People are then added one by one where they cover most for their money.
A guess, nothing more: breaks, rotation, escalations and queues that last overnight are the simulation's to know.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulations import week
from simulations.queueing import agents_needed
from simulations.scenario import Scenario
from simulations.settings import Group
from simulations.staffing_search import Counts, Space
from simulations.week import FloatArray, Part

ANSWERED = 0.8  # of live contacts within their target, where nothing else is asked
COVERED = 0.98  # of what is needed, after which nobody is added


@dataclass(frozen=True, slots=True)
class _Work:
    """What only `able` groups (indices) can do: agents needed in each half hour of a week, shape (WEEK_SLOTS,)."""

    able: tuple[int, ...]
    needed: FloatArray


def first_guess(scenario: Scenario, space: Space) -> Counts:
    """People for each group of the scenario, in its order and within the bounds of `space`."""
    groups = list(scenario.groups.values())
    on_shift = np.array([week.on_shift(scenario, group) for group in groups])
    rest = [_Work(each.able, each.needed / week.AT_THE_QUEUE) for each in _work(scenario, groups, on_shift)]
    asked = sum(float(each.needed.sum()) for each in rest)
    counts = [0] * len(groups)
    for group, least in enumerate(space.lowest):
        for _ in range(least):
            _add(group, on_shift[group], rest)
            counts[group] += 1
    while sum(float(each.needed.sum()) for each in rest) > (1 - COVERED) * asked:
        gains = [_gain(group, on_shift[group], rest) * (counts[group] < most) for group, most in enumerate(space.highest)]
        best = max(range(len(groups)), key=lambda group: _worth(group, gains[group], counts[group], space, groups))
        if gains[best] == 0:
            break
        _add(best, on_shift[best], rest)
        counts[best] += 1
    return tuple(counts)


def _worth(group: int, gain: float, count: int, space: Space, groups: Sequence[Group]) -> tuple[float, float]:
    """What is covered for a dollar; of equal ones, whoever the scenario's own mix has more of."""
    return round(gain / (space.cost_usd[group] or 1.0), 9), groups[group].agents / (2 * count + 1)


def _gain(group: int, on_shift: FloatArray, rest: Sequence[_Work]) -> float:
    """Half hours of what is needed that one more of a group would cover."""
    mine = [each.needed for each in rest if group in each.able]
    return float(np.minimum(on_shift, np.sum(mine, axis=0)).sum()) if mine else 0.0


def _add(group: int, on_shift: FloatArray, rest: Sequence[_Work]) -> None:
    """One more of a group, who does first what fewest others can."""
    free = on_shift.copy()
    for each in sorted(rest, key=lambda each: len(each.able)):
        if group in each.able:
            done = np.minimum(free, each.needed)
            each.needed[:] -= done
            free -= done


def _work(scenario: Scenario, groups: Sequence[Group], on_shift: FloatArray) -> list[_Work]:
    """What has to be done, by who can do it."""
    rate = week.tickets_per_s(scenario)
    return [_Work(each.able, _needed(each, rate, on_shift)) for each in week.parts(scenario, groups)]


def _needed(part: Part, rate: FloatArray, on_shift: FloatArray) -> FloatArray:
    """Agents at the queue in each half hour, shape (WEEK_SLOTS,)."""
    open_: FloatArray = on_shift[list(part.able)].max(axis=0)
    steady: FloatArray = open_ * (part.written_s * float(rate.sum()) / (open_.sum() or 1.0))
    if not part.calls:
        return steady
    rates = set(rate[(open_ > 0) & (rate > 0)].tolist())
    agents = {each: agents_needed(each * part.calls, part.call_s, ANSWERED, part.target_s, part.patience_s).agents for each in rates}
    answering = np.array([agents.get(each, 0) for each in rate.tolist()]) * open_
    return np.asarray(np.maximum(answering, steady + rate * part.live_s))
