"""Replications on serial, loky, a real local dask cluster, and ray where it is installed: the same numbers, told of, and cancelled."""

import importlib.util
from collections.abc import Iterator
from functools import cache, partial
from operator import truediv

import pytest

from api.jobs.parallel import BackendError, Cancelled, replicate, spread
from simulations.run import measured
from support.scenarios import plain_queue

SCENARIOS = {"three": plain_queue(3, 2.0, 1800.0), "four": plain_queue(4, 2.0, 1800.0)}
REPLICATIONS = range(3)


@cache
def expected() -> dict[str, list[dict[str, float]]]:
    return {name: [measured(scenario, each) for each in REPLICATIONS] for name, scenario in SCENARIOS.items()}


@pytest.fixture(scope="module")
def dask_address() -> Iterator[str]:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50) as cluster:
        yield cluster.scheduler_address


def same(found: dict[str, list[dict[str, float]]]) -> bool:
    return repr(found) == repr(expected())  # to the last bit, and NaN equal to NaN


@pytest.mark.parametrize("backend", ["serial", "loky"])
def test_the_numbers_are_the_same_wherever_they_are_computed(backend: str) -> None:
    told: list[tuple[int, int]] = []
    assert same(replicate(SCENARIOS, REPLICATIONS, backend, told=lambda done, of: told.append((done, of))))
    assert told == [(done, 6) for done in range(1, 7)]


def test_the_same_numbers_from_a_dask_cluster(dask_address: str) -> None:
    assert same(replicate(SCENARIOS, REPLICATIONS, "dask", dask_address))


@pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="ray is not installed")
def test_the_same_numbers_from_ray() -> None:
    assert same(replicate(SCENARIOS, REPLICATIONS, "ray"))


@pytest.mark.parametrize("backend", ["serial", "loky"])
def test_cancelled_stops_before_all_is_done(backend: str) -> None:
    done: list[int] = []
    with pytest.raises(Cancelled):
        replicate(SCENARIOS, range(200), backend, told=lambda count, _: done.append(count), cancelled=lambda: len(done) >= 3)
    assert done == [1, 2, 3]


def test_a_failure_in_a_worker_is_the_callers() -> None:
    with pytest.raises(ZeroDivisionError):
        list(spread({"bad": partial(truediv, 1, 0)}))


@pytest.mark.parametrize(
    ("backend", "address", "said"),
    [
        ("threads", None, "known are loky, serial, dask, ray"),
        ("loky", "tcp://127.0.0.1:1", "takes no address"),
        ("dask", None, "needs the address of a scheduler"),
        ("dask", "nonsense://x", "no dask scheduler answers at nonsense://x"),
    ],
)
def test_a_backend_that_is_not_there_says_so_in_a_line(backend: str, address: str | None, said: str) -> None:
    with pytest.raises(BackendError, match=said):
        replicate(SCENARIOS, REPLICATIONS, backend, address)


@pytest.mark.skipif(importlib.util.find_spec("ray") is not None, reason="ray is installed")
def test_a_backend_that_is_not_installed_names_its_extra() -> None:
    with pytest.raises(BackendError, match=r"respite-routing\[ray\]"):
        replicate(SCENARIOS, REPLICATIONS, "ray")
