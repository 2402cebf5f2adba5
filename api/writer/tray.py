"""The tray before the writer: commands in the order in which they came, those decided together side by side, one at a time of each key."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from api.writer.exchange import STILL_SERVED, Answer, Command, KeyInFlight, Slip


@dataclass(slots=True)
class Waiting:
    """A command with what is told of its answer, and when it came by the clock of `time.perf_counter`."""

    command: Command
    slip: Slip
    came_s: float = field(default_factory=time.perf_counter)


class Tray:
    """Not safe for several threads by itself: who puts in or takes a batch holds the dispatcher's condition."""

    def __init__(self, batch_max: int) -> None:
        self.batch_max = batch_max
        self._groups: deque[list[Waiting]] = deque()  # what is decided together; no longer than `batch_max`
        self._in_flight: set[tuple[str, str]] = set()

    def __bool__(self) -> bool:
        return bool(self._groups)

    def put(self, group: Sequence[Waiting]) -> None:
        """Commands that are to be decided together, as far as one batch reaches; one whose key is being served is refused."""
        may_run = [waiting for waiting in group if self._may_run(waiting)]
        self._groups.extend(may_run[at : at + self.batch_max] for at in range(0, len(may_run), self.batch_max))

    def next_batch(self) -> list[Waiting]:
        """What has come, the first first, as much as a batch may hold: a group that does not fit waits for the next one, whole."""
        batch: list[Waiting] = []
        while self._groups and len(batch) + len(self._groups[0]) <= self.batch_max:
            batch += self._groups.popleft()
        return batch

    def wanted(self, batch: Sequence[Waiting]) -> list[Waiting]:
        """Those of a batch for which anybody still waits; they can't be cancelled any more then."""
        return [waiting for waiting in batch if self._wanted(waiting)]

    def settle(self, batch: Sequence[Waiting], results: Sequence[Answer | Exception]) -> None:
        """Tell each its answer, or what refused it; another command may come under its key."""
        for waiting, result in zip(batch, results, strict=True):
            self._served(waiting)
            if isinstance(result, Exception):
                waiting.slip.set_exception(result)
            else:
                waiting.slip.set_result(result)

    def _may_run(self, waiting: Waiting) -> bool:
        """Whether no other command under the same key is being served; where one is, this one is refused."""
        if waiting.command.keep is None:
            return True
        running = (waiting.command.team, waiting.command.keep[0])
        if running in self._in_flight:
            waiting.slip.set_exception(KeyInFlight("/Idempotency-Key", STILL_SERVED))
            return False
        self._in_flight.add(running)
        return True

    def _served(self, waiting: Waiting) -> None:
        if waiting.command.keep is not None:
            self._in_flight.discard((waiting.command.team, waiting.command.keep[0]))

    def _wanted(self, waiting: Waiting) -> bool:
        wanted = waiting.slip.set_running_or_notify_cancel()
        if not wanted:
            self._served(waiting)
        return wanted
