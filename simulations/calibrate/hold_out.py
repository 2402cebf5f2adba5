"""How a fit does on days that it has not seen: waits and abandonment, in the mean and hour by hour, against what happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from fatigue_model.bounds import InvalidValues, Violation
from simulations.calibrate.attendance import Session, sessions
from simulations.calibrate.calls import URGENT, BoolArray, FloatArray, IntArray, calls
from simulations.calibrate.line import Demand, Rules, run
from simulations.calibrate.phone import Phone
from simulations.columns import ColumnMap
from simulations.history import Case
from simulations.hours import instant
from simulations.opening import World
from simulations.scenario import Scenario

CALLS_MIN = 10  # in an hour, for its mean to be looked at
MEANS_WITHIN = 0.10
HOURLY_FROM = 0.90
RUNS = 10
TRACE = "calls, lengths, staffing, patience"
LENGTHS = "calls, lengths, staffing"
STAFFED = "calls, staffing"
WRITTEN = "nothing: the scenario"
MEANT = {
    TRACE: "when calls came, how long they took, who was at work, and how long callers are known to have been willing to wait",
    LENGTHS: "the same, but patience is drawn from the fit",
    STAFFED: "the same, but lengths are drawn from the fit, too",
    WRITTEN: "the scenario's own calls and shifts, answered in the order of the queue",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """Calls of some days, shape (n,) each: when they came, how long they waited in seconds, and who hung up."""

    arrived_s: FloatArray
    wait_s: FloatArray
    left: BoolArray | FloatArray


@dataclass(frozen=True, slots=True)
class Check:
    """What one way of running the held-out days gives: `told` is what it was told of these days.

    Waits are means over all callers in seconds, abandonment is a share; correlations are over the hours with at least `CALLS_MIN` calls.
    `ceiling_*` are the same correlations of one run with the mean of the others: what chance leaves to a model that is right. NaN where no
    call came: a log may not have had these weekdays.
    """

    told: str
    calls: float
    wait_s: float
    abandoned: float
    hourly_wait: float
    hourly_abandoned: float
    ceiling_wait: float
    ceiling_abandoned: float
    by_hour: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class HeldOut:
    """The days held out, what happened on them, and the checks; `hours_s` are the begins of the hours that were looked at."""

    first: date
    last: date
    calls: int
    wait_s: float
    abandoned: float
    hours_s: tuple[float, ...]
    by_hour: tuple[tuple[float, float], ...]
    checks: tuple[Check, ...]


def split(cases: Sequence[Case], days: int, zone_name: str) -> tuple[list[Case], list[Case], date]:
    """The cases before the last `days` local days, those on them, and the first of these days.

    Raises `InvalidValues` where no case is left to fit.
    """
    last = datetime.fromtimestamp(cases[-1].opened_s, ZoneInfo(zone_name)).date()
    first = last - timedelta(days=days - 1)
    cut_s = instant(first, time(0), zone_name)
    early = [case for case in cases if case.opened_s < cut_s]
    if not early:
        raise InvalidValues((Violation("/hold-out", f"{days} d", f"fewer days than the log has, which ends on {last}"),))
    return early, [case for case in cases if case.opened_s >= cut_s], first


def hold_out(fitted: Phone, scenario: Scenario, late: Sequence[Case], first: date, columns: ColumnMap, seed: int = 1) -> HeldOut:
    """The checks of a fit on calls that came after the fitted ones, in the hours of the map's `[work]`.

    Calls that an unnamed agent took are left out of what is run again. In the scenario as written, calls are answered in the order of
    the queue, by whoever is on shift.
    """
    every, zone = calls(late, fitted.agents, fitted.categories), ZoneInfo(scenario.run.time_zone)
    there, told = sessions(every) if every.stretches else (), every.with_known_agent()
    days = (datetime.fromtimestamp(float(told.arrived_s[-1]), zone).date() - first).days + 1
    seen = _within(Seen(told.arrived_s, told.wait_s, told.left), columns, zone)
    chance = np.random.default_rng(seed)
    told_of = {TRACE: fitted.own_calls, LENGTHS: fitted.own_lengths, STAFFED: fitted.drawn_calls}
    runs = {
        name: [_again(calls_of(told, each), there, fitted.rules) for each in chance.spawn(RUNS)] for name, calls_of in told_of.items()
    } | {
        WRITTEN: [written(scenario, first, days, each, fitted.rules.head_start_s) for each in range(RUNS)],
    }
    if not len(seen.wait_s):
        raise InvalidValues((Violation("/hold-out", 0, f"calls between {columns.work.start} and {columns.work.end} on the days held out"),))
    hours, by_hour = _hours(seen)
    return HeldOut(
        first=first,
        last=first + timedelta(days=days - 1),
        calls=len(seen.wait_s),
        wait_s=float(seen.wait_s.mean()),
        abandoned=float(seen.left.mean()),
        hours_s=tuple(map(float, hours * 3600)),
        by_hour=tuple(map(tuple, by_hour.tolist())),
        checks=tuple(_check(name, [_within(ran, columns, zone) for ran in each], hours, by_hour) for name, each in runs.items()),
    )


def written(scenario: Scenario, first: date, days: int, replication: int, head_start_s: float) -> Seen:
    """One replication of a scenario's own calls and shifts on some days, answered in the order of the queue."""
    world = World(replace(scenario, run=replace(scenario.run, start=first, days=days, warm_up_days=0)), replication)
    kinds = {name: place for place, name in enumerate(scenario.categories or {"": None})}
    asked = [frozenset(each.skills) for each in scenario.categories.values()] or [frozenset[str]()]
    there = [
        Session(row, start_s, min(end_s, world.end_s))
        for row, worker in enumerate(world.staff)
        for start_s, end_s in worker.on_shift
        if start_s < world.end_s
    ]
    can = {
        row: frozenset(place for place, skills in enumerate(asked) if skills <= worker.group.skills.keys())
        for row, worker in enumerate(world.staff)
    }
    drawn = world.tickets
    demand = Demand(
        arrived_s=drawn.created_s,
        service_s=drawn.handle_s[:, 0] + drawn.wrap_up_s[:, 0],
        patience_s=drawn.patience_s[:, 0],
        ahead=np.isin(drawn.priority, URGENT),
        category=np.array([kinds[name] for name in drawn.category.tolist()], dtype=np.int64),
    )
    return _again(demand, there, Rules(0.0, head_start_s, can))


def _again(demand: Demand, there: Sequence[Session], rules: Rules) -> Seen:
    wait_s, left = run(demand, there, rules)
    return Seen(demand.arrived_s, wait_s, left)


def _within(seen: Seen, columns: ColumnMap, zone: ZoneInfo) -> Seen:
    """The calls that came in the hours of the map's working day."""
    times = [datetime.fromtimestamp(at_s, zone).time() for at_s in seen.arrived_s.tolist()]
    kept = np.array([columns.work.start <= each < columns.work.end for each in times], dtype=np.bool_)
    return Seen(seen.arrived_s[kept], seen.wait_s[kept], seen.left[kept])


def _hours(seen: Seen) -> tuple[IntArray, FloatArray]:
    """The hours with enough calls, as hours since 1970, and the mean wait and abandonment in each, shape (hours, 2)."""
    hours, place, counts = np.unique(np.floor(seen.arrived_s / 3600).astype(np.int64), return_inverse=True, return_counts=True)
    sums = np.stack([np.bincount(place, weights=each) for each in (seen.wait_s, seen.left)], axis=1)
    enough = counts >= CALLS_MIN
    return hours[enough], np.asarray(sums[enough] / counts[enough, None])


def _check(told: str, runs: Sequence[Seen], hours: IntArray, observed: FloatArray) -> Check:
    """A check over the hours that were looked at; one in which no call came in a run counts for nothing in its correlations."""
    every = Seen(*(np.concatenate([getattr(each, name) for each in runs]) for name in ("arrived_s", "wait_s", "left")))
    means = _means(every, hours)
    each = np.stack([_means(ran, hours) for ran in runs])
    others = (each.sum(axis=0) - each) / max(len(runs) - 1, 1)
    ceiling = np.mean([[_alike(one[:, k], rest[:, k]) for k in (0, 1)] for one, rest in zip(each, others, strict=True)], axis=0)
    return Check(
        told=told,
        calls=len(every.wait_s) / len(runs),
        wait_s=float(every.wait_s.mean()) if len(every.wait_s) else np.nan,
        abandoned=float(every.left.mean()) if len(every.wait_s) else np.nan,
        hourly_wait=_alike(means[:, 0], observed[:, 0]),
        hourly_abandoned=_alike(means[:, 1], observed[:, 1]),
        ceiling_wait=float(ceiling[0]),
        ceiling_abandoned=float(ceiling[1]),
        by_hour=tuple(map(tuple, means.tolist())),
    )


def _means(ran: Seen, hours: IntArray) -> FloatArray:
    """Mean wait and abandonment in each hour, shape (hours, 2), NaN where no call came."""
    hour = np.floor(ran.arrived_s / 3600).astype(np.int64)
    place = np.searchsorted(hours, hour)
    inside = np.isin(hour, hours)
    counts = np.bincount(place[inside], minlength=len(hours))
    sums = np.stack([np.bincount(place[inside], weights=each[inside], minlength=len(hours)) for each in (ran.wait_s, ran.left)], axis=1)
    return np.where(counts[:, None] > 0, sums / np.maximum(counts, 1)[:, None], np.nan)


def _alike(one: FloatArray, other: FloatArray) -> float:
    """Pearson's correlation; NaN where there are under three hours, or no spread."""
    both = ~np.isnan(one) & ~np.isnan(other)
    one, other = one[both], other[both]
    if len(one) < 3 or not one.std() or not other.std():
        return float("nan")
    return float(np.corrcoef(one, other)[0, 1])
