"""Textbook queues in CPU seconds: event loop and recursion against simpy, ciw and cimba, Erlang A against its plain Markov chain.

Peers that take them get the very customers that ours drew, and must come to the same waits; their time has no drawing in it,
ours has. Compiling is done before and printed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from importlib.metadata import version
from itertools import pairwise
from multiprocessing import get_context
from time import perf_counter, process_time
from typing import Any

import numpy as np
from queue_peers import ciw_waits, plain_erlang_a, simpy_waits

from simulations.distributions import Distribution
from simulations.queueing import erlang_c, queue
from simulations.reference import Reference
from simulations.reference_customers import Customers
from simulations.reference_kernel import waits_compiled
from simulations.reference_run import Told, simulated

SERVERS, RATE, PATIENCE_S = 50, 50.0, 2.0
PURE_BAR, NUMBA_BAR, RECURSION_BAR, CIMBA_BAR, SWEEP_BAR = 5.0, 60.0, 200.0, 5.0, 100.0
MODEL = Reference(servers=SERVERS, arrivals_per_s=RATE, patience=Distribution("exponential", PATIENCE_S), horizon_s=1000.0, warm_up_s=0.0)
CUSTOMERS = 20_000  # of ours, for the peers
CIMBA_RATE, CIMBA_S = 45.0, 8000.0


def waits_of(told: Told) -> tuple[float, float]:
    """Mean wait and share who leave, of those counted."""
    wait_s = (told.left_line_s - told.who.arrive_s)[told.counted]
    return float(wait_s.mean()), float(1 - told.served[told.counted].mean())


def simulate(reference: Reference) -> Callable[[], float]:
    """One replication with its drawing; gives customers per run to divide by."""

    def work() -> float:
        told = simulated(reference, 1, 0)
        assert abs(waits_of(told)[1] - queue(RATE, 1, SERVERS, PATIENCE_S).abandonment) < 0.02
        return float(told.counted.sum())

    return work


def recursion(rate: float, seconds: float, patience_s: float) -> Callable[[], float]:
    """Customers drawn and their waits found."""

    def work() -> float:
        count = round(rate * seconds)
        chance = np.random.default_rng(1)
        arrive_s, service_s = np.cumsum(chance.standard_exponential(count) / rate), chance.standard_exponential(count)
        patience = chance.standard_exponential(count) * patience_s if patience_s < math.inf else np.full(count, math.inf)
        waits, _ = waits_compiled(arrive_s, service_s, SERVERS, patience)
        exact = queue(rate, 1, SERVERS, patience_s if patience_s < math.inf else None).mean_wait_s
        assert abs(waits.mean() - exact) < 0.2 * exact
        return float(count)

    return work


def first_customers() -> tuple[list[list[float]], list[float]]:
    """Arrivals, services and patience of the first customers of ours, and how long ours says that each waits."""
    told = simulated(MODEL, 1, 0)
    who: Customers = told.who
    chosen = slice(0, CUSTOMERS)
    columns = (who.arrive_s[chosen], who.service_s[chosen], (who.leave_s - who.arrive_s)[chosen])
    return [each.tolist() for each in columns], (told.left_line_s - who.arrive_s)[chosen].tolist()


def per_customer(work: Callable[[], float], rounds: int = 3) -> float:
    """CPU seconds a customer, the best of some rounds."""
    best = math.inf
    for _ in range(rounds):
        began = process_time()
        count = work()
        best = min(best, (process_time() - began) / count)
    return best


def peers() -> dict[str, float]:
    """CPU seconds a customer of simpy and ciw, after they have come to our waits."""
    columns, ours = first_customers()
    found: dict[str, float] = {}
    for name, run, share in (("simpy", simpy_waits, 1.0), ("ciw", ciw_waits, 0.2)):
        count = round(share * CUSTOMERS)
        given = [each[:count] for each in columns]
        assert np.allclose(run(*given, SERVERS), ours[:count], atol=1e-6), name
        found[name] = per_customer(lambda run=run, given=given, count=count: float(len(run(*given, SERVERS)) and count), 2)
    return found


def against_cimba() -> tuple[float, float]:
    """CPU seconds a customer of M/M/50 at λ 45: the recursion with numba, and cimba's compiled processes.

    cimba teaches numba new types when it is imported, which is too late where numba has compiled already: it gets its own process.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        compiled_s, cimba_s, found = pool.submit(_cimba, CIMBA_S).result()
    print(f"  cimba compiled in {compiled_s:.1f} s")
    exact = erlang_c(CIMBA_RATE, SERVERS) * CIMBA_RATE / (SERVERS - CIMBA_RATE)
    assert abs(found - exact) < 0.2 * exact
    return per_customer(recursion(CIMBA_RATE, CIMBA_S, math.inf)), cimba_s


def _cimba(seconds: float) -> tuple[float, float, float]:
    from queue_in_cimba import RATE as rate
    from queue_in_cimba import SERVERS as servers
    from queue_in_cimba import timed

    assert (rate, servers) == (CIMBA_RATE, SERVERS)
    return timed(seconds, 3)


def erlang_a_sweep() -> tuple[float, float]:
    """Seconds for 9 numbers of agents and 2 targets: ours, and the Markov chain by uniformization, equal to 1e-8."""
    points = [(agents, target_s) for agents in range(10, 19) for target_s in (10.0, 20.0)]

    def ours() -> list[float]:
        return [queue(100 / 1800, 180, agents, 300).within(target_s) for agents, target_s in points]

    began = process_time()
    theirs = [plain_erlang_a(100 / 1800, 180, agents, 300, target_s) for agents, target_s in points]
    peer_s = process_time() - began
    assert np.allclose(ours(), theirs, atol=1e-8)
    assert all(later > earlier for earlier, later in pairwise(ours()[::2]))
    return per_customer(lambda: float(len(ours()) > 0)), peer_s


def check_against_pyworkforce() -> None:
    """What pyworkforce has for this Python, Erlang C, is ours to 1e-8."""
    from pyworkforce.queuing import ErlangC

    peer, numbers = ErlangC(transactions=100, aht=3, interval=30, asa=20 / 60), range(11, 60)
    ours = [queue(100 / 1800, 180, agents) for agents in numbers]
    assert np.allclose([each.within(20) for each in ours], [peer.service_level(agents) for agents in numbers], atol=1e-8)
    assert np.allclose([each.p_wait for each in ours], [peer.waiting_probability(agents) for agents in numbers], atol=1e-8)


def run() -> list[dict[str, Any]]:
    check_against_pyworkforce()
    compiled = replace(MODEL, engine="numba")
    began = perf_counter()
    simulated(replace(compiled, horizon_s=1.0), 1, 0)
    recursion(RATE, 200.0, PATIENCE_S)()
    print(f"  numba {version('numba')} compiled, or took from its cache, in {perf_counter() - began:.1f} s; not in the ratios")
    slow = peers()
    simpy, ciw = f"simpy {version('simpy')}, the same customers", f"ciw {version('ciw')}, the same customers"
    pure_s, fast_s = per_customer(simulate(MODEL)), per_customer(simulate(compiled))
    recursion_s = per_customer(recursion(RATE, 4000.0, PATIENCE_S))
    no_patience_s, cimba_s = against_cimba()
    model = "M/M/50+M, λ 50, θ .5"
    return [
        _row(f"event loop, {model}, pure Python", PURE_BAR, simpy, pure_s, slow["simpy"]),
        _row(f"event loop, {model}, pure Python", None, ciw, pure_s, slow["ciw"]),
        _row(f"event loop, {model}, numba", NUMBA_BAR, simpy, fast_s, slow["simpy"]),
        _row(f"Kiefer–Wolfowitz, {model}, numba", RECURSION_BAR, simpy, recursion_s, slow["simpy"]),
        _row("Kiefer–Wolfowitz, M/M/50, λ 45, numba", CIMBA_BAR, f"cimba {version('cimba')}, compiled", no_patience_s, cimba_s),
        _row("Erlang A, 9 numbers of agents, 2 targets", SWEEP_BAR, "its Markov chain by uniformization, plain Python", *erlang_a_sweep()),
    ]


def _row(name: str, bar: float | None, peer: str, ours_s: float, peer_s: float) -> dict[str, Any]:
    return {"name": name, "ratio": peer_s / ours_s, "bar": bar, "peer": peer, "ours_s": ours_s, "peer_s": peer_s}
