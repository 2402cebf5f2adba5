"""Closed forms to the digits they are printed with: Erlang B, C and A, Halfin–Whitt, and what holds for any of them."""

import math
from itertools import pairwise

import pytest
from scipy import integrate

from fatigue_model.bounds import InvalidValues
from simulations.queueing import (
    AGENTS_MAX,
    agents_at,
    agents_needed,
    erlang_b,
    erlang_c,
    garnett,
    halfin_whitt,
    queue,
    square_root_agents,
    traffic_at,
)
from support.digits import printed


@pytest.mark.parametrize(
    ("traffic", "agents", "blocked"),
    [(1, 1, ".5"), (1, 2, ".2"), (5, 10, ".0183845703"), (10, 10, ".2145823431"), (20, 30, ".0084574983")],
)
def test_erlang_b(traffic: int, agents: int, blocked: str) -> None:
    assert printed(erlang_b(traffic, agents), blocked)
    assert agents_at(erlang_b(traffic, agents), traffic) == agents


@pytest.mark.parametrize(("agents", "traffic"), [(5, "1.3608"), (10, "4.4612"), (20, "12.0306"), (100, "84.0642")])
def test_traffic_at_one_percent_blocking(agents: int, traffic: str) -> None:
    assert printed(traffic_at(0.01, agents), traffic)


@pytest.mark.parametrize(
    ("traffic", "agents", "p_wait"),
    [
        (2, 3, ".4444444"),
        (8, 10, ".4091801508"),
        (10, 14, ".1741319336"),
        (20, 25, ".20910283"),
        (90, 100, ".2169404809"),
        (100, 110, ".237008"),
    ],
)
def test_erlang_c(traffic: int, agents: int, p_wait: str) -> None:
    assert printed(erlang_c(traffic, agents), p_wait)


def test_a_hundred_calls_in_half_an_hour() -> None:
    fourteen, thirteen = (queue(100 / 1800, 180, agents) for agents in (14, 13))
    assert printed(fourteen.p_wait, ".1741319336")
    assert printed(fourteen.within(20), ".8883500192")
    assert printed(fourteen.mean_wait_s, "7.8359")
    assert printed(thirteen.within(20), ".7955948")
    assert printed(thirteen.mean_wait_s, "17.116")
    assert agents_needed(100 / 1800, 180, 0.8, 20) == fourteen


def test_the_same_calls_with_five_minutes_of_patience() -> None:
    found = queue(100 / 1800, 180, 14, 300)
    assert printed(found.p_wait, ".14526011")
    assert printed(found.abandonment, ".01398374")
    assert printed(found.occupancy, ".70429733")
    assert printed(found.mean_wait_s / 60, ".06991872")
    assert printed(found.within(20), ".91679209")


@pytest.mark.parametrize(
    ("agents", "p_wait", "abandonment", "mean_wait"),
    [
        (40, ".98436037", ".20103803", ".40207605"),
        (50, ".60116765", ".04668459", ".09336917"),
        (60, ".10107101", ".00367760", ".00735520"),
    ],
)
def test_erlang_a(agents: int, p_wait: str, abandonment: str, mean_wait: str) -> None:
    found = queue(50, 1, agents, 2)
    assert printed(found.p_wait, p_wait)
    assert printed(found.abandonment, abandonment)
    assert printed(found.mean_wait_s, mean_wait)


@pytest.mark.parametrize(("beta", "p_wait"), [(0.1, ".880287"), (0.5, ".504539"), (1.0, ".223361"), (2.0, ".026881")])
def test_halfin_whitt(beta: float, p_wait: str) -> None:
    assert printed(halfin_whitt(beta), p_wait)
    assert garnett(beta, 1e8) == pytest.approx(halfin_whitt(beta), rel=1e-5)  # people who never leave
    assert square_root_agents(10_000, halfin_whitt(beta)) == 10_000 + round(beta * 100)


def test_garnett_is_the_limit_of_erlang_a() -> None:
    for beta in (-1.0, 0.0, 1.0):
        assert queue(10_000, 1, 10_000 + round(100 * beta), 2).p_wait == pytest.approx(garnett(beta, 2), rel=0.01)


@pytest.mark.parametrize("agents", [1, 7, 100, 2000, 10_000])
@pytest.mark.parametrize("load", [0.2, 0.9, 1.0, 1.1, 4.0])
@pytest.mark.parametrize("patience_s", [0.05, 2.0, 100.0])
def test_erlang_a_at_any_size(agents: int, load: float, patience_s: float) -> None:
    found = queue(agents * load, 1, agents, patience_s)
    served = 1 - found.abandonment
    assert 0 <= found.p_wait <= 1
    assert 0 <= found.abandonment < 1
    assert found.occupancy * agents == pytest.approx(agents * load * served, rel=1e-9)  # what comes in is served or leaves
    assert found.queue_length == pytest.approx(found.abandonment * found.arrivals_per_s * patience_s, rel=1e-9)
    assert found.within(0) == pytest.approx(1 - found.p_wait, abs=1e-9)
    assert found.within(1e9) == pytest.approx(served, abs=1e-9)
    levels = [found.within(patience_s * part) for part in (0, 0.01, 0.1, 1, 10)]
    assert all(later >= earlier - 1e-8 for earlier, later in pairwise(levels))


@pytest.mark.parametrize(("rate", "agents", "patience_s"), [(50.0, 50, 2.0), (4.0, 3, 1.0), (30.0, 40, 8.0), (0.9, 1, 3.0)])
def test_answered_in_time_against_the_integral(rate: float, agents: int, patience_s: float) -> None:
    """The wait that a customer without end to their patience would have, integrated numerically (Baccelli & Hebuterne 1981)."""
    found = queue(rate, 1, agents, patience_s)
    blocked = erlang_b(rate, agents)
    tail = [1.0]
    while tail[-1] > 1e-18:
        tail.append(tail[-1] * rate / (agents + len(tail) / patience_s))
    full = 1 / (1 / blocked - 1 + math.fsum(tail))

    def density(t: float) -> float:
        return agents * full * math.exp(rate * patience_s * -math.expm1(-t / patience_s) - (agents + 1 / patience_s) * t)

    for target in (0.01, 0.2, 1.0, 5.0):
        expected, _ = integrate.quad(density, 0, target, epsabs=1e-12)
        assert found.within(target) == pytest.approx(1 - found.p_wait + expected, abs=1e-9)


def test_patience_without_end_is_erlang_c() -> None:
    for agents, rate in ((1, 0.9), (14, 10.0), (100, 95.0)):
        patient, endless = queue(rate, 1, agents, 1e9), queue(rate, 1, agents)
        assert patient.p_wait == pytest.approx(endless.p_wait, rel=1e-6)
        assert patient.mean_wait_s == pytest.approx(endless.mean_wait_s, rel=1e-6)
        assert patient.within(0.3) == pytest.approx(endless.within(0.3), rel=1e-6)


@pytest.mark.parametrize("patience_s", [None, 40.0])
@pytest.mark.parametrize("rate", [0.004, 0.1, 2.0])
def test_agents_needed_are_enough_and_one_fewer_are_not(rate: float, patience_s: float | None) -> None:
    wanted = {"service_level": 0.8, "target_s": 20.0, "max_occupancy": 0.9, "max_abandonment": 0.04}
    found = agents_needed(rate, 180, patience_s=patience_s, **wanted)

    def meets(agents: int) -> bool:
        other = queue(rate, 180, agents, patience_s)
        return other.within(20) >= 0.8 and other.occupancy <= 0.9 and other.abandonment <= 0.04

    assert meets(found.agents)
    assert found.agents == 1 or not meets(found.agents - 1)


def test_a_queue_that_grows_without_end_says_so() -> None:
    found = queue(10, 1, 10)
    assert (found.p_wait, found.occupancy, found.mean_wait_s, found.within(1e6)) == (1, 1, math.inf, 0)


def test_what_is_out_of_bounds_is_named_with_its_bound() -> None:
    with pytest.raises(InvalidValues, match=rf"/handling_s: 0 .*; /agents: 2.5 .*whole number from 1 to {AGENTS_MAX}") as caught:
        queue(1, 0, 2.5)  # type: ignore[arg-type]
    assert len(caught.value.violations) == 2
    with pytest.raises(InvalidValues, match=r"/blocking: 1\.5 is not allowed; allowed: a number from"):
        traffic_at(1.5, 3)
    with pytest.raises(InvalidValues, match=r"/service_level: 0\.9 .* at most"):
        agents_needed(1e6, 1, 0.9, 1)
