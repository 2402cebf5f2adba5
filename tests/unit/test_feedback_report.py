"""The report on feedback: each person once, intervals over people, groups large enough, and nothing that gives one person away."""

from __future__ import annotations

import pytest
from scipy import stats

from api.shown.feedback_report import CRITERIA, SCALES, Work, report, span
from api.store.feedback import Feedback
from support.build import DAY_S
from support.streams import START_S


def answers(scores: dict[str, list[int]]) -> list[Feedback]:
    return [
        Feedback(f"{agent_id}/{number}", "T", agent_id, START_S, score, None, None)
        for agent_id, mine in scores.items()
        for number, score in enumerate(mine)
    ]


def at_work(groups: dict[str, int]) -> dict[str, Work]:
    return {f"{skill}-{number:02d}": Work((skill,), ("en",)) for skill, size in groups.items() for number in range(size)}


def test_each_person_counts_once_and_the_interval_is_over_people() -> None:
    """One person with ninety bad answers moves the mean as much as anybody else does."""
    people = at_work({"billing": 10})
    scores = {agent_id: [6 + number % 4] for number, agent_id in enumerate(people)} | {"billing-00": [1] * 90}
    found = report(answers(scores), people, 10)["felt_understood"]
    assert found.team is not None
    means = [1.0] + [6 + number % 4 for number in range(1, 10)]
    assert (found.team.people, found.team.answers, found.team.mean) == (10, 99, pytest.approx(sum(means) / 10))
    exact = stats.t.interval(0.95, 9, loc=sum(means) / 10, scale=stats.sem(means))
    assert found.team.interval == pytest.approx(exact)
    assert found.team.quartiles == pytest.approx((6.3, 7.1, 8.3))
    (group,) = found.groups
    assert (group.work, group.mean, found.hidden) == (Work(("billing",), ("en",)), found.team.mean, 0)


def test_an_interval_ends_where_the_scale_ends() -> None:
    people = at_work({"billing": 10})
    scores = {agent_id: [10] for agent_id in people} | {"billing-00": [1]}
    found = report(answers(scores), people, 10)["felt_understood"].team
    assert found is not None
    assert found.interval[0] > 1
    assert found.interval[1] == 10


def test_a_small_group_is_not_shown_nor_can_it_be_taken_from_the_whole() -> None:
    few = at_work({"billing": 9})
    assert report(answers({each: [5] for each in few}), few, 10)["felt_understood"].team is None
    mixed = at_work({"billing": 12, "product": 3})
    found = report(answers({each: [5] for each in mixed}), mixed, 10)["felt_understood"]
    assert found.team is not None
    assert (found.team.people, found.groups, found.hidden) == (15, (), 15)
    both = at_work({"billing": 12, "product": 10})
    shown = report(answers({each: [5] for each in both}), both, 10)["felt_understood"]
    assert [(each.work, each.people) for each in shown.groups] == [(Work(("billing",), ("en",)), 12), (Work(("product",), ("en",)), 10)]


@pytest.mark.parametrize(("mobile", "shown", "hidden"), [(4, 0, 21), (5, 1, 10)])
def test_what_is_left_of_the_team_is_a_group_large_enough_or_none_is_shown(mobile: int, shown: int, hidden: int) -> None:
    people = at_work({"billing": 12, "product": 5, "mobile": mobile})
    found = report(answers({each: [5] for each in people}), people, 10)["felt_understood"]
    assert (len(found.groups), found.hidden) == (shown, hidden)


def test_each_question_needs_its_own_people() -> None:
    """Ten were rated by customers and nine by reviewers: the nine are not told of."""
    people = at_work({"billing": 10})
    review = dict.fromkeys(CRITERIA, 2)
    reviews = [Feedback(f"r{each}", "T", each, START_S, None, review, None) for each in list(people)[:9]]
    found = report(answers({each: [5] for each in people}) + reviews, people, 10)
    assert found["felt_understood"].team is not None
    assert all(found[name].team is None for name in CRITERIA)
    whole = report([*reviews, Feedback("last", "T", "billing-09", START_S, None, review | {"clear": 3}, None)], people, 10)
    assert {name: whole[name].team.mean for name in CRITERIA} == {name: 2.1 if name == "clear" else 2.0 for name in CRITERIA}  # type: ignore[union-attr]
    assert set(found) == set(SCALES)


def test_who_is_not_known_or_had_no_answer_is_not_counted() -> None:
    people = at_work({"billing": 10})
    given = [*answers({each: [5] for each in people}), Feedback("x", "T", "gone", START_S, 1, None, None), *answers({"billing-00": []})]
    found = report(given, people, 10)["felt_understood"].team
    assert found is not None
    assert (found.people, found.mean) == (10, 5.0)


def test_the_span_is_of_whole_weeks_and_does_not_move_within_one() -> None:
    from_s, to_s = span(START_S)
    assert to_s - from_s == 13 * 7 * DAY_S
    assert span(START_S + 6 * DAY_S) == (from_s, to_s)
    assert span(START_S + 7 * DAY_S) == (from_s + 7 * DAY_S, to_s + 7 * DAY_S)
