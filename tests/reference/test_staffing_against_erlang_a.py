"""Head-counts found by simulation against the exact formula of M/M/c+M, over forty seeds, and against what brute force would take."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulations.sequential import Verdict
from simulations.staffing import Staffing, staff
from support.staffing import ABANDONMENT, SERVICE, ErlangA, brute_force, spread_near

SEEDS = 40
CASES = [ErlangA(20.0 + 3 * seed, seed) for seed in range(SEEDS)]


@pytest.fixture(scope="module")
def found() -> list[Staffing]:
    return [staff(case.question, case.start, case.measure) for case in CASES]


def test_at_least_95_percent_are_right_or_in_the_zone(found: list[Staffing]) -> None:
    right = [each.answer is not None and case.is_right(each.answer.counts[0]) for case, each in zip(CASES, found, strict=True)]
    assert sum(right) >= 0.95 * SEEDS


def test_at_most_an_eighth_of_the_replications_of_brute_force(found: list[Staffing]) -> None:
    theirs = sum(brute_force(each.question, spread_near(each)) for each in found)
    assert 8 * sum(each.replications for each in found) <= theirs


def test_intervals_hold_the_truth_nearly_always(found: list[Staffing]) -> None:
    """Each one-sided bound at the error of its look: over all trials of all forty, next to none may be off."""
    off = [
        finding
        for case, each in zip(CASES, found, strict=True)
        for trial in each.trials
        for finding in trial.findings
        if finding.mean is not None
        and finding.half_width is not None
        and abs(finding.mean - case.truth(trial.counts[0])[finding.limit.metric]) > finding.half_width
    ]
    trials = sum(len(each.trials) for each in found)
    assert trials > 3 * SEEDS / 2
    assert len(off) <= 0.05 * SEEDS


def test_the_replications_that_are_searched_with_have_the_mean_of_the_formula() -> None:
    """Within 3.5 standard errors of 60 replications, in both metrics."""
    case, agents = ErlangA(100.0, 77), 12
    measured = case.measure((agents,), range(60))
    for limit in (SERVICE, ABANDONMENT):
        values = np.array([each[limit.metric] for each in measured])
        assert abs(values.mean() - case.truth(agents)[limit.metric]) <= 3.5 * values.std(ddof=1) / math.sqrt(len(values))


def test_the_head_count_below_the_answer_was_looked_at_and_turned_down(found: list[Staffing]) -> None:
    for each in found:
        assert each.answer is not None
        verdicts = {trial.counts[0]: trial.verdict for trial in each.trials}
        assert verdicts[each.answer.counts[0]] is Verdict.MET
        if each.answer.counts[0] > 1:
            assert verdicts[each.answer.counts[0] - 1] is Verdict.MISSED
