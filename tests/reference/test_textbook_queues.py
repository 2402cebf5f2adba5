"""Textbook queues: closed forms to the digits they are printed with, and scenario files simulated within 3.5 standard errors of them."""

from __future__ import annotations

import math
from importlib.resources import files
from typing import Any

import numpy as np
import pytest

from fatigue_model.bounds import InvalidValues
from simulations.intervals import mean_and_half_width
from simulations.queueing import erlang_b, queue
from simulations.run import measured, metrics_of, run
from simulations.scenario import Scenario, parse, scenario_from
from simulations.textbook import (
    interrupting_priorities,
    multiple_vacations,
    pollaczek_khinchine,
    priorities,
    recovery_breaks,
    shot_noise,
    single_vacation,
)
from support.digits import printed

REPLICATIONS = 20
ERRORS = 3.5
E2 = math.sqrt(0.5)
BREAKS = recovery_breaks(4, 1, 2, 5, 0.2, 0.5)


def scenario(text: str, **reference: Any) -> Scenario:
    values = parse(f"[reference]\n{text}")
    values["reference"] |= reference
    values["run"] = {"replications": REPLICATIONS, "seed": 3}
    return scenario_from(values)


def far(told: Scenario, exact: dict[str, float]) -> dict[str, str]:
    """The metrics further than `ERRORS` standard errors from what is exact, in words."""
    runs = [measured(told, replication) for replication in range(told.run.replications)]
    found = {}
    for name, expected in exact.items():
        values = np.array([each[name] for each in runs])
        error = values.std(ddof=1) / math.sqrt(len(values))
        if not abs(values.mean() - expected) <= ERRORS * error:
            found[name] = f"{values.mean():.6g} ± {error:.2g}, not {expected:.6g}"
    return found


def test_pollaczek_khinchine_in_closed_form() -> None:
    assert [round(pollaczek_khinchine(0.8, 1, cv), 12) for cv in (0, E2, 1)] == [2, 3, 4]


def test_cobham_in_closed_form() -> None:
    assert all(map(printed, priorities((0.3, 0.3, 0.2), 1), ("1.142857", "2.857143", "10.0")))
    assert all(map(printed, priorities((4, 3, 2), 1, 10), (".11145525", ".37151751", "2.22910508")))


def test_vacations_in_closed_form() -> None:
    assert printed(multiple_vacations(0.5, 1, 1, 2, 1), "3.0")
    assert printed(multiple_vacations(0.5, 1, 1, 1, 0), "1.5")


def test_recovery_breaks_as_a_markov_chain() -> None:
    assert printed(BREAKS.abandonment, ".10543696")
    assert printed(BREAKS.mean_wait_s, ".21087392")
    assert printed(BREAKS.busy, ".71565043")
    assert printed(BREAKS.on_break, ".07156504")
    assert printed(recovery_breaks(4, 1, 2, 5, 0, 0.5).abandonment, ".07796868")
    served = 4 * (1 - BREAKS.abandonment)
    assert BREAKS.on_break == pytest.approx(served * 0.2 * 0.5 / 5, rel=1e-9)


@pytest.mark.parametrize(("rate", "servers"), [(50.0, 60), (4.0, 5), (9.0, 3)])
def test_without_breaks_the_chain_is_erlang_a(rate: float, servers: int) -> None:
    chain, known = recovery_breaks(rate, 1, 2, servers, 0, 1), queue(rate, 1, servers, 2)
    assert (chain.p_wait, chain.abandonment, chain.busy) == pytest.approx((known.p_wait, known.abandonment, known.occupancy), rel=1e-9)


def test_campbell_in_closed_form() -> None:
    mean, variance = shot_noise(1, 2 / 7, 10 / 392, 4)
    assert printed(mean, "1.142857")
    assert printed(variance, ".214286")


def test_what_cannot_be_is_named_with_its_bound() -> None:
    with pytest.raises(InvalidValues, match=r"/service_s: 1\.1 is not allowed; allowed: an offered load below 1"):
        pollaczek_khinchine(1.1, 1)
    with pytest.raises(InvalidValues, match=r"/probability: 2 is not allowed; allowed: a number from 0 to 1"):
        recovery_breaks(1, 1, 1, 1, 2, 1)


SIMULATED: dict[str, tuple[str, dict[str, float]]] = {
    "M/M/1": (
        "arrivals_per_s = 0.8",
        {"mean_wait_s": 4, "p_wait": 0.8, "queue_length": 3.2, "in_system": 4, "busy": 0.8, "empty": 0.2, "mean_time_in_system_s": 5},
    ),
    "M/M/1, who waits": ("arrivals_per_s = 0.8\nwithin_s = [1.0]", {"mean_wait_delayed_s": 5, "within_1s": 1 - 0.8 * math.exp(-0.2)}),
    "M/D/1": ('arrivals_per_s = 0.8\nservice = { shape = "deterministic", mean_s = 1.0 }', {"mean_wait_s": 2}),
    "M/E2/1": (f'arrivals_per_s = 0.8\nservice = {{ shape = "gamma", mean_s = 1.0, cv = {E2} }}', {"mean_wait_s": 3}),
    "M/M/3": ("servers = 3\narrivals_per_s = 2.0", {"p_wait": 4 / 9, "mean_wait_s": 4 / 9}),
    "M/M/14, a hundred calls in half an hour": (
        "servers = 14\narrivals_per_s = 0.05555555555555555\nservice = { mean_s = 180 }\nwithin_s = [20.0]",
        {"p_wait": 0.1741319336, "within_20s": 0.8883500192, "mean_wait_s": 7.8359},
    ),
    "the same with patience": (
        "servers = 14\narrivals_per_s = 0.05555555555555555\nservice = { mean_s = 180 }\npatience = { mean_s = 300 }\nwithin_s = [20.0]",
        {"p_wait": 0.14526011, "abandoned": 0.01398374, "busy": 0.70429733, "mean_wait_s": 0.06991872 * 60, "within_20s": 0.91679209},
    ),
    **{
        f"M/M/{servers}+M": (
            f"servers = {servers}\narrivals_per_s = 50.0\npatience = {{ mean_s = 2.0 }}",
            {"p_wait": p_wait, "abandoned": abandoned, "mean_wait_s": mean_wait},
        )
        for servers, p_wait, abandoned, mean_wait in (
            (40, 0.98436037, 0.20103803, 0.40207605),
            (50, 0.60116765, 0.04668459, 0.09336917),
            (60, 0.10107101, 0.00367760, 0.00735520),
        )
    },
    "M/M/10/10": ("servers = 10\narrivals_per_s = 5.0\ncapacity = 10", {"blocked": 0.0183845703}),
    "M/G/10 without a waiting room": (
        'servers = 10\narrivals_per_s = 10.0\nwaiting_room = 0\nservice = { shape = "lognormal", mean_s = 1.0, cv = 1.0 }',
        {"blocked": erlang_b(10, 10)},
    ),
    "M/M/1/3+M": (
        "arrivals_per_s = 2.0\ncapacity = 3\npatience = { mean_s = 2.0 }",
        {"blocked": 0.32, "abandoned": 0.24, "empty": 0.12},
    ),
    "D/M/1": ('interarrival = { shape = "deterministic", mean_s = 1.25 }', {"p_wait": 0.62862980, "mean_wait_s": 1.69273084}),
    "M/M/1, last come first served": ('arrivals_per_s = 0.8\norder = "lcfs"', {"mean_wait_s": 4, "p_wait": 0.8}),
    "M/M/1, anybody": ('arrivals_per_s = 0.8\norder = "random"', {"mean_wait_s": 4, "p_wait": 0.8}),
    "three classes, one server": (
        "\n".join(f"classes.c{each} = {{ arrivals_per_s = {rate}, priority = {each} }}" for each, rate in enumerate((0.3, 0.3, 0.2), 1)),
        {"c1.mean_wait_s": 1.142857, "c2.mean_wait_s": 2.857143, "c3.mean_wait_s": 10.0},
    ),
    "three classes, ten servers": (
        "servers = 10\n"
        + "\n".join(f"classes.c{each} = {{ arrivals_per_s = {rate}, priority = {each} }}" for each, rate in enumerate((4, 3, 2), 1)),
        {"c1.mean_wait_s": 0.11145525, "c2.mean_wait_s": 0.37151751, "c3.mean_wait_s": 2.22910508},
    ),
    "three classes that interrupt": (
        'priorities = "preemptive-resume"\n'
        + "\n".join(f"classes.c{each} = {{ arrivals_per_s = {rate}, priority = {each} }}" for each, rate in enumerate((0.3, 0.3, 0.2), 1)),
        {f"c{each}.mean_time_in_system_s": exact for each, exact in enumerate(interrupting_priorities((0.3, 0.3, 0.2), 1), 1)}
        | {"in_system": 4},
    ),
    "multiple vacations": (
        'arrivals_per_s = 0.5\nvacations = { kind = "multiple", length = { mean_s = 2.0 } }',
        {"mean_wait_s": 3, "on_vacation": 0.5, "busy": 0.5},
    ),
    "multiple constant vacations": (
        'arrivals_per_s = 0.5\nvacations = { length = { shape = "deterministic", mean_s = 1.0 } }',
        {"mean_wait_s": 1.5},
    ),
    "single vacations": (
        'arrivals_per_s = 0.5\nvacations = { kind = "single", length = { mean_s = 2.0 } }',
        {"mean_wait_s": single_vacation(0.5, 1, 1, 2, 1, 0.5)},
    ),
    "recovery breaks": (
        "servers = 5\narrivals_per_s = 4.0\npatience = { mean_s = 2.0 }\nrecovery_break = { probability = 0.2, length = { mean_s = 0.5 } }",
        {"abandoned": 0.10543696, "mean_wait_s": 0.21087392, "busy": 0.71565043, "on_break": 0.07156504, "p_wait": BREAKS.p_wait},
    ),
    "no breaks": (
        "servers = 5\narrivals_per_s = 4.0\npatience = { mean_s = 2.0 }\nrecovery_break = { probability = 0.0 }",
        {"abandoned": 0.07796868, "on_break": 0.0},
    ),
    "a saturated agent's load": (
        "saturated = true\nload = { decay_s = 4.0, alpha = 2.0, beta = 5.0 }",
        {"load_mean_points": 1.142857, "load_variance": 0.214286, "throughput_per_s": 1, "busy": 1},
    ),
}


@pytest.mark.parametrize("name", SIMULATED)
def test_simulated_within_its_error(name: str) -> None:
    text, exact = SIMULATED[name]
    told = scenario(text)
    rate = sum(flow.rate_per_s for flow in told.reference.flows) or 1.0  # type: ignore[union-attr]
    assert far(scenario(text, horizon_s=15_000 / rate, warm_up_s=3_000 / rate), exact) == {}


def test_on_break_is_what_was_served_times_its_breaks() -> None:
    told = scenario(SIMULATED["recovery breaks"][0], horizon_s=5000.0, warm_up_s=100.0)
    runs = [measured(told, each) for each in range(REPLICATIONS)]
    gaps = np.array([each["on_break"] - each["throughput_per_s"] * 0.2 * 0.5 / 5 for each in runs])
    assert abs(gaps.mean()) <= ERRORS * gaps.std(ddof=1) / math.sqrt(REPLICATIONS)


def test_the_interval_covers_what_is_exact_as_often_as_it_says() -> None:
    """Replications of one seed split into many small studies: the 95 % interval of M/M/1 at .8 covers the exact wait."""
    told = scenario("arrivals_per_s = 0.8\nhorizon_s = 6000.0\nwarm_up_s = 600.0")
    waits = np.array([measured(told, each)["mean_wait_s"] for each in range(400)]).reshape(40, 10)
    covers = [abs(mean - 4) <= half for mean, half in (mean_and_half_width(each.tolist()) for each in waits)]  # type: ignore[operator]
    assert sum(covers) >= 34  # of 38 expected; fewer has probability .01


@pytest.mark.parametrize(
    ("name", "exact"),
    [
        ("textbook-recovery-breaks", {"abandoned": 0.10543696, "mean_wait_s": 0.21087392, "busy": 0.71565043, "on_break": 0.07156504}),
        ("textbook-priorities", {"first.mean_wait_s": 1.142857, "second.mean_wait_s": 2.857143, "third.mean_wait_s": 10.0}),
    ],
)
def test_the_files_that_come_with_respite(name: str, exact: dict[str, float]) -> None:
    values = parse((files("simulations") / "scenarios" / f"{name}.toml").read_text(encoding="utf-8"))
    values["reference"] |= {"horizon_s": 10_000.0}  # shorter than what the file gets by itself
    told = scenario_from(values)
    summary = run(told)
    assert list(summary.estimates) == list(metrics_of(told))
    for metric, expected in exact.items():
        values = np.array(summary.estimates[metric].values)
        assert abs(values.mean() - expected) <= ERRORS * values.std(ddof=1) / math.sqrt(len(values)), metric
