"""Under any policy, whatever people answer: nobody works in a break, rotation holds or is named, nobody is stranded, the order is kept."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from router.relax import LADDER
from router.replay import replay
from router.snapshot import dump
from router.state import TeamState
from support.wild_days import WildDay

SEEDS = (1, 3, 4, 6, 9, 10, 13, 18, 19, 27, 42, 974)  # short days that between them meet everything, see the last test


@cache
def day_of(seed: int) -> WildDay:
    return WildDay(seed).run()


@pytest.fixture(scope="module", params=SEEDS)
def day(request: pytest.FixtureRequest) -> WildDay:
    return day_of(request.param)


def test_nobody_is_given_work_in_a_break_or_before_one(day: WildDay) -> None:
    assert len(day.given) > 10
    assert {doing for _, _, doing, *_ in day.given} <= {"ready", "light_duty", "cover"}
    spans = {row: [] for row in range(day.agents)}
    for row, each in day.breaks.values():
        spans[row].append((each.start_s, each.end_s))
    for at_s, record, *_ in day.given:
        assert not any(start_s <= at_s < end_s for start_s, end_s in spans[day.state.agents.row[record["agent_id"]]])


def test_a_break_has_its_minimum_also_where_it_ends_early(day: WildDay) -> None:
    for _, each in day.breaks.values():
        assert each.end_s - max(each.start_s, each.anew_s or each.start_s) >= day.policy["break_min_s"]


def test_rotation_holds_unless_the_decision_says_relaxed(day: WildDay) -> None:
    for _, record, _, escalated, _, handlers in day.given:
        if escalated and handlers == [record["agent_id"]] * day.policy["rotation_after_escalations"]:
            assert "rotation" in record["relaxed"]


def test_nobody_waits_beyond_the_bound_while_anyone_is_free_after_all_has_given_way(day: WildDay) -> None:
    assert day.stranded == []


def test_the_fifth_never_goes_before_the_fourth_of_equal_kind(day: WildDay) -> None:
    assert day.overtaken == []


def test_every_freed_slot_is_solved_again_at_once(day: WildDay) -> None:
    assert day.unsolved == []


def test_nothing_changes_before_the_instant_that_is_told(day: WildDay) -> None:
    assert day.missed == []


def test_the_log_gives_every_decision_and_the_end_state_again(day: WildDay) -> None:
    state = TeamState()
    assert replay(state, day.log).differences == ()
    assert dump(state) == dump(day.state)


def test_the_days_meet_what_the_laws_are_about() -> None:
    """Otherwise the tests above would prove little: every step of the ladder, holds, recalled offers and alarms are among them."""
    seen, overdue, compared = Counter[str](), 0, 0
    for day in map(day_of, SEEDS):
        seen, overdue, compared = seen + day.seen, overdue + day.overdue, compared + day.compared
    assert set(LADDER) <= set(seen)
    assert {"held", "OfferExpired", "QueueAtRisk", "PolicyRelaxed", "cover"} <= set(seen)
    assert overdue > 1000
    assert compared > 20
