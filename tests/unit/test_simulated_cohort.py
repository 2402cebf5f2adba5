"""The simulated cohort behind the facts: what arrives, and loads that are exact at every instant."""

from __future__ import annotations

import numpy as np
import pytest

from fatigue_model.dynamics import Mode, advance, line
from fatigue_model.evidence.cohort import WEEKDAYS, simulate
from fatigue_model.evidence.shift import BREAKS_MIN, QUEUE_MIN, SHIFT_MIN, SHIFT_S, Contacts, People, arrivals, mean_points_per_min, work
from fatigue_model.params import DEFAULTS
from fatigue_model.superposition import Passage, Stretch


def one_shift(*given: tuple[float, float], severe: bool = False, break_s: float = 0.0, start: tuple[float, float] = (0.0, 0.0)):  # type: ignore[no-untyped-def]
    """One person's shift with contacts of (second, points)."""
    at_s = np.array([[each] for each, _ in given] + [[np.inf]])
    points = np.array([[each] for _, each in given] + [[0.0]])
    contacts = Contacts(at_s, points, np.full(at_s.shape, severe))
    return work(np.array(start[:1]), np.array(start[1:]), contacts, DEFAULTS, People(), break_s)


def test_arrivals_are_as_described() -> None:
    """6 ordinary contacts an hour at the queue, 10 mild a day, half a severe one of 1.5 points a day: 1.29 + 2 + .75 points a day."""
    days = simulate(np.random.default_rng(7), 200, 8, DEFAULTS)
    assert mean_points_per_min(DEFAULTS) * QUEUE_MIN == pytest.approx(0.03 * 6 * QUEUE_MIN / 60 + 10 * 0.2 + 0.5 * 1.5)
    assert days.points.mean() == pytest.approx(mean_points_per_min(DEFAULTS) * QUEUE_MIN, rel=0.03)
    assert days.severe.sum(axis=1).mean() == pytest.approx(0.5, rel=0.05)
    np.testing.assert_allclose(days.queue_s, 60.0 * QUEUE_MIN, rtol=1e-12)
    assert SHIFT_MIN - 50 == QUEUE_MIN


def test_arrivals_come_in_order_and_severe_ones_have_their_size() -> None:
    contacts = arrivals(np.random.default_rng(1), 500, DEFAULTS, 1.0)
    assert np.all(contacts.at_s[:-1] <= contacts.at_s[1:])
    assert np.all(np.isinf(contacts.at_s[-1]))
    sizes = contacts.points[contacts.severe & np.isfinite(contacts.at_s)]
    assert sizes.mean() == pytest.approx(1.5, rel=0.1)
    assert sizes.std() == pytest.approx(1.5 / np.sqrt(6), rel=0.15)


def test_equal_chance_gives_equal_days() -> None:
    one, two, other = (simulate(np.random.default_rng(seed), 3, 1, DEFAULTS) for seed in (5, 5, 6))
    assert np.array_equal(one.acute, two.acute)
    assert not np.array_equal(one.acute, other.acute)


def test_loads_by_minute_are_what_superposition_finds() -> None:
    chance = np.random.default_rng(2)
    given = sorted((float(at), float(size)) for at, size in zip(chance.uniform(0, SHIFT_S, 40), chance.gamma(1, 0.5, 40), strict=True))
    edges = [0.0, *(60.0 * each for start, length in BREAKS_MIN for each in (start, start + length))]
    shift = one_shift(*given)
    for minute in (1, 59, 125, 130, 250, 300, 365, 480):
        until = 60.0 * minute
        starts = [each for each in edges if each < until]
        stretches = [
            Stretch(start, end, int(Mode.BREAK if index % 2 else Mode.QUEUE), DEFAULTS)
            for index, (start, end) in enumerate(zip(starts, [*starts[1:], until], strict=True))
        ]
        taken = [(at, size) for at, size in given if at <= until and not any(60 * s <= at < 60 * (s + d) for s, d in BREAKS_MIN)]
        left, sizes = Passage(stretches).left([at for at, _ in taken]), np.array([size for _, size in taken])
        assert shift.acute[minute - 1, 0] == pytest.approx(float(left.acute @ sizes), rel=1e-12)
        assert shift.carried[minute - 1, 0] == pytest.approx(float(left.carried @ sizes), rel=1e-12)


def test_time_above_the_line_is_what_steps_of_a_second_find() -> None:
    given = ((600.5, 2.5), (1200.25, 0.7), (13_000.0, 3.0), (20_000.0, 1.0))
    acute, carried, above, index = 0.0, 1.0, 0, 0
    for second in range(int(SHIFT_S)):
        resting = any(60 * start <= second < 60 * (start + length) for start, length in BREAKS_MIN)
        acute, carried = map(float, advance(acute, carried, Mode.BREAK if resting else Mode.QUEUE, 1.0, DEFAULTS))
        if index < len(given) and given[index][0] < second + 1:
            acute, index = acute + given[index][1], index + 1
        above += not resting and acute > line(carried, DEFAULTS)
    shift = one_shift(*given, start=(0.0, 1.0))
    assert above > 3600
    assert shift.above_s[0] == pytest.approx(above, abs=10)  # each stretch above is off by a second at most


def test_a_break_follows_a_severe_contact_and_what_comes_meanwhile_goes_to_others() -> None:
    without, relieved = (one_shift((3000.0, 1.0), (3300.0, 0.2), severe=True, break_s=each) for each in (0.0, 900.0))
    assert (without.points[0], relieved.points[0]) == (1.2, 1.0)
    assert (without.queue_s[0], relieved.queue_s[0]) == (60.0 * QUEUE_MIN, 60.0 * QUEUE_MIN - 900)
    rested = advance(*advance(1.0, 0.0, Mode.BREAK, 900.0, DEFAULTS), Mode.QUEUE, 300.0, DEFAULTS)
    assert (relieved.acute[69, 0], relieved.carried[69, 0]) == pytest.approx(rested, rel=1e-12)


def test_a_break_follows_a_load_of_four_thirds_of_the_line() -> None:
    below, above = (one_shift((3000.0, size), break_s=900.0) for size in (1.99, 2.01))
    assert (below.queue_s[0], above.queue_s[0]) == (60.0 * QUEUE_MIN, 60.0 * QUEUE_MIN - 900)


def test_a_vacation_is_time_off_after_a_friday() -> None:
    usual, rested = (simulate(np.random.default_rng(4), 2, 2, DEFAULTS, weeks_off_after=each) for each in ({}, {0: 1}))
    assert np.array_equal(usual.opening[:WEEKDAYS], rested.opening[:WEEKDAYS])
    assert np.all(rested.opening[WEEKDAYS] < 0.1 * usual.opening[WEEKDAYS])
