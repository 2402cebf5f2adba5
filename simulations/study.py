"""What every study is made of: something that measures replications of scenarios, here or on many machines, and may be cancelled."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from simulations.run import measured
from simulations.scenario import Scenario

Numbers = Mapping[str, float]
# what a study hands its scenarios and the numbers of the replications to; it gives each scenario's numbers in that order
Measure = Callable[[Mapping[str, Scenario], Sequence[int]], Mapping[str, Sequence[Numbers]]]


class Cancelled(Exception):
    """Somebody asked a `Measure` to stop. `finished` has the numbers of the first replications that all scenarios were through with."""

    def __init__(self, finished: Mapping[Any, Sequence[Numbers]]) -> None:
        super().__init__("cancelled")
        self.finished = finished


def one_after_another(scenarios: Mapping[str, Scenario], replications: Sequence[int]) -> dict[str, list[dict[str, float]]]:
    """The simplest `Measure`: here, in order."""
    return {name: [measured(scenario, each) for each in replications] for name, scenario in scenarios.items()}
