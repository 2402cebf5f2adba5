"""The day hour by hour, from the same run as the metrics: where nothing is there is nothing, and the parts make up the whole."""

import math

import numpy as np
import pytest

from simulations.by_hour import HOURLY, OPEN_AFTER, OPEN_BEFORE, by_hour, open_at_both_ends
from simulations.engine import simulate
from simulations.metrics import measure
from simulations.people import LIVE_FROM
from simulations.service import counted
from support.scenarios import busy_team


def test_only_hours_in_which_tickets_come_have_waits() -> None:
    found = by_hour(simulate(busy_team(demand={"hour_weights": [0] * 10 + [1, 1] + [0] * 12}, run={"days": 1})))
    assert len(found) == 24 * len(HOURLY)
    told = [hour for hour in range(24) if not math.isnan(found[f"hour_wait_written_s.{hour:02d}"])]
    assert told == [10, 11]
    assert [hour for hour in range(24) if not math.isnan(found[f"hour_load_points.{hour:02d}"])] == list(range(8, 18))


def test_the_hours_make_up_the_day() -> None:
    run = simulate(busy_team(run={"time_zone": "UTC", "days": 1}))
    found, seen = by_hour(run), measure(run)
    written = counted(run) & (run.world.tickets.channel < LIVE_FROM)
    came = (run.world.tickets.created_s[written] % 86_400 // 3600).astype(int)
    mean_s = np.mean([found[f"hour_wait_written_s.{hour:02d}"] for hour in came])
    assert mean_s == pytest.approx(seen["wait_written_mean_s"])
    weights = [run.on_shift[run.sample_s % 86_400 // 3600 == hour].sum() for hour in range(24)]
    loads = [found[f"hour_load_points.{hour:02d}"] for hour in range(24)]
    assert np.average(np.nan_to_num(loads), weights=weights) == pytest.approx(seen["load_mean_points"])


def test_what_is_open_before_and_after_whole_weeks() -> None:
    short = simulate(busy_team())
    assert open_at_both_ends(short) == {OPEN_BEFORE: 0.0, OPEN_AFTER: measure(short)["left_open"]}
    run = simulate(busy_team(run={"days": 8, "warm_up_days": 1}, demand={"tickets_per_day": 12}))
    created_s, ended_s = run.world.tickets.created_s, np.nan_to_num(run.ended_s, nan=math.inf)
    for name, days in ((OPEN_BEFORE, 1), (OPEN_AFTER, 8)):
        at_s = run.world.start_s + days * 86_400
        assert open_at_both_ends(run)[name] == sum(a <= at_s < b for a, b in zip(created_s, ended_s, strict=True))


def test_numbers_do_not_depend_on_whether_the_log_is_kept() -> None:
    team = busy_team(run={"days": 1})
    kept, without = simulate(team), simulate(team, keeps_log=False)
    assert kept.log
    assert without.log == ()
    assert repr(measure(without) | by_hour(without)) == repr(measure(kept) | by_hour(kept))
