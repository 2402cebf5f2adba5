"""When people of the past were at work and what they could do: assumed from what the log shows them doing.

A log does not say who was at work. We take each agent to be there on every local day on which the log shows them doing
something, for the hours of the map's working day, and before or after it from their first act until a minute after
their last. This leaves out who was at work without a trace, and gives whoever did one thing the whole day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from simulations.columns import ColumnMap
from simulations.history import Case
from simulations.hours import Span, instant, joined

LINGER_S = 60.0
SKILL_LEVEL = 3  # of 5; the log says that they did it, not how well
ASSUMED = (
    "each agent is at work on every day on which the log shows them doing something, for the hours of the map's [work]; "
    "their skills are those of the tickets they worked on; they hold as many tickets at once as it takes"
)


def presence(cases: Iterable[Case], columns: ColumnMap) -> dict[str, tuple[Span, ...]]:
    """For each agent of the log, by id, the spans at work in order."""
    zone_name = columns.work.time_zone or columns.time_zone or "UTC"
    zone = ZoneInfo(zone_name)
    days: dict[str, dict[date, tuple[float, float]]] = {}
    for case in cases:
        for step in case.steps:
            if step.agent_id is not None:
                mine, day = days.setdefault(step.agent_id, {}), datetime.fromtimestamp(step.at_s, zone).date()
                first_s, last_s = mine.get(day, (step.at_s, step.at_s))
                mine[day] = (min(first_s, step.at_s), max(last_s, step.at_s))
    hours: dict[date, Span] = {}
    for day in {day for mine in days.values() for day in mine}:
        hours[day] = (instant(day, columns.work.start, zone_name), instant(day, columns.work.end, zone_name))

    def whole(day: date, acts: tuple[float, float]) -> Span:
        return min(acts[0], hours[day][0]), max(acts[1] + LINGER_S, hours[day][1])

    return {agent_id: joined(whole(day, acts) for day, acts in mine.items()) for agent_id, mine in sorted(days.items())}


def skills(cases: Sequence[Case]) -> dict[str, dict[str, int]]:
    """For each agent of the log, by id, the skills of the tickets they worked on."""
    found: dict[str, dict[str, int]] = {}
    for case in cases:
        for step in case.steps:
            if step.agent_id is not None:
                found.setdefault(step.agent_id, {}).update(dict.fromkeys(case.skills, SKILL_LEVEL))
    return dict(sorted(found.items()))
