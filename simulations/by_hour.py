"""A run by the hour of the local day, and how much was open at both ends of its counted days: for plots, and for whether it was warm.

Names are `HOURLY.HH` with the hour 00 to 23. NaN where there was nothing to see.
"""

from __future__ import annotations

import math
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from fatigue_model.dynamics import DAY_S
from router.agents import BoolArray, FloatArray, IntArray
from simulations.metrics import Metric
from simulations.people import LIVE_FROM
from simulations.record import Run
from simulations.service import counted, waits

HOURLY: dict[str, Metric] = {
    "hour_wait_written_s": Metric("wait for an answer, e-mail and web, by hour of arrival: mean", "s"),
    "hour_wait_live_s": Metric("wait for a person, chat and phone, by hour of arrival: mean", "s"),
    "hour_load_points": Metric("load on shift: mean", "points"),
    "hour_above_line": Metric("people above the line at a time", "count"),
}
OPEN_BEFORE, OPEN_AFTER = "open_before", "open_after"
WEEK = 7


def by_hour(run: Run) -> dict[str, float]:
    """Mean waits by the hour in which a ticket came, and load and people above the line by the hour of the day."""
    zone, (wait_s, _, _) = ZoneInfo(run.world.scenario.run.time_zone), waits(run)
    live, counts = run.world.tickets.channel >= LIVE_FROM, counted(run)
    came, seen = _hours(run.world.tickets.created_s, zone), _hours(run.sample_s, zone)
    above = (run.on_shift & (run.acute > run.line)).sum(axis=1)
    found: dict[str, float] = {}
    for hour in range(24):
        at = seen == hour
        values: dict[str, FloatArray | IntArray] = {
            "hour_wait_written_s": wait_s[counts & ~live & (came == hour)],
            "hour_wait_live_s": wait_s[counts & live & (came == hour)],
            "hour_load_points": run.acute[at][run.on_shift[at]],
            "hour_above_line": above[at],
        }
        found |= {f"{name}.{hour:02d}": float(each.mean()) if each.size else math.nan for name, each in values.items()}
    return found


def open_at_both_ends(run: Run) -> dict[str, float]:
    """Tickets open when the counted days begin, and as many whole weeks later; at the end where there is no whole week.

    Equal weekdays are compared, so that a Sunday is not taken for a trend.
    """
    world = run.world
    weeks_s = world.scenario.run.days // WEEK * WEEK * DAY_S
    after_s = world.counts_from_s + weeks_s if weeks_s else world.end_s
    return {OPEN_BEFORE: _open(run, world.counts_from_s), OPEN_AFTER: _open(run, after_s)}


def _open(run: Run, at_s: float) -> float:
    ended: BoolArray = run.ended_s <= at_s  # False for NaN: never
    return float(((run.world.tickets.created_s <= at_s) & ~ended).sum())


def _hours(instants_s: FloatArray, zone: ZoneInfo) -> IntArray:
    return np.fromiter((datetime.fromtimestamp(at_s, zone).hour for at_s in instants_s.tolist()), dtype=np.int64, count=len(instants_s))
