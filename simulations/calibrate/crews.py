"""Who is at work when, and people who can do the same: crews by the skill they use most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from simulations.calibrate.attendance import SELDOM, SHARE_MIN
from simulations.calibrate.roster import Stint, at_work, stints
from simulations.history import Case
from simulations.hours import Span

FloatArray = NDArray[np.float64]
PEOPLE_MIN = 3  # fewer make shifts of parts of a person


@dataclass(frozen=True, slots=True)
class Crew:
    """People whose main skill is the same ("" where the log tells none): how many, what at least half of them do, their numbers at work.

    `curve` has shape (7, 48), Monday first.
    """

    skill: str
    people: int
    skills: tuple[str, ...]
    curve: FloatArray
    stints: tuple[Stint, ...]


def crews(
    cases: Sequence[Case], spans: Mapping[str, Sequence[Span]], zone: ZoneInfo, days_of_weekday: NDArray[np.int64]
) -> tuple[Crew, ...]:
    """The crews of everybody who has spans at work, the largest first. A crew of fewer than `PEOPLE_MIN` joins the largest."""
    done = _done(cases)
    members: dict[str, list[str]] = {}
    for agent_id in sorted(spans):
        mine = done.get(agent_id, Counter())
        main = min(mine, key=lambda skill: (-mine[skill], skill)) if mine else ""
        members.setdefault(main, []).append(agent_id)
    largest = max(members, key=lambda skill: (len(members[skill]), skill), default="")
    for skill in [skill for skill in members if skill != largest]:
        if len(members[skill]) < PEOPLE_MIN:
            members[largest] += members.pop(skill)
    found = []
    for skill, people in members.items():
        curve = _curve(people, spans, zone, days_of_weekday)
        found.append(Crew(skill, len(people), _common(people, done, skill), curve, tuple(stints(curve))))
    return tuple(sorted(found, key=lambda crew: (-crew.people, crew.skill)))


def _curve(people: Sequence[str], spans: Mapping[str, Sequence[Span]], zone: ZoneInfo, days: NDArray[np.int64]) -> FloatArray:
    return at_work((span for agent_id in people for span in spans[agent_id]), zone, days)


def _done(cases: Sequence[Case]) -> dict[str, Counter[str]]:
    """How many cases of each skill everybody worked on."""
    found: dict[str, Counter[str]] = {}
    for case in cases:
        if not case.other_work:
            for agent_id in {step.agent_id for step in case.steps if step.agent_id is not None}:
                found.setdefault(agent_id, Counter()).update(case.skills)
    return found


def _common(people: Sequence[str], done: Mapping[str, Counter[str]], main: str) -> tuple[str, ...]:
    """The skills of the crew: its main one, and each that at least half of those who did enough to tell use."""
    told = [done[agent_id] for agent_id in people if sum(done.get(agent_id, Counter()).values()) >= SELDOM]
    uses = Counter(skill for mine in told for skill, count in mine.items() if count >= SHARE_MIN * sum(mine.values()))
    common = {skill for skill, count in uses.items() if 2 * count >= len(told)}
    return tuple(sorted({*common, main} - {""}))
