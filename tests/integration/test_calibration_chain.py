"""The whole chain: a team whose laws are known is simulated, its log exported and calibrated, and the laws come back."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from simulations.calibrate.fit import Fitted, fit
from simulations.calibrate.hold_out import HOURLY_FROM, MEANS_WITHIN, TRACE, hold_out, split, written
from simulations.calibrate.line import Demand
from simulations.calibrate.scenario_file import scenario_text
from simulations.engine import simulate
from simulations.scenario import Scenario, parse, scenario_from
from support.call_logs import Centre, calls_map, log_of, read_calls, rows_of

MEAN_S, CV, PATIENCE_S, WRAP_UP_S, PER_DAY = 200.0, 0.6, 240.0, 45.0, 400.0
KNOWN = f"""
[groups.team]
agents = 3
weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
shift_start = 08:00:00
shift_end = 18:00:00

[demand]
tickets_per_day = {PER_DAY}
weekday_weights = [1, 1, 1, 1, 1, 1, 1]
hour_weights = [0, 0, 0, 0, 0, 0, 0, 0, 2, 3, 4, 4, 3, 3, 4, 3, 2, 1, 0, 0, 0, 0, 0, 0]
channels = {{ phone = 1 }}

[handling]
phone = {{ shape = "lognormal", mean_s = {MEAN_S}, cv = {CV} }}

[patience]
phone = {{ shape = "exponential", mean_s = {PATIENCE_S} }}

[wrap_up]
phone = {{ shape = "deterministic", mean_s = {WRAP_UP_S} }}

[escalation]
ordinary = 0
difficult = 0
abuse = 0

[reopening]
probability = 0

[run]
start = 2024-01-01
days = 2
seed = 7

[policy]
rotation_after_escalations = 20
hard_streak_max = 100
hot_alone_s = 0
break_min_s = 0
break_max_s = 0
ramp_in = {{ window_s = 0 }}
fatigue = {{ line_points = 20.0, load_bound_ratio = 20.0, break_trigger_ratio = 10.0, carried_share = 0.0 }}
"""


def log_of_a_run(scenario: Scenario) -> list[tuple[str, ...]]:
    """The product's own simulation as rows of a log of calls."""
    found = simulate(scenario)
    drawn, answered = found.world.tickets, ~np.isnan(found.response_s)
    ended = answered | ~np.isnan(found.left_s)
    until_s = np.where(answered, found.response_s, found.left_s)
    told = Demand(drawn.created_s, drawn.handle_s[:, 0], drawn.patience_s[:, 0], np.zeros(len(drawn), bool), np.zeros(len(drawn), int))
    kept = Demand(*(getattr(told, name)[ended] for name in ("arrived_s", "service_s", "patience_s", "ahead", "category")))
    return rows_of(kept, (until_s - drawn.created_s)[ended], ~answered[ended], WRAP_UP_S)


@pytest.fixture(scope="module")
def fitted() -> Fitted:
    return fit(read_calls(log_of_a_run(scenario_from(parse(KNOWN)))).cases, calls_map())


def test_arrivals_come_back(fitted: Fitted) -> None:
    assert all(each is None or each.holds(PER_DAY) for each in fitted.arrivals.per_weekday)
    assert fitted.arrivals.profile[20:24].sum() == pytest.approx(8 / 29, abs=0.03)


def test_handling_comes_back(fitted: Fitted) -> None:
    found = fitted.kinds.by_channel["phone"]
    assert found.mean_s.holds(MEAN_S)
    assert found.cv.holds(CV)
    assert found.lognormal


def test_patience_comes_back(fitted: Fitted) -> None:
    assert fitted.phone is not None
    assert next(each for each in fitted.phone.patience if each.shape == "exponential").mean_s.holds(PATIENCE_S)


def test_wrap_up_comes_back(fitted: Fitted) -> None:
    assert fitted.phone is not None
    assert fitted.phone.wrap_up.mean_s.holds(WRAP_UP_S)


def test_shifts_come_back(fitted: Fitted) -> None:
    (crew,) = fitted.crews
    at_work = crew.curve[:2, 17:35].round()
    assert (at_work == 3).mean() > 0.9  # who is idle for long is not seen
    assert crew.curve.max() <= 3 + 1e-9


def test_the_scenario_that_is_written_runs_and_waits_as_the_log_did() -> None:
    cases = read_calls(log_of(Centre(days=7), np.random.default_rng(5))).cases
    found = fit(cases, calls_map())
    scenario = scenario_from(parse(scenario_text(found, "again", "a test")))
    runs = [written(scenario, date(2024, 1, 1), 7, replication, 0.0) for replication in range(4)]
    assert found.phone is not None
    assert np.mean([ran.wait_s.mean() for ran in runs]) == pytest.approx(found.phone.wait_s, rel=0.15)
    assert np.mean([ran.left.mean() for ran in runs]) == pytest.approx(found.phone.abandoned, rel=0.15)


def test_days_held_out_are_met() -> None:
    cases = read_calls(log_of(Centre(days=8, calls_per_hour=88.0), np.random.default_rng(6))).cases
    early, late, first = split(cases, 3, "UTC")
    found = fit(early, calls_map())
    assert found.phone is not None
    checked = hold_out(found.phone, scenario_from(parse(scenario_text(found, "held", "a test"))), late, first, calls_map())
    assert (checked.first, checked.last, checked.calls) == (date(2024, 1, 6), date(2024, 1, 8), len(late))
    trace = next(each for each in checked.checks if each.told == TRACE)
    assert min(trace.hourly_wait, trace.hourly_abandoned) >= HOURLY_FROM
    assert trace.wait_s == pytest.approx(checked.wait_s, rel=MEANS_WITHIN)
    for each in checked.checks:
        assert (each.wait_s, each.abandoned) == pytest.approx((checked.wait_s, checked.abandoned), rel=0.35)
