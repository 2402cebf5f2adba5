"""Durations of a scenario: exact moments, draws that stay with their index, and settings that cannot be meant together."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from fatigue_model.bounds import InvalidValues
from simulations.distributions import SHAPES, Distribution, empirical
from simulations.scenario import scenario_from

VALUES = (30.0, 60.0, 60.0, 250.0)
ALL = [
    Distribution("exponential", 600.0),
    Distribution("lognormal", 600.0, 0.9),
    Distribution("lognormal", 600.0, 0.0),
    Distribution("gamma", 600.0, 0.4),
    Distribution("gamma", 600.0, 1.0),
    Distribution("gamma", 600.0, 2.5),
    Distribution("gamma", 600.0, 0.0),
    Distribution("deterministic", 600.0),
    empirical(VALUES),
    Distribution("empirical", 600.0, values_s=VALUES),
]


def chance(seed: int = 1) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(np.random.SeedSequence(seed)))


@pytest.mark.parametrize("told", ALL, ids=str)
def test_moments_are_those_that_were_asked_for(told: Distribution) -> None:
    """Sample mean and variance within 4.5 standard errors, these from the sample's own higher moments."""
    drawn = told.draw(chance(), 400_000)
    spread = drawn - told.mean
    assert abs(spread.mean()) <= 4.5 * spread.std() / 400_000**0.5 + 1e-9
    assert abs((spread**2).mean() - told.variance) <= 4.5 * (spread**2).std() / 400_000**0.5 + 1e-6


@pytest.mark.parametrize(
    ("told", "law"),
    [
        (Distribution("exponential", 600.0), stats.expon(scale=600)),
        (Distribution("gamma", 600.0, 0.4), stats.gamma(1 / 0.4**2, scale=600 * 0.4**2)),
        (Distribution("gamma", 600.0, 2.5), stats.gamma(1 / 2.5**2, scale=600 * 2.5**2)),
        (Distribution("lognormal", 600.0, 0.9), stats.lognorm(np.log(1.81) ** 0.5, scale=600 / 1.81**0.5)),
    ],
    ids=["exponential", "gamma, humped", "gamma, spread out", "lognormal"],
)
def test_draws_follow_the_law(told: Distribution, law: Any) -> None:
    assert stats.kstest(told.draw(chance(2), 50_000), law.cdf).pvalue > 0.001
    assert (told.mean, told.variance) == (pytest.approx(law.mean()), pytest.approx(law.var()))


def test_empirical_values_come_with_equal_chance_and_as_they_are() -> None:
    drawn = empirical(VALUES).draw(chance(), 40_000)
    seen, counts = np.unique(drawn, return_counts=True)
    assert seen == pytest.approx([30.0, 60.0, 250.0])
    assert counts / 10_000 == pytest.approx([1, 2, 1], abs=0.05)
    assert (empirical(VALUES).mean, empirical(VALUES).variance) == (100.0, pytest.approx(np.var(VALUES)))


@pytest.mark.parametrize("told", ALL, ids=str)
def test_draws_stay_with_their_index_and_seed(told: Distribution) -> None:
    few, many = told.draw(chance(), (50, 4)), told.draw(chance(), (5000, 4))
    assert np.array_equal(few, many[:50])
    assert few.shape == (50, 4)
    assert told.variance == 0 or not np.array_equal(few, told.draw(chance(2), (50, 4)))


@pytest.mark.parametrize("told", ALL, ids=str)
def test_another_mean_scales_the_same_draws(told: Distribution) -> None:
    longer = Distribution(told.shape, 1.5 * told.mean_s, told.cv, told.values_s)
    assert longer.draw(chance(), 1000) == pytest.approx(1.5 * told.draw(chance(), 1000))


def test_another_spread_keeps_gamma_draws_close_to_the_same_ones() -> None:
    near, far = Distribution("gamma", 600.0, 0.5).draw(chance(), 5000), Distribution("gamma", 600.0, 0.6).draw(chance(), 5000)
    assert np.corrcoef(near, far)[0, 1] > 0.95


def read(**email: Any) -> Distribution:
    return scenario_from({"handling": {"email": email}}).handling.of("email")


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape != "empirical"])
def test_a_channel_without_a_shape_has_that_of_the_section(shape: str) -> None:
    handling = scenario_from({"handling": {"shape": shape, "chat": {"shape": "gamma"}}}).handling
    assert (handling.of("email").form, handling.of("chat").form) == (shape, "gamma")


def test_values_bring_their_mean_unless_one_is_given() -> None:
    assert read(shape="empirical", values_s=[100, 300]).mean_s == 200
    assert read(shape="empirical", values_s=[100, 300], mean_s=900).draw(chance(), 99).max() == pytest.approx(1350)


@pytest.mark.parametrize(
    ("email", "pointer"),
    [
        ({"shape": "empirical"}, "values_s"),
        ({"values_s": [1, 2]}, "values_s"),
        ({"shape": "gamma", "values_s": [1, 2]}, "values_s"),
        ({"shape": "empirical", "values_s": []}, "values_s"),
        ({"shape": "empirical", "values_s": [0, 0]}, "values_s"),
        ({"shape": "empirical", "values_s": [-1, 2]}, "values_s"),
        ({"shape": "empirical", "values_s": [1, float("nan")]}, "values_s"),
        ({"shape": "exponential", "cv": 0.5}, "cv"),
        ({"shape": "deterministic", "cv": 0.5}, "cv"),
        ({"shape": "empirical", "values_s": [1], "cv": 0.5}, "cv"),
        ({"shape": "weibull"}, "shape"),
        ({"mean_s": 0}, "mean_s"),
        ({"median_s": 3}, "median_s"),
    ],
)
def test_what_contradicts_itself_is_refused_once(email: dict[str, Any], pointer: str) -> None:
    with pytest.raises(InvalidValues) as caught:
        read(**email)
    assert [each.pointer for each in caught.value.violations] == [f"/handling/email/{pointer}"]
