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
import threading
from pathlib import Path

from api.cpus import allowed, run_on

STAY_S, LET_GO_S = 5.0, 0.05
TASKS = Path("/proc/self/task")
CPU_FIELD = 36  # of a thread's `stat`, counted from what follows its name: the CPU that it last ran on; see proc(5)


class OneCpu:
    """Owned by the event loop; `loop` and `writer` are the native ids of the two threads."""

    def __init__(self, loop: int, writer: int) -> None:
        self.loop, self.writer = loop, writer
        self.free: int | None = None  # a thread that is never moved from here: it may run where an operator lets this process run by now
        self._here = -1

    async def keep(self) -> None:
        """Keep them together until this is cancelled."""
        over = threading.Event()
        free = threading.Thread(target=over.wait, name="free", daemon=True)
        free.start()
        self.free = free.native_id
        try:
            while True:
                self._stay()
                await asyncio.sleep(STAY_S)
                self._let_go()
                await asyncio.sleep(LET_GO_S)
        finally:
            self._let_go()
            over.set()

    def _stay(self) -> None:
        with contextlib.suppress(OSError):
            self._here = int((TASKS / str(self.loop) / "stat").read_text().rpartition(")")[2].split()[CPU_FIELD])
            for thread in (self.loop, self.writer):
                run_on({self._here}, thread)

    def _let_go(self) -> None:
        """Them, and what they have started since, which would stay where they were."""
        with contextlib.suppress(OSError):
            anywhere = allowed(self.free)
            for thread in map(int, os.listdir(TASKS)):
                with contextlib.suppress(OSError):  # it has ended
                    if allowed(thread) == {self._here}:
                        run_on(anywhere, thread)
