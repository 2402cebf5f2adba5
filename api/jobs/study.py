"""A checked what-if: what it simulates, how many replications it takes at most, and how it is answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simulations.scenario import Scenario
from simulations.study import Measure

Answer = Callable[[Measure, Callable[[int], None]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Study:
    """`answer` is given what measures replications, and what is to be told how many they will be once that is better known than `runs`."""

    scenarios: tuple[Scenario, ...]
    runs: int
    answer: Answer

    @property
    def title(self) -> str:
        """The title of the first scenario, on one line of letters that every store and screen takes."""
        return "".join(each if each.isprintable() else " " for each in self.scenarios[0].title)
