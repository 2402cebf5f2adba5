"""Problems for the plan, drawn the way helpdesks are: roles with their skills, shifts, lunches, breaks, debriefs, and tight floors."""

from __future__ import annotations

import numpy as np

from router.plan.problem import Activity, Floor, Member, Problem

SLOTS, SKILLS = 48, 12


def draw(people: int, seed: int, tight: float = 0.93, start_s: float = 0.0) -> Problem:
    """Four hours of five-minute slots, twelve skills. At `tight` 0.93 the floors ask for 63–95 % of those who are on shift, while
    lunches and breaks take away a fifth of everybody's time, so somebody is missing for most of the peak."""
    rng = np.random.default_rng(seed)
    roles = [
        tuple(sorted(f"skill-{each:02d}" for each in rng.choice(SKILLS, int(rng.integers(2, 5)), replace=False)))
        for _ in range(max(4, people // 6))
    ]
    shifts = [(0, SLOTS), (0, SLOTS), (0, SLOTS), (0, 30), (12, SLOTS)]
    members = tuple(
        Member(
            f"agent-{row:03d}", shifts[int(rng.integers(len(shifts)))], roles[int(rng.integers(len(roles)))], (), bool(rng.random() < 0.4)
        )
        for row in range(people)
    )
    activities = [each for member in members for each in _day(member, rng)]
    shuffled = rng.permutation(people)
    for one, other in zip(shuffled[: people // 10], shuffled[people // 10 : 2 * (people // 10)], strict=True):
        activities += _debrief(members[int(one)], members[int(other)])
    return Problem(start_s, 300, SLOTS, members, tuple(activities), _floors(members, tight, rng), tuple([max(1, people // 20)] * SLOTS))


def _day(member: Member, rng: np.random.Generator) -> list[Activity]:
    """Most have a lunch, a quarter a break that is owed, more than half a break that is to be expected."""
    begin, end = member.on
    found = []
    if rng.random() < 0.85:
        found.append(Activity(f"lunch:{member.id}", member.id, "lunch", begin + 6, min(end - 8, begin + 30), 6))
    if rng.random() < 0.25:
        found.append(Activity(f"break:{member.id}", member.id, "break", begin, begin + 6, int(rng.integers(2, 4))))
    if rng.random() < 0.6:
        earliest = min(begin + int(rng.integers(0, 20)), end - 12)
        latest = min(earliest + int(rng.integers(8, 20)), end - 3)
        found.append(Activity(f"expected:{member.id}", member.id, "expected", earliest, latest, int(rng.integers(2, 4))))
    return found


def _debrief(one: Member, other: Member) -> list[Activity]:
    earliest, latest = max(one.on[0], other.on[0]), min(one.on[1], other.on[1]) - 1
    names = (f"debrief:{one.id}", f"debrief:{other.id}")
    window = (earliest, min(latest, earliest + 12), 1)
    return [Activity(names[0], one.id, "debrief", *window, names[1]), Activity(names[1], other.id, "debrief", *window, names[0])]


def _floors(members: tuple[Member, ...], tight: float, rng: np.random.Generator) -> tuple[Floor, ...]:
    """A wave over the four hours, each skill a little above or below it."""
    wave = 0.80 + 0.15 * np.sin(np.pi * np.arange(SLOTS) / SLOTS)
    floors = []
    for skill in (None, *(f"skill-{each:02d}" for each in range(SKILLS))):
        floor = Floor(skill, ())
        there = np.array([sum(each.there(slot) for each in members if floor.counts(each)) for slot in range(SLOTS)])
        share = np.clip(tight * wave * (0.95 if skill is None else rng.uniform(0.85, 1.08)), 0, 1)
        floors.append(Floor(skill, tuple(int(each) for each in np.floor(there * share + rng.uniform(0, 1)))))
    return tuple(floors)
