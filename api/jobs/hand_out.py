"""What a job has finished: what came with it, and what is new, which goes to the service part by part."""

from __future__ import annotations

import json
import time
from multiprocessing.connection import Connection

from api.json_text import to_json
from api.kept import Names, as_json, from_json
from api.store.simulations import Progress
from simulations.run import metrics_of
from simulations.scenario import Scenario

PART_S = 1.0  # what a part holds at least, so that keeping it costs little beside it
Numbers = dict[str, float]


class HandOut:
    """Finished replications as `api.jobs.parallel` asks for them; `total` is how many it will be at most."""

    def __init__(self, parts: list[str], total: int, service: Connection) -> None:
        self._total, self._service, self._number = total, service, len(parts)
        self._known = {name: from_json(numbers) for body in parts for name, numbers in json.loads(body).items()}
        self._names = Names()
        self._new: dict[str, dict[str, float | None]] = {}
        self._done: set[str] = set()
        self._fresh, self._began_s = 0, time.monotonic()
        self._flushed_s = self._began_s

    def get(self, scenario: Scenario, replication: int) -> Numbers | None:
        """What was measured before; None where it was not, or where a metric of today is missing."""
        name = self._names.of(scenario, replication)
        found = self._known.get(name)
        if found is None or not metrics_of(scenario).keys() <= found.keys():
            return None
        self._done.add(name)
        return found

    def put(self, scenario: Scenario, replication: int, found: Numbers) -> None:
        name = self._names.of(scenario, replication)
        self._known[name], self._new[name] = found, as_json(found)
        self._done.add(name)
        self._fresh += 1
        if time.monotonic() - self._flushed_s >= PART_S:
            self.flush()

    def expect(self, total: int) -> None:
        """How many it will be, now that more is known."""
        self._total = total

    def finish(self) -> None:
        """It is all done, however many it might have been."""
        self.expect(len(self._done))
        self.flush()

    def flush(self) -> None:
        """Hand out what is new."""
        self._flushed_s = time.monotonic()
        parts = ((self._number, to_json(self._new)),) if self._new else ()
        self._number, self._new = self._number + len(parts), {}
        left = max(0, self._total - len(self._done))
        left_s = left * (self._flushed_s - self._began_s) / self._fresh if self._fresh else None
        self._service.send(Progress(len(self._done), max(self._total, len(self._done)), left_s, parts))
