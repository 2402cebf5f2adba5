"""Whole simulations through the product's own decision path: against a hand-written simpy model of the same desk, and where time goes.

The first row's bar was set from a trial whose loop knew no log, no ledger and no replay. Ours keeps all of them: every event is
folded as in the live service, and every decision can be derived again from the log. That is what limits it: a ticket is some six
events, each of them a turn of arrays and records, where the model by hand changes a few numbers of one person.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from time import process_time
from typing import Any

import simpy
from simpy_desk import Agent, Desk

from router.decide import decide
from router.domain import Decision
from router.state import TeamState
from simulations.engine import simulate
from simulations.opening import World
from simulations.scenario import Scenario, scenario_from

AGAINST_SIMPY, SHARE_BAR = 2.5, 1.0
ROUNDS, SHARE_MAX = 3, 0.5
ALWAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
SKILLS = {"access": 4, "billing": 3, "product": 3}


def desk(agents: int, hours: int) -> Scenario:
    """A call desk from midnight on: half are experienced, 80 % are busy, one call in twenty turns hot, callers wait two minutes."""
    group = {"weekdays": ALWAYS, "shift_start": time(0), "shift_end": time(0)}
    return scenario_from(
        {
            "groups": {
                "senior": {**group, "agents": agents // 2, "skills": SKILLS},
                "junior": {**group, "agents": agents - agents // 2, "skills": dict.fromkeys(SKILLS, 2) | {"access": 3}},
            },
            "accounts": {"count": 100 * agents},
            "demand": {
                "tickets_per_day": hours * 3600 * 0.8 * agents / 480,
                "weekday_weights": [1] * 7,
                "hour_weights": [1] * hours + [0] * (24 - hours),
                "channels": {"phone": 1},
                "priorities": {"normal": 7, "high": 2, "urgent": 1},
            },
            "categories": {name: {"skills": [name]} for name in SKILLS},
            "handling": {"phone": {"mean_s": 480}},
            "patience": {"phone": {"shape": "exponential", "mean_s": 120}},
            "escalation": {"ordinary": 0.05, "difficult": 0.05, "abuse": 0},
            "reopening": {"probability": 0},
            "policy": {"fatigue": {"repeat_points": 0, "past_target_points": 0, "account_weight_points": 0}},  # as by hand
            "run": {"days": 1, "seed": 5},
        }
    )


def run() -> list[dict[str, Any]]:
    return [against_simpy(40, hours=6), share(200, hours=2)]


def against_simpy(agents: int, hours: int) -> dict[str, Any]:
    scenario = desk(agents, hours)
    ours_s, peer_s = [], []
    for _ in range(ROUNDS):
        begun_s = process_time()
        found = simulate(scenario)
        ours_s.append(process_time() - begun_s)
        begun_s = process_time()
        peer = by_hand(scenario)
        peer_s.append(process_time() - begun_s)
    tickets = len(found.world.tickets)
    assert peer.served + peer.left > 0.98 * tickets
    per_s = f"{tickets / min(ours_s):,.0f} tickets/s against {tickets / min(peer_s):,.0f}"
    name = f"{hours} hours of {agents} agents on calls, {tickets:,} tickets, the product's decisions: {per_s}"
    return _row(name, min(peer_s) / min(ours_s), AGAINST_SIMPY, "hand-written simpy model", min(ours_s), min(peer_s))


def by_hand(scenario: Scenario) -> Desk:
    """The same drawn calls through the model written with simpy; drawing them counts on both sides."""
    world = World(scenario, 0)
    agents = [Agent(dict(worker.group.skills)) for worker in world.staff]
    skills_of = {name: kind.skills for name, kind in scenario.categories.items()}
    found = Desk(simpy.Environment(), world.tickets, agents, skills_of)
    found.env.process(found.arrivals(world.start_s))
    found.env.run(until=world.end_s - world.start_s)
    return found


def share(agents: int, hours: int) -> dict[str, Any]:
    """The part of a run's time that passes inside of `decide`: rules, costs, the choice and its writing down, for all that is decided."""
    scenario, spent_s = desk(agents, hours), 0.0

    def timed(state: TeamState, now_s: float, explain: bool) -> Sequence[Decision]:
        nonlocal spent_s
        begun_s = process_time()
        decisions = decide(state, now_s, explain)
        spent_s += process_time() - begun_s
        return decisions

    begun_s = process_time()
    found = simulate(scenario, decided_by=timed)
    whole_s = process_time() - begun_s
    tickets = len(found.world.tickets)
    part = f"{spent_s / whole_s:.0%} of {whole_s / tickets * 1e6:.0f} µs a ticket, {tickets / whole_s:,.0f} tickets/s"
    name = f"{SHARE_MAX:.0%} of a run over the share inside of decide, {agents} agents: {part}"
    return _row(name, SHARE_MAX * whole_s / spent_s, SHARE_BAR, "the whole run", spent_s, whole_s)


def _row(name: str, ratio: float, bar: float, peer: str, ours_s: float, peer_s: float) -> dict[str, Any]:
    return {"name": name, "ratio": ratio, "bar": bar, "peer": peer, "ours_s": ours_s, "peer_s": peer_s}
