"""The event loop and the writer of a process together on one CPU, where Linux lets one say so.

Only one of them runs Python at a time. Where each has a CPU to itself, whoever gets the interpreter is first woken there, and finds
nothing in its cache of what the other has just worked on: together on one, a sixth to a fifth more tickets come through. Every few seconds
both are let go for a moment, so that the kernel moves them to where there is room, and they stay where the event loop has come to be. What
else the process runs may run anywhere.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from pathlib import Path

from api.cpus import run_on

STAY_S, LET_GO_S = 5.0, 0.05
TASKS = Path("/proc/self/task")
CPU_FIELD = 36  # of a thread's `stat`, counted from what follows its name: the CPU that it last ran on; see proc(5)


class OneCpu:
    """Owned by the event loop; `writer` is the native id of the other thread, `cpus` those of the process."""

    def __init__(self, loop: int, writer: int, cpus: frozenset[int]) -> None:
        self.loop, self.writer, self.cpus = loop, writer, cpus

    async def keep(self) -> None:
        """Keep them together until this is cancelled."""
        try:
            while True:
                self._stay()
                await asyncio.sleep(STAY_S)
                self._let_go()
                await asyncio.sleep(LET_GO_S)
        finally:
            self._let_go()

    def _stay(self) -> None:
        with contextlib.suppress(OSError):
            here = int((TASKS / str(self.loop) / "stat").read_text().rpartition(")")[2].split()[CPU_FIELD])
            for thread in (self.loop, self.writer):
                run_on({here}, thread)

    def _let_go(self) -> None:
        """Them, and what they have started since, which would stay where they were."""
        with contextlib.suppress(OSError):
            for thread in os.listdir(TASKS):
                run_on(self.cpus, int(thread))
