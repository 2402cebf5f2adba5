"""The closed forms of recovery against minutes stepped one by one through the model."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fatigue_model.dynamics import Mode, advance, line
from fatigue_model.params import DEFAULTS
from fatigue_model.recovery import break_length_s, ready_range_s, time_to_line_s

MINUTE_S = 60.0
SHORTEST_S, LONGEST_S = 600.0, 900.0

loads = st.floats(0.01, 12)
carried_ = st.floats(0, 6)
speeds = st.floats(0.6, 1.7)
modes = st.sampled_from(Mode)


def minutes_above(acute: float, carried: float, mode: Mode, speed: float = 1.0) -> int:
    """How many whole minutes in `mode` it takes until A ≤ θ, with B held, one minute after the other."""
    limit, minutes = float(line(carried, DEFAULTS)), 0
    while acute > limit:
        acute, minutes = float(advance(acute, 0.0, mode, MINUTE_S, DEFAULTS, speed)[0]), minutes + 1
    return minutes


def off_the_edge(span_s: float) -> bool:
    """Not so near a whole minute that rounding decides on which side of it the line is reached."""
    return abs(span_s / MINUTE_S - round(span_s / MINUTE_S)) > 1e-6 or span_s == 0


@given(loads, carried_, modes, speeds)
def test_time_to_line_is_the_minutes_that_it_takes(acute: float, carried: float, mode: Mode, speed: float) -> None:
    span_s = float(time_to_line_s(acute, carried, mode, DEFAULTS, speed))
    assume(off_the_edge(span_s))
    assert minutes_above(acute, carried, mode, speed) == math.ceil(span_s / MINUTE_S)


@given(loads, carried_, speeds)
def test_a_break_lasts_until_the_line_within_its_shortest_and_longest(acute: float, carried: float, speed: float) -> None:
    length_s = break_length_s(acute, carried, SHORTEST_S, LONGEST_S, DEFAULTS, speed)
    needed_s = float(time_to_line_s(acute, carried, Mode.BREAK, DEFAULTS, speed))
    assume(off_the_edge(needed_s))
    minutes = minutes_above(acute, carried, Mode.BREAK, speed)
    if minutes <= SHORTEST_S / MINUTE_S:
        assert length_s == SHORTEST_S
    elif minutes > LONGEST_S / MINUTE_S:
        assert length_s == LONGEST_S
        after = float(advance(acute, 0.0, Mode.BREAK, length_s, DEFAULTS, speed)[0])
        assert after > line(carried, DEFAULTS)  # light duty follows
    else:
        assert math.ceil(length_s / MINUTE_S) == minutes
        after = float(advance(acute, 0.0, Mode.BREAK, length_s, DEFAULTS, speed)[0])
        assert after <= line(carried, DEFAULTS) * (1 + 1e-12)
        assert length_s == int(length_s)


@given(loads, carried_, modes, speeds)
def test_the_range_is_from_ones_own_load_to_that_of_the_eightieth_percentile(
    acute: float, carried: float, mode: Mode, speed: float
) -> None:
    early_s, late_s = ready_range_s(acute, carried, mode, DEFAULTS, speed)
    assume(off_the_edge(early_s) and off_the_edge(late_s))
    assert math.ceil(early_s / MINUTE_S) == minutes_above(acute, carried, mode, speed)
    assert math.ceil(late_s / MINUTE_S) == minutes_above(acute * DEFAULTS.range_factor, carried, mode, speed)
    assert late_s >= early_s


def test_the_late_end_holds_four_people_in_five() -> None:
    """People differ in g by SD .35, and load is proportional to g: of 100,000 of them 80 % are ready by the late end."""
    sensitivity = np.random.default_rng(80).normal(1.0, 0.35, 100_000)
    own_s = time_to_line_s(np.maximum(3.0 * sensitivity, 1e-9), 1.0, Mode.BREAK, DEFAULTS)
    _, late_s = ready_range_s(3.0, 1.0, Mode.BREAK, DEFAULTS)
    assert np.mean(own_s <= late_s) == pytest.approx(0.80, abs=0.005)


@given(st.floats(1.0, 8), carried_)
def test_holding_what_is_carried_errs_by_minutes_at_most(acute: float, carried: float) -> None:
    """On a break nothing is carried over and B fades slowly, so that the line only rises: the held time is never too short."""
    held_s = float(time_to_line_s(acute, carried, Mode.BREAK, DEFAULTS))
    then, left = advance(acute, carried, Mode.BREAK, held_s, DEFAULTS)
    assert then <= line(left, DEFAULTS) * (1 + 1e-12)
    assert then == pytest.approx(float(line(left, DEFAULTS)), rel=0.02) or held_s == 0
