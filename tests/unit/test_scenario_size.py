"""How large a scenario is, against what is drawn."""

from __future__ import annotations

from datetime import time

import pytest

from simulations.opening import World
from simulations.scenario import scenario_from
from simulations.size import size_of
from support.scenarios import busy_team


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"run": {"warm_up_days": 9}},
        {"demand": {"weekday_weights": [0, 1, 0, 0, 0, 0, 0]}},
        {"incidents": [{"day": 1, "at": time(9), "duration_h": 4, "volume_factor": 6}]},
    ],
)
def test_the_expected_tickets_are_those_that_are_drawn(changes: dict[str, object]) -> None:
    told = busy_team(**changes)
    drawn = [len(World(told, replication).tickets) for replication in range(40)]
    found = size_of(told)
    assert found.agents == 4
    assert abs(sum(drawn) / 40 - found.tickets) < 4 * (found.tickets / 40) ** 0.5
    assert found.work(10) == 4 * found.tickets * 10


def test_a_textbook_queue_has_its_customers() -> None:
    queue = {"reference": {"servers": 2, "arrivals_per_s": 1.5, "horizon_s": 1000.0, "warm_up_s": 100.0}}
    assert size_of(scenario_from(queue)).tickets == 1650.0
