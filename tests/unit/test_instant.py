"""The answer by formula: Erlang's own numbers where a week is one steady queue, and the direction of every slider."""

import math

import pytest

from simulations.instant import instant
from simulations.queueing import queue
from simulations.week import AT_THE_QUEUE, WEEK_SLOTS, on_shift, parts, tickets_per_s
from support.scenarios import busy_team, plain_queue

AGENTS, ERLANGS, HANDLE_S = 20, 15.0, 180.0  # 17 of the 20 are at the queue


@pytest.mark.parametrize("patience_s", [None, 240.0])
def test_a_steady_queue_gets_erlangs_numbers(patience_s: float | None) -> None:
    patience = {} if patience_s is None else {"patience": {"phone": {"mean_s": patience_s}}}
    found = instant(plain_queue(AGENTS, ERLANGS, HANDLE_S, **patience))
    exact = queue(ERLANGS / HANDLE_S, HANDLE_S, 17, patience_s)
    assert found.busy == pytest.approx(ERLANGS / 17)
    assert (found.live_within, found.live_wait_s) == pytest.approx((exact.within(60), exact.mean_wait_s))
    assert found.live_left == (None if patience_s is None else pytest.approx(exact.abandonment)), "who has all patience gives nothing up"
    assert found.on_shift_most == pytest.approx(AT_THE_QUEUE * AGENTS)


def test_people_between_two_whole_numbers_lie_between_their_answers() -> None:
    fewer, found, more = (instant(plain_queue(agents, ERLANGS, HANDLE_S)) for agents in (20, 21, 22))
    waits = [each.live_wait_s or math.nan for each in (fewer, found, more)]
    assert waits[0] > waits[1] > waits[2]


def test_a_queue_without_end_has_no_mean_wait_and_nothing_live_no_answer() -> None:
    assert instant(plain_queue(AGENTS, 18.0, HANDLE_S)).live_wait_s is None
    written = instant(busy_team(demand={"channels": {"chat": 0, "phone": 0}}))
    assert (written.live_within, written.live_wait_s, written.live_left) == (None, None, None)
    assert written.busy is not None


def test_every_slider_moves_the_answer_the_right_way() -> None:
    base = instant(busy_team()).busy or math.nan
    assert instant(busy_team(groups={"first": {"agents": 3}})).busy < base
    assert instant(busy_team(demand={"tickets_per_day": 90})).busy > base
    assert instant(busy_team(policy={"automation": {"categories": []}})).busy > base
    assert instant(busy_team(wrap_up={"phone": {"mean_s": 300.0}})).busy > base


def test_the_week_of_formulas_is_the_scenarios_own() -> None:
    scenario = busy_team(demand={"hour_weights": [0] * 18 + [1, 3] + [0] * 28})  # half hours
    rate = tickets_per_s(scenario)
    assert len(rate) == WEEK_SLOTS
    assert rate[18:20].tolist() == pytest.approx([70 / 4 / 1800, 3 * 70 / 4 / 1800])  # a Monday, from nine to ten
    assert rate.sum() * 1800 == pytest.approx(5 * 70)
    groups = list(scenario.groups.values())
    assert on_shift(scenario, groups[0])[15:33].tolist() == [0, *[1] * 16, 0]
    assert {part.able for part in parts(scenario, groups)} == {(0, 1), (1,)}, "a defect needs a skill that one group has"
