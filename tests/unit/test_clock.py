"""The clock of the service when the machine's clock is set, jumps, or sleeps: it never runs backwards and never stands still."""

from __future__ import annotations

from itertools import pairwise

import pytest

from api.clock import DOUBT_S, JUMP_S, Clock

START_S = 1_772_452_800.0
HOUR_S = 3600.0


class Machine:
    """A machine whose clocks the test sets: the wall clock, and the one that counts what passes."""

    def __init__(self) -> None:
        self.wall_s, self.running_s = START_S, 500.0

    def clock(self, rate: float = 1.0) -> Clock:
        return Clock(rate, wall=lambda: self.wall_s, running=lambda: self.running_s)

    def passes(self, span_s: float) -> None:
        self.wall_s += span_s
        self.running_s += span_s


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def clock(machine: Machine) -> Clock:
    return machine.clock()


def test_it_is_the_wall_clock_while_nothing_happens(machine: Machine, clock: Clock) -> None:
    for span_s in (0.0, 0.5, 61.0, 7 * HOUR_S):
        machine.passes(span_s)
        assert clock.now_s() == machine.wall_s
    assert clock.ahead_s() == 0


def test_small_corrections_are_followed_at_once(machine: Machine, clock: Clock) -> None:
    machine.wall_s += JUMP_S
    assert clock.now_s() == machine.wall_s


def test_a_laptop_that_slept_wakes_up_on_time(machine: Machine, clock: Clock) -> None:
    """Both clocks count through sleep: eight hours are no jump."""
    machine.passes(8 * HOUR_S)
    assert clock.now_s() == START_S + 8 * HOUR_S


def test_a_jump_ahead_that_is_set_right_leaves_no_trace(machine: Machine, clock: Clock) -> None:
    machine.wall_s += 6 * HOUR_S
    for _ in range(int(DOUBT_S) - 1):
        machine.passes(1.0)
        clock.now_s()
    assert clock.now_s() == START_S + DOUBT_S - 1
    assert clock.ahead_s() == -6 * HOUR_S
    machine.wall_s -= 6 * HOUR_S
    machine.passes(1.0)
    assert clock.now_s() == machine.wall_s == START_S + DOUBT_S


@pytest.mark.parametrize("jump_s", [61.0, 300.0, 600.0])
def test_a_jump_of_minutes_is_doubted_too(machine: Machine, clock: Clock, jump_s: float) -> None:
    machine.wall_s += jump_s
    assert (clock.now_s(), clock.ahead_s()) == (START_S, -jump_s)
    machine.passes(DOUBT_S)
    assert clock.now_s() == machine.wall_s


def test_a_jump_ahead_that_stays_is_believed(machine: Machine, clock: Clock) -> None:
    """As after a machine that was paused, whose clocks stood still."""
    machine.wall_s += 2 * HOUR_S
    assert clock.now_s() == START_S
    machine.passes(DOUBT_S)
    assert clock.now_s() == machine.wall_s


def test_two_jumps_are_two_doubts(machine: Machine, clock: Clock) -> None:
    machine.wall_s += 2 * HOUR_S
    clock.now_s()
    machine.passes(DOUBT_S - 1)
    machine.wall_s -= 2 * HOUR_S
    clock.now_s()
    machine.wall_s += 3 * HOUR_S
    machine.passes(2.0)
    assert clock.now_s() == START_S + DOUBT_S + 1


def test_set_back_it_goes_on_at_half_its_speed_until_the_wall_clock_is_there(machine: Machine, clock: Clock) -> None:
    machine.passes(100.0)
    told = [clock.now_s()]
    machine.wall_s -= 60.0
    for _ in range(140):
        machine.passes(1.0)
        told.append(clock.now_s())
    spans = [after - before for before, after in pairwise(told)]
    assert set(spans[:119]) == {0.5}
    assert set(spans[121:]) == {1.0}
    assert clock.now_s() == machine.wall_s


def test_a_log_that_is_ahead_is_gone_on_from(machine: Machine, clock: Clock) -> None:
    """Of another process, or from before a restart: time does not stand still until the wall clock is there."""
    assert clock.at_least(START_S - 5.0) == START_S
    assert clock.at_least(START_S + HOUR_S) == START_S + HOUR_S
    assert clock.now_s() == START_S + HOUR_S
    machine.passes(600.0)
    assert clock.now_s() == START_S + HOUR_S + 300.0
    machine.passes(2 * HOUR_S - 600.0)
    assert clock.now_s() == machine.wall_s


def test_a_machine_that_starts_in_the_past_goes_on_from_the_log(machine: Machine) -> None:
    """Its clock has no battery: it is set when the network is there."""
    newest_s, machine.wall_s = machine.wall_s, 1_000_000_000.0
    clock = machine.clock().continued_from(newest_s)
    machine.passes(20.0)
    assert clock.now_s() == newest_s + 10.0
    machine.wall_s = newest_s + 3 * HOUR_S
    clock.now_s()
    machine.passes(DOUBT_S)
    assert clock.now_s() == machine.wall_s


@pytest.mark.parametrize("jump_s", [-HOUR_S, 30.0, HOUR_S])
def test_a_fast_clock_lives_through_the_same(machine: Machine, jump_s: float) -> None:
    clock = machine.clock(rate=100.0)
    assert clock.now_s() == START_S
    machine.wall_s += jump_s
    told = []
    for _ in range(40):
        machine.passes(1.0)
        told.append(clock.now_s())
    assert told == sorted(told)
    assert told[0] - START_S == pytest.approx({-HOUR_S: 50.0, 30.0: 3100.0, HOUR_S: 100.0}[jump_s])
    later = clock.continued_from(told[-1] + 500.0)
    assert later.now_s() == pytest.approx(told[-1] + 500.0)
