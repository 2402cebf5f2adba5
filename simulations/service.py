"""What customers got from a run: waits, service level, who left, what they have been through and what that puts at risk.

A ticket without a response by the end counts with the wait it has had: leaving it out would flatter a team that falls behind. One whose
customer left counts with the time that they waited; in the service level it is a miss if they left after its target, and is left out if
they left before it: the target was neither kept nor missed (service level = answered in time / (all − left in time)).
"""

from __future__ import annotations

import math

import numpy as np

from router.agents import BoolArray, FloatArray, IntArray
from simulations.moods import churn_rise
from simulations.people import LIVE_FROM
from simulations.record import Run
from simulations.settings import CHANNEL_NAMES


def counted(run: Run) -> BoolArray:
    """The tickets that came in on the days that count."""
    return np.asarray(run.world.tickets.created_s >= run.world.counts_from_s)


def answers(run: Run) -> dict[str, float]:
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


def leaving(run: Run) -> dict[str, float]:
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


def risk(run: Run) -> dict[str, float]:
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
