"""What holds for any textbook queue: the engines agree, the recursion agrees with the event loop, Little's law, nobody idles at work."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulations.distributions import Distribution
from simulations.queueing import waits_in_order
from simulations.reference import Kind, RecoveryBreak, Reference, ShotNoise, Vacations
from simulations.reference_metrics import measured
from simulations.reference_run import Told, simulated

MEANS = st.sampled_from([0.3, 1.0, 2.0])
LENGTHS = st.one_of(
    st.builds(Distribution, st.just("exponential"), MEANS),
    st.builds(Distribution, st.just("deterministic"), MEANS),
    st.builds(Distribution, st.sampled_from(["gamma", "lognormal"]), MEANS, st.sampled_from([0.5, 1.5])),
)
CLASSES = st.dictionaries(
    st.sampled_from(["a", "b", "c"]),
    st.builds(Kind, arrivals_per_s=st.sampled_from([0.5, 1.5]), patience=LENGTHS, priority=st.integers(1, 3)),
    min_size=1,
)


@st.composite
def references(draw: Any, **fixed: Any) -> Reference:
    """Queues of all sorts that come to an end: with patience."""
    classes = draw(CLASSES) if "classes" not in fixed and draw(st.booleans()) else {}
    mine = {
        "servers": draw(st.integers(1, 4)),
        "arrivals_per_s": None if classes else draw(st.sampled_from([0.5, 1.5, 4.0])),
        "classes": classes,
        "service": draw(LENGTHS),
        "patience": draw(LENGTHS),
        "order": draw(st.sampled_from(["fcfs", "lcfs", "random"])),
        "capacity": draw(st.sampled_from([None, None, 4, 7])),
        "waiting_room": None,
        "recovery_break": draw(st.one_of(st.none(), st.builds(RecoveryBreak, st.sampled_from([0.3, 1.0]), LENGTHS))),
        "vacations": draw(st.one_of(st.none(), st.builds(Vacations, st.sampled_from(["multiple", "single"]), LENGTHS))),
        "load": draw(st.one_of(st.none(), st.just(ShotNoise()))),
        "horizon_s": 40.0,
        "warm_up_s": draw(st.sampled_from([0.0, 7.0])),
    }
    if mine["capacity"] is None:
        mine["waiting_room"] = draw(st.sampled_from([None, 0, 2]))
    return Reference(**{**mine, **fixed})


PLAIN = {"classes": {}, "order": "fcfs", "capacity": None, "waiting_room": None, "vacations": None}
SEEDS = st.integers(0, 2**32)


def arrays(told: Told) -> list[np.ndarray]:
    return [told.began_s, told.server, told.left_line_s, told.gone_s, *told.busy, *told.breaks, *told.vacations]


@given(references(), SEEDS)
@settings(max_examples=80, deadline=None)
def test_numba_and_python_agree_to_the_last_bit(reference: Reference, seed: int) -> None:
    pytest.importorskip("numba")
    fast = dataclasses.replace(reference, engine="numba")
    for ours, theirs in zip(arrays(simulated(reference, seed, 0)), arrays(simulated(fast, seed, 0)), strict=True):
        assert ours.tobytes() == theirs.tobytes()
    assert str(measured(reference, seed, 0)) == str(measured(fast, seed, 0))


@given(references(**PLAIN), SEEDS)
@settings(max_examples=60, deadline=None)
def test_the_recursion_is_the_event_loop_ticket_for_ticket(reference: Reference, seed: int) -> None:
    told = simulated(reference, seed, 0)
    who, served = told.who, told.served
    known = np.flatnonzero(told.counted)[-1] + 1 if told.counted.any() else 0
    patience_s = who.leave_s - who.arrive_s
    columns = (who.arrive_s, who.service_s + who.pause_s)
    waits, left = waits_in_order(*(each[:known].tolist() for each in columns), reference.servers, patience_s[:known].tolist())
    assert left == (~served[:known]).tolist()
    assert np.where(left, who.arrive_s[:known] + patience_s[:known], who.arrive_s[:known] + waits) == pytest.approx(
        told.left_line_s[:known]
    )
    assert (np.array(waits)[served[:known]] == (told.began_s - who.arrive_s)[:known][served[:known]]).all()


def test_the_compiled_recursion_says_the_same() -> None:
    kernel = pytest.importorskip("simulations.reference_kernel")
    chance = np.random.default_rng(4)
    arrive_s, service_s, patience_s = np.cumsum(chance.exponential(0.02, 5000)), chance.exponential(1, 5000), chance.exponential(2, 5000)
    waits, left = waits_in_order(arrive_s.tolist(), service_s.tolist(), 45, patience_s.tolist())
    fast_waits, fast_left = kernel.waits_compiled(arrive_s, service_s, 45, patience_s)
    assert (fast_waits.tolist(), fast_left.tolist()) == (waits, left)


@given(references(), SEEDS)
@settings(max_examples=40, deadline=None)
def test_littles_law_but_for_those_at_the_edges(reference: Reference, seed: int) -> None:
    """Customers there, over time, are the stays of those who came: exactly, once stays are cut at both ends."""
    told = simulated(reference, seed, 0)
    stay_s = np.where(np.isfinite(told.gone_s), told.gone_s, told.until_s) - told.who.arrive_s
    inside = measured(reference, seed, 0)["in_system"] * (told.until_s - told.from_s)
    before = (told.who.arrive_s < told.from_s) & (told.gone_s > told.from_s)
    after = told.counted & (told.gone_s > told.until_s)
    edges = float(np.minimum(stay_s[before], told.until_s - told.from_s).sum()), float(stay_s[after].sum())
    assert stay_s[told.counted].sum() - edges[1] - 1e-6 <= inside <= stay_s[told.counted].sum() + edges[0] + 1e-6


@given(references(), SEEDS)
@settings(max_examples=40, deadline=None)
def test_nobody_waits_while_a_server_is_idle(reference: Reference, seed: int) -> None:
    told = simulated(reference, seed, 0)
    line = (told.left_line_s > told.who.arrive_s) & ~told.blocked & (told.left_line_s < told.until_s)
    for arrived, left in zip(told.who.arrive_s[line], told.left_line_s[line], strict=True):
        instant = (arrived + left) / 2
        taken = sum(int(((each.from_s <= instant) & (instant < each.until_s)).sum()) for each in (told.busy, told.breaks, told.vacations))
        assert taken == reference.servers


@given(references(), SEEDS)
@settings(max_examples=40, deadline=None)
def test_no_place_is_taken_twice(reference: Reference, seed: int) -> None:
    """Never more at work, on breaks or away than servers; never more there than the capacity, nor waiting than the room."""
    told = simulated(reference, seed, 0)
    for instant in told.who.arrive_s[told.who.arrive_s < told.until_s]:
        taken = sum(int(((each.from_s <= instant) & (instant < each.until_s)).sum()) for each in (told.busy, told.breaks, told.vacations))
        there = int(((told.who.arrive_s <= instant) & (told.gone_s > instant)).sum())
        waits = int(((told.who.arrive_s <= instant) & (told.left_line_s > instant)).sum())
        assert taken <= reference.servers
        assert reference.capacity is None or there <= reference.capacity
        assert reference.waiting_room is None or waits <= reference.waiting_room


@pytest.mark.parametrize("servers", [1, 3])
def test_work_is_conserved_whoever_goes_first(servers: int) -> None:
    """With services of one law the number there does not depend on the order; with one server neither does any instant of it."""
    kinds = {name: Kind(arrivals_per_s=0.25 * servers, priority=number) for number, name in enumerate("abc", 1)}
    plain = Reference(servers=servers, classes=kinds, horizon_s=3000.0, warm_up_s=0.0)
    ways = [plain, *(dataclasses.replace(plain, order=order) for order in ("lcfs", "random"))]
    ways.append(dataclasses.replace(plain, priorities="preemptive-resume"))
    found = [measured(each, 7, 0) for each in ways]
    if servers == 1:
        assert [each["busy"] for each in found] == pytest.approx([found[0]["busy"]] * len(found), rel=1e-9)
        assert [each["empty"] for each in found] == pytest.approx([found[0]["empty"]] * len(found), rel=1e-9)
    assert [each["in_system"] for each in found] == pytest.approx([found[0]["in_system"]] * len(found), rel=0.1)


def test_more_customers_drawn_leave_the_first_as_they_were() -> None:
    short = Reference(servers=2, arrivals_per_s=1.5, patience=Distribution("exponential", 2.0), horizon_s=100.0, warm_up_s=0.0)
    one, more = simulated(short, 3, 0), simulated(dataclasses.replace(short, horizon_s=300.0), 3, 0)
    count = int(one.counted.sum())
    assert one.began_s[:count].tolist() == more.began_s[:count].tolist()
    assert simulated(short, 3, 1).began_s[:count].tolist() != one.began_s[:count].tolist()
