"""The equity audit: how evenly exposure, hard contacts and breaks lie on people who could do the same work; no number of a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fatigue_model.dynamics import DAY_S
from router.aggregate import WEEK_D, gini, quartiles, this_monday
from router.person import Entry, Person
from router.state import TeamState
from router.statement import Rest

WEEKS = 3  # whole weeks that the ledger, a month long, holds on any day of the week


@dataclass(frozen=True, slots=True)
class Spread:
    """How an amount lies on the people of a group: mean, quartiles (each a mean of several people, see `aggregate.quartiles`; None for too
    few; never the least or the most, which are one person's), Gini index (None where nobody has anything)."""

    mean: float
    quartiles: tuple[float, float, float] | None
    gini: float | None


@dataclass(frozen=True, slots=True)
class Group:
    """People with the same skills and languages (both None: the whole team), and what lies on them over the weeks.

    `points` raw, `points_a_day` for each day that they worked (see `shifts.day_worked`), `hard_contacts`, `breaks_owed` (begun to be owed
    in these weeks), `breaks_taken` and `rest_min`, minutes in them.
    """

    skills: tuple[str, ...] | None
    languages: tuple[str, ...] | None
    people: int
    spreads: dict[str, Spread]


@dataclass(frozen=True, slots=True)
class Audit:
    """`team` None: too few people. `hidden`: people in no group that is shown, for theirs is too small to hide everyone in it."""

    from_s: float
    to_s: float
    team: Group | None
    groups: tuple[Group, ...]
    hidden: int


def audit(state: TeamState, now_s: float, rests: Mapping[str, Sequence[Rest]]) -> Audit:
    """The last whole weeks (Monday to Sunday, UTC) of everybody who had a contact in them. `rests` holds each agent's breaks.

    A group under `aggregate_min_group` people is not shown; nor are the groups where what is left of the team is so small that taking
    them from the whole would show it.
    """
    to_d = this_monday(now_s)
    from_d = to_d - WEEKS * WEEK_D
    span, least = (from_d * DAY_S, to_d * DAY_S), state.policy.aggregate_min_group
    people = [person for person in state.agents.people if _contacts(person, span)]
    amounts = [_amounts(person, rests.get(person.id, ()), span) for person in people]
    alike: dict[tuple[tuple[str, ...], tuple[str, ...]], list[dict[str, float]]] = {}
    for person, found in zip(people, amounts, strict=True):
        alike.setdefault((tuple(sorted(person.skills)), tuple(sorted(person.languages))), []).append(found)
    groups = [_group(*key, members) for key, members in sorted(alike.items()) if len(members) >= least]
    hidden = len(amounts) - sum(group.people for group in groups)
    if 0 < hidden < least:
        groups, hidden = [], len(amounts)
    team = _group(None, None, amounts) if len(amounts) >= least else None
    return Audit(*span, team, tuple(groups), hidden)


def _contacts(person: Person, span: tuple[float, float]) -> list[Entry]:
    return [each for each in person.entries if span[0] <= each.ended_s < span[1]]


def _amounts(person: Person, rests: Sequence[Rest], span: tuple[float, float]) -> dict[str, float]:
    from_s, to_s = span
    contacts = _contacts(person, span)
    points, days = sum(each.points for each in contacts), {each.day for each in contacts}
    owed = [each for each in rests if from_s <= each.since_s < to_s]
    taken = [each for each in owed if not each.skipped]
    return {
        "points": points,
        "points_a_day": points / len(days),
        "hard_contacts": sum(each.hard for each in contacts),
        "breaks_owed": len(owed),
        "breaks_taken": len(taken),
        "rest_min": sum(each.end_s - each.start_s for each in taken) / 60,
    }


def _group(skills: tuple[str, ...] | None, languages: tuple[str, ...] | None, members: list[dict[str, float]]) -> Group:
    spreads = {}
    for name in members[0]:
        values = np.array([each[name] for each in members])
        spreads[name] = Spread(float(values.mean()), quartiles(values), gini(values))
    return Group(skills, languages, len(members), spreads)
