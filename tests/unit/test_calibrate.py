"""Personal mode's calibration: the posterior by brute force, the gates, recency, shrinkage, clips; and it never breaks."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fatigue_model.calibrate import (
    DOCUMENTED,
    HALF_LIFE_D,
    SENSITIVITY_CLIP,
    SENSITIVITY_SD,
    SPEED_CLIP,
    SPEED_GRID,
    CheckIns,
    Personal,
    calibrate,
    fit_population,
    objective,
    posterior,
)
from fatigue_model.dynamics import DAY_S, FloatArray

NOW_S = 200 * DAY_S


def given_by(n: int, slope: float = 1.0, speed: float = 1.0, noise: float = 0.5, seed: int = 1, age_d: float = 1.0) -> CheckIns:
    """`n` answers of one with sensitivity `slope` and recovery speed `speed`: minutes after a contact of 2 points."""
    chance = np.random.default_rng(seed)
    minutes = chance.uniform(5, 120, n)
    loads = 2.0 * 2.0 ** (-np.outer(minutes, SPEED_GRID) / 60)
    answer = 2.5 + slope * 2.0 * 2.0 ** (-minutes * speed / 60) + chance.normal(0, noise, n)
    return CheckIns(np.full(n, NOW_S - age_d * DAY_S), np.clip(answer, 0, 10), loads)


def found(given: CheckIns) -> Personal:
    return calibrate({"ann": given}, NOW_S)["ann"]


@pytest.mark.parametrize(
    ("n", "sensitivity", "speed", "shown"),
    [(0, False, False, False), (7, False, False, False), (8, True, False, False), (29, True, False, False), (30, True, True, False),
     (59, True, True, False), (60, True, True, True)],
)  # fmt: skip
def test_the_gates(n: int, sensitivity: bool, speed: bool, shown: bool) -> None:
    one = found(given_by(n, slope=1.9, speed=1.6, noise=0.1))
    assert (one.sensitivity != 1.0, one.speed != 1.0, one.show_speed) == (sensitivity, speed, shown)
    assert (one.sensitivity_80 is not None, one.speed_80 is not None) == (sensitivity, speed)
    assert one.check_ins == n


def test_nobody_has_no_answer() -> None:
    assert calibrate({}, NOW_S) == {}


def test_who_takes_it_harder_and_who_recovers_faster_is_found() -> None:
    hard, easy = found(given_by(200, slope=1.8, noise=0.3)), found(given_by(200, slope=0.6, noise=0.3))
    assert easy.sensitivity < 0.8 < 1.4 < hard.sensitivity
    fast, slow = (found(given_by(2000, slope=1.5, speed=speed, noise=0.3)) for speed in (1.5, 0.65))
    assert slow.speed < 0.8 < 1.25 < fast.speed
    for one in (hard, easy, fast, slow):
        assert one.sensitivity_80 is not None
        assert one.sensitivity_80[0] <= one.sensitivity <= one.sensitivity_80[1]


def test_fewer_answers_stay_nearer_to_the_population() -> None:
    many, few = (found(given_by(n, slope=1.8, noise=0.3)).sensitivity for n in (29, 8))
    assert 1.0 < few < many


def test_the_posterior_is_what_adding_up_everything_possible_gives() -> None:
    """On a grid over (α, g) and every speed: mean of g, belief in each speed and evidence, with weights of age."""
    given = replace(given_by(30, slope=1.3, noise=1.0), at_s=NOW_S - np.linspace(0, 150, 30) * DAY_S)
    alpha, gain = np.meshgrid(np.linspace(-4, 9, 521), np.linspace(-1.5, 3.5, 501), indexing="ij")
    cell = (alpha[1, 0] - alpha[0, 0]) * (gain[0, 1] - gain[0, 0])
    off = np.stack([alpha - DOCUMENTED.mean[0], gain - DOCUMENTED.mean[1]])
    spread = DOCUMENTED.covariance
    prior = np.exp(-0.5 * np.einsum("iab,ij,jab->ab", off, np.linalg.inv(spread), off)) / (2 * np.pi * np.sqrt(np.linalg.det(spread)))
    weight = 2.0 ** (-(NOW_S - given.at_s) / (HALF_LIFE_D * DAY_S))
    speed_prior = np.exp(-0.5 * (np.log(SPEED_GRID) / 0.25) ** 2)
    evidence, gains = [], []
    for place in range(len(SPEED_GRID)):
        likely = np.zeros_like(alpha)
        for y, x, w in zip(given.answer, given.loads[:, place], weight, strict=True):
            likely += w * (-0.5 * np.log(2 * np.pi * DOCUMENTED.noise) - 0.5 * (y - alpha - gain * x) ** 2 / DOCUMENTED.noise)
        mass = np.exp(likely) * prior * cell
        evidence.append(mass.sum() * speed_prior[place] / speed_prior.sum())
        gains.append((mass * gain).sum() / mass.sum())
    belief = np.array(evidence) / np.sum(evidence)
    computed = posterior(given, NOW_S, DOCUMENTED)
    assert computed.belief == pytest.approx(belief, abs=1e-6)
    assert computed.mean[:, 1] == pytest.approx(gains, abs=1e-4)
    assert computed.log_evidence() == pytest.approx(np.log(np.sum(evidence)), abs=1e-6)


def test_an_answer_of_sixty_days_ago_counts_half() -> None:
    """Two of that age weigh as much as a fresh one."""
    fresh, old = given_by(10), given_by(10, age_d=1.0 + HALF_LIFE_D)
    twice = CheckIns(*(np.concatenate([getattr(old, name)] * 2) for name in ("at_s", "answer", "loads")))
    one, two = posterior(fresh, NOW_S, DOCUMENTED), posterior(twice, NOW_S, DOCUMENTED)
    assert two.mean == pytest.approx(one.mean, abs=1e-9)
    assert two.covariance == pytest.approx(one.covariance, abs=1e-9)


def test_what_is_a_year_old_is_nearly_forgotten() -> None:
    recent, old = (found(given_by(40, slope=1.9, noise=0.2, age_d=days)) for days in (1.0, 365.0))
    assert abs(old.sensitivity - 1) < 0.35 * abs(recent.sensitivity - 1)


def test_the_order_of_agents_is_no_matter() -> None:
    agents = {name: given_by(20, slope=slope, seed=seed) for seed, (name, slope) in enumerate((("a", 0.7), ("b", 1.2), ("c", 1.7)))}
    assert calibrate(agents, NOW_S) == calibrate(dict(reversed(agents.items())), NOW_S)


def test_em_climbs_at_every_round() -> None:
    agents = [given_by(40, slope=slope, speed=speed, seed=seed) for seed, (slope, speed) in enumerate(((0.6, 1.4), (1.1, 0.8), (1.9, 1.0)))]
    heights = [objective(agents, NOW_S, fit_population(agents, NOW_S, rounds)) for rounds in range(8)]
    assert all(later >= earlier - 1e-9 for earlier, later in pairwise(heights))
    assert heights[-1] > heights[0] + 0.5


def test_without_agents_the_population_is_the_documented_one() -> None:
    assert fit_population([], NOW_S) is DOCUMENTED
    alone = fit_population([given_by(8)], NOW_S)
    assert alone.mean == pytest.approx(DOCUMENTED.mean, abs=0.1)  # one agent weighs as one of twenty-one
    assert np.sqrt(alone.covariance[1, 1]) == pytest.approx(SENSITIVITY_SD, rel=0.1)


@pytest.mark.parametrize("answer", [0.0, 10.0, 5.0])
@pytest.mark.parametrize("load", [0.0, 1.0, 50.0])
@pytest.mark.parametrize("n", [8, 40, 400])
def test_answers_that_tell_nothing_break_nothing(answer: float, load: float, n: int) -> None:
    one = found(CheckIns(np.linspace(0, NOW_S, n), np.full(n, answer), np.full((n, len(SPEED_GRID)), load)))
    assert_sound(one)


def assert_sound(one: Personal) -> None:
    assert SENSITIVITY_CLIP[0] <= one.sensitivity <= SENSITIVITY_CLIP[1]
    assert SPEED_CLIP[0] <= one.speed <= SPEED_CLIP[1]
    for low, high in filter(None, (one.sensitivity_80, one.speed_80)):
        assert np.isfinite([low, high]).all()
        assert low <= high


@given(st.integers(0, 2**32), st.integers(0, 70), st.floats(0, 100))
def test_any_answers_give_values_within_the_clips(seed: int, n: int, scale: float) -> None:
    chance = np.random.default_rng(seed)
    loads = scale * np.sort(chance.random((n, len(SPEED_GRID))), axis=1)[:, ::-1]
    assert_sound(found(CheckIns(chance.uniform(0, NOW_S + DAY_S, n), chance.uniform(0, 10, n), loads)))


def test_the_steeper_the_less_plausible_is_clipped() -> None:
    assert found(given_by(300, slope=3.5, noise=0.05)).sensitivity == SENSITIVITY_CLIP[1]
    assert found(given_by(300, slope=-1.0, noise=0.05)).sensitivity == SENSITIVITY_CLIP[0]


def shaped(n: int, value: float) -> FloatArray:
    return np.full(n, value)


@pytest.mark.parametrize(
    ("at_s", "answer", "loads", "says"),
    [
        (shaped(3, 0.0), shaped(3, 5.0), np.zeros((3, 4)), "loads must be of shape"),
        (shaped(3, 0.0), shaped(2, 5.0), np.zeros((3, 9)), "one shape"),
        (shaped(3, np.nan), shaped(3, 5.0), np.zeros((3, 9)), "at_s must be finite"),
        (shaped(3, 0.0), shaped(3, 10.1), np.zeros((3, 9)), "answer must be from 0 to 10"),
        (shaped(3, 0.0), shaped(3, -0.1), np.zeros((3, 9)), "answer must be from 0 to 10"),
        (shaped(3, 0.0), shaped(3, 1.0), np.full((3, 9), -1.0), "loads must not be negative"),
        (shaped(3, 0.0), shaped(3, 1.0), np.full((3, 9), np.inf), "loads must be finite"),
    ],
)
def test_unsound_check_ins_are_refused(at_s: FloatArray, answer: FloatArray, loads: FloatArray, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        CheckIns(at_s, answer, loads)
