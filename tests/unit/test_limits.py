"""Limits in a manager's words: what they mean for a scenario, and one line for what they can't mean."""

from __future__ import annotations

from typing import Any

import pytest

from simulations.limits import Promise, at_most, compared, limit, promises, with_targets, zone
from simulations.metrics import METRICS, Metric
from simulations.scenario import scenario_from
from simulations.sequential import Limit

WRITTEN: dict[str, Any] = {"demand": {"channels": {"email": 3, "web": 1, "phone": 1}}}
LIVE: dict[str, Any] = {"demand": {"channels": {"phone": 1, "chat": 2, "email": 0}}}


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("0.8/4h", WRITTEN, [Promise("written", 0.8, 14_400.0)]),
        ("80%/20s", LIVE, [Promise("live", 0.8, 20.0)]),
        ("0.9", WRITTEN, [Promise("written", 0.9, None)]),
        ("email=0.8/4h, phone=0.95/20s", WRITTEN, [Promise("email", 0.8, 14_400.0), Promise("phone", 0.95, 20.0)]),
        ("live=0.8/1m", WRITTEN, [Promise("live", 0.8, 60.0)]),
    ],
)
def test_a_service_level_is_of_what_is_written_unless_it_says_otherwise(text: str, values: dict[str, Any], expected: list[Promise]) -> None:
    found = promises(text, values)
    assert list(found) == expected
    assert {each.metric for each in found} <= set(METRICS)


@pytest.mark.parametrize(
    ("text", "values", "said"),
    [
        ("1.2/4h", WRITTEN, "a share from 0 to 1"),
        ("100%/4h", WRITTEN, "above 0 and below 1"),
        ("0.8/soon", WRITTEN, "a time above 0"),
        ("fax=0.8/4h", WRITTEN, "'fax' is no channel; there are email, web, chat, phone, written, live"),
        ("chat=0.8/20s", WRITTEN, "no tickets by chat; by email, phone, web it does"),
        ("email=0.8/20s", LIVE, "no tickets by email"),
        ("email=0.8/4h,email=0.9/2h", WRITTEN, "email: more than one"),
        ("0.8/4h,web=0.9/2h", WRITTEN, "web: more than one"),
        ("", WRITTEN, "a share"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_line(text: str, values: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said) as error:
        promises(text, values)
    assert "\n" not in str(error.value)


def test_the_times_become_targets_of_the_channels_and_the_file_stays_as_it_is() -> None:
    values = {**WRITTEN, "targets": {"chat_s": 90}}
    told = scenario_from(with_targets(values, promises("0.8/2h,phone=0.8/30s", values))).targets
    assert (told.email_s, told.web_s, told.phone_s, told.chat_s) == (7200.0, 7200.0, 30.0, 90.0)
    assert values["targets"] == {"chat_s": 90}
    assert with_targets(values, promises("0.9", values)) == values


@pytest.mark.parametrize(
    ("bound", "unit", "delta"),
    [(0.8, "share", 0.02), (0.98, "share", 0.005), (0.05, "share", 0.0125), (0.5, "share", 0.02), (120.0, "s", 6.0), (2.0, "points", 0.1)],
)
def test_the_usual_zone_is_narrower_near_nothing_and_everything(bound: float, unit: str, delta: float) -> None:
    found = limit("m", bound, True, Metric("", unit))
    assert found == Limit("m", bound, True, pytest.approx(delta))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("wait_live_p90_s<=2m", Limit("wait_live_p90_s", 120.0, False, 6.0)),
        ("occupancy <= 85%", Limit("occupancy", 0.85, False, 0.02)),
        ("handled>=100", Limit("handled", 100.0, True, 5.0)),
    ],
)
def test_any_metric_can_be_limited(text: str, expected: Limit) -> None:
    found = compared(text, METRICS)
    assert (found.metric, found.bound, found.at_least) == (expected.metric, expected.bound, expected.at_least)
    assert found.delta == pytest.approx(expected.delta)


@pytest.mark.parametrize("text", ["occupancy=85%", "occupancy<85%", "mood>=3", "wait_live_p90_s<=later", "handled>=-1", "handled>=inf", ""])
def test_a_limit_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"allowed|no metric"):
        compared(text, METRICS)


def test_a_zone_is_given_in_the_metrics_own_unit() -> None:
    assert zone("above_line=1%", METRICS) == ("above_line", 0.01)
    assert zone("wait_live_p90_s=10s", METRICS) == ("wait_live_p90_s", 10.0)
    with pytest.raises(ValueError, match="no metric"):
        zone("1%", METRICS)


@pytest.mark.parametrize("text", ["0", "100%", "5 people", "-1%"])
def test_a_share_at_most_lies_between_nobody_and_everybody(text: str) -> None:
    with pytest.raises(ValueError, match="allowed"):
        at_most(text)
