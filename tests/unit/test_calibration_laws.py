"""What a calibration fits is what the data were drawn from: durations, patience behind answers, arrivals, accounts, shifts."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from scipy import special, stats

from simulations.calibrate.accounts import mix
from simulations.calibrate.arrivals import arrivals
from simulations.calibrate.durations import durations
from simulations.calibrate.interval import share
from simulations.calibrate.roster import days_named, stints
from simulations.calibrate.special import chi2_sf, gamma_sf, kolmogorov_sf, normal_sf
from simulations.calibrate.survival import fitted, kaplan_meier, survival

MONDAY_S = datetime(2024, 1, 1, tzinfo=UTC).timestamp()


def chance(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("shape", [0.05, 0.3, 1.0, 4.5, 30.0, 400.0])
def test_the_tail_of_a_gamma(shape: float) -> None:
    at = np.concatenate([[0.0], np.geomspace(1e-6, 2000, 60)])
    np.testing.assert_allclose(gamma_sf(shape, at), special.gammaincc(shape, at), rtol=0, atol=1e-12)


def test_other_tails() -> None:
    z = np.linspace(-8, 8, 33)
    np.testing.assert_allclose(normal_sf(z), stats.norm.sf(z), rtol=1e-12)
    assert chi2_sf(120.0, 90) == pytest.approx(stats.chi2.sf(120.0, 90), rel=1e-10)
    assert kolmogorov_sf(0.03, 2000) == pytest.approx(stats.kstwo.sf(0.03, 2000), abs=0.002)


def test_a_share_has_wilsons_interval() -> None:
    found = share(8, 100)
    wilson = stats.binomtest(8, 100).proportion_ci(method="wilson")
    assert (found.low, found.high) == pytest.approx((wilson.low, wilson.high), abs=1e-6)


@pytest.mark.parametrize(("mean_s", "cv"), [(240.0, 0.5), (900.0, 1.1)])
def test_lognormal_durations(mean_s: float, cv: float) -> None:
    sigma = np.sqrt(np.log1p(cv**2))
    inside = np.zeros(2)
    for seed in range(40):
        found = durations(mean_s * np.exp(sigma * chance(seed).standard_normal(3000) - sigma**2 / 2))
        inside += [found.mean_s.holds(mean_s), found.cv.holds(cv)]
        assert found.lognormal
    assert (inside >= 33).all()  # 95 % of 40 is 38; the spread of a long tail is estimated worse


def test_durations_that_are_not_lognormal_are_drawn_as_they_were() -> None:
    two_kinds = np.concatenate([chance().normal(60, 5, 1000), chance(2).normal(900, 50, 1000)])
    found = durations(two_kinds)
    assert not found.lognormal
    assert np.mean(found.values_s) == pytest.approx(two_kinds.mean(), rel=0.01)


def draw(shape: str, mean_s: float, cv: float, count: int, generator: np.random.Generator) -> np.ndarray:
    if shape == "exponential":
        return generator.exponential(mean_s, count)
    if shape == "gamma":
        return generator.gamma(cv**-2, mean_s * cv**2, count)
    sigma = np.sqrt(np.log1p(cv**2))
    return mean_s * np.exp(sigma * generator.standard_normal(count) - sigma**2 / 2)


@pytest.mark.parametrize(("shape", "mean_s", "cv"), [("exponential", 300.0, 1.0), ("gamma", 240.0, 0.5), ("lognormal", 400.0, 1.5)])
def test_patience_behind_answers(shape: str, mean_s: float, cv: float) -> None:
    """Two callers in three are answered before their patience ends, and its law is found all the same."""
    inside, best = 0, 0
    for seed in range(10):
        generator = chance(seed)
        patience, answer = draw(shape, mean_s, cv, 2000, generator).round(1), generator.exponential(150, 2000).round(1)
        waits, left = np.minimum(patience, answer), patience < answer
        own = next(each for each in fitted(waits, left) if each.shape == shape)
        inside += own.mean_s.holds(mean_s) and (shape == "exponential" or own.cv.holds(cv))
        best += fitted(waits, left)[0].shape == shape
        assert own.distance < 0.08
    assert inside >= 8
    assert best >= 6  # an exponential is also a gamma, which may follow the sample a little closer


def test_kaplan_meier_by_hand() -> None:
    """Hung up after 10, 20 and 40 s, answered after 15 and 30 s: 4/5, then 2/3 of it, then none."""
    curve = kaplan_meier(np.array([10.0, 15.0, 20.0, 30.0, 40.0] * 50), np.array([True, False, True, False, True] * 50))
    assert curve.share[:2] == pytest.approx([4 / 5, 4 / 5 * 2 / 3])
    np.testing.assert_allclose(curve.at(np.array([5.0, 12.0, 25.0])), [1.0, 0.8, 0.8 * 2 / 3])


def test_kaplan_meiers_curve_is_the_patience_and_so_are_its_draws() -> None:
    generator = chance(4)
    patience, answer = generator.exponential(200, 20_000), generator.exponential(200, 20_000)
    curve = kaplan_meier(np.minimum(patience, answer), patience < answer)
    at = np.array([20.0, 100.0, 300.0])
    assert curve.at(at) == pytest.approx(survival("exponential", 200.0, 1.0, at), abs=0.015)
    drawn = curve.draw(1 - generator.random(20_000), np.full(20_000, 60.0))
    assert drawn.min() >= 60.0
    assert drawn.mean() == pytest.approx(260.0, rel=0.03)  # an exponential forgets the minute


def test_poisson_arrivals_are_told_from_others() -> None:
    generator, zone = chance(7), ZoneInfo("UTC")
    weights = np.concatenate([np.zeros(18), np.linspace(1, 3, 20), np.zeros(10)])

    def days_of(factor: np.ndarray) -> np.ndarray:
        counts = generator.poisson(4 * factor[:, None] * weights)
        begins = MONDAY_S + 86_400 * np.repeat(np.arange(len(factor)), 48) + 1800 * np.tile(np.arange(48), len(factor))
        return np.sort(np.repeat(begins, counts.ravel()) + 1800 * generator.random(counts.sum()))

    even = arrivals(days_of(np.ones(28)), zone)
    assert even.half_hours.p > 0.01
    assert even.days.p > 0.01
    assert all(each is not None and abs(each.value - 160) < 15 for each in even.per_weekday)
    np.testing.assert_allclose(even.profile, weights / weights.sum(), atol=0.01)
    assert even.own == {}
    uneven = arrivals(days_of(generator.gamma(4, 0.25, 28)), zone)
    assert uneven.days.index > 3
    assert uneven.days.p < 1e-6


def test_a_weekday_with_hours_of_its_own() -> None:
    generator = chance(3)
    begins = [MONDAY_S + 86_400 * day + 3600 * ((14 if day % 7 == 5 else 9) + 3 * generator.random(200)) for day in range(14)]
    found = arrivals(np.sort(np.concatenate(begins)), ZoneInfo("UTC"))
    assert list(found.own) == [5]
    assert found.own[5][28:34].sum() == pytest.approx(1.0)


def test_two_kinds_of_account() -> None:
    generator = chance(5)
    difficult = np.arange(400) < 60
    tickets = generator.poisson(np.where(difficult, 180, 60)) + 1
    hot = generator.binomial(tickets, np.where(difficult, 0.2, 0.02))
    names = [f"a{each:03d}" for each in range(400)]
    found = mix(dict(zip(names, tickets.tolist(), strict=True)), dict(zip(names, hot.tolist(), strict=True)), 0).hard
    assert found is not None
    assert (found.share, found.ordinary, found.difficult) == pytest.approx((0.15, 0.02, 0.2), rel=0.2)
    assert found.ticket_factor == pytest.approx(3.0, rel=0.15)


def test_one_kind_of_account_is_not_made_two() -> None:
    generator = chance(6)
    tickets = generator.poisson(20, 400) + 1
    hot = generator.binomial(tickets, 0.05)
    names = [f"a{each:03d}" for each in range(400)]
    assert mix(dict(zip(names, tickets.tolist(), strict=True)), dict(zip(names, hot.tolist(), strict=True)), 0).hard is None


def test_shifts_put_as_many_people_there_as_were() -> None:
    generator = chance(8)
    curve = np.zeros((7, 48))
    curve[:5, 14:40] = np.round(6 + 3 * np.sin(np.arange(26) / 4))
    curve[5, 16:24] = generator.integers(1, 4, 8)
    put = np.zeros((7, 48))
    for stint in stints(curve):
        put[list(stint.weekdays), stint.start : stint.end] += stint.agents
    np.testing.assert_array_equal(put, curve)
    assert {stint.weekdays for stint in stints(curve)} == {(0, 1, 2, 3, 4), (5,)}


def test_names_of_weekdays() -> None:
    assert days_named((0, 1, 2, 3, 6)) == "sun-thu"
    assert days_named((0, 2)) == "mon-wed"
    assert days_named((5,)) == "sat"


def test_a_person_who_is_seldom_there_is_there() -> None:
    curve = np.zeros((7, 48))
    curve[2, 20:24] = 0.1
    assert [(stint.weekdays, stint.start, stint.end, stint.agents) for stint in stints(curve)] == [((2,), 20, 24, 1)]
