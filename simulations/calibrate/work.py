"""What a helpdesk's log tells of the work on its cases: how long it took, how often it turned hard, and what came back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from simulations.calibrate.interval import Interval, share
from simulations.history import Case

FloatArray = NDArray[np.float64]
GAP_MAX_S = 3600.0
NONE = "none"  # what a ticket without a category is counted under
ASSUMED = (
    f"a log of events tells no handling times: each act is taken to have lasted since the same person's act before it on that day, "
    f"where that is at most {GAP_MAX_S / 60:.0f} minutes, and as long as the mean of these elsewhere"
)


@dataclass(frozen=True, slots=True)
class Hardness:
    """Escalations and abuse per contact, the share of escalations on arrival, re-openings per resolution and their mean delay in hours."""

    escalation: Interval
    at_arrival: Interval
    abuse: Interval
    reopening: Interval
    reopening_delay_h: float | None
    by_account: dict[str, int]
    by_category: dict[str, int]


def handling_s(cases: Sequence[Case], zone: ZoneInfo) -> FloatArray:
    """Seconds of work on each case, NaN where nobody is told to have worked on it: see `ASSUMED`."""
    acts: dict[str, list[tuple[float, int]]] = {}
    for row, case in enumerate(cases):
        for step in case.steps:
            if step.agent_id is not None:
                acts.setdefault(step.agent_id, []).append((step.at_s, row))
    told: list[tuple[int, float]] = []
    for mine in acts.values():
        mine.sort()
        for (before_s, _), (at_s, row) in pairwise(mine):
            same_day = datetime.fromtimestamp(before_s, zone).date() == datetime.fromtimestamp(at_s, zone).date()
            known = same_day and at_s - before_s <= GAP_MAX_S
            told.append((row, at_s - before_s if known else np.nan))
        told.append((mine[0][1], np.nan))
    rows, gaps_s = np.array([row for row, _ in told], dtype=np.int64), np.array([gap for _, gap in told])
    gaps_s = np.where(np.isnan(gaps_s), np.nanmean(gaps_s), gaps_s) if not np.isnan(gaps_s).all() else gaps_s
    found = np.bincount(rows, weights=gaps_s, minlength=len(cases)).astype(np.float64)
    return np.where(found > 0, found, np.nan)


def hardness(cases: Sequence[Case]) -> Hardness:
    """Counts over all cases; one case counts one contact for its first resolution and one more for each re-opening."""
    hot: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    contacts = arrival = abuse = resolved = 0
    delays_s: list[float] = []
    for case in cases:
        steps = [step.kind for step in case.steps]
        contacts += 1 + steps.count("reopened")
        resolved += steps.count("resolved")
        abuse += steps.count("abuse")
        escalations = int(case.escalated) + steps.count("escalated")
        arrival += case.escalated
        if escalations:
            hot[case.account_id] += escalations
            kinds[case.category or NONE] += escalations
        delays_s += _delays_s(case)
    total = sum(hot.values())
    return Hardness(
        escalation=share(min(total, contacts), contacts),
        at_arrival=share(arrival, total),
        abuse=share(min(abuse, contacts), contacts),
        reopening=share(len(delays_s), max(resolved, len(delays_s))),
        reopening_delay_h=float(np.mean(delays_s)) / 3600 if delays_s else None,
        by_account=dict(hot),
        by_category=dict(kinds),
    )


def _delays_s(case: Case) -> list[float]:
    """From each resolution to the re-opening that followed it."""
    found, over_s = [], None
    for step in case.steps:
        if step.kind == "resolved":
            over_s = step.at_s
        elif step.kind == "reopened" and over_s is not None:
            found.append(step.at_s - over_s)
            over_s = None
    return found
