"""Limits in a manager's words: `0.8/4h`, `email=80%/4h,phone=0.8/20s`, `wait_live_p90_s<=2m`; and their zones: `above_line=1%`.

All that is refused is a `ValueError` of one line.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulations.metrics import Metric
from simulations.quantities import seconds, service_level, share
from simulations.scenario import scenario_from
from simulations.sequential import Limit
from simulations.settings import CHANNEL_NAMES

KINDS = {"written": ("email", "web"), "live": ("chat", "phone")}
ZONE = 0.25  # of the way from a share's bound to 0 or 1, whichever is nearer
ZONE_MOST = 0.02  # two points: less is seldom worth the replications that it takes to see it
ZONE_OF_OTHERS = 0.05  # of the bound, where the metric is no share
_COMPARED = re.compile(r"(?P<metric>\w+)\s*(?P<sign><=|>=)\s*(?P<bound>\S+)")


@dataclass(frozen=True, slots=True)
class Promise:
    """A share of one channel's tickets, or of the `written` or `live` ones, answered in `target_s`; `None`: in the scenario's target."""

    where: str
    share: float
    target_s: float | None

    @property
    def channels(self) -> tuple[str, ...]:
        return KINDS.get(self.where, (self.where,))

    @property
    def metric(self) -> str:
        return f"service_level_{self.where}"


def promises(text: str, values: Mapping[str, Any]) -> tuple[Promise, ...]:
    """What `0.8/4h` or `email=0.8/4h,phone=0.8/20s` asks for. Without a channel: of what is written, or where nothing is, of what is live.

    `values` are the scenario's plain values; a channel that brings no tickets is refused.
    """
    used = {name for name, share in scenario_from(values).demand.channels.items() if share > 0}
    found = []
    for part in text.split(","):
        where, named, level = part.strip().rpartition("=")
        where = where.strip() if named else next(kind for kind, channels in KINDS.items() if used.intersection(channels))
        level_share, target_s = service_level(level)
        found.append(Promise(where, _inside(level_share, level), target_s))
        if where not in (*CHANNEL_NAMES, *KINDS):
            raise ValueError(f"{where!r} is no channel; there are {', '.join((*CHANNEL_NAMES, *KINDS))}")
        if not used.intersection(found[-1].channels):
            raise ValueError(f"the scenario brings no tickets by {where}; by {', '.join(sorted(used))} it does")
    channels = [channel for each in found for channel in each.channels]
    if twice := {channel for channel in channels if channels.count(channel) > 1}:
        raise ValueError(f"{', '.join(sorted(twice))}: more than one service level")
    return tuple(found)


def with_targets(values: Mapping[str, Any], found: tuple[Promise, ...]) -> dict[str, Any]:
    """The scenario's plain values with the promised times as its targets, which routing goes by as well."""
    plain: dict[str, Any] = copy.deepcopy(dict(values))
    for each in found:
        if each.target_s is not None:
            plain.setdefault("targets", {}).update({f"{channel}_s": each.target_s for channel in each.channels})
    return plain


def limit(metric: str, bound: float, at_least: bool, kind: Metric) -> Limit:
    """A limit with the usual indifference zone: for shares a quarter of the way to 0 or 1 and two points at most, else 5 % of the bound."""
    zone = min(ZONE_MOST, ZONE * min(bound, 1 - bound)) if kind.unit == "share" else ZONE_OF_OTHERS * abs(bound)
    return Limit(metric, bound, at_least, zone)


def at_most(text: str) -> float:
    """A share that may not be exceeded."""
    return _inside(share(text), text)


def compared(text: str, metrics: Mapping[str, Metric]) -> Limit:
    """A limit on any metric: `wait_live_p90_s<=2m`, `occupancy<=85%`."""
    found = _COMPARED.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is not allowed; allowed: METRIC<=VALUE or METRIC>=VALUE")
    kind = metrics.get(found["metric"])
    if kind is None:
        raise ValueError(f"{found['metric']!r} is no metric; there are {', '.join(metrics)}")
    return limit(found["metric"], _amount(found["bound"], kind), found["sign"] == ">=", kind)


def zone(text: str, metrics: Mapping[str, Metric]) -> tuple[str, float]:
    """A metric and the width of its indifference zone: `above_line=1%`."""
    metric, _, width = text.partition("=")
    kind = metrics.get(metric.strip())
    if kind is None:
        raise ValueError(f"{metric!r} is no metric; there are {', '.join(metrics)}")
    return metric.strip(), _amount(width, kind)


def _amount(text: str, kind: Metric) -> float:
    """A number above 0 in the metric's unit; shares between 0 and 1."""
    if kind.unit == "share":
        return _inside(share(text), text)
    if kind.unit == "s":
        return seconds(text)
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise ValueError(f"{text!r} is not allowed; allowed: a number above 0")
    return value


def _inside(value: float, text: str) -> float:
    """A share that neither nobody nor everybody keeps: no number of replications would prove a mean of exactly 0 or 1."""
    if not 0 < value < 1:
        raise ValueError(f"{text!r} is not allowed; allowed: a share above 0 and below 1; no number of runs could prove either")
    return value
