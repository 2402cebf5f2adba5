"""Replications on every core, or on a dask or ray cluster: joblib spreads them, and the numbers are the same wherever they were computed.

A task is one replication; joblib puts quick ones together until a message to a worker takes about 0.2 s of work, so that sending costs
little. Results come as they are finished and are put in order at the end.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from functools import partial
from importlib import import_module
from itertools import islice, takewhile
from typing import Any, Protocol, TypeVar

from joblib import Parallel, delayed, parallel_config

from simulations.run import measured
from simulations.scenario import Scenario
from simulations.study import Cancelled

__all__ = ["BACKENDS", "BackendError", "Cancelled", "Kept", "replicate", "spread"]
BACKENDS = ("loky", "serial", "dask", "ray")
WAVE = 256  # tasks that ray gets at a time
WAIT_S = 10  # for a scheduler's answer
Key = TypeVar("Key")
Value = TypeVar("Value")
Numbers = dict[str, float]
Told = Callable[[int, int], None]


class BackendError(ValueError):
    """A backend that is not there, not installed, or does not answer; one line for whoever asked for it."""


class Kept(Protocol):
    """Finished replications that outlive the process; see `api.kept`."""

    def get(self, scenario: Scenario, replication: int) -> Numbers | None: ...

    def put(self, scenario: Scenario, replication: int, found: Numbers) -> None: ...


def replicate(
    scenarios: Mapping[Key, Scenario],
    replications: Sequence[int],
    backend: str = "loky",
    address: str | None = None,
    told: Told | None = None,
    cancelled: Callable[[], bool] | None = None,
    kept: Kept | None = None,
) -> dict[Key, list[Numbers]]:
    """`simulations.run.measured` of every scenario and replication, in the order of `replications`: equal on every backend, bit for bit.

    `told` gets how many of how many are done; `cancelled` is asked before each is taken up; `kept` answers for those finished earlier and
    keeps each as it is finished. Raises `BackendError`, or, when it was cancelled or interrupted, `Cancelled` with what was finished.
    """
    found: dict[tuple[Key, int], Numbers] = {}
    for key, scenario in scenarios.items():
        for replication in replications:
            if kept is not None and (known := kept.get(scenario, replication)) is not None:
                found[key, replication] = known
    tasks = {
        (key, replication): partial(measured, scenario, replication)
        for replication in replications
        for key, scenario in scenarios.items()
        if (key, replication) not in found
    }
    total = len(tasks) + len(found)
    try:
        for (key, replication), numbers in spread(tasks, backend, address, cancelled):
            found[key, replication] = numbers
            if kept is not None:
                kept.put(scenarios[key], replication, numbers)
            if told is not None:
                told(len(found), total)
    except (Cancelled, KeyboardInterrupt) as stop:
        whole = list(takewhile(lambda each: all((key, each) in found for key in scenarios), replications))
        raise Cancelled({key: [found[key, each] for each in whole] for key in scenarios}) from stop
    return {key: [found[key, replication] for replication in replications] for key in scenarios}


def spread(
    tasks: Mapping[Key, Callable[[], Value]],
    backend: str = "loky",
    address: str | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Iterator[tuple[Key, Value]]:
    """The values of calls that can be pickled, each with its key, as they are finished; raises `Cancelled`, or `BackendError`."""
    if backend not in BACKENDS:
        raise BackendError(f"backend {backend!r} is not known; known are {', '.join(BACKENDS)}")
    if not tasks:
        return
    with _workers(backend, address), _closing(_results(tasks, backend)) as results:
        if cancelled is not None and cancelled():
            raise Cancelled({})
        for each in results:
            yield each
            if cancelled is not None and cancelled():
                raise Cancelled({})


def _results(tasks: Mapping[Key, Callable[[], Value]], backend: str) -> Generator[tuple[Key, Value], None, None]:
    """What joblib gives back; ray's pool hands out no single results, so it gets its tasks in waves."""
    calls = (delayed(_one)(key, call) for key, call in tasks.items())
    if backend == "ray":
        return (each for wave in iter(lambda: list(islice(calls, WAVE)), []) for each in Parallel()(wave))
    results: Generator[tuple[Key, Value], None, None] = Parallel(return_as="generator_unordered")(calls)
    return results


@contextlib.contextmanager
def _closing(results: Generator[Value, None, None]) -> Iterator[Iterator[Value]]:
    """Results that are given up without the warning that tasks are dropped: that is what giving up is for."""
    try:
        yield results
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            results.close()


def _one(key: Key, call: Callable[[], Value]) -> tuple[Key, Value]:
    return key, call()


@contextlib.contextmanager
def _workers(backend: str, address: str | None) -> Iterator[None]:
    """Where joblib's tasks run meanwhile."""
    if address is not None and backend not in ("dask", "ray"):
        raise BackendError(f"backend {backend} runs on this machine and takes no address")
    with contextlib.ExitStack() as open_:
        if backend == "dask":
            open_.enter_context(parallel_config("dask", client=open_.enter_context(_dask(address))))
        elif backend == "ray":
            open_.callback(_ray(address))
            open_.enter_context(parallel_config("ray", n_jobs=-1))
        else:
            open_.enter_context(parallel_config("sequential" if backend == "serial" else backend, n_jobs=1 if backend == "serial" else -1))
        yield


def _dask(address: str | None) -> Any:
    """A client of the scheduler at `address`."""
    distributed = _installed("distributed", "dask")
    if address is None:
        raise BackendError("backend dask needs the address of a scheduler, like tcp://10.0.0.5:8786")
    try:
        return distributed.Client(address, set_as_default=False, timeout=WAIT_S)
    except (OSError, ValueError, TypeError) as error:
        raise BackendError(f"no dask scheduler answers at {address}: {error}") from error


def _ray(address: str | None) -> Callable[[], None]:
    """Join the cluster at `address`, or begin one on this machine; the way to leave it."""
    ray = _installed("ray", "ray")
    try:
        ray.init(address=address, ignore_reinit_error=True, log_to_driver=False)
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise BackendError(f"no ray cluster answers at {address}: {error}") from error
    import_module("ray.util.joblib").register_ray()
    leave: Callable[[], None] = ray.shutdown
    return leave


def _installed(module: str, extra: str) -> Any:
    try:
        return import_module(module)
    except ImportError as error:
        raise BackendError(f"backend {extra} is not installed; it comes with: pip install 'respite-routing[{extra}]'") from error
