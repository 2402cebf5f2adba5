"""What a run says: waits, service level, load, breaks, automation and what they cost, each one number per replication.

A ticket without a response by the end counts with the wait it has had: leaving it out would flatter a team that falls behind. One whose
customer left counts with the time that they waited; in the service level it is a miss if they left after its target, and is left out if
they left before it: the target was neither kept nor missed (service level = answered in time / (all − left in time)).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import numpy as np

from router.agents import BoolArray, FloatArray, IntArray
from router.aggregate import gini
from simulations.moods import churn_rise
from simulations.people import LIVE_FROM, Activity
from simulations.record import Run
from simulations.settings import CHANNEL_NAMES

CENT = Decimal("0.01")
BUSY = (Activity.LIVE, Activity.WRITTEN, Activity.WRAP_UP)


@dataclass(frozen=True, slots=True)
class Metric:
    """What a number is: its words for a screen, its unit (`s`, `share`, `points`, `count`, `$`, `index`), and the one to show it in."""

    label: str
    unit: str
    shown_in: str | None = None


METRICS: dict[str, Metric] = {
    "tickets": Metric("tickets", "count"),
    "handled": Metric("handled by people", "count"),
    "left_open": Metric("open at the end", "count"),
    "wait_written_mean_s": Metric("wait for an answer, e-mail and web: mean", "s"),
    "wait_written_p90_s": Metric("  nine in ten within", "s"),
    "service_level_written": Metric("  answered within the target", "share"),
    "service_level_email": Metric("    by e-mail", "share"),
    "service_level_web": Metric("    by web form", "share"),
    "wait_live_mean_s": Metric("wait for a person, chat and phone: mean", "s"),
    "wait_live_p90_s": Metric("  nine in ten within", "s"),
    "service_level_live": Metric("  picked up within the target", "share"),
    "service_level_chat": Metric("    in a chat", "share"),
    "service_level_phone": Metric("    by phone", "share"),
    "wait_live_served_s": Metric("  mean of those who got somebody", "s"),
    "abandonment": Metric("  left without ever getting somebody", "share"),
    "abandoned": Metric("  times that somebody left", "count"),
    "service_level": Metric("service level, all channels", "share"),
    "occupancy": Metric("occupancy, breaks excluded", "share"),
    "hard_contacts": Metric("escalated or abusive contacts", "count"),
    "load_mean_points": Metric("load on shift: mean", "points"),
    "load_p95_points": Metric("  95th percentile", "points"),
    "above_line": Metric("time above the line", "share"),
    "points_gini": Metric("exposure between agents, Gini index", "index"),
    "breaks": Metric("recovery breaks", "count"),
    "break_owed_s": Metric("  minutes in them", "s", "min"),
    "break_taken_s": Metric("  of these on shift", "s", "min"),
    "arr_at_risk_usd": Metric("ARR of accounts escalated or kept waiting", "$"),
    "bad_experiences": Metric("bad experiences of customers", "count"),
    "revenue_at_risk_usd": Metric("revenue at risk from them", "$"),
    "automated": Metric("resolved by automation", "count"),
    "drafts": Metric("drafts for people to review", "count"),
    "automation_usd": Metric("cost of automation", "$"),
    "drafts_usd": Metric("  of this for drafts", "$"),
    "contact_points": Metric("points of a contact that people met: mean", "points"),
    "contact_points_of_all": Metric("  had people met all that automation resolved", "points"),
    "staff_usd": Metric("cost of staff", "$"),
}


def measure(run: Run) -> dict[str, float]:
    """Every metric of `METRICS` for the days that count; NaN where there was nothing to measure."""
    return _answers(run) | _leaving(run) | _loads(run) | _breaks(run) | _costs(run) | _concentration(run) | _risk(run)


def automation_cost_usd(resolved: int, price_usd: float, drafts: int = 0, draft_price_usd: float = 0.0) -> Decimal:
    """What so many automatic resolutions and drafts cost, exact to the cent."""
    return (resolved * Decimal(str(price_usd)) + drafts * Decimal(str(draft_price_usd))).quantize(CENT, ROUND_HALF_UP)


def counted(run: Run) -> BoolArray:
    """The tickets that came in on the days that count."""
    return np.asarray(run.world.tickets.created_s >= run.world.counts_from_s)


def _answers(run: Run) -> dict[str, float]:
    counts, (wait_s, kept, missed) = counted(run), waits(run)
    live = run.world.tickets.channel >= LIVE_FROM
    found = {
        "tickets": float(counts.sum()),
        "handled": float(np.unique(run.contact_ticket[run.contact_s >= run.world.counts_from_s]).size),
        "left_open": float((np.isnan(run.ended_s) & np.isnan(run.left_s)).sum()),
        "service_level": _level(kept[counts], missed[counts]),
    }
    for name, these in (("written", counts & ~live), ("live", counts & live)):
        found[f"wait_{name}_mean_s"] = float(wait_s[these].mean()) if these.any() else math.nan
        found[f"wait_{name}_p90_s"] = float(np.percentile(wait_s[these], 90)) if these.any() else math.nan
        found[f"service_level_{name}"] = _level(kept[these], missed[these])
    for channel, name in enumerate(CHANNEL_NAMES):
        these = counts & (run.world.tickets.channel == channel)
        found[f"service_level_{name}"] = _level(kept[these], missed[these])
    return found


def _leaving(run: Run) -> dict[str, float]:
    """Customers of live channels who did not wait for a person."""
    wait_s, _, _ = waits(run)
    live, answered = counted(run) & (run.world.tickets.channel >= LIVE_FROM), ~np.isnan(run.response_s)
    return {
        "wait_live_served_s": float(wait_s[live & answered].mean()) if np.any(live & answered) else math.nan,
        "abandonment": float((~answered & ~np.isnan(run.left_s))[live].mean()) if live.any() else math.nan,
        "abandoned": float((run.leaves_s >= run.world.counts_from_s).sum()),
    }


def waits(run: Run) -> tuple[FloatArray, BoolArray, BoolArray]:
    """For every ticket: its wait for a first response in seconds, and whether that kept its target, or missed it."""
    world, answered = run.world, ~np.isnan(run.response_s)
    until_s = np.where(answered, run.response_s, np.where(np.isnan(run.left_s), world.end_s, run.waits_from_s))
    wait_s = run.waited_s + world.clock.elapsed(run.waits_from_s, until_s)
    target_s = np.array([getattr(world.scenario.targets, f"{name}_s") for name in CHANNEL_NAMES])[world.tickets.channel]
    return wait_s, answered & (wait_s <= target_s), wait_s > target_s


def _level(kept: BoolArray, missed: BoolArray) -> float:
    """Share of tickets that kept their target; those still waiting with time to go have neither kept nor missed it."""
    decided = int(kept.sum() + missed.sum())
    return int(kept.sum()) / decided if decided else math.nan


def _loads(run: Run) -> dict[str, float]:
    acute, line = run.acute[run.on_shift], run.line[run.on_shift]
    counts = run.contact_s >= run.world.counts_from_s
    points = np.zeros(len(run.seconds))
    np.add.at(points, run.contact_row[counts], run.contact_points[counts])
    return {
        "hard_contacts": float(run.contact_hot[counts].sum()),
        "load_mean_points": float(acute.mean()) if acute.size else math.nan,
        "load_p95_points": float(np.percentile(acute, 95)) if acute.size else math.nan,
        "above_line": float((acute > line).mean()) if acute.size else math.nan,
        "points_gini": math.nan if (uneven := gini(points)) is None else uneven,
    }


def _breaks(run: Run) -> dict[str, float]:
    """Breaks that began to be owed on the days that count, and the time on shift that was spent on breaks."""
    owed = [current for _, current in run.breaks if current.since_s >= run.world.counts_from_s]
    spent = run.seconds.sum(axis=0)
    busy = float(spent[list(BUSY)].sum())
    at_work = busy + float(spent[Activity.IDLE])
    return {
        "breaks": float(len(owed)),
        "break_owed_s": sum(current.end_s - current.start_s for current in owed),
        "break_taken_s": float(spent[Activity.BREAK]),
        "occupancy": busy / at_work if at_work else math.nan,
    }


def _costs(run: Run) -> dict[str, float]:
    world = run.world
    resolved, drafts = (int((each >= world.counts_from_s).sum()) for each in (run.automated_s, run.drafts_s))
    policy = world.scenario.policy.automation
    prices_usd = policy.cost_per_resolution_usd, policy.cost_per_draft_usd
    shifts = (max(0.0, min(end, world.end_s) - max(start, world.counts_from_s)) for each in world.staff for start, end in each.on_shift)
    return {
        "automated": float(resolved),
        "automation_usd": float(automation_cost_usd(resolved, prices_usd[0], drafts, prices_usd[1])),
        "drafts": float(drafts),
        "drafts_usd": float(automation_cost_usd(0, 0.0, drafts, prices_usd[1])),
        "staff_usd": math.fsum(shifts) / 3600 * world.scenario.costs.agent_hour_usd,
    }


def _concentration(run: Run) -> dict[str, float]:
    """How hard contacts were that people met, and how hard they would have been with those that automation took from them."""
    met = run.contact_points[run.contact_s >= run.world.counts_from_s]
    every = np.concatenate([met, run.automated_points[run.automated_s >= run.world.counts_from_s]])
    return {
        "contact_points": float(met.mean()) if met.size else math.nan,
        "contact_points_of_all": float(every.mean()) if every.size else math.nan,
    }


def _risk(run: Run) -> dict[str, float]:
    """What the accounts are worth a year that had a hard contact or a missed target on the days that count."""
    world, (_, _, missed) = run.world, waits(run)
    hard = run.contact_ticket[run.contact_hot & (run.contact_s >= world.counts_from_s)]
    tickets = np.union1d(np.flatnonzero(missed & counted(run)), hard)
    bad = bad_experiences(run)
    rise = churn_rise(bad, world.scenario.churn.per_bad_experience)
    return {
        "arr_at_risk_usd": float(world.accounts.arr_usd[np.unique(world.tickets.account[tickets])].sum()),
        "bad_experiences": float(bad.sum()),
        "revenue_at_risk_usd": float(world.accounts.arr_usd @ rise),
    }


def bad_experiences(run: Run) -> IntArray:
    """Of each account on the days that count, shape (n_accounts,): what it has been through, and tickets past their target that still wait.

    Revenue at risk is Σ over accounts of ARR × rise of the probability to leave at renewal, 1 − (1 − q)ⁿ with n bad experiences and q of
    `churn.per_bad_experience` (see `moods.churn_rise`): an expected loss as modelled, not the whole revenue of everybody who was annoyed.
    """
    world, (_, _, missed) = run.world, waits(run)
    waiting = missed & counted(run) & np.isnan(run.response_s) & np.isnan(run.left_s)
    told = np.concatenate([run.bad_account[run.bad_s >= world.counts_from_s], world.tickets.account[waiting]])
    return np.bincount(told, minlength=len(world.accounts.arr_usd))
