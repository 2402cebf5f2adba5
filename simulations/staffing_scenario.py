"""A scenario's staff as numbers to choose: which head-counts there are, what one more person costs, and the scenario with others."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import time, timedelta

from simulations.hours import instant, shifts_of, spans
from simulations.scenario import Scenario
from simulations.settings import Group
from simulations.staffing_search import Counts, Space
from simulations.staffing_start import first_guess

AGENTS_MAX = 1000
_RANGE = re.compile(r"(?P<name>[^=]+)(=(?P<lowest>\d+)(\.\.(?P<highest>\d+))?)?")
Ranges = Mapping[str, tuple[int, int] | None]


def staffed(scenario: Scenario, counts: Counts) -> Scenario:
    """The scenario with so many people in its groups, in their order."""
    groups = {name: replace(group, agents=count) for (name, group), count in zip(scenario.groups.items(), counts, strict=True)}
    return replace(scenario, groups=groups)


def one_costs_usd(scenario: Scenario, group: Group) -> float:
    """One agent of a group over the days that count: hours on shift by the price of one, as in the metric `staff_usd`."""
    run, zone = scenario.run, group.time_zone or scenario.run.time_zone
    first_day = run.start + timedelta(days=run.warm_up_days)
    from_s, to_s = (instant(day, time(0), run.time_zone) for day in (first_day, first_day + timedelta(days=run.days)))
    return math.fsum(end - start for start, end in spans(shifts_of(group), zone, from_s, to_s)) / 3600 * scenario.costs.agent_hour_usd


def space_of(scenario: Scenario, ranges: Ranges) -> tuple[Space, Counts]:
    """Where to search and where to begin: every group, or those of `ranges` alone, each within its range or what may be sensible at all.

    Sensible is from one agent to twice what the scenario has or a formula says, and four more. Raises `ValueError` for a group
    that there isn't.
    """
    if unknown := set(ranges) - set(scenario.groups):
        raise ValueError(f"{', '.join(sorted(unknown))}: no group of the scenario; there are {', '.join(scenario.groups)}")
    fixed = {name for name in scenario.groups if ranges and name not in ranges}
    own = tuple(group.agents for group in scenario.groups.values())
    cost_usd = tuple(one_costs_usd(scenario, group) for group in scenario.groups.values())
    lowest = tuple(own[place] if name in fixed else 1 for place, name in enumerate(scenario.groups))
    widest = tuple(own[place] if name in fixed else AGENTS_MAX for place, name in enumerate(scenario.groups))
    guess = first_guess(scenario, Space(lowest, widest, cost_usd))
    bounds = []
    for place, name in enumerate(scenario.groups):
        given = ranges.get(name)
        bounds.append(given or (lowest[place], min(widest[place], 2 * max(own[place], guess[place]) + 4)))
    kinds = [_kind(group) for group in scenario.groups.values()]
    alike = tuple(kinds.index(each) for each in kinds)
    space = Space(tuple(low for low, _ in bounds), tuple(high for _, high in bounds), cost_usd, alike)
    return space, tuple(min(max(count, low), high) for count, (low, high) in zip(guess, bounds, strict=True))


def _kind(group: Group) -> tuple[object, ...]:
    """What a group can do and when, whatever the levels of its skills."""
    when = group.time_zone, set(group.weekdays), group.shift_start, group.shift_end, group.lunch_start, group.lunch_min
    return *when, set(group.skills), set(group.languages), group.concurrency


def range_of(text: str) -> tuple[str, tuple[int, int] | None]:
    """`night`, `night=3` or `night=2..6`: a group that may vary, and within what; raises `ValueError`."""
    found = _RANGE.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is not allowed; allowed: GROUP, or GROUP=LOWEST..HIGHEST")
    if found["lowest"] is None:
        return found["name"], None
    lowest = int(found["lowest"])
    highest = int(found["highest"] or lowest)
    if not 1 <= lowest <= highest <= AGENTS_MAX:
        raise ValueError(f"{text!r} is not allowed; allowed: from 1 to {AGENTS_MAX} agents, the lower number first")
    return found["name"], (lowest, highest)
