"""What a scenario lets be staffed: prices as the runs themselves count them, ranges, and a guess that is of the right size."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest

from simulations.run import measured
from simulations.scenario import Scenario
from simulations.staffing_scenario import range_of, space_of, staffed
from support.scenarios import ALWAYS, busy_team, plain_queue

TWO_SHIFTS: dict[str, Any] = {
    "early": {"agents": 3, "weekdays": ALWAYS, "shift_start": time(6), "shift_end": time(14)},
    "night": {"agents": 3, "weekdays": ALWAYS, "shift_start": time(22), "shift_end": time(6)},
}


@pytest.mark.parametrize("scenario", [busy_team(), busy_team(groups=TWO_SHIFTS, run={"warm_up_days": 1})])
def test_people_cost_what_the_run_says_that_they_cost(scenario: Scenario) -> None:
    space, _ = space_of(scenario, {})
    counts = tuple(2 + place for place in range(len(scenario.groups)))
    assert space.cost(counts) == pytest.approx(measured(staffed(scenario, counts), 0)["staff_usd"])


def test_other_people_and_nothing_else() -> None:
    scenario = busy_team()
    other = staffed(scenario, (5, 1))
    assert [group.agents for group in other.groups.values()] == [5, 1]
    assert staffed(other, (2, 2)) == scenario


def test_named_groups_vary_and_the_others_stay() -> None:
    space, start = space_of(busy_team(), {"second": (2, 6)})
    assert (space.lowest, space.highest) == ((2, 2), (2, 6))
    assert all(low <= count <= high for low, count, high in zip(space.lowest, start, space.highest, strict=True))
    free, _ = space_of(busy_team(), {"second": None})
    assert (free.lowest, free.highest[0]) == ((2, 1), 2)
    assert free.highest[1] >= 8
    with pytest.raises(ValueError, match=r"third: no group of the scenario; there are first, second"):
        space_of(busy_team(), {"third": None})


@pytest.mark.parametrize(("offered", "least", "most"), [(4.0, 5, 8), (20.0, 21, 29)])
def test_the_guess_for_calls_around_the_clock_is_a_little_above_their_erlangs(offered: float, least: int, most: int) -> None:
    """Erlang C for 80 % within a minute, over 85 % of time at the queue."""
    scenario = plain_queue(agents=1, offered_erlangs=offered, policy={"automation": {"categories": []}})
    _, start = space_of(scenario, {})
    assert least <= start[0] <= most


def test_people_are_guessed_for_the_shift_that_has_the_work() -> None:
    hours = [0.0] * 24
    hours[22] = hours[23] = hours[2] = 3.0
    hours[8] = 1.0
    scenario = busy_team(groups=TWO_SHIFTS, demand={"hour_weights": hours, "channels": {"phone": 1}, "tickets_per_day": 400}, categories={})
    _, start = space_of(scenario, {})
    assert start[1] > start[0]


def test_a_range_is_a_group_or_a_group_and_two_numbers() -> None:
    assert range_of("night") == ("night", None)
    assert range_of("night=3") == ("night", (3, 3))
    assert range_of("night=2..6") == ("night", (2, 6))


@pytest.mark.parametrize("text", ["night=6..2", "night=0..3", "night=2..1001", "night=two", "=3", "night=2.."])
def test_a_range_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="allowed"):
        range_of(text)
