"""The fatigue model obeys its equations: identities I1–I8, over every setting within its bounds."""

from __future__ import annotations

import dataclasses
import math
from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from fatigue_model.dynamics import Mode, account_factor, advance, impulse, line, memory_now
from fatigue_model.params import DEFAULTS, FatigueParams
from fatigue_model.recovery import time_to_line_s
from fatigue_model.superposition import Passage, Stretch

MINUTE_S, HOUR_S, DAY_S = 60.0, 3600.0, 86_400.0
TEN_YEARS_S = 3652.5 * DAY_S
SPEED_MIN, SPEED_MAX = 0.6, 1.7  # recovery speed r, as personal mode clips it
ACUTE_HALF_LIFE_MIN = {
    Mode.QUEUE: "acute_half_life_queue_min",
    Mode.BACK_OFFICE: "acute_half_life_back_office_min",
    Mode.BREAK: "acute_half_life_break_min",
    Mode.OFF: "acute_half_life_off_min",
}


def within_bounds() -> st.SearchStrategy[FatigueParams]:
    fields = {}
    for item in dataclasses.fields(FatigueParams):
        bound = item.metadata["bound"]
        fields[item.name] = st.floats(bound.low, bound.high) | st.sampled_from([bound.low, bound.high, item.default])
    return st.builds(FatigueParams, **fields)


params_ = within_bounds()
modes = st.sampled_from(Mode)
loads = st.floats(0, 50)
speeds = st.floats(SPEED_MIN, SPEED_MAX)
spans_s = st.floats(0, 2 * DAY_S)
# a stretch of a day: how, how long, and the points of the contact that ends it
stretches = st.lists(st.tuples(modes, st.floats(0, 12 * HOUR_S), st.floats(0, 3)), min_size=1, max_size=8)


def rates_per_min(mode: Mode, params: FatigueParams, speed: float) -> tuple[float, float, float]:
    """a, b and γ as the equations define them, read off the settings by name."""
    at_work = mode in (Mode.QUEUE, Mode.BACK_OFFICE)
    half_life_h = params.carried_half_life_off_h if mode is Mode.OFF else params.carried_half_life_on_shift_h
    a = speed * math.log(2) / getattr(params, ACUTE_HALF_LIFE_MIN[mode])
    return a, math.log(2) / (60 * half_life_h), params.carried_share * math.log(2) / 60 if at_work else 0.0


def run(stretched: list[tuple[Mode, float, float]], params: FatigueParams, counted: set[int] | None = None) -> tuple[float, float, float]:
    """A, B and S after a day's stretches, counting only the contacts in `counted` (else all)."""
    acute = carried = memory = 0.0
    for index, (mode, span_s, demand) in enumerate(stretched):
        acute, carried = map(float, advance(acute, carried, mode, span_s, params))
        memory = float(memory_now(memory, span_s, params))
        if counted is None or index in counted:
            acute, memory = impulse(acute, memory, demand, params)
    return acute, carried, memory


@given(params_, modes, loads, loads, spans_s, spans_s, speeds)
def test_i1_two_spans_are_their_sum(
    params: FatigueParams, mode: Mode, acute: float, carried: float, first_s: float, second_s: float, speed: float
) -> None:
    stepwise = advance(*advance(acute, carried, mode, first_s, params, speed), mode, second_s, params, speed)
    at_once = advance(acute, carried, mode, first_s + second_s, params, speed)
    np.testing.assert_allclose(stepwise, at_once, rtol=1e-12, atol=1e-280)


@given(params_, modes, loads, loads, st.floats(0, DAY_S), speeds)
def test_i2_the_closed_form_is_what_an_ode_solver_finds(
    params: FatigueParams, mode: Mode, acute: float, carried: float, span_s: float, speed: float
) -> None:
    a, b, gamma = rates_per_min(mode, params, speed)
    solved = solve_ivp(
        lambda _, load: (-a * load[0], gamma * load[0] - b * load[1]),
        (0, span_s / MINUTE_S),
        (acute, carried),
        method="DOP853",
        rtol=1e-11,
        atol=1e-12,
    )
    np.testing.assert_allclose(advance(acute, carried, mode, span_s, params, speed), solved.y[:, -1], rtol=0, atol=1e-8)


@given(params_, stretches)
def test_i3_without_memory_loads_add_up(params: FatigueParams, stretched: list[tuple[Mode, float, float]]) -> None:
    unremembering = dataclasses.replace(params, account_memory_gain=0.0)
    alone = [run(stretched, unremembering, {index})[:2] for index in range(len(stretched))]
    np.testing.assert_allclose(run(stretched, unremembering)[:2], np.sum(alone, axis=0), rtol=1e-12, atol=1e-280)


@given(params_, stretches, speeds)
def test_i4_the_recovery_clock_itemises_the_load(params: FatigueParams, stretched: list[tuple[Mode, float, float]], speed: float) -> None:
    acute, clock, now_s, entries, passed = 0.0, 0.0, 0.0, [], []
    for mode, span_s, demand in stretched:
        passed.append(Stretch(now_s, now_s + span_s, mode, params, speed))
        now_s += span_s
        acute = float(advance(acute, 0.0, mode, span_s, params, speed)[0]) + demand
        clock += speed * span_s / MINUTE_S / getattr(params, ACUTE_HALF_LIFE_MIN[mode])
        entries.append((clock, demand))
    shares = [demand * 2.0 ** (at - clock) for at, demand in entries]
    assert acute == pytest.approx(sum(shares), rel=1e-12, abs=1e-280)
    np.testing.assert_allclose(Passage(passed).clock(), [at for at, _ in entries], rtol=1e-9, atol=1e-9)  # from instants, not from spans


@given(params_, modes, loads, loads, st.floats(0, TEN_YEARS_S) | st.just(TEN_YEARS_S), speeds)
def test_i5_loads_stay_finite_and_never_fall_below_zero(
    params: FatigueParams, mode: Mode, acute: float, carried: float, span_s: float, speed: float
) -> None:
    acute_then, carried_then = advance(acute, carried, mode, span_s, params, speed)
    a, b, gamma = rates_per_min(mode, params, speed)
    assert 0 <= acute_then <= acute
    assert 0 <= carried_then <= carried + acute * gamma / max(a, b) * (1 + 1e-9)  # no more than the faster clock lets through
    assert 0 < line(carried_then, params) <= params.line_points


@given(params_, st.floats(1e-3, 50), loads, modes, speeds)
def test_i6_the_time_to_the_line_leads_to_the_line(params: FatigueParams, acute: float, carried: float, mode: Mode, speed: float) -> None:
    limit = float(line(carried, params))
    span_s = float(time_to_line_s(acute, carried, mode, params, speed))
    left = float(advance(acute, carried, mode, span_s, params, speed)[0])
    if acute > limit:
        assert left == pytest.approx(limit, rel=0, abs=1e-9)
    else:
        assert span_s == 0


@given(stretches, modes, st.floats(0.25, 4), st.floats(-0.25, 0.25))
def test_i7_the_unit_of_a_point_does_not_matter(
    stretched: list[tuple[Mode, float, float]], mode: Mode, scale: float, memory_gain: float
) -> None:
    params = dataclasses.replace(DEFAULTS, account_memory_gain=memory_gain)
    # κ is per point, and "hard" is a number of points: they change with the unit
    scaled = dataclasses.replace(
        params,
        line_points=params.line_points * scale,
        line_carried_ref_points=params.line_carried_ref_points * scale,
        account_memory_gain=memory_gain / scale,
        hard_contact_points=params.hard_contact_points * scale,
    )
    assume(all(abs(demand - params.hard_contact_points) > 1e-6 for _, _, demand in stretched))  # not on the edge of "hard"
    acute, carried, _ = run(stretched, params)
    acute_scaled, carried_scaled, _ = run([(how, span_s, demand * scale) for how, span_s, demand in stretched], scaled)
    unscaled_s = float(time_to_line_s(acute, carried, mode, params))
    assert float(time_to_line_s(acute_scaled, carried_scaled, mode, scaled)) == pytest.approx(unscaled_s, rel=1e-9, abs=1e-6)


def test_i8_one_call_for_ten_thousand_agents_is_ten_thousand_calls() -> None:
    chance, n = np.random.default_rng(8), 10_000
    acute, carried, span_s = chance.gamma(1.0, 1.5, n), chance.gamma(2.0, 1.0, n), chance.exponential(4 * HOUR_S, n)
    mode, speed = chance.integers(0, len(Mode), n), chance.uniform(SPEED_MIN, SPEED_MAX, n)
    acute_then, carried_then = advance(acute, carried, mode, span_s, DEFAULTS, speed)
    limit, wait_s = line(carried_then, DEFAULTS), time_to_line_s(acute_then, carried_then, mode, DEFAULTS, speed)
    memory = memory_now(carried, span_s, DEFAULTS)
    together = np.stack((acute_then, carried_then, limit, wait_s, memory, account_factor(memory, DEFAULTS)))
    one_by_one = np.empty_like(together)
    for i in range(n):
        a, b = advance(acute[i], carried[i], mode[i], span_s[i], DEFAULTS, speed[i])
        s = memory_now(carried[i], span_s[i], DEFAULTS)
        one_by_one[:, i] = a, b, line(b, DEFAULTS), time_to_line_s(a, b, mode[i], DEFAULTS, speed[i]), s, account_factor(s, DEFAULTS)
    assert np.count_nonzero(together[3]) > n / 100  # some of the 10,000 are above their line
    np.testing.assert_allclose(together, one_by_one, rtol=1e-14, atol=1e-280)


@given(st.sampled_from([0.0, 1e-16, 1e-14, 1e-12, 1e-9, 1e-6, 1e-4]), st.sampled_from([-1, 1]), st.floats(1.0, 30 * DAY_S))
def test_nearly_equal_rates_lose_no_digits(distance: float, side: int, span_s: float) -> None:
    """a = b where h_A = 600 min, h_B = 12 h and r = 600/720; the formula in 60 decimal digits is the judge."""
    params = dataclasses.replace(DEFAULTS, acute_half_life_queue_min=600.0, carried_half_life_on_shift_h=12.0)
    speed = 600.0 / 720.0 * (1 + side * distance)
    with localcontext(prec=60):
        ln2 = Decimal(2).ln()
        a, b = Decimal(speed) * ln2 / 600, ln2 / 720
        minutes, gamma = Decimal(span_s) / 60, Decimal(params.carried_share) * ln2 / 60
        fade_a, fade_b = (-a * minutes).exp(), (-b * minutes).exp()
        transferred = minutes * fade_b if a == b else (fade_b - fade_a) / (a - b)
        right = float(2 * gamma * transferred)
    assert float(advance(2.0, 0.0, Mode.QUEUE, span_s, params, speed)[1]) == pytest.approx(right, rel=1e-13)


@pytest.mark.parametrize("span_s", [-1e-9, -1.0, np.array([10.0, -1.0, 20.0]), -math.inf])
def test_load_is_never_advanced_backwards(span_s: float) -> None:
    with pytest.raises(ValueError, match="must not be negative"):
        advance(1.0, 1.0, Mode.QUEUE, span_s, DEFAULTS)


def test_no_time_changes_nothing() -> None:
    for mode in Mode:
        assert advance(1.3, 0.7, mode, 0.0, DEFAULTS) == (1.3, 0.7)
