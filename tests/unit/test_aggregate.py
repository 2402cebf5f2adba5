"""What is said of people together: no quartile, nor any sum and difference of what is told with it, is one person's own number."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from router.aggregate import QUARTILES_FROM, mean_points_last_week, quartiles, this_monday
from support.build import DAY_S, HOUR_S, contact, team
from support.streams import START_S

SIZES = range(QUARTILES_FROM, 42)


def parts(n: int) -> np.ndarray:
    """How much each of `n` people, by rank, counts in each quartile, shape (3, n): what of it goes when they have 0 and those above 1."""
    steps = [quartiles([0.0] * j + [1.0] * (n - j)) for j in range(n + 1)]
    return np.array([np.subtract(mine, less) for mine, less in pairwise(steps)]).T


@pytest.mark.parametrize("n", SIZES)
def test_three_people_and_more_are_in_each_quartile_and_nobody_is_half_of_it(n: int) -> None:
    found = parts(n)
    assert found.sum(axis=1) == pytest.approx([1, 1, 1])
    assert ((found > 1e-9).sum(axis=1) >= 3).all()
    assert found.max() < 0.5
    assert found == pytest.approx(found[::-1, ::-1])  # what is said of the low says as much of the high


@pytest.mark.parametrize("n", SIZES)
def test_nobody_is_what_is_left_of_quartiles_mean_and_gini(n: int) -> None:
    """The Gini index times the mean is a sum over ranks: with quartiles and mean, five sums. No combination of them is one person."""
    told = np.vstack([parts(n), np.ones(n), np.arange(n)])
    for rank in range(n):
        one = np.eye(n)[rank]
        nearest = np.linalg.lstsq(told.T, one, rcond=None)[0] @ told
        assert np.abs(nearest - one).max() > 0.1


def test_a_quartile_of_many_is_about_the_plain_one() -> None:
    amounts = np.random.default_rng(1).gamma(2.0, size=4001)
    assert quartiles(amounts) == pytest.approx(np.quantile(amounts, [0.25, 0.5, 0.75]), rel=0.1)
    low = (0.375 * 1 + 2 + 3 + 0.875 * 4) / 3.25  # from rank 1.625 to 4.875 of thirteen
    assert quartiles(list(range(13))) == pytest.approx((low, 6.0, 12 - low))


def test_of_too_few_none_is_told() -> None:
    assert quartiles([1.0] * (QUARTILES_FROM - 1)) is None
    assert quartiles([1.0] * QUARTILES_FROM) == pytest.approx((1.0, 1.0, 1.0))


@pytest.mark.parametrize(("zone", "after_s"), [("America/Los_Angeles", HOUR_S), ("Pacific/Auckland", -HOUR_S)])
def test_a_week_is_over_for_everybody_at_once(zone: str, after_s: float) -> None:
    """It is Sunday in Los Angeles an hour after the week ended, and Monday in Auckland an hour before: what is told of a week that is over
    changes with nobody's next contact, and lacks nobody's last."""
    people, monday_s = [f"agent-{number}" for number in range(5)], (this_monday(START_S) + 7) * DAY_S
    state = team({each: {"time_zone": zone} for each in people}, {"aggregate_min_group": len(people)})
    for each in people:
        contact(state, each, monday_s - 2 * DAY_S)
    before = mean_points_last_week(state, monday_s)
    for each in people:
        contact(state, each, monday_s + after_s)
    assert before is not None
    assert mean_points_last_week(state, monday_s + DAY_S) == pytest.approx(before * (1 if after_s > 0 else 2))
