"""The same queues as their own documentation would write them, in simpy and ciw, and Erlang A as a plain Markov chain."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any


def simpy_waits(arrive_s: list[float], service_s: list[float], patience_s: list[float], servers: int) -> list[float]:
    """M/M/c+M in simpy: a process for each customer, a request that a time-out beats."""
    import simpy

    env = simpy.Environment()
    agents = simpy.Resource(env, servers)
    waits = [0.0] * len(arrive_s)

    def customer(number: int) -> Any:
        with agents.request() as request:
            yield request | env.timeout(patience_s[number])
            waits[number] = env.now - arrive_s[number]
            if request.triggered:
                yield env.timeout(service_s[number])

    def source() -> Any:
        for number, instant in enumerate(arrive_s):
            yield env.timeout(instant - env.now)
            env.process(customer(number))

    env.process(source())
    env.run()
    return waits


def ciw_waits(arrive_s: list[float], service_s: list[float], patience_s: list[float], servers: int) -> list[float]:
    """The same in ciw: one node whose customers renege, each with a service and a patience of their own."""
    import ciw

    class Own(ciw.dists.Distribution):
        def __init__(self, values: list[float]) -> None:
            self.values = values

        def sample(self, t: float | None = None, ind: Any = None) -> float:
            return self.values[ind.id_number - 1]

    gaps = [arrive_s[0], *(later - earlier for earlier, later in pairwise(arrive_s))]
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Sequential([*gaps, math.inf])],
        service_distributions=[Own(service_s)],
        reneging_time_distributions=[Own(patience_s)],
        number_of_servers=[servers],
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(arrive_s[-1] + 100)
    return [each.waiting_time for each in sorted(simulation.get_all_records(), key=lambda each: each.id_number)]


def plain_erlang_a(rate: float, service_s: float, servers: int, patience_s: float, target_s: float) -> float:
    """Served within a time in M/M/c+M, as it is often computed: the stationary chain, and from every place in line a uniformized one.

    It stands for pyworkforce's Erlang A, which is computed like this since 0.5.4 and needs a newer Python than ours.
    """
    at_work, gone = servers / service_s, 1 / patience_s
    shares = [1.0]
    while len(shares) <= servers or shares[-1] > 1e-15 * sum(shares):
        there = len(shares)
        shares.append(shares[-1] * rate / (min(there, servers) / service_s + max(there - servers, 0) * gone))
    total, most = sum(shares), len(shares) - 1 - servers
    fastest = at_work + (most + 1) * gone
    found = sum(shares[:servers])
    for ahead in range(most + 1):
        found += shares[servers + ahead] * _served_by(target_s, ahead, at_work, gone, fastest)
    return found / total


def _served_by(target_s: float, ahead: int, at_work: float, gone: float, fastest: float) -> float:
    """From `ahead` others before oneself: served by then, by steps of a chain at rate `fastest`."""
    places = [0.0] * (ahead + 1)
    places[ahead] = 1.0
    done = found = 0.0
    mean = fastest * target_s
    weight = math.exp(-mean)
    for step in range(1, int(mean + 10 * math.sqrt(mean) + 50) + 1):
        later = [0.0] * (ahead + 1)
        for place, share in enumerate(places):
            move = at_work + place * gone
            if place == 0:
                done += share * move / fastest
            else:
                later[place - 1] += share * move / fastest
            later[place] += share * (1 - (move + gone) / fastest)
        places = later
        weight *= mean / step
        found += weight * done
    return found
