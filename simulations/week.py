"""A scenario's ordinary week by half hours, as formulas see it: who is on shift, what comes in, and who can do which part of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from itertools import product

import numpy as np
from numpy.typing import NDArray

from fatigue_model.dynamics import DAY_S
from simulations.hours import instant, shifts_of, spans
from simulations.profile import profile
from simulations.scenario import Scenario
from simulations.settings import CHANNEL_NAMES, Category, Group

FloatArray = NDArray[np.float64]
SLOT_S = 1800.0
WEEK_SLOTS = 336
LIVE = ("chat", "phone")
AT_THE_QUEUE = 0.85  # of a shift; the rest is lunch, breaks, and not working flat out
SLOT_OF = {"web": "email"}  # answered as e-mail


@dataclass(frozen=True, slots=True)
class Part:
    """What only `able` groups (indices) can do, for each ticket that comes in: seconds of written work, and live contacts.

    Of a live contact: the mean time that it takes of an agent, the target, and the mean patience (`None`: somebody waits for ever).
    """

    able: tuple[int, ...]
    written_s: float
    calls: float
    call_s: float
    target_s: float
    patience_s: float | None

    @property
    def live_s(self) -> float:
        """Seconds of live work for each ticket that comes in."""
        return self.calls * self.call_s


def parts(scenario: Scenario, groups: Sequence[Group]) -> list[Part]:
    """All work for people, by who can do it; what nobody can do is left out."""
    loads: dict[tuple[int, ...], dict[str, float]] = {}
    for able, channel, share in _shares(scenario, groups):
        mine = loads.setdefault(able, dict.fromkeys(CHANNEL_NAMES, 0.0))
        mine[channel] += share
    return [_part(scenario, groups, able, shares) for able, shares in loads.items() if able]


def _part(scenario: Scenario, groups: Sequence[Group], able: tuple[int, ...], shares: Mapping[str, float]) -> Part:
    handle_s = {channel: _handling_s(scenario, channel) for channel in CHANNEL_NAMES}
    # agents who hold several chats at once give each of them less of their time
    handle_s["chat"] /= max(groups[place].concurrency.chat for place in able) or 1
    calls = sum(shares[channel] for channel in LIVE)
    of_all = {channel: shares[channel] / calls if calls else 0.0 for channel in LIVE}
    return Part(
        able,
        written_s=sum(shares[channel] * handle_s[channel] for channel in CHANNEL_NAMES if channel not in LIVE),
        calls=calls,
        call_s=sum(share * handle_s[channel] for channel, share in of_all.items()),
        target_s=sum(share * getattr(scenario.targets, f"{channel}_s") for channel, share in of_all.items()),
        patience_s=_patience_s(scenario, of_all),
    )


def on_shift(scenario: Scenario, group: Group) -> FloatArray:
    """The share of each half hour of the run's first week that a group is on shift, shape (WEEK_SLOTS,)."""
    zone = group.time_zone or scenario.run.time_zone
    edges_s = _edges_s(scenario)
    found: FloatArray = np.zeros(WEEK_SLOTS)
    for begin_s, end_s in spans(shifts_of(group), zone, float(edges_s[0]), float(edges_s[-1])):
        found += np.clip(np.minimum(edges_s[1:], end_s) - np.maximum(edges_s[:-1], begin_s), 0, None) / SLOT_S
    return found


def tickets_per_s(scenario: Scenario) -> FloatArray:
    """Tickets a second in each half hour of the run's first week, shape (WEEK_SLOTS,)."""
    edges_s = _edges_s(scenario)
    until = np.interp(edges_s, *profile(scenario, float(edges_s[0]), float(edges_s[-1]) + DAY_S))
    return np.asarray(np.diff(until) / SLOT_S)


def _handling_s(scenario: Scenario, channel: str) -> float:
    """Mean work on one contact, with what comes after a live one."""
    after = getattr(scenario.wrap_up, channel, None)
    mean_s: float = getattr(scenario.handling, channel).mean_s
    return mean_s if after is None else mean_s + float(after.mean_s)


def _patience_s(scenario: Scenario, shares: Mapping[str, float]) -> float | None:
    """The mean patience, by the share of each channel; `None` where somebody waits for ever."""
    each = [(share, getattr(scenario.patience, channel)) for channel, share in shares.items() if share]
    if not each or any(patience is None for _, patience in each):
        return None
    return sum(share * float(patience.mean_s) for share, patience in each)


def _edges_s(scenario: Scenario) -> FloatArray:
    return np.asarray(instant(scenario.run.start, time(0), scenario.run.time_zone) + SLOT_S * np.arange(WEEK_SLOTS + 1))


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
