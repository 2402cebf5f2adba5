"""The process of a what-if job: computes behind everything else, hands out what it has finished, and ends with its service."""

from __future__ import annotations

import contextlib
import json
import logging
import math
import multiprocessing
import os
import signal
import threading
import time
from functools import partial
from multiprocessing.connection import Connection, wait

from api.json_text import to_json
from api.store.simulations import Progress
from router.record import ENGINE
from simulations.scenario import Scenario

log = logging.getLogger(__name__)
LOWEST = 19
PART_S = 0.5  # what a part holds at least, so that keeping it costs little beside it
Numbers = dict[str, float]


class Failed(Exception):
    """Why a job came to nothing."""


def step_back(nice: int = LOWEST) -> None:
    """Let other processes go first: by `nice`, and at the lowest, where Linux has it, only in time that nobody else wants.

    The process leads a group of its own, so that those it starts are ended with it, and all of them end with the service. It is no session
    of its own: Linux may weigh sessions against each other and nice inside them alone.
    """
    os.setpgid(0, 0)
    os.nice(nice)
    if nice == LOWEST and hasattr(os, "SCHED_IDLE"):
        with contextlib.suppress(OSError):  # nice alone is less, and will do
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    threading.Thread(target=_end_with_service, name="end with the service", daemon=True).start()


def _end_with_service() -> None:
    service = multiprocessing.parent_process()
    if service is not None:
        wait([service.sentinel])
        os.killpg(0, signal.SIGKILL)


def work(request: str, kept: list[str], processes: int, nice: int, out: Connection) -> None:
    """Answer a request. `kept`: the parts that were finished before; sends `Progress` again and again, then the result as JSON, or
    `Failed`."""
    step_back(nice)
    from api.parallel import replicate  # slow imports, for this process alone
    from api.studies import planned

    os.environ["LOKY_MAX_CPU_COUNT"] = str(processes)
    backend = "serial" if processes == 1 else "loky"
    try:
        study = planned(json.loads(request))
        hand_out = HandOut(kept, study.runs, out)
        answer = study.answer(partial(replicate, backend=backend, kept=hand_out))
        hand_out.flush()
        out.send(to_json(answer))
    except Exception as error:  # whatever it is, the manager who asked is told
        log.exception("a simulation failed")
        out.send(Failed(f"{type(error).__name__}: {error}"))


class HandOut:
    """Finished replications: those that came with the job, and new ones, which go to the service part by part."""

    def __init__(self, kept: list[str], total: int, out: Connection) -> None:
        self._total, self._out, self._number = total, out, len(kept)
        self._known = {(name, replication): _values(numbers) for body in kept for name, replication, numbers in json.loads(body)}
        self._names: dict[int, tuple[Scenario, str]] = {}
        self._new: list[tuple[str, int, dict[str, float | None]]] = []
        self._done: set[tuple[str, int]] = set()
        self._fresh, self._began_s = 0, time.monotonic()
        self._flushed_s = self._began_s

    def get(self, scenario: Scenario, replication: int) -> Numbers | None:
        key = (self._name(scenario), replication)
        found = self._known.get(key)
        if found is not None:
            self._done.add(key)
        return found

    def put(self, scenario: Scenario, replication: int, found: Numbers) -> None:
        key = (self._name(scenario), replication)
        self._known[key] = found
        self._done.add(key)
        self._fresh += 1
        self._new.append((*key, {name: None if math.isnan(value) else value for name, value in found.items()}))
        if time.monotonic() - self._flushed_s >= PART_S:
            self.flush()

    def flush(self) -> None:
        """Hand out what is new."""
        self._flushed_s = time.monotonic()
        parts = ((self._number, to_json(self._new)),) if self._new else ()
        self._number += len(parts)
        self._new = []
        left = max(0, self._total - len(self._done))
        left_s = left * (self._flushed_s - self._began_s) / self._fresh if self._fresh else None
        self._out.send(Progress(len(self._done), self._total, left_s, parts))

    def _name(self, scenario: Scenario) -> str:
        """The scenario and the engine: what was measured by another engine does not count."""
        known = self._names.get(id(scenario))
        if known is None or known[0] is not scenario:
            known = self._names[id(scenario)] = scenario, f"{scenario.digest()}@{ENGINE}"
        return known[1]


def _values(numbers: dict[str, float | None]) -> Numbers:
    return {name: math.nan if value is None else value for name, value in numbers.items()}
