"""The equity audit: whole weeks, groups large enough, the numbers of a hand-made team, and nothing that gives one person away."""

from __future__ import annotations

from typing import Any

import pytest

from router.audit import Audit, audit
from router.events import AgentPut
from router.state import TeamState
from router.statement import Rest
from support.build import DAY_S, HOUR_S, contact, team, tell
from support.streams import START_S

MONDAY_S = START_S - 9 * HOUR_S  # the Monday's midnight
NO_BREAKS: dict[str, Any] = {"break_min_s": 0, "break_max_s": 0}


def worked(groups: dict[str, int], hard: dict[str, int] | None = None) -> TeamState:
    """Agents by skill, everybody with an ordinary contact on the Tuesday, some with escalations; the numbers of a group in its names."""
    agents = {f"{skill}-{number:02d}": {"skills": {skill: 3}} for skill, size in groups.items() for number in range(size)}
    state = team(agents, NO_BREAKS)
    for agent_id in agents:
        contact(state, agent_id, START_S + DAY_S)
    for agent_id, count in (hard or {}).items():
        for number in range(count):
            contact(state, agent_id, START_S + 2 * DAY_S + number * HOUR_S, escalated=True)
    return state


def after(state: TeamState, weeks: float = 1, rests: dict[str, list[Rest]] | None = None) -> Audit:
    return audit(state, MONDAY_S + weeks * 7 * DAY_S + HOUR_S, rests or {})


def test_what_lies_on_a_group() -> None:
    rest = Rest("b", ("escalated:T",), START_S + 3 * DAY_S, START_S + 3 * DAY_S, START_S + 3 * DAY_S + 600)
    skipped = Rest("c", ("escalated:T",), START_S + 4 * DAY_S, START_S + 4 * DAY_S, START_S + 4 * DAY_S + 600, skipped=True)
    before = Rest("a", ("escalated:T",), MONDAY_S - 30 * DAY_S, MONDAY_S - 30 * DAY_S, MONDAY_S - 30 * DAY_S + 600)
    found = after(worked({"billing": 10}, {"billing-00": 2}), rests={"billing-00": [before, rest, skipped]})
    assert (found.from_s, found.to_s) == (MONDAY_S - 14 * DAY_S, MONDAY_S + 7 * DAY_S)
    (group,) = found.groups
    assert (group.skills, group.people, found.hidden) == (("billing",), 10, 0)
    assert group.spreads["points"].mean == pytest.approx((10 * 0.03 + 2 * 1.5) / 10)
    assert group.spreads["points"].quartiles == pytest.approx((0.03, 0.03, 0.03))
    assert group.spreads["points"].gini == pytest.approx((3.03 * 9 - 9 * 0.03) / (10 * 3.3))
    assert group.spreads["points_a_day"].mean == pytest.approx((9 * 0.03 + 3.03 / 2) / 10)
    assert group.spreads["hard_contacts"].mean == pytest.approx(0.2)
    assert (group.spreads["breaks_owed"].mean, group.spreads["breaks_taken"].mean) == pytest.approx((0.2, 0.1))
    assert group.spreads["rest_min"].mean == pytest.approx(1.0)
    assert found.team is not None
    assert found.team.spreads == group.spreads


def test_this_week_is_not_told_yet_and_old_weeks_no_more() -> None:
    state = worked({"billing": 10})
    assert after(state, 0).team is None
    assert after(state, 1).team is not None
    assert after(state, 3).team is not None
    assert after(state, 4).team is None


def test_a_small_group_is_not_shown() -> None:
    assert (after(worked({"billing": 9})).team, after(worked({"billing": 9})).groups) == (None, ())
    found = after(worked({"billing": 12, "product": 10}))
    assert [(group.skills, group.people) for group in found.groups] == [(("billing",), 12), (("product",), 10)]


def test_nor_can_it_be_taken_from_the_whole() -> None:
    """Twelve and three: the three would be the team less the twelve."""
    found = after(worked({"billing": 12, "product": 3}))
    assert found.team is not None
    assert (found.groups, found.hidden) == ((), 15)


@pytest.mark.parametrize(("mobile", "shown", "hidden"), [(4, 0, 21), (5, 1, 10)])
def test_what_is_left_of_the_team_is_a_group_large_enough_or_none_is_shown(mobile: int, shown: int, hidden: int) -> None:
    found = after(worked({"billing": 12, "product": 5, "mobile": mobile}))
    assert (len(found.groups), found.hidden) == (shown, hidden)


def test_who_had_no_contact_in_these_weeks_is_not_counted() -> None:
    state = worked({"billing": 10})
    tell(state, AgentPut(state.now_s, "new", "New", {"billing": 3}))
    found = after(state)
    assert found.team is not None
    assert found.team.people == 10
