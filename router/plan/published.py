"""A plan as it is published and kept: who is to have what when, in instants, and how well the team is covered meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from router.plan.check import present
from router.plan.problem import BREAK, LUNCH, RESTS, Problem
from router.plan.solve import Solution

SHOWN = frozenset({BREAK, LUNCH})  # to others than the agent: what is expected would tell their load, and a debrief is theirs alone


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that an agent is to have from `start_s` to `end_s`; `partner_id` is the other one of a debrief."""

    agent_id: str
    kind: str
    start_s: float
    end_s: float
    partner_id: str | None = None


@dataclass(frozen=True, slots=True)
class Cover:
    """How many with a skill (None: of anybody) are needed in each slot, and how many are there but for what `SHOWN` entries take."""

    skill: str | None
    need: tuple[int, ...]
    there: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan in force from `start_s` to `end_s`. No plan costs less than `bound`; `reserve` are kept for hot tickets, `unmet` found no
    room."""

    start_s: float
    end_s: float
    slot_s: int
    status: str
    price: int
    bound: int
    entries: tuple[Entry, ...] = ()
    cover: tuple[Cover, ...] = ()
    reserve: tuple[str, ...] = ()
    unmet: tuple[str, ...] = ()

    @property
    def gap(self) -> float:
        """How much cheaper the best plan could be at most, as a share of this one's price."""
        return (self.price - self.bound) / self.price if self.price else 0.0

    def ahead(self, agent_id: str, now_s: float) -> Iterator[Entry]:
        """What an agent still has before them, or is in, the earliest first."""
        return (each for each in self.entries if each.agent_id == agent_id and each.end_s > now_s)

    def without(self, agent_id: str) -> Plan:
        """The plan without what it says of an agent."""
        entries = (replace(each, partner_id=None) if each.partner_id == agent_id else each for each in self.entries)
        kept = tuple(each for each in entries if each.agent_id != agent_id)
        return replace(self, entries=kept, reserve=tuple(each for each in self.reserve if each != agent_id))

    def next_break_s(self, agent_id: str, now_s: float) -> float | None:
        """When the next break or lunch of an agent is planned to begin."""
        return next((each.start_s for each in self.ahead(agent_id, now_s) if each.kind in RESTS and each.start_s > now_s), None)


def publish(problem: Problem, solution: Solution, unmet: tuple[str, ...] = (), kept: tuple[str, ...] = ()) -> Plan:
    """A solution in instants. Those in `kept` stay the reserve while they are fresh and at work; then who is away least, by id."""
    starts, by_id = solution.starts, {each.id: each for each in problem.activities}

    def instant(slot: int) -> float:
        return problem.start_s + slot * problem.slot_s

    entries = [
        Entry(
            each.member_id,
            each.kind,
            instant(starts[each.id]),
            instant(starts[each.id] + each.length),
            by_id[each.partner].member_id if each.partner else None,
        )
        for each in problem.activities
        if each.id in starts
    ]
    return Plan(
        problem.start_s,
        instant(problem.slots),
        problem.slot_s,
        solution.status,
        solution.price,
        solution.bound,
        tuple(sorted(entries, key=lambda each: (each.start_s, each.agent_id, each.kind))),
        tuple(_cover(problem, starts)),
        _reserve(problem, starts, kept),
        unmet,
    )


def _cover(problem: Problem, starts: Mapping[str, int]) -> Iterator[Cover]:
    shown = {each.id: starts[each.id] for each in problem.activities if each.kind in SHOWN and each.id in starts}
    there = present(problem, shown)
    for floor in problem.floors:
        group = [each.id for each in problem.members if floor.counts(each)]
        yield Cover(floor.skill, floor.need, tuple(sum(there[each][slot] for each in group) for slot in range(problem.slots)))


def _reserve(problem: Problem, starts: Mapping[str, int], kept: Iterable[str]) -> tuple[str, ...]:
    there, fresh = present(problem, starts), [each.id for each in problem.members if each.fresh]
    fresh.sort(key=lambda each: (each not in kept, -sum(there[each]), each))
    return tuple(fresh[: max(problem.reserve, default=0)])


def plan_from(values: Mapping[str, Any]) -> Plan:
    """The plan that `plain` wrote down."""
    parts = {
        "entries": tuple(Entry(**each) for each in values["entries"]),
        "cover": tuple(Cover(each["skill"], tuple(each["need"]), tuple(each["there"])) for each in values["cover"]),
        "reserve": tuple(values["reserve"]),
        "unmet": tuple(values["unmet"]),
    }
    return Plan(**{**values, **parts})
