"""The queue run again: it is the textbook's recursion, and what a log does not say of its ways comes back out of it."""

import numpy as np
import pytest

from simulations.calibrate.attendance import PASSED_OVER_S, PAUSE_S, Session, sessions
from simulations.calibrate.calls import calls
from simulations.calibrate.line import Demand, Rules, run
from simulations.calibrate.phone import phone
from simulations.calibrate.wrap_up import head_start_s
from simulations.history import History
from support.call_logs import Centre, calls_map, log_of, read_calls, row

ALL_DAY = 100_000.0


def demand(arrived_s: list[float], service_s: float | list[float] = 60.0, patience_s: float = np.inf, **more: list[int]) -> Demand:
    count = len(arrived_s)
    return Demand(
        np.array(arrived_s),
        np.broadcast_to(np.asarray(service_s, dtype=float), count),
        np.full(count, patience_s),
        np.array(more.get("ahead", [0] * count), dtype=bool),
        np.array(more.get("category", [0] * count)),
    )


def rules(wrap_up_s: float = 0.0, head_start: float = 0.0, skills: dict[int, frozenset[int]] | None = None) -> Rules:
    return Rules(wrap_up_s, head_start, skills or {})


def test_it_is_the_recursion_of_a_queue_with_abandonment() -> None:
    """Whoever is free first takes the next in order; a caller whose wait would pass their patience leaves (Kiefer–Wolfowitz)."""
    generator = np.random.default_rng(3)
    arrived_s = np.cumsum(generator.exponential(20, 3000))
    service_s, patience_s = generator.exponential(90, 3000), generator.exponential(60, 3000)
    free_s, wait_s, left = np.zeros(4), np.zeros(3000), np.zeros(3000, dtype=bool)
    for call, came_s in enumerate(arrived_s):
        first = int(free_s.argmin())
        begin_s = max(came_s, free_s[first])
        left[call] = begin_s - came_s > patience_s[call]
        wait_s[call] = patience_s[call] if left[call] else begin_s - came_s
        if not left[call]:
            free_s[first] = begin_s + service_s[call]
    told = Demand(arrived_s, service_s, patience_s, np.zeros(3000, dtype=bool), np.zeros(3000, dtype=np.int64))
    found = run(told, [Session(agent, 0.0, 1e9) for agent in range(4)], rules())
    np.testing.assert_allclose(found[0], wait_s)
    np.testing.assert_array_equal(found[1], left)


def test_wrap_up_keeps_the_hand() -> None:
    wait_s, _ = run(demand([0.0, 10.0]), [Session(0, 0.0, ALL_DAY)], rules(wrap_up_s=30.0))
    assert wait_s.tolist() == [0.0, 80.0]


def test_a_head_start_goes_before_who_came_less_than_it_earlier() -> None:
    sooner = run(demand([0.0, 10.0, 40.0], ahead=[0, 0, 1]), [Session(0, 0.0, ALL_DAY)], rules(head_start=45.0))[0]
    later = run(demand([0.0, 10.0, 40.0], ahead=[0, 0, 1]), [Session(0, 0.0, ALL_DAY)], rules(head_start=20.0))[0]
    assert (sooner.tolist(), later.tolist()) == ([0.0, 110.0, 20.0], [0.0, 50.0, 80.0])


def test_an_agent_takes_what_they_can() -> None:
    wait_s, _ = run(
        demand([0.0, 1.0, 2.0], category=[0, 1, 0]),
        [Session(0, 0.0, ALL_DAY), Session(1, 50.0, ALL_DAY)],
        rules(skills={0: frozenset({0})}),
    )
    assert wait_s.tolist() == [0.0, 49.0, 58.0]


def test_nobody_answers_after_the_end_and_who_waits_then_hangs_up() -> None:
    wait_s, left = run(demand([0.0, 10.0], patience_s=500.0), [Session(0, 0.0, 40.0)], rules())
    assert (wait_s.tolist(), left.tolist()) == ([0.0, 30.0], [False, True])


def test_other_work_is_in_the_way() -> None:
    wait_s, _ = run(demand([100.0]), [Session(0, 0.0, ALL_DAY, busy=((50.0, 300.0),))], rules())
    assert wait_s.tolist() == [200.0]


def test_a_session_ends_where_nobody_called_for_long_or_somebody_was_passed_over() -> None:
    pause = f"{9 + (60 + PAUSE_S + 1) / 3600:.0f}:40:00"
    told = calls(read_calls([row("09:00:00", to="09:01:00"), row(pause, to=pause)]).cases)
    assert [each.start_s - told.arrived_s[0] for each in sessions(told)] == [0.0, told.arrived_s[1] - told.arrived_s[0]]
    waits = row("09:01:00", seconds=str(PASSED_OVER_S + 1), who="-", end="gone")
    passed = calls(read_calls([row("09:00:00", to="09:01:00"), waits, row("09:10:00", to="09:11:00")]).cases)
    assert len(sessions(passed)) == 2
    kept = calls(read_calls([row("09:00:00", to="09:01:00"), row("09:10:00", to="09:11:00")]).cases)
    assert len(sessions(kept)) == 1


def history(seed: int = 1, **ways: float) -> History:
    return read_calls(log_of(Centre(days=5, **ways), np.random.default_rng(seed)))  # type: ignore[arg-type]


@pytest.mark.parametrize("wrap_up_s", [0.0, 25.0, 60.0])
def test_the_wrap_up_comes_back(wrap_up_s: float) -> None:
    """Busier centres for less wrap-up, so that there is something to see."""
    cases = history(wrap_up_s=wrap_up_s, calls_per_hour=80 * 260 / (220 + wrap_up_s)).cases
    found = phone(calls(cases), np.random.default_rng(1)).wrap_up
    assert found.mean_s.holds(wrap_up_s)
    assert found.mean_s.high - found.mean_s.low < 8.0
    assert found.waits_s[0] <= found.waits_s[-1]


@pytest.mark.parametrize("seconds", [0.0, 60.0, 180.0])
def test_the_head_start_comes_back(seconds: float) -> None:
    told = calls(history(head_start_s=seconds, high_share=0.4, calls_per_hour=95.0).cases)
    assert head_start_s(told) == pytest.approx(seconds, abs=15.0)


def test_without_ranks_there_is_no_head_start() -> None:
    assert head_start_s(calls(history().cases)) == 0.0


def test_the_map_of_the_made_up_logs_is_one_of_calls() -> None:
    assert calls_map().shape == "calls"
