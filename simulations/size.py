"""How much a scenario asks for, known before anything is drawn: agents, and tickets that are expected in one run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from simulations.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Size:
    """Agents, and expected tickets of one replication, warm-up included. What a run costs grows with their product at most."""

    agents: int
    tickets: float

    def work(self, replications: int) -> float:
        """Agents × tickets × replications."""
        return self.agents * self.tickets * replications


def size_of(scenario: Scenario) -> Size:
    """Without the tickets that come back, which were counted when they came first."""
    run, demand = scenario.run, scenario.demand
    days = (run.start + timedelta(days=day) for day in range(run.warm_up_days + run.days))
    return Size(scenario.agent_count, demand.tickets_per_day * sum(demand.weekday_weights[day.weekday()] for day in days))
