"""How much a scenario asks for, known before anything is drawn: agents, and tickets that are expected in one run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta

from simulations.hours import instant
from simulations.profile import profile
from simulations.reference import Reference
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
    """Without the tickets that come back, which were counted when they came first. A textbook queue has no agents to choose among."""
    run = scenario.run
    if scenario.reference is not None:
        return Size(1, _customers(scenario.reference))
    start_s, end_s = (instant(day, time(0), run.time_zone) for day in (run.start, run.first_day + timedelta(days=run.days)))
    return Size(scenario.agent_count, float(profile(scenario, start_s, end_s)[1][-1]))


def _customers(queue: Reference) -> float:
    rate_per_s = sum(flow.rate_per_s for flow in queue.flows) or queue.servers / queue.service.mean
    return rate_per_s * (queue.counted_s + queue.before_s)
