"""Finished replications in a directory, one JSON line each, so that a study that was broken off goes on from there."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from api.versions import versions
from simulations.run import metrics_of
from simulations.scenario import Scenario


class Names:
    """What a replication is found again by: the scenario's digest (whatever its number of replications), the versions, its number."""

    def __init__(self) -> None:
        self._digests: dict[int, tuple[Scenario, str]] = {}

    def of(self, scenario: Scenario, replication: int) -> str:
        known = self._digests.get(id(scenario))
        if known is None or known[0] is not scenario:
            once = dataclasses.replace(scenario, run=dataclasses.replace(scenario.run, replications=1))
            known = self._digests[id(scenario)] = (scenario, once.digest())
        return ":".join((known[1], *versions().values(), str(replication)))


class KeptReplications:
    """A directory's replications, read once; each new one is on disk before it is counted. One process writes to a directory at a time.

    A line that is no whole one, as a killed run may leave at its end, is passed over.
    """

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._path = directory / "replications.jsonl"
        self._known = _read(self._path)
        self._file = self._path.open("a", encoding="utf-8")
        if self._path.stat().st_size and not self._path.read_bytes().endswith(b"\n"):
            self._file.write("\n")
        self._names = Names()

    def get(self, scenario: Scenario, replication: int) -> dict[str, float] | None:
        """What was measured before; `None` where it was not, or where a metric of today is missing."""
        found = self._known.get(self._names.of(scenario, replication))
        return found if found is not None and metrics_of(scenario).keys() <= found.keys() else None

    def put(self, scenario: Scenario, replication: int, found: dict[str, float]) -> None:
        key = self._names.of(scenario, replication)
        self._known[key] = found
        self._file.write(json.dumps({"key": key, "measured": as_json(found)}) + "\n")
        self._file.flush()

    def close(self) -> None:
        self._file.close()


def _read(path: Path) -> dict[str, dict[str, float]]:
    if not path.exists():
        return {}
    found = {}
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            told: Any = json.loads(line)
            found[str(told["key"])] = from_json(told["measured"])
        except (ValueError, KeyError, TypeError, AttributeError):
            continue
    return found


def as_json(found: Mapping[str, float]) -> dict[str, float | None]:
    """The numbers of a replication as JSON has them: null where there was nothing to measure."""
    return {name: None if math.isnan(value) else value for name, value in found.items()}


def from_json(kept: Mapping[str, float | None]) -> dict[str, float]:
    return {str(name): math.nan if value is None else float(value) for name, value in kept.items()}
