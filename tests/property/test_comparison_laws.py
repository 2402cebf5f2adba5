"""What must hold of every comparison: pairs subtract as means do, a scenario does not differ from itself, intervals cover as they say."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulations.compare import BASE, CHANGE, Comparison, compare, paired
from simulations.metrics import METRICS
from simulations.precision import LOOKING_LEVEL, Target
from simulations.run import metrics_of
from simulations.scenario import Scenario
from simulations.study import Measure, one_after_another
from support.scenarios import busy_team

SHIFT, NOISE = 3.0, 2.0
values = st.one_of(st.floats(-1e6, 1e6), st.just(math.nan))


@settings(max_examples=100)
@given(st.lists(st.tuples(values, values), min_size=1, max_size=30))
def test_the_difference_of_pairs_is_the_difference_of_means(pairs: list[tuple[float, float]]) -> None:
    found = paired({BASE: [{"x": one} for one, _ in pairs], CHANGE: [{"x": other} for _, other in pairs]}, "x")
    known = [(one, other) for one, other in pairs if not math.isnan(one + other)]
    assert len(found.difference.values) == len(found.base.values) == len(found.change.values) == len(known)
    if not known:
        assert (found.difference.mean, found.difference.half_width, found.shown) == (None, None, False)
        return
    assert found.base.mean is not None
    assert found.change.mean is not None
    assert found.difference.mean == pytest.approx(found.change.mean - found.base.mean, abs=1e-6)


def test_a_scenario_does_not_differ_from_itself() -> None:
    team = busy_team(run={"days": 1})
    found = compare(team, busy_team(run={"days": 1}), one_after_another, most=2)
    assert set(found.metrics) == set(metrics_of(team))
    for each in (*found.metrics.values(), *found.hourly.values()):
        assert each.base.values == each.change.values
        assert each.difference.mean in (0.0, None)
        assert each.difference.half_width in (0.0, None)
        assert not each.shown
    assert {each.difference.mean for each in found.metrics.values()} == {0.0}


def textbook(chance: np.random.Generator) -> Measure:
    """Normal values, each metric for itself: the base around 10, the change `SHIFT` above it in every pair but for noise."""

    def measure(scenarios: Mapping[str, Scenario], replications: Sequence[int]) -> dict[str, list[dict[str, float]]]:
        base = chance.normal(10.0, 5.0, (len(replications), len(METRICS)))
        change = base + chance.normal(SHIFT, NOISE, base.shape)
        return {name: [dict(zip(METRICS, row, strict=True)) for row in side.tolist()] for name, side in ((BASE, base), (CHANGE, change))}

    return measure


def covered(found: Comparison, names: Sequence[str]) -> int:
    count = 0
    for name in names:
        difference = found.metrics[name].difference
        assert difference.mean is not None
        assert difference.half_width is not None
        count += abs(difference.mean - SHIFT) <= difference.half_width
    return count


def test_intervals_of_a_fixed_number_of_runs_cover_95_in_100() -> None:
    measure, plays = textbook(np.random.default_rng(5)), 200
    hits = sum(covered(compare(Scenario(), Scenario(), measure, most=10), list(METRICS)) for _ in range(plays))
    share, tries = hits / (plays * len(METRICS)), plays * len(METRICS)
    assert abs(share - 0.95) < 4 * math.sqrt(0.95 * 0.05 / tries)


@pytest.mark.parametrize("half_width", [1.4, 1.0, 0.8])
def test_looking_before_stopping_leaves_at_least_95_in_100(half_width: float) -> None:
    """Targets on metrics that are as hard to know, so that each has its turn at ending the comparison; 94 allows for chance."""
    measure, plays, name = textbook(np.random.default_rng(7)), 400, "wait_live_mean_s"
    found = [compare(Scenario(), Scenario(), measure, {name: Target(half_width, 0.0)}, most=200) for _ in range(plays)]
    assert {each.stopped for each in found} == {"precise"}
    assert {each.level for each in found} == {LOOKING_LEVEL}
    assert sum(covered(each, [name]) for each in found) / plays >= 0.94
    assert all(each.replications >= 10 for each in found)
    assert np.mean([each.metrics[name].difference.mean for each in found]) == pytest.approx(SHIFT, abs=4 * half_width / math.sqrt(plays))
