"""The machine's clock is set, jumps, or changes to summer time while the service runs: breaks end at their instant, the log never runs
backwards, timers go off, and shifts are in local time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
import sqlalchemy as sa

from api.clock import DOUBT_S, Clock
from api.store.tables import events
from support.patience import until
from support.stepped_clock import SteppedClock
from support.world import NOON_S, World
from support.world import world as make_world

HOUR_S = 3600.0


class MachineClock(Clock):
    """The service's own clock on a machine whose two clocks the test sets."""

    looks_every_s = 0.05

    def __init__(self) -> None:
        self.wall_s, self.running = NOON_S, 500.0
        super().__init__(wall=lambda: self.wall_s, running=lambda: self.running)

    @property
    def instant_s(self) -> float:
        return self.now_s()

    def passes(self, span_s: float) -> None:
        self.wall_s += span_s
        self.running += span_s


@pytest.fixture
def machine() -> MachineClock:
    return MachineClock()


@pytest.fixture
def resting(upgraded_url: str, machine: MachineClock) -> Iterator[World]:
    """Ana is on a break until ten past twelve, and T2 waits for her."""
    with make_world(upgraded_url, machine) as world:  # type: ignore[arg-type]
        world.agent("ana")
        world.ticket("T1", escalated=True)
        world.happened("T1", "resolved")
        assert world.ok("ana", "GET", "/v1/agents/ana/recovery")["until"] == "2026-03-02T12:10:00.000Z"
        assert world.ticket("T2")["decision"]["lane"] == "queue"
        yield world
        with world.services.engine.connect().execution_options(reading=True) as connection:
            instants = list(connection.execute(sa.select(events.c.at_s).order_by(events.c.seq)).scalars())
        assert all(before <= after for before, after in pairwise(instants))


def assigned(world: World) -> bool:
    """Whether T2 has found its way by itself: reading a ticket wakes nobody."""
    return bool(world.ok("helpdesk", "GET", "/v1/tickets/T2")["agent_id"] == "ana")


def state_of(world: World) -> tuple[Any, ...]:
    found = world.ok("ana", "GET", "/v1/agents/ana/recovery")
    return found["state"], found["until"]


ON_BREAK = ("break", "2026-03-02T12:10:00.000Z")


def test_a_timer_goes_off_by_itself(resting: World, machine: MachineClock) -> None:
    machine.passes(599)
    assert state_of(resting) == ON_BREAK
    machine.passes(1)
    until(lambda: assigned(resting), "the end of the break")


def test_a_laptop_that_slept_finds_the_break_over(resting: World, machine: MachineClock) -> None:
    machine.passes(8 * HOUR_S)
    until(lambda: assigned(resting), "the end of the break")
    rests = resting.ok("ana", "GET", "/v1/agents/ana/statement")["breaks"]
    assert [each["end"] for each in rests] == ["2026-03-02T12:10:00.000Z"]


def test_a_jump_ahead_that_is_set_right_ends_no_break_and_leaves_nothing_in_the_log(resting: World, machine: MachineClock) -> None:
    machine.wall_s += 6 * HOUR_S
    for _ in range(int(DOUBT_S) - 5):
        machine.passes(1)
        assert state_of(resting) == ON_BREAK
    resting.ok("helpdesk", "PUT", "/v1/accounts/other", {})
    assert resting.client.get("/readyz").json()["clock_ahead_s"] == -6 * HOUR_S
    machine.wall_s -= 6 * HOUR_S
    machine.passes(1)
    resting.ok("helpdesk", "PUT", "/v1/accounts/another", {})
    assert resting.services.clock.now_s() == NOON_S + DOUBT_S - 4
    assert resting.client.get("/readyz").json()["clock_ahead_s"] == 0
    machine.passes(600)
    until(lambda: assigned(resting), "the end of the break")


def test_set_back_no_timer_stands_still(resting: World, machine: MachineClock) -> None:
    """By two minutes: the break ends when the clock says so, which goes at half its speed until then."""
    machine.passes(60)
    assert state_of(resting) == ON_BREAK
    machine.wall_s -= 120
    machine.passes(240)
    assert state_of(resting) == ON_BREAK
    assert resting.services.clock.now_s() == machine.wall_s == NOON_S + 180
    machine.passes(420)
    until(lambda: assigned(resting), "the end of the break")


def test_a_service_that_starts_with_its_clock_behind_the_log_goes_on_from_there(upgraded_url: str) -> None:
    with make_world(upgraded_url, SteppedClock(NOON_S + 6 * HOUR_S)) as ahead:
        ahead.agent("ana")
        ahead.ticket("T1", escalated=True)
        ahead.happened("T1", "resolved")
        told = state_of(ahead)
        assert ahead.ticket("T2")["decision"]["lane"] == "queue"
    machine = MachineClock()
    with make_world(upgraded_url, machine) as world:  # type: ignore[arg-type]
        assert state_of(world) == told
        assert world.client.get("/readyz").json()["clock_ahead_s"] == 6 * HOUR_S
        machine.passes(1201)
        until(lambda: assigned(world), "the end of the break, at half the speed")


# Summer time: instants are not local; shifts are.


@pytest.mark.parametrize(
    ("night", "begins", "ends", "long_h"),
    [
        ("spring", datetime(2026, 3, 28, 21, 0, tzinfo=UTC), datetime(2026, 3, 29, 4, 0, tzinfo=UTC), 7),
        ("autumn", datetime(2026, 10, 24, 20, 0, tzinfo=UTC), datetime(2026, 10, 25, 5, 0, tzinfo=UTC), 9),
    ],
)
def test_a_shift_over_the_night_the_clocks_change(upgraded_url: str, night: str, begins: datetime, ends: datetime, long_h: int) -> None:
    """From ten in the evening to six in the morning in Rome: seven hours in spring, nine in autumn; a break within stays ten minutes."""
    assert (ends - begins).total_seconds() == long_h * HOUR_S
    with make_world(upgraded_url, SteppedClock(begins.timestamp() - 1)) as world:
        world.agent("ana", time_zone="Europe/Rome", shifts=[{"day": "sat", "start": "22:00", "end": "06:00"}])
        assert world.ticket("early")["decision"]["waits_for"]["rules"] == {"off_shift": 1}
        world.clock.instant_s = begins.timestamp()
        world.ok("helpdesk", "PUT", "/v1/accounts/other", {})
        assert world.ok("helpdesk", "GET", "/v1/tickets/early")["agent_id"] == "ana"
        change_s = datetime(ends.year, ends.month, ends.day, 1, 0, tzinfo=UTC).timestamp()
        world.clock.instant_s = change_s - 300
        world.ticket("hot", escalated=True)
        world.happened("hot", "resolved")
        for offset_s, state in ((299.0, "break"), (301.0, "break"), (599.0, "break"), (600.0, "ready")):
            world.clock.instant_s = change_s - 300 + offset_s
            assert world.ok("ana", "GET", "/v1/agents/ana/recovery")["state"] == state, (night, offset_s)
        world.clock.instant_s = ends.timestamp()
        assert world.ticket("late")["decision"]["waits_for"]["rules"] == {"off_shift": 1}
