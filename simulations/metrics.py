"""What a run says: waits, service level, load, breaks, automation and what they cost, each one number per replication."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import numpy as np

from router.agents import BoolArray
from router.aggregate import gini
from simulations.people import Activity
from simulations.record import SAMPLE_S, Run, within
from simulations.service import answers, leaving, risk

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
    "light_duty_s": Metric("time on light duty", "s", "min"),
    "breaks": Metric("recovery breaks", "count"),
    "break_owed_s": Metric("  minutes in them", "s", "min"),
    "break_taken_s": Metric("  of these on shift", "s", "min"),
    "arr_at_risk_usd": Metric("ARR of accounts escalated or kept waiting", "$"),
    "debriefs": Metric("debriefs held", "count"),
    "debrief_s": Metric("  minutes in them, of both", "s", "min"),
    "meeting_s": Metric("meetings and training", "s", "min"),
    "absences": Metric("shifts missed", "count"),
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
    return answers(run) | leaving(run) | _loads(run) | _breaks(run) | _away(run) | _costs(run) | _concentration(run) | risk(run)


def automation_cost_usd(resolved: int, price_usd: float, drafts: int = 0, draft_price_usd: float = 0.0) -> Decimal:
    """What so many automatic resolutions and drafts cost, exact to the cent."""
    return (resolved * Decimal(str(price_usd)) + drafts * Decimal(str(draft_price_usd))).quantize(CENT, ROUND_HALF_UP)


def _loads(run: Run) -> dict[str, float]:
    acute, line = run.acute[run.on_shift], run.line[run.on_shift]
    counts = run.contact_s >= run.world.counts_from_s
    points = np.zeros(len(run.seconds))
    np.add.at(points, run.contact_row[counts], run.contact_points[counts])
    return {
        "hard_contacts": float(run.contact_hot[counts].sum()),
        "load_mean_points": float(acute.mean()) if acute.size else math.nan,
        "light_duty_s": SAMPLE_S * float(np.count_nonzero((run.acute > run.line) & run.on_shift & ~_resting(run))),
        "load_p95_points": float(np.percentile(acute, 95)) if acute.size else math.nan,
        "above_line": float((acute > line).mean()) if acute.size else math.nan,
        "points_gini": math.nan if (uneven := gini(points)) is None else uneven,
    }


def _resting(run: Run) -> BoolArray:
    """Who had a break pending or took one, over samples × agents."""
    return within(run.sample_s, ((row, each.since_s, each.end_s) for row, each in run.breaks), run.on_shift.shape)


def _away(run: Run) -> dict[str, float]:
    """What else took people from tickets."""
    world, spent = run.world, run.seconds.sum(axis=0)
    missed = (world.counts_from_s <= start_s < world.end_s for worker in world.staff for start_s, _ in worker.absent)
    return {
        "debriefs": float((run.debriefs_s >= world.counts_from_s).sum()),
        "debrief_s": float(spent[Activity.DEBRIEF]),
        "meeting_s": float(spent[Activity.MEETING]),
        "absences": float(sum(missed)),
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
