"""A connection to PostgreSQL that does not wait for ever: where what lies between goes on but hands nothing over, nothing ever breaks."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import psycopg
from psycopg.abc import PQGen

LOOKED_EVERY_S = 0.1  # psycopg's own


class PatientConnection(psycopg.Connection[Any]):
    """Raises `psycopg.OperationalError`, closed, where the server has neither taken nor said anything for `patience_s` seconds while it was
    waited for; without a number it waits. Of a statement that takes too long the server itself says so, and sooner."""

    patience_s: float | None = None

    def wait(self, gen: PQGen[Any], interval: float = LOOKED_EVERY_S, timeout: float | None = None) -> Any:
        return super().wait(gen if self.patience_s is None else self._patiently(gen, interval), interval, timeout)

    def _patiently(self, gen: PQGen[Any], interval: float) -> Generator[Any, Any, Any]:
        """The same steps; each is told what has come, or after each `interval` that nothing has. A statement for many rows is answered now
        and then, so however long it takes, the server is heard."""
        silent_s = 0.0
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                silent_s = 0.0 if ready else silent_s + interval
                if self.patience_s is not None and silent_s >= self.patience_s:
                    self.close()  # what it would say next is the answer to something else
                    raise psycopg.OperationalError(f"the server has said nothing for {self.patience_s:g} s")
                wanted = gen.send(ready)
        except StopIteration as done:
            return done.value
