"""The parts that a simulation is built from: intervals, hours, demand, the agenda, indices and costs."""

import math
from datetime import UTC, date, datetime, time
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from router.aggregate import gini
from simulations.agenda import Agenda, Kind
from simulations.demand import book, tickets
from simulations.hours import Clock, instant, joined, lunches, shifts_of, spans
from simulations.intervals import mean_and_half_width, t_quantile
from simulations.metrics import automation_cost_usd
from simulations.settings import CHANNEL_NAMES, Group
from simulations.streams import Stream, generator
from support.scenarios import busy_team, plain_queue

HOUR_S, DAY_S = 3600.0, 86_400.0


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 9, 10, 19, 100, 999])
@pytest.mark.parametrize("probability", [0.5, 0.9, 0.975, 0.995])
def test_students_t_agrees_with_scipy(freedom: int, probability: float) -> None:
    assert t_quantile(probability, freedom) == pytest.approx(stats.t.ppf(probability, freedom), abs=1e-9)


def test_the_interval_agrees_with_scipy() -> None:
    values = [3.0, 4.5, 2.2, 8.1, 5.0]
    mean, half = mean_and_half_width([*values, math.nan])
    low, high = stats.t.interval(0.95, len(values) - 1, np.mean(values), stats.sem(values))
    assert (mean, half) == (pytest.approx(np.mean(values)), pytest.approx((high - low) / 2))
    assert mean_and_half_width([math.nan]) == (None, None)
    assert mean_and_half_width([2.0]) == (2.0, None)


def test_shifts_keep_local_time_over_a_change_of_clocks() -> None:
    zone = "Europe/Berlin"
    start_s, end_s = (instant(day, time(0), zone) for day in (date(2026, 3, 23), date(2026, 4, 6)))
    found = spans(shifts_of(Group(shift_start=time(9), shift_end=time(17))), zone, start_s, end_s)
    assert len(found) == 10
    assert [datetime.fromtimestamp(start, UTC).hour for start, _ in found] == [8] * 5 + [7] * 5
    assert {end - start for start, end in found} == {8 * HOUR_S}


def test_a_shift_may_pass_midnight_and_one_may_last_all_day() -> None:
    night = Group(shift_start=time(22), shift_end=time(6), weekdays=("mon",))
    start_s = instant(date(2026, 1, 5), time(0), "UTC")
    assert spans(shifts_of(night), "UTC", start_s, start_s + 3 * DAY_S) == ((start_s + 22 * HOUR_S, start_s + 30 * HOUR_S),)
    always = Group(shift_start=time(0), shift_end=time(0), weekdays=("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
    assert spans(shifts_of(always), "UTC", start_s, start_s + 30 * DAY_S) == ((start_s, start_s + 30 * DAY_S),)


def test_lunches_are_staggered_and_lie_within_the_shift() -> None:
    group, start_s = Group(lunch_start=time(12), lunch_min=30, lunch_stagger_min=45), instant(date(2026, 1, 5), time(0), "UTC")
    on_shift = spans(shifts_of(group), "UTC", start_s, start_s + DAY_S)
    assert [lunches(group, place, on_shift, "UTC") for place in range(3)] == [
        (start_s + 12 * HOUR_S,),
        (start_s + 12.75 * HOUR_S,),
        (start_s + 12 * HOUR_S,),
    ]
    assert lunches(group, 0, ((start_s, start_s + 12.2 * HOUR_S),), "UTC") == ()


def test_the_clock_stands_still_while_closed() -> None:
    clock = Clock(joined([(10.0, 20.0), (30.0, 40.0), (20.0, 25.0)]))
    assert clock.elapsed([5, 12, 22, 28, 35], [15, 14, 33, 29, 99]).tolist() == [5, 2, 6, 0, 5]
    assert [clock.after(12, 3), clock.after(22, 4), clock.after(0, 15), clock.after(28, 1)] == [15, 31, 25, 31]
    assert math.isinf(clock.after(0, 26))


def test_arrivals_follow_the_profile() -> None:
    """Expected numbers, by weekday and by hour, within 4 standard deviations of a Poisson number."""
    scenario = plain_queue(
        1, 1.0, demand={"tickets_per_day": 5000, "weekday_weights": [1, 1, 1, 1, 1, 0.5, 0], "hour_weights": [0] * 8 + [3, 1] + [0] * 14}
    )
    drawn = tickets(scenario, 0, book(scenario, 0, 0.0), 0.0, 7 * DAY_S)  # 1 January 1970, a Thursday
    day, hour = np.divmod(drawn.created_s, DAY_S)
    for number, weight in enumerate([1, 1, 0.5, 0, 1, 1, 1]):
        assert abs(np.sum(day == number) - 5000 * weight) <= 4 * math.sqrt(5000 * weight)
    assert np.all((hour >= 8 * HOUR_S) & (hour < 10 * HOUR_S))
    assert np.mean(hour < 9 * HOUR_S) == pytest.approx(0.75, abs=0.02)
    assert np.all(np.diff(drawn.created_s) >= 0)


def test_what_is_drawn_has_the_shares_and_moments_that_were_asked_for() -> None:
    scenario = busy_team(
        demand={"tickets_per_day": 20_000},
        accounts={"count": 100, "arr_mean_usd": 50_000.0},
        handling={"email": {"mean_s": 600, "cv": 0.5}},
    )
    accounts = book(scenario, 0, 0.0)
    drawn = tickets(scenario, 0, accounts, 0.0, 2 * DAY_S)
    mail = drawn.channel == CHANNEL_NAMES.index("email")
    assert mail.mean() == pytest.approx(5 / 9, abs=0.02)
    assert drawn.handle_s[mail].mean() == pytest.approx(600, rel=0.02)
    assert drawn.handle_s[mail].std() / drawn.handle_s[mail].mean() == pytest.approx(0.5, rel=0.05)
    difficult = accounts.difficult[drawn.account]
    assert difficult.mean() == pytest.approx(20 * 2 / (20 * 2 + 80), abs=0.02)
    assert drawn.escalates[difficult].mean() == pytest.approx(0.3, abs=0.02)
    assert drawn.escalates[~difficult].mean() == pytest.approx(0.05, abs=0.01)
    assert drawn.reopen_after_s.mean() == pytest.approx(3 * HOUR_S, rel=0.05)
    assert not drawn.reopens[:, 2:].any()
    assert np.median(accounts.arr_usd) < accounts.arr_usd.mean() == pytest.approx(50_000, rel=0.4)


def test_streams_and_replications_share_no_numbers() -> None:
    firsts = {float(generator(1, replication, stream).random()) for replication in range(5) for stream in Stream}
    assert len(firsts) == 5 * len(Stream)
    assert generator(1, 2, Stream.ACCOUNT).random() == generator(1, 2, Stream.ACCOUNT).random()


def test_the_agenda_orders_by_instant_then_kind_then_entry() -> None:
    agenda = Agenda(end_s=10.0)
    for at_s, kind, who in [
        (5, Kind.ARRIVES, 1),
        (5, Kind.CONTACT_ENDS, 2),
        (5, Kind.ARRIVES, 0),
        (1, Kind.REOPENS, 3),
        (10, Kind.REST, 4),
    ]:
        agenda.enter(at_s, kind, who)
    assert agenda.next_s() == 1
    assert [agenda.take()[1] for _ in range(4)] == [3, 2, 1, 0]
    assert math.isinf(agenda.next_s())


@given(st.integers(0, 10**6), st.decimals(0, 100, places=3))
def test_the_cost_of_automation_is_exact_to_the_cent(resolved: int, price: Decimal) -> None:
    assert abs(automation_cost_usd(resolved, float(price)) - resolved * price) <= Decimal("0.005")
    assert automation_cost_usd(resolved, 0.50) == Decimal(resolved) / 2


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=30))
def test_gini_is_the_mean_difference_over_twice_the_mean(values: list[float]) -> None:
    array = np.array(values)
    if array.sum() > 1e-6:
        pairs = np.abs(array[:, None] - array[None, :]).mean()
        assert gini(array) == pytest.approx(pairs / (2 * array.mean()), abs=1e-9)
    elif array.sum() == 0:
        assert gini(array) is None
