"""Long days at random, as a team lives them: work arrives, is done, told late or twice or never; nobody gets work in a break."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router import readiness, snapshot
from router.decide import decide, waiting_for
from router.domain import Break
from router.timeline import longest_absence_s
from router.turn import turn
from support.days import HOUR_S, POLICY, Day


@pytest.fixture(scope="module", params=range(4))
def day(request: pytest.FixtureRequest) -> Day:
    return Day(request.param).run()


def test_nobody_is_given_work_in_a_break_or_before_one(day: Day) -> None:
    assert len(day.given) > 100
    assert {doing for _, _, doing, *_ in day.given} <= {"ready", "light_duty", "cover"}
    spans = defaultdict(list)
    for row, each in day.breaks.values():
        spans[day.state.agents.people[row].id].append((each.start_s, each.end_s))
    for at_s, record, *_ in day.given:
        assert not any(start_s <= at_s < end_s for start_s, end_s in spans[record["agent_id"]])


def test_rotation_holds_unless_it_was_relaxed_by_name(day: Day) -> None:
    for _, record, _, escalated, _, handlers in day.given:
        if escalated and handlers == [record["agent_id"]] * POLICY["rotation_after_escalations"]:
            assert "rotation" in record["relaxed"]


def test_never_two_hot_tickets_at_one_time(day: Day) -> None:
    hot = [held for _, record, _, escalated, held, _ in day.given if escalated]
    assert hot
    assert set(hot) == {1}


def test_every_hot_contact_is_followed_by_one_break(day: Day) -> None:
    """By one that began after it, or that was running and began anew, or an absence as long."""
    taken: dict[int, list[Break]] = defaultdict(list)
    for row, each in day.breaks.values():
        taken[row].append(each)
    policy = day.state.policy
    latest_s = policy.pending_deadline_s + policy.coverage_delay_max_s + policy.break_shift_max_s
    hot = [contact for ticket in day.state.tickets.values() for contact in ticket.contacts if contact.hot]
    assert len(hot) > 5
    for contact in hot:
        row = day.state.agents.row[contact.agent_id]
        after = [each for each in taken[row] if each.end_s >= contact.ended_s + policy.break_min_s]
        told_late_s = 405 + latest_s
        rest_s = longest_absence_s(day.state.agents, row, contact.ended_s, day.state.now_s)
        assert any(each.start_s <= contact.ended_s + told_late_s for each in after) or rest_s >= policy.break_min_s
    loads = sum(1 for _, each in day.breaks.values() for why in each.because if why.startswith("load"))
    assert len(day.breaks) <= len(hot) + loads


def test_breaks_do_not_overlap_and_have_their_length(day: Day) -> None:
    for row in range(day.agents):
        mine = sorted((each.start_s, each.end_s) for who, each in day.breaks.values() if who == row)
        assert all(end_s <= start_s for (_, end_s), (start_s, _) in pairwise(mine))
        assert all(end_s - start_s >= day.state.policy.break_min_s for start_s, end_s in mine)


def test_time_alone_asks_for_few_turns(day: Day) -> None:
    assert day.turns < 3 * len(day.log)


def test_at_the_end_nobody_is_pending_and_all_who_wait_have_a_reason(day: Day) -> None:
    state, later_s = day.state, day.state.now_s + 2 * HOUR_S
    assert not [row for row in range(day.agents) if readiness.view(state, row, later_s).state in ("pending", "break")]
    turn(state, [], later_s)
    assert decide(state, later_s) == ()
    assert all(waiting_for(state, state.waiting, later_s).values())


@settings(max_examples=1)
@given(st.integers(100, 10_000))
def test_a_day_with_a_restart_every_hour_is_the_same_day(seed: int) -> None:
    once, again = Day(seed, agents=3).run(), Day(seed, restarts=True, agents=3).run()
    assert once.log == again.log
    assert snapshot.dump(once.state) == snapshot.dump(again.state)
