"""A job at work: its process, and what has been heard of it and is not written yet."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import replace
from typing import Any

from api.jobs.process import Failed
from api.json_text import to_json
from api.store.simulations import Job, Progress

# not by multiprocessing, which would import all of the service in the new process before that could step back
START = "import sys; sys.path[:] = {path!r}; from api.jobs.process import main; main()"


class JobRun:
    """Starts the process; `pipe` is ready where there is something to `hear`."""

    def __init__(self, job: Job, kept: list[str], processes: int, nice: int) -> None:
        self.job, self.processes = job, processes
        self.news: Progress | None = None
        self.found: str | None = None
        self.error: str | None = None
        self.pipe, theirs = multiprocessing.Pipe()
        with tempfile.TemporaryFile() as asked, theirs:
            asked.write(to_json({"request": json.loads(job.request), "parts": kept, "processes": processes}).encode())
            asked.seek(0)
            arguments = [sys.executable, "-P", "-c", START.format(path=sys.path), str(theirs.fileno()), str(nice)]
            self._process = subprocess.Popen(arguments, stdin=asked, pass_fds=[theirs.fileno()])

    @property
    def ended(self) -> bool:
        return self.found is not None or self.error is not None

    def hear(self) -> None:
        """Take what has come: progress, the result, or why there will be none."""
        try:
            told: Any = self.pipe.recv()
        except (EOFError, OSError):
            self.error = _reason(self._process.wait())
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
            os.killpg(self._process.pid, signal.SIGTERM)
        self._process.kill()
        self._process.wait()
        self.pipe.close()


def _reason(code: int) -> str:
    killed = " (killed from outside, as when memory runs out)" if code == -signal.SIGKILL else ""
    return f"the process of the simulation ended with code {code}{killed} before it had a result"
