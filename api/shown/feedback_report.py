"""How customers felt understood and how reviewers scored, over people who do the same work; nothing of one person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from api.store.feedback import Feedback
from fatigue_model.dynamics import DAY_S
from router.aggregate import WEEK_D, quartiles, this_monday
from simulations.intervals import mean_and_half_width

WEEKS = 13  # a quarter; whole ones by when answers came in, so that two looks do not differ by what came between them
CRITERIA = ("acknowledged", "listened", "clear", "owned")
SCALES = {"felt_understood": (1.0, 10.0)} | dict.fromkeys(CRITERIA, (1.0, 3.0))


class Work(NamedTuple):
    """What makes people comparable: the names of their skills, and their languages."""

    skills: tuple[str, ...]
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Heard:
    """What was said of a group (`work` None: the whole team): each person's mean counts once, whoever was answered about most often.

    `interval` is Student's, 95 %, over people, cut to the scale; quartiles as in `aggregate.quartiles`, None for too few people.
    """

    work: Work | None
    people: int
    answers: int
    mean: float
    interval: tuple[float, float]
    quartiles: tuple[float, float, float] | None


@dataclass(frozen=True, slots=True)
class Measure:
    """One question: the team (None: too few people), its groups, and how many people are in no group that is shown."""

    team: Heard | None
    groups: tuple[Heard, ...]
    hidden: int


def span(now_s: float) -> tuple[float, float]:
    """The last whole weeks (Monday to Sunday, UTC), in seconds."""
    until_d = this_monday(now_s)
    return (until_d - WEEKS * WEEK_D) * DAY_S, until_d * DAY_S


def report(given: Sequence[Feedback], work: Mapping[str, Work], least: int) -> dict[str, Measure]:
    """Every measure over groups of `least` people and more who were answered about. `work` has what each known agent does.

    As in the equity audit, no group is shown where what is left of the team is so small that taking them from the whole would show it.
    """
    return {name: _measure(name, _scores(name, given, work), work, least) for name in SCALES}


def _scores(name: str, given: Sequence[Feedback], work: Mapping[str, Work]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for each in given:
        score = each.felt_understood if name == "felt_understood" else (each.review or {}).get(name)
        if score is not None and each.agent_id is not None and each.agent_id in work:
            found.setdefault(each.agent_id, []).append(score)
    return found


def _measure(name: str, scores: Mapping[str, list[int]], work: Mapping[str, Work], least: int) -> Measure:
    if len(scores) < least:
        return Measure(None, (), 0)
    alike: dict[Work, list[list[int]]] = {}
    for agent_id, mine in scores.items():
        alike.setdefault(work[agent_id], []).append(mine)
    groups = [_heard(name, each, members) for each, members in sorted(alike.items()) if len(members) >= least]
    hidden = len(scores) - sum(group.people for group in groups)
    if 0 < hidden < least:
        groups, hidden = [], len(scores)
    return Measure(_heard(name, None, list(scores.values())), tuple(groups), hidden)


def _heard(name: str, work: Work | None, members: Sequence[list[int]]) -> Heard:
    means = [sum(each) / len(each) for each in members]
    mean, half = mean_and_half_width(means)
    assert mean is not None and half is not None  # a group has two people and more  # noqa: PT018
    low, high = SCALES[name]
    interval = (max(low, mean - half), min(high, mean + half))
    return Heard(work, len(members), sum(len(each) for each in members), mean, interval, quartiles(means))
