"""Where a search for head-count begins: what formulas say of an ordinary week, in an instant.

Live contacts of each half hour get the agents that Erlang C asks for, Erlang A where customers have a patience; written ones are work
spread evenly over the hours of those who can do it. People are then added one by one where they cover most for their money.
A guess, nothing more: breaks, rotation, escalations and queues that last overnight are the simulation's to know.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from itertools import product
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from simulations.hours import instant, shifts_of, spans
from simulations.queueing import agents_needed
from simulations.scenario import Scenario
from simulations.settings import CHANNEL_NAMES, Category, Group
from simulations.staffing_search import Counts, Space

FloatArray = NDArray[np.float64]
SLOT_S = 1800.0
WEEK_SLOTS = 336
AT_THE_QUEUE = 0.85  # of a shift; the rest is lunch, breaks, and not working flat out
ANSWERED = 0.8  # of live contacts within their target, where nothing else is asked
COVERED = 0.98  # of what is needed, after which nobody is added
LIVE = ("chat", "phone")
SLOT_OF = {"web": "email"}  # answered as e-mail


@dataclass(frozen=True, slots=True)
class _Work:
    """What only `able` groups (indices) can do: agents needed in each half hour of a week, shape (WEEK_SLOTS,)."""

    able: tuple[int, ...]
    needed: FloatArray


def first_guess(scenario: Scenario, space: Space) -> Counts:
    """People for each group of the scenario, in its order and within the bounds of `space`."""
    groups = list(scenario.groups.values())
    on_shift = np.array([_on_shift(scenario, group) for group in groups])
    rest = [_Work(each.able, each.needed / AT_THE_QUEUE) for each in _work(scenario, groups, on_shift)]
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


def _on_shift(scenario: Scenario, group: Group) -> FloatArray:
    """The share of each half hour of the run's first week that a group is on shift."""
    zone = group.time_zone or scenario.run.time_zone
    start_s = _start_s(scenario)
    edges_s = start_s + SLOT_S * np.arange(WEEK_SLOTS + 1)
    found: FloatArray = np.zeros(WEEK_SLOTS)
    for begin_s, end_s in spans(shifts_of(group), zone, start_s, float(edges_s[-1])):
        found += np.clip(np.minimum(edges_s[1:], end_s) - np.maximum(edges_s[:-1], begin_s), 0, None) / SLOT_S
    return found


def _work(scenario: Scenario, groups: Sequence[Group], on_shift: FloatArray) -> list[_Work]:
    """What has to be done, by who can do it."""
    rate = _tickets_per_s(scenario)
    loads: dict[tuple[int, ...], dict[str, float]] = {}
    for able, channel, share in _shares(scenario, groups):
        mine = loads.setdefault(able, dict.fromkeys(CHANNEL_NAMES, 0.0))
        mine[channel] += share
    return [_Work(able, _needed(scenario, groups, able, shares, rate, on_shift)) for able, shares in loads.items() if able]


def _shares(scenario: Scenario, groups: Sequence[Group]) -> list[tuple[tuple[int, ...], str, float]]:
    """Who can do it, by which channel it comes, and work of it for each ticket that comes in, as a share of the channel's handling time."""
    kinds = scenario.categories or {"": Category()}
    languages = scenario.demand.languages or {"": 1.0}
    channels, automatic = scenario.demand.channels, scenario.policy.automation.categories
    again = 1 + scenario.reopening.probability
    every = sum(kind.share for kind in kinds.values()) * sum(languages.values()) * sum(channels.values())
    found = []
    for (name, kind), (language, spoken), (channel, used) in product(kinds.items(), languages.items(), channels.items()):
        slot = SLOT_OF.get(channel, channel)
        able = tuple(
            place
            for place, group in enumerate(groups)
            if set(kind.skills) <= set(group.skills)
            and (not language or language in group.languages)
            and getattr(group.concurrency, slot) > 0
        )
        by_people = 1 - kind.automation_success * (name in automatic)
        found.append((able, channel, kind.share * spoken * used / every * by_people * again * kind.handling_factor))
    return found


def _needed(
    scenario: Scenario, groups: Sequence[Group], able: tuple[int, ...], shares: dict[str, float], rate: FloatArray, on_shift: FloatArray
) -> FloatArray:
    """Agents at the queue in each half hour, shape (WEEK_SLOTS,)."""
    open_: FloatArray = on_shift[list(able)].max(axis=0)
    handle_s = {channel: _handling_s(scenario, channel) for channel in CHANNEL_NAMES}
    # agents who hold several chats at once give each of them less of their time
    handle_s["chat"] /= max(groups[place].concurrency.chat for place in able) or 1
    written = sum(shares[channel] * handle_s[channel] for channel in CHANNEL_NAMES if channel not in LIVE) * float(rate.sum())
    steady: FloatArray = open_ * (written / (open_.sum() or 1.0))
    calls = sum(shares[channel] for channel in LIVE)
    if not calls:
        return steady
    mean_s = sum(shares[channel] * handle_s[channel] for channel in LIVE) / calls
    target_s = sum(shares[channel] * getattr(scenario.targets, f"{channel}_s") for channel in LIVE) / calls
    rates, patience_s = set(rate[(open_ > 0) & (rate > 0)].tolist()), _patience_s(scenario, shares)
    agents = {each: agents_needed(each * calls, mean_s, ANSWERED, target_s, patience_s).agents for each in rates}
    answering = np.array([agents.get(each, 0) for each in rate.tolist()]) * open_
    return np.asarray(np.maximum(answering, steady + rate * calls * mean_s))


def _handling_s(scenario: Scenario, channel: str) -> float:
    """Work on one contact, with what comes after a live one."""
    after = getattr(scenario.wrap_up, channel, None)
    mean_s: float = getattr(scenario.handling, channel).mean_s
    return mean_s if after is None else mean_s + float(after.mean_s)


def _patience_s(scenario: Scenario, shares: Mapping[str, float]) -> float | None:
    """The mean patience of those who have one; `None` where somebody waits for ever."""
    each = [(shares[channel], getattr(scenario.patience, channel)) for channel in LIVE if shares[channel]]
    if any(patience is None for _, patience in each):
        return None
    return sum(share * float(patience.mean_s) for share, patience in each) / sum(share for share, _ in each)


def _tickets_per_s(scenario: Scenario) -> FloatArray:
    """Tickets a second in each half hour of the run's first week, by its profile."""
    demand, zone = scenario.demand, ZoneInfo(scenario.run.time_zone)
    start_s = _start_s(scenario)
    hours = [datetime.fromtimestamp(start_s + SLOT_S * (slot + 0.5), zone) for slot in range(WEEK_SLOTS)]
    weights = [demand.weekday_weights[at.weekday()] * demand.hour_weights[at.hour] for at in hours]
    return np.asarray(np.array(weights) * demand.tickets_per_day / sum(demand.hour_weights) / (2 * SLOT_S))


def _start_s(scenario: Scenario) -> float:
    return instant(scenario.run.start, time(0), scenario.run.time_zone)
