"""Facts about weeks of work: what the simulated cohort carries, how often it is above the line, what its check-ins say."""

from __future__ import annotations

import numpy as np

from fatigue_model.calibrate import INTERCEPT_MEAN, INTERCEPT_SD, NOISE_SD, SENSITIVITY_CLIP, SENSITIVITY_MEAN, SENSITIVITY_SD
from fatigue_model.dynamics import MINUTE_S
from fatigue_model.evidence.cohort import WEEKDAYS, simulate
from fatigue_model.evidence.fact import SETTLED, Cohort, Fact
from fatigue_model.evidence.parameter_recovery import Study, studies
from fatigue_model.evidence.shift import QUEUE_MIN, SHIFT_MIN
from fatigue_model.params import FatigueParams

STUDIED = 1600  # people of F18: the standard error of a coverage of .8 is then .01


def f8(cohort: Cohort) -> Fact:
    friday = WEEKDAYS - 1  # the first one back
    usual, one, two = (
        float(each.since(SETTLED + 1).shifts[friday].carried[-1].mean())
        for each in (cohort.normal, cohort.after_vacation(1), cohort.after_vacation(2))
    )
    found = {
        "first Friday back / usual": one / usual if usual else 0.0,
        "a second week changes it by": abs(two - one) / one if one else 0.0,
    }
    ok = found["first Friday back / usual"] >= 0.93 and found["a second week changes it by"] < 0.02
    return Fact(
        "F8",
        "a week off fades within a week of work; a second week off adds little",
        found,
        "at least .93; under .02",
        ok,
        "Speth et al. 2023 (R)",
    )


def f9(cohort: Cohort) -> Fact:
    usual = cohort.normal.since(SETTLED)
    start, end = ([float(each[day::WEEKDAYS].mean()) for day in range(WEEKDAYS)] for each in (usual.opening, usual.load[:, -1]))
    found = {"Mon start": start[0], "Mon end": end[0], "Fri start": start[-1], "Fri end": end[-1]}
    found["smallest rise"] = min(then - first for first, then in zip(start, end, strict=True))
    return Fact(
        "F9",
        "A + ½B from the start to the end of a shift, every weekday",
        found,
        "each rise at least .5",
        found["smallest rise"] >= 0.5,
        "Lee 2023 (R)",
    )


def f10(cohort: Cohort) -> Fact:
    evening = cohort.normal.since(SETTLED).carried[:, -1].mean(axis=-1)
    monday = float(evening[0::WEEKDAYS].mean())
    found = {"Friday / Monday": float(evening[4::WEEKDAYS].mean()) / monday if monday else 0.0}
    return Fact(
        "F10",
        "carried load on Friday evening over Monday evening",
        found,
        "1.3 to 2.5",
        1.3 <= found["Friday / Monday"] <= 2.5,
        "weekly accumulation",
    )


def f11(cohort: Cohort) -> Fact:
    found = {f"{each:g} ×": cohort.exposed(each).since(SETTLED).above_line() for each in (0.5, 1, 2, 4)}
    ok = bool(np.all(np.diff(list(found.values())) > 0)) and 0.03 <= found["1 ×"] <= 0.10
    return Fact("F11", "queue time above the line by exposure", found, "increasing; at 1 × .03 to .10", ok, "Spence; Grandey 2004 (R)")


def f12(cohort: Cohort) -> Fact:
    found = {f"CV {each:g}": _correlation(cohort.params, each) for each in (0.5, 0.7)}
    return Fact(
        "F12",
        "correlation of people's exposure with the mean of 20 check-ins",
        found,
        "each .15 to .45",
        all(0.15 <= each <= 0.45 for each in found.values()),
        "Dormann & Zapf 2004, R² .14 (R)",
    )


def _correlation(params: FatigueParams, variation: float) -> float:
    """Of people whose rate of mild and severe contacts varies (gamma), who differ in g and in α, over their second week of work; each
    answers at 20 random minutes of it, from 0 to 10."""
    chance, people, answers = np.random.default_rng(12), 2000, 20
    exposure = chance.gamma(variation**-2, variation**2, people)
    days = simulate(chance, people, 2, params, exposure=exposure).since(1)
    asked = chance.integers(0, WEEKDAYS * SHIFT_MIN, (answers, people))
    load = days.load_at(asked)
    gain = np.clip(chance.normal(SENSITIVITY_MEAN, SENSITIVITY_SD, people), *SENSITIVITY_CLIP)
    said = chance.normal(INTERCEPT_MEAN, INTERCEPT_SD, people) + gain * load
    said = np.clip(said + chance.normal(0, NOISE_SD, said.shape), 0, 10)
    return float(np.corrcoef(days.points.sum(axis=0), said.mean(axis=0))[0, 1])


def f17(cohort: Cohort) -> Fact:
    usual, relieved = cohort.normal.since(SETTLED), cohort.with_breaks.since(SETTLED)
    lost, before, after = QUEUE_MIN - float(relieved.queue_s.mean()) / MINUTE_S, usual.above_line(), relieved.above_line()
    found = {"min a day": lost, "share of time": lost / SHIFT_MIN, "above line without": before, "above line with": after}
    ok = found["share of time"] < 0.03 and after <= 0.6 * before
    return Fact(
        "F17",
        "mandatory breaks of 15 min on a normal day",
        found,
        "under .03 of the time; above the line at least 40 % less",
        ok,
        "Wendsche et al. 2016: breaks take 9.3 % of time (R)",
    )


def f18(cohort: Cohort) -> Fact:
    studied = studies(np.random.default_rng(18), STUDIED, (5, 10, 20), cohort.params)
    found = {f"coverage n = {each.check_ins}": each.coverage for each in studied}
    found |= {f"RMSE n = {each.check_ins}": each.rmse for each in studied} | {"prior SD": studied[0].prior_sd}
    found |= {f"separate lines n = {each.check_ins}": each.rmse_separate for each in studied if each.check_ins == 10}
    return Fact(
        "F18",
        "empirical Bayes: the 80 % interval covers g, its error is at most the prior SD, separate least squares lines are worse",
        found,
        "coverage .75 to .85; RMSE at most the prior SD; separate lines worse",
        all(recovered(each) for each in studied),
        "simulated by us (S)",
    )


def recovered(found: Study) -> bool:
    return 0.75 <= found.coverage <= 0.85 and found.rmse <= found.prior_sd and found.rmse < found.rmse_separate
