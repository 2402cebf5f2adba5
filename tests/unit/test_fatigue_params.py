"""Every coefficient of the fatigue model is bounded, part of the digest, and matters: no setting that nothing reads."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from fatigue_model.bounds import Bound, InvalidValues
from fatigue_model.dynamics import Mode, account_factor, advance, impulse, line, memory_now
from fatigue_model.exposure import ContactFacts, points
from fatigue_model.params import DEFAULTS, FatigueParams
from fatigue_model.recovery import break_length_s, ready_range_s
from router.readiness import view
from support.build import contact, decide_one, open_ticket, rejections, team

FIELDS = [item.name for item in dataclasses.fields(FatigueParams)]
MINUTE_S, HOUR_S, DAY_S = 60.0, 3600.0, 86_400.0


def bound_of(name: str) -> Bound:
    return next(item.metadata["bound"] for item in dataclasses.fields(FatigueParams) if item.name == name)


def another_value(name: str) -> float:
    """A value within the bounds that is not the default."""
    bound, default = bound_of(name), getattr(DEFAULTS, name)
    return next(each for each in ((default + bound.high) / 2, (default + bound.low) / 2) if each != default)


@pytest.mark.parametrize("name", FIELDS)
def test_a_value_may_lie_anywhere_within_its_bounds(name: str) -> None:
    bound = bound_of(name)
    assert bound.low < bound.high
    assert bound.low <= getattr(DEFAULTS, name) <= bound.high
    for value in (bound.low, bound.high, another_value(name)):
        assert getattr(FatigueParams.from_mapping({name: value}), name) == value


@pytest.mark.parametrize("name", FIELDS)
def test_what_is_not_a_number_within_its_bounds_is_refused(name: str) -> None:
    bound = bound_of(name)
    outside = (math.nextafter(bound.low, -math.inf), math.nextafter(bound.high, math.inf), -(10**400), 10**400)
    not_finite = (math.nan, math.inf, -math.inf)
    no_number = (True, False, None, "1", str(getattr(DEFAULTS, name)), [1.0], {"value": 1.0}, 1 + 0j)
    for value in (*outside, *not_finite, *no_number):
        with pytest.raises(InvalidValues) as caught:
            FatigueParams.from_mapping({name: value}, at="/fatigue")
        (violation,) = caught.value.violations
        assert violation.pointer == f"/fatigue/{name}"
        assert violation.given is value
        assert violation.allowed == f"a number from {bound}"
        assert f"{bound.low:g} to {bound.high:g}" in violation.allowed


def test_the_defaults_are_those_that_are_documented() -> None:
    assert DEFAULTS.as_mapping() == {
        "acute_half_life_queue_min": 60,
        "acute_half_life_back_office_min": 40,
        "acute_half_life_break_min": 20,
        "acute_half_life_off_min": 30,
        "carried_half_life_on_shift_h": 96,
        "carried_half_life_off_h": 30,
        "carried_share": 0.25,
        "line_points": 1.5,
        "line_carried_ref_points": 3,
        "break_trigger_ratio": 4 / 3,
        "load_bound_ratio": 2,
        "account_memory_gain": 0.25,
        "account_memory_half_life_d": 14,
        "account_factor_min": 0.5,
        "account_factor_max": 2,
        "hard_contact_points": 0.5,
        "range_factor": pytest.approx(1.29, abs=0.005),
        "ordinary_points": 0.03,
        "text_points_max": 0.6,
        "text_score_from": 0.4,
        "reopened_points": 0.15,
        "reopened_points_max": 0.45,
        "repeat_points": 0.1,
        "repeat_points_max": 0.3,
        "past_target_points": 0.1,
        "account_weight_points": 0.1,
        "escalated_points": 1.5,
        "abuse_points": 1.5,
        "grave_points": 2,
        "repeat_hostile_share": 0.5,
        "exposure_points_max": 3,
        "tap_nothing_points": 0.03,
        "tap_a_bit_points": 0.2,
        "tap_hard_points": 1,
        "tap_awful_points": 2,
    }


def test_all_violations_are_listed_at_once() -> None:
    wrong = {name: bound_of(name).high + 1 for name in FIELDS}
    with pytest.raises(InvalidValues) as caught:
        FatigueParams.from_mapping(wrong | {"resilience": 1.0})
    assert {each.pointer for each in caught.value.violations} == {f"/{name}" for name in [*FIELDS, "resilience"]}
    assert len(caught.value.violations) == len(FIELDS) + 1
    assert all(f"/{name}: " in str(caught.value) for name in FIELDS)


def test_an_unknown_field_is_refused_and_told_which_there_are() -> None:
    with pytest.raises(InvalidValues) as caught:
        FatigueParams.from_mapping({"burnout_score": 1.0})
    (violation,) = caught.value.violations
    assert violation.pointer == "/burnout_score"
    assert all(name in violation.allowed for name in FIELDS)


def test_the_digest_is_of_the_values_alone() -> None:
    assert FatigueParams.from_mapping({}).digest() == DEFAULTS.digest()
    assert FatigueParams.from_mapping({"line_points": 2}).digest() == FatigueParams.from_mapping({"line_points": 2.0}).digest()
    assert FatigueParams.from_mapping(DEFAULTS.as_mapping()) == DEFAULTS
    assert re.fullmatch("[0-9a-f]{16}", DEFAULTS.digest())


@pytest.mark.parametrize("name", FIELDS)
def test_every_field_says_where_it_comes_from(name: str) -> None:
    bound = bound_of(name)
    assert bound.mark in ("R", "M", "A", "S")
    assert len(bound.why) > 5
    assert bound.source or bound.mark in ("A", "S")  # what is assumed may lean on nothing, and then says so


def test_the_digest_changes_with_every_field() -> None:
    digests = [FatigueParams.from_mapping({name: another_value(name)}).digest() for name in FIELDS]
    assert len({DEFAULTS.digest(), *digests}) == len(FIELDS) + 1


# What each setting does: an observation, what it is at the default, and what at another value; both by hand from the equations.


@dataclass(frozen=True, slots=True)
class Effect:
    observe: Callable[[FatigueParams], float]
    at_default: float
    value: float
    at_value: float


def fades(mode: Mode, span_s: float) -> Callable[[FatigueParams], float]:
    return lambda params: float(advance(1.0, 0.0, mode, span_s, params)[0])


def keeps(mode: Mode, span_s: float) -> Callable[[FatigueParams], float]:
    return lambda params: float(advance(0.0, 1.0, mode, span_s, params)[1])


def counts(**facts: Any) -> Callable[[FatigueParams], float]:
    return lambda params: points(ContactFacts(**facts), params)


def factor_of(memory: float, **settings: float) -> Callable[[FatigueParams], float]:
    return lambda params: float(account_factor(memory, dataclasses.replace(params, **settings)))


def break_sent(params: FatigueParams) -> float:
    """Whether an everyday contact of 1 point sends a break to one whose line is at .7 points."""
    changed = dataclasses.replace(params, ordinary_points=1.0, line_points=0.7)
    state = team(policy={"fatigue": changed.as_mapping()})
    contact(state, "ann")
    return float(view(state, 0, state.now_s).state == "break")


def kept_out(params: FatigueParams) -> float:
    """Whether a contact of 1 point is too much for one whose line is at .4 points."""
    changed = dataclasses.replace(params, ordinary_points=1.0, line_points=0.4)
    state = team(policy={"fatigue": changed.as_mapping()})
    open_ticket(state)
    return float("load_bound" in [each.rule for each in rejections(decide_one(state), "ann")])


def carried_from_an_hour(share: float) -> float:
    """B after an hour at the queue that began with 1 point, from the equation with 60 min and 96 h."""
    a, b = math.log(2) / 60, math.log(2) / (96 * 60)
    return share * math.log(2) / 60 * (math.exp(-b * 60) - math.exp(-a * 60)) / (a - b)


EFFECTS = {
    "acute_half_life_queue_min": Effect(fades(Mode.QUEUE, 60 * MINUTE_S), 1 / 2, 30, 1 / 4),
    "acute_half_life_back_office_min": Effect(fades(Mode.BACK_OFFICE, 40 * MINUTE_S), 1 / 2, 80, 2**-0.5),
    "acute_half_life_break_min": Effect(fades(Mode.BREAK, 20 * MINUTE_S), 1 / 2, 10, 1 / 4),
    "acute_half_life_off_min": Effect(fades(Mode.OFF, 30 * MINUTE_S), 1 / 2, 15, 1 / 4),
    "carried_half_life_on_shift_h": Effect(keeps(Mode.QUEUE, 96 * HOUR_S), 1 / 2, 48, 1 / 4),
    "carried_half_life_off_h": Effect(keeps(Mode.OFF, 30 * HOUR_S), 1 / 2, 60, 2**-0.5),
    "carried_share": Effect(
        lambda params: float(advance(1.0, 0.0, Mode.QUEUE, HOUR_S, params)[1]), carried_from_an_hour(0.25), 0.4, carried_from_an_hour(0.4)
    ),
    "line_points": Effect(lambda params: float(line(0.0, params)), 1.5, 2.0, 2.0),
    "line_carried_ref_points": Effect(lambda params: float(line(3.0, params)), 0.75, 6.0, 1.0),
    "account_memory_gain": Effect(factor_of(2.0), 1.5, 0.4, 1.8),
    "account_memory_half_life_d": Effect(lambda params: float(memory_now(1.0, 14 * DAY_S, params)), 1 / 2, 7, 1 / 4),
    "account_factor_min": Effect(factor_of(2.0, account_memory_gain=-1.0), 0.5, 0.8, 0.8),
    "account_factor_max": Effect(factor_of(100.0), 2.0, 3.0, 3.0),
    "hard_contact_points": Effect(lambda params: impulse(0.0, 0.0, 0.4, params)[1], 0.0, 0.3, 0.4),
    "break_trigger_ratio": Effect(break_sent, 1.0, 1.5, 0.0),  # 1 ≥ 4/3 · .7, but not 1.5 · .7
    "load_bound_ratio": Effect(kept_out, 1.0, 2.5, 0.0),  # 1 > 2 · .4, but not 2.5 · .4
    "range_factor": Effect(
        lambda params: ready_range_s(3.0, 0.0, Mode.QUEUE, params)[1] / MINUTE_S, 60 * math.log2(2 * 1.294), 2.0, 60 * math.log2(4)
    ),
    "ordinary_points": Effect(counts(), 0.03, 0.2, 0.2),
    "text_points_max": Effect(counts(text_score=0.7), 0.33, 0.4, 0.23),
    "text_score_from": Effect(counts(text_score=0.7), 0.33, 0.1, 0.43),
    "reopened_points": Effect(counts(reopened_count=1), 0.18, 0.2, 0.23),
    "reopened_points_max": Effect(counts(reopened_count=9), 0.48, 0.6, 0.63),
    "repeat_points": Effect(counts(repeat_contacts_7d=1), 0.13, 0.2, 0.23),
    "repeat_points_max": Effect(counts(repeat_contacts_7d=9), 0.33, 0.5, 0.53),
    "past_target_points": Effect(counts(past_target=True), 0.13, 0.2, 0.23),
    "account_weight_points": Effect(counts(account_weighty=True), 0.13, 0.2, 0.23),
    "escalated_points": Effect(counts(escalated=True), 1.5, 1.2, 1.2),
    "abuse_points": Effect(counts(abuse=True), 1.5, 1.7, 1.7),
    "grave_points": Effect(counts(grave="threat"), 2.0, 2.5, 2.5),
    "repeat_hostile_share": Effect(counts(escalated=True, hostile_before=True), 0.75, 0.8, 1.2),
    "exposure_points_max": Effect(counts(escalated=True), 1.5, 1.0, 1.0),
    "tap_nothing_points": Effect(counts(rating="nothing", escalated=True), 0.03, 0.1, 0.1),
    "tap_a_bit_points": Effect(counts(rating="a_bit"), 0.2, 0.4, 0.4),
    "tap_hard_points": Effect(counts(rating="hard"), 1.0, 0.8, 0.8),
    "tap_awful_points": Effect(counts(rating="awful"), 2.0, 2.5, 2.5),
}


def test_every_field_has_an_effect_to_show() -> None:
    assert set(EFFECTS) == set(FIELDS)


@pytest.mark.parametrize("name", FIELDS)
def test_every_field_changes_something(name: str) -> None:
    effect = EFFECTS[name]
    assert effect.at_default != effect.at_value
    assert effect.observe(DEFAULTS) == pytest.approx(effect.at_default, rel=1e-12)
    assert effect.observe(FatigueParams.from_mapping({name: effect.value})) == pytest.approx(effect.at_value, rel=1e-12)


def test_a_contact_adds_its_points_by_sensitivity_and_account() -> None:
    """A + g · e · M, and S + e from half a point on; M = 1 + .25 · S, here 1.5."""
    assert impulse(0.2, 2.0, 0.6, DEFAULTS) == pytest.approx((0.2 + 0.6 * 1.5, 2.6))
    assert impulse(0.2, 2.0, 0.6, DEFAULTS, sensitivity=1.4) == pytest.approx((0.2 + 1.4 * 0.6 * 1.5, 2.6))
    assert impulse(0.0, 0.0, 0.5, DEFAULTS) == (0.5, 0.5)
    assert impulse(0.0, 0.0, 0.49, DEFAULTS) == (0.49, 0.0)


def test_the_length_of_a_break_follows_the_load_within_its_limits() -> None:
    # 20 min · log2(A/1.5): 0 at A = 1.5, 12 min at A = 1.5 · 2^.6, 20 min at A = 3
    lengths_s = [break_length_s(acute, 0.0, 600.0, 900.0, DEFAULTS) for acute in (0.0, 1.5, 1.5 * 2**0.6, 3.0)]
    assert lengths_s == pytest.approx([600, 600, 720, 900], abs=1)
    assert break_length_s(2.0, 3.0, 0.0, 9000.0, DEFAULTS) == pytest.approx(1200 * math.log2(2.0 / 0.75), abs=1)  # line at B = 3: .75
    assert all(each == int(each) for each in lengths_s)
