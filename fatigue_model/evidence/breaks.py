"""Facts about breaks and times off: what a person's load does by itself, in closed form."""

from __future__ import annotations

import numpy as np

from fatigue_model.dynamics import MINUTE_S, Mode, advance, line
from fatigue_model.evidence.fact import Cohort, Fact
from fatigue_model.evidence.shift import SHIFT_MIN, mean_points_per_min
from fatigue_model.evidence.spells import Spell, carried_at_end, peak
from fatigue_model.params import FatigueParams

ESCALATION = 2.3  # points of load after an escalation, with 1 point carried
H = 60.0


def _check_in_drop(cohort: Cohort, acute: float, carried: float, break_min: int) -> float:
    """How much lower the expected answer of one check-in is after a break than after working on for as long, in standard deviations of a
    single check-in: (x_work − x_break)/SD with x = A + ½·B and g = 1.

    Working on, contacts keep coming, at their mean rate: load is linear in them, so that gives the mean load. The SD is over people and
    moments (`Cohort.check_in_sd`, about 1.84), as where people who had a break are compared with people who had none. With these two the
    values are within .02 of those in the model's description (.28 and .40 for 10 and 15 min after an escalation, .10 and .14 otherwise).
    """
    rested = advance(acute, carried, Mode.BREAK, break_min * MINUTE_S, cohort.params)
    worked = advance(acute, carried, Mode.QUEUE, break_min * MINUTE_S, cohort.params)
    since_s = MINUTE_S * (np.arange(break_min, dtype=np.float64) + 0.5)
    come = advance(mean_points_per_min(cohort.params), 0.0, Mode.QUEUE, since_s, cohort.params)
    more = [float(work + np.sum(new) - rest) for work, new, rest in zip(worked, come, rested, strict=True)]
    return (more[0] + 0.5 * more[1]) / cohort.check_in_sd


def f1(cohort: Cohort) -> Fact:
    found = {f"{each} min": _check_in_drop(cohort, ESCALATION, 1.0, each) for each in (10, 15)}
    ok = all(0.20 <= each <= 0.50 for each in found.values())
    return Fact(
        "F1",
        "after an escalation, a break against working on: drop of one check-in, in SD",
        found,
        "each from .20 to .50",
        ok,
        "Albulescu et al. 2022, d = .35 (R)",
    )


def f2(cohort: Cohort) -> Fact:
    lengths = (10, 15)
    found = {f"{each} min": _check_in_drop(cohort, 0.5, 1.0, each) for each in lengths}
    ok = all(0 < found[f"{each} min"] < _check_in_drop(cohort, ESCALATION, 1.0, each) for each in lengths)
    return Fact("F2", "the same at an ordinary moment", found, "over 0 and under F1", ok, "small effects of breaks on ordinary days (R)")


def f3(cohort: Cohort) -> Fact:
    found = {f"{each} min": _check_in_drop(cohort, ESCALATION, 1.0, each) for each in (5, 8, 10, 15, 20)}
    ok = bool(np.all(np.diff(list(found.values())) > 0))
    return Fact(
        "F3", "the longer the break, the larger the drop", found, "strictly increasing", ok, "Albulescu et al. 2022, meta-regression (R)"
    )


def f4(cohort: Cohort) -> Fact:
    found, ok = {}, True
    for carried in (1.0, 2.0):
        acute, kept = advance(2.5, carried, Mode.BREAK, 10 * MINUTE_S, cohort.params)
        found[f"load over line at B = {carried:g}"] = float(acute / line(kept, cohort.params))
        ok = ok and found[f"load over line at B = {carried:g}"] > 1
    return Fact(
        "F4",
        "ten minutes do not recover a load of 2.5 with 1 or more carried",
        found,
        "above the line, over 1",
        ok,
        "Albulescu et al. 2022: demanding tasks may need more than ten minutes (R)",
    )


def f5(cohort: Cohort) -> Fact:
    params = cohort.params
    acute, carried = advance(4.0, 0.0, Mode.QUEUE, 2 * H * MINUTE_S, params)
    next_acute, next_carried = advance(acute, carried, Mode.OFF, 16 * H * MINUTE_S, params)
    found = {"kept of B": float(next_carried / carried) if carried else 0.0, "A": float(next_acute)}
    ok = 0.60 <= found["kept of B"] <= 0.75 and found["A"] < 1e-6
    return Fact(
        "F5",
        "the morning after 4 points",
        found,
        "of B .60 to .75; A under 1e-6",
        ok,
        "Wang et al. 2013; Zhan et al.; Leger et al. 2018 (R)",
    )


def f7(cohort: Cohort) -> Fact:
    found = {f"{each} h": float(advance(0.0, 1.0, Mode.OFF, each * H * MINUTE_S, cohort.params)[1]) for each in (24, 48, 64)}
    ok = found["24 h"] > 0.5 and found["48 h"] < 0.4 and found["64 h"] < 0.30
    return Fact(
        "F7",
        "carried load left after a time off",
        found,
        "24 h over .5; 48 h under .4; 64 h under .30",
        ok,
        "the second day off counts (R)",
    )


AT_MIN = (120.0, 240.0, 360.0)  # three escalations of a shift, 1.5 points each
PROMPT, LATER, AT_THE_END = (tuple((at + after, 15.0) for at in AT_MIN) for after in (0.0, 60.0, 0.0))


def _carried(params: FatigueParams, breaks: tuple[tuple[float, float], ...]) -> float:
    return carried_at_end(Spell(SHIFT_MIN, tuple((at, 1.5) for at in AT_MIN), breaks), params)


def f13(cohort: Cohort) -> Fact:
    found = {"after each": _carried(cohort.params, PROMPT), "at the end": _carried(cohort.params, ((SHIFT_MIN - 45.0, 45.0),))}
    ok = found["after each"] <= 0.6 * found["at the end"]
    return Fact(
        "F13",
        "15 min after each of three escalations against 45 min at the end: carried over",
        found,
        "at least 40 % less",
        ok,
        "Jaber & Neumann 2010 (M)",
    )


def f14(cohort: Cohort) -> Fact:
    found = {"prompt": _carried(cohort.params, PROMPT), "an hour later": _carried(cohort.params, LATER)}
    return Fact(
        "F14",
        "a prompt break against the same an hour later: carried over",
        found,
        "strictly less",
        found["prompt"] < found["an hour later"],
        "follows from carrying over what is worked through",
    )


def f15(cohort: Cohort) -> Fact:
    hour = peak(Spell(SHIFT_MIN, tuple((120.0 + 20 * each, 1.0) for each in range(4)), ()), cohort.params)
    spread = peak(Spell(SHIFT_MIN, tuple((60.0 + 120 * each, 1.0) for each in range(4)), ()), cohort.params)
    found = {"in an hour": hour, "spread": spread, "ratio": hour / spread}
    return Fact(
        "F15",
        "peak load of 4 points in an hour against spread over the shift",
        found,
        "ratio at least 1.8",
        found["ratio"] >= 1.8,
        "Smyth 2022 (R)",
    )
