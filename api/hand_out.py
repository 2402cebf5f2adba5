"""What a job has finished: what came with it, and what is new, which goes to the service part by part."""

from __future__ import annotations

import json
import math
import time
from multiprocessing.connection import Connection

from api.json_text import to_json
from api.store.simulations import Progress
from router.record import ENGINE
from simulations.scenario import Scenario

PART_S = 0.5  # what a part holds at least, so that keeping it costs little beside it
Numbers = dict[str, float]


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
