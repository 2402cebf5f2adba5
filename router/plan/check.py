"""Reads a plan against its problem without any solver: which rule it breaks, whom it leaves short, whom it moves, what it costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from router.plan.problem import LATE, MOVED, RESTS, SHORT, SHORT_OF_RESERVE, Activity, Member, Problem

Starts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that a plan breaks: for whom, the slot that it found and the one that it allows."""

    rule: str
    activity_id: str
    actual: int | None
    limit: int | None


@dataclass(frozen=True, slots=True)
class Shortfall:
    """So many are missing in a slot: of a skill (None: of anybody), or of the reserve."""

    skill: str | None
    slot: int
    missing: int
    reserve: bool = False


def violations(problem: Problem, starts: Starts) -> tuple[Broken, ...]:
    """Every rule that `starts` (activity id → slot) breaks; empty where the plan holds."""
    return tuple(each for rule in (_placed, _in_shift, _one_at_a_time, _spaced, _together) for each in rule(problem, starts))


def _placed(problem: Problem, starts: Starts) -> Iterator[Broken]:
    for each in problem.activities:
        start = starts.get(each.id)
        if start is None:
            yield Broken("placed_once", each.id, None, each.latest)
        elif not each.earliest <= start <= each.latest:
            yield Broken("placed_once", each.id, start, each.latest if start > each.latest else each.earliest)


def _in_shift(problem: Problem, starts: Starts) -> Iterator[Broken]:
    members = {each.id: each for each in problem.members}
    for each in problem.activities:
        for slot in _span(each, starts):
            member = members[each.member_id]
            if not member.there(slot) or slot >= problem.slots:
                yield Broken("in_shift", each.id, slot, member.on[1])
                break


def _pairs(problem: Problem) -> Iterator[tuple[Activity, Activity]]:
    """Activities of the same member."""
    for one, other in combinations(problem.activities, 2):
        if one.member_id == other.member_id:
            yield one, other


def _one_at_a_time(problem: Problem, starts: Starts) -> Iterator[Broken]:
    for one, other in _pairs(problem):
        both = set(_span(one, starts)) & set(_span(other, starts))
        if both:
            yield Broken("one_at_a_time", other.id, min(both), None)


def _spaced(problem: Problem, starts: Starts) -> Iterator[Broken]:
    for one, other in _pairs(problem):
        if not {one.kind, other.kind} <= RESTS or one.id not in starts or other.id not in starts:
            continue
        first, then = sorted((one, other), key=lambda each: starts[each.id])
        end = starts[first.id] + first.length
        if end <= starts[then.id] < end + problem.spacing:
            yield Broken("spaced", then.id, starts[then.id], end + problem.spacing)


def _together(problem: Problem, starts: Starts) -> Iterator[Broken]:
    for each in problem.activities:
        if each.partner is not None and each.id < each.partner and starts.get(each.id) != starts.get(each.partner):
            yield Broken("together", each.id, starts.get(each.id), starts.get(each.partner))


def _span(activity: Activity, starts: Starts) -> range:
    start = starts.get(activity.id)
    return range(0) if start is None else range(start, start + activity.length)


def present(problem: Problem, starts: Starts) -> dict[str, list[bool]]:
    """Who is there in each slot."""
    there = {each.id: [each.there(slot) for slot in range(problem.slots)] for each in problem.members}
    for each in problem.activities:
        for slot in _span(each, starts):
            if slot < problem.slots:
                there[each.member_id][slot] = False
    return there


def shortfalls(problem: Problem, starts: Starts) -> tuple[Shortfall, ...]:
    """Every slot in which fewer are there than are needed."""
    there, found = present(problem, starts), list[Shortfall]()

    def look(group: list[Member], need: tuple[int, ...], skill: str | None, reserve: bool) -> None:
        for slot, wanted in enumerate(need):
            missing = wanted - sum(there[each.id][slot] for each in group)
            if missing > 0:
                found.append(Shortfall(skill, slot, missing, reserve))

    for floor in problem.floors:
        look([each for each in problem.members if floor.counts(each)], floor.need, floor.skill, False)
    look([each for each in problem.members if each.fresh], problem.reserve, None, True)
    return tuple(found)


def moved(problem: Problem, starts: Starts) -> tuple[str, ...]:
    """The activities that do not begin where the last plan had them."""
    last = dict(problem.last)
    return tuple(each.id for each in problem.activities if each.id in last and starts.get(each.id) != last[each.id])


def price(problem: Problem, starts: Starts) -> int:
    """What a plan costs in the units of `problem`."""
    late = sum(LATE[each.kind] * (starts[each.id] - each.earliest) for each in problem.activities)
    short = sum(each.missing * (SHORT_OF_RESERVE if each.reserve else SHORT) for each in shortfalls(problem, starts))
    return late + short + MOVED * len(moved(problem, starts))
