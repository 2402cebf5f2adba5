"""Sequential tests of a limit: wrong no more often than they say, however often they look, and never without an end."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulations.sequential import FIRST_LOOK, Finding, Limit, Verdict, find, half_width, looks

LEVEL = Limit("service_level", 0.8, at_least=True, delta=0.02)
SHARE = Limit("above_line", 0.05, at_least=False, delta=0.01)
MOST = 400


def decided(limit: Limit, values: np.ndarray, error: float) -> Finding:
    """The first look that decides, or the last one."""
    for upto in looks(len(values)):
        found = find(limit, values[:upto].tolist(), error / len(looks(len(values))))
        if found.verdict is not Verdict.UNDECIDED:
            break
    return found


def share_of(verdict: Verdict, limit: Limit, mean: float, spread: float, seeds: int = 1000, error: float = 0.05) -> float:
    chance = np.random.default_rng(20260105)
    found = [decided(limit, chance.normal(mean, spread, MOST), error).verdict for _ in range(seeds)]
    return found.count(verdict) / seeds


def test_looks_grow_from_the_first_to_the_last() -> None:
    assert looks(60) == (4, 6, 9, 14, 21, 32, 48, 60)
    assert looks(FIRST_LOOK) == (FIRST_LOOK,)


@pytest.mark.parametrize("spread", [0.001, 0.02, 0.08])
@pytest.mark.parametrize(("limit", "better"), [(LEVEL, 1.0), (SHARE, -1.0)])
def test_at_either_edge_of_the_zone_the_wrong_verdict_is_as_rare_as_promised(limit: Limit, better: float, spread: float) -> None:
    """Three standard errors of 1,000 trials above 5 % are 7.1 %."""
    assert share_of(Verdict.MET, limit, limit.bound - 1e-9 * better, spread) <= 0.071
    assert share_of(Verdict.MISSED, limit, limit.bound + better * limit.delta, spread) <= 0.071


def test_the_error_that_may_be_made_is_not_hoarded() -> None:
    """At the bound some are called met: a test that never were would only be slow."""
    assert share_of(Verdict.MET, LEVEL, LEVEL.bound, 0.02, error=0.2) > 0.02


@pytest.mark.parametrize("mean", [0.5, 0.7, 0.95])
def test_what_is_far_from_the_bound_is_decided_by_a_few_replications(mean: float) -> None:
    chance = np.random.default_rng(3)
    found = [decided(LEVEL, chance.normal(mean, 0.02, MOST), 0.001) for _ in range(50)]
    assert max(each.replications for each in found) <= 14
    assert {each.verdict for each in found} == {Verdict.MET if mean > LEVEL.bound else Verdict.MISSED}


@pytest.mark.parametrize("mean", [0.79, 0.8, 0.81, 0.82, 0.83])
def test_wherever_the_mean_lies_a_half_width_of_half_the_zone_decides(mean: float) -> None:
    chance = np.random.default_rng(5)
    for upto in range(FIRST_LOOK, 300):
        found = find(LEVEL, chance.normal(mean, 0.03, upto).tolist(), 0.001)
        if found.half_width is not None and found.half_width <= LEVEL.delta / 2:
            assert found.verdict is not Verdict.UNDECIDED


def test_inside_the_zone_the_bound_that_is_surely_kept_goes_first() -> None:
    values = [0.8099, 0.81, 0.8101] * 40
    assert find(LEVEL, values, 0.01).verdict is Verdict.MET


def test_equal_values_prove_no_spread_of_nothing() -> None:
    found = find(SHARE, [0.0499] * 4, 0.001)
    assert found.verdict is Verdict.UNDECIDED
    assert found.half_width == pytest.approx(half_width(0.0025, 4, 0.001))
    assert find(SHARE, [0.0] * 4, 0.001).verdict is Verdict.MET


def test_what_could_not_be_measured_does_not_count() -> None:
    with_gaps = [0.9, math.nan, 0.91, 0.9, math.nan, 0.89]
    found = find(LEVEL, with_gaps, 0.01)
    assert (found.mean, found.replications) == (pytest.approx(0.9), 6)
    assert found.half_width == find(LEVEL, [0.9, 0.91, 0.9, 0.89], 0.01).half_width
    assert find(LEVEL, [math.nan] * 9, 0.01).mean is None
    assert find(LEVEL, [0.9, 0.9, 0.9], 0.01) == Finding(LEVEL, Verdict.UNDECIDED, pytest.approx(0.9), None, 3)


def test_a_half_width_is_that_of_students_t() -> None:
    """t with 9 degrees of freedom: 2.262157 at 97.5 %."""
    assert half_width(1.0, 10, 0.025) == pytest.approx(2.262157 / math.sqrt(10), rel=1e-6)
