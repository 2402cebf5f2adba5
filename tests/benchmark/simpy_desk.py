"""The peer of `engine_bench`: a call desk hand-written with simpy, as one would write it who needs this team and no more.

Calls with skills, priorities and patience; load per agent in closed form; light duty for who is above the line, the bound on load,
rotation after escalations in a row of one account, a break after each hot call. Every call is decided over all agents, in plain Python.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import simpy

from fatigue_model.params import DEFAULTS
from simulations.demand import Tickets

WEIGHT = {"low": 0.5, "normal": 1.0, "high": 3.0, "urgent": 10.0}
QUEUE_RATE, BREAK_RATE = (math.log(2) / (60 * each) for each in (DEFAULTS.acute_half_life_queue_min, DEFAULTS.acute_half_life_break_min))
BREAK_MIN_S, BREAK_MAX_S, ROTATE_AFTER, HARD_LEVEL = 600.0, 900.0, 5, 3


@dataclass
class Agent:
    """One person: load in points as of `as_of_s`, busy with a call or on a break while not `free`."""

    skills: dict[str, int]
    load: float = 0.0
    as_of_s: float = 0.0
    points: float = 0.0
    free: bool = True
    rested_s: float = 0.0

    def load_at(self, now_s: float) -> float:
        return self.load * math.exp(-QUEUE_RATE * (now_s - self.as_of_s))


@dataclass(eq=False)
class Call:
    """A call that waits, or did; `answered` is triggered by who takes it."""

    number: int
    account: int
    skills: tuple[str, ...]
    priority: str
    escalated: bool
    points: float
    since_s: float
    answered: Any = None


@dataclass
class Desk:
    """The whole team. `decisions` counts how often a call was looked at for all agents."""

    env: simpy.Environment
    tickets: Tickets
    agents: list[Agent]
    skills_of: dict[str, tuple[str, ...]]
    queue: list[Call] = field(default_factory=list)
    last: dict[int, list[int]] = field(default_factory=dict)
    served: int = 0
    left: int = 0
    breaks: int = 0
    decisions: int = 0

    def __post_init__(self) -> None:
        self.escalates = self.tickets.escalates[:, 0].tolist()

    def arrivals(self, start_s: float) -> Any:
        drawn = self.tickets
        for number, created_s in enumerate(drawn.created_s.tolist()):
            yield self.env.timeout(created_s - start_s - self.env.now)
            escalated = bool(self.escalates[number] and drawn.at_arrival[number])
            points = DEFAULTS.escalated_points if escalated else DEFAULTS.ordinary_points
            skills = self.skills_of[str(drawn.category[number])]
            self.env.process(
                self.caller(Call(number, int(drawn.account[number]), skills, str(drawn.priority[number]), escalated, points, self.env.now))
            )

    def caller(self, call: Call) -> Any:
        row = self.choose(call)
        if row is not None:
            yield self.env.process(self.contact(call, row))
            return
        call.answered = self.env.event()
        self.queue.append(call)
        found = yield call.answered | self.env.timeout(float(self.tickets.patience_s[call.number, 0]))
        if call.answered in found:
            yield self.env.process(self.contact(call, found[call.answered]))
        else:
            self.queue.remove(call)
            self.left += 1

    def contact(self, call: Call, row: int) -> Any:
        agent, drawn = self.agents[row], self.tickets
        agent.free = False
        yield self.env.timeout(float(drawn.handle_s[call.number, 0]))
        hot = bool(self.escalates[call.number] or drawn.abuse[call.number, 0])
        points = DEFAULTS.escalated_points if hot else call.points
        agent.load, agent.as_of_s = agent.load_at(self.env.now) + points, self.env.now
        agent.points += points
        self.served += 1
        if hot:
            self.last.setdefault(call.account, []).append(row)
            over = math.log2(max(agent.load / DEFAULTS.line_points, 1e-9)) * 60 * DEFAULTS.acute_half_life_break_min
            length_s = min(max(over, BREAK_MIN_S), BREAK_MAX_S)
            self.breaks += 1
            yield self.env.timeout(length_s)
            agent.load, agent.as_of_s = agent.load * math.exp(-BREAK_RATE * length_s), self.env.now
            agent.rested_s = self.env.now
        agent.free = True
        self.take_next()

    def take_next(self) -> None:
        """Whoever got free gives the calls that wait another look, the most urgent first."""
        now_s = self.env.now
        for call in sorted(self.queue, key=lambda each: -WEIGHT[each.priority] * (now_s - each.since_s)):
            row = self.choose(call)
            if row is not None:
                self.queue.remove(call)
                self.agents[row].free = False
                call.answered.succeed(row)
                return

    def choose(self, call: Call) -> int | None:
        """The cheapest of the agents whom no rule keeps off, None where there is nobody."""
        self.decisions += 1
        now_s, line = self.env.now, DEFAULTS.line_points
        hard = call.escalated or call.points >= DEFAULTS.hard_contact_points
        level = HARD_LEVEL if hard else 1
        handlers = self.last.get(call.account, ())[-ROTATE_AFTER:]
        barred = handlers[0] if call.escalated and len(handlers) == ROTATE_AFTER and len(set(handlers)) == 1 else None
        best, best_cost = None, math.inf
        least = min(agent.points for agent in self.agents)
        mean = sum(agent.points for agent in self.agents) / len(self.agents) or 1.0
        for row, agent in enumerate(self.agents):
            if not agent.free or row == barred or any(agent.skills.get(name, 0) < level for name in call.skills):
                continue
            load = agent.load_at(now_s)
            if (hard and load > line) or load + call.points > DEFAULTS.load_bound_ratio * line:
                continue
            cost = 20 * call.points * (1 + load / line)
            cost += 60 * call.points * (agent.points - least) / mean
            cost += min((now_s - agent.rested_s) / 3600, 4.0)
            cost += sum(0.5 * (agent.skills[name] - level) for name in call.skills if agent.skills[name] > level)
            if cost < best_cost:
                best, best_cost = row, cost
        return best
