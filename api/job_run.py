"""A job at work: its process, and what has been heard of it and is not written yet."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
from dataclasses import replace
from typing import Any

from api.job_process import Failed, work
from api.store.simulations import Job, Progress


class JobRun:
    """Starts the process; `pipe` is ready where there is something to `hear`."""

    def __init__(self, job: Job, kept: list[str], processes: int, nice: int) -> None:
        self.job, self.processes = job, processes
        self.news: Progress | None = None
        self.found: str | None = None
        self.error: str | None = None
        context = multiprocessing.get_context("spawn")
        self.pipe, out = context.Pipe(duplex=False)
        self._process = context.Process(target=work, args=(job.request, kept, processes, nice, out), name=f"simulation {job.id}")
        self._process.start()
        out.close()  # then its end is the end of the pipe

    @property
    def ended(self) -> bool:
        return self.found is not None or self.error is not None

    def hear(self) -> None:
        """Take what has come: progress, the result, or why there will be none."""
        try:
            told: Any = self.pipe.recv()
        except (EOFError, OSError):
            self._process.join()
            self.error = _reason(self._process.exitcode)
            return
        if isinstance(told, Progress):
            self.news = told if self.news is None else replace(told, parts=self.news.parts + told.parts)
        elif isinstance(told, Failed):
            self.error = str(told)
        else:
            self.found = told

    def end(self) -> None:
        """End the process and those that it has started, whatever they are doing."""
        with contextlib.suppress(ProcessLookupError, PermissionError):  # it has ended, or does not lead its group yet
            os.killpg(self._process.pid or 0, signal.SIGTERM)
        self._process.kill()
        self._process.join()
        self.pipe.close()


def _reason(code: int | None) -> str:
    killed = " (killed from outside, as when memory runs out)" if code == -signal.SIGKILL else ""
    return f"the process of the simulation ended with code {code}{killed} before it had a result"
