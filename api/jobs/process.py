"""The process of a what-if job: computes behind everything else, hands out what it has finished, and ends with its service."""

from __future__ import annotations

import contextlib
import json
import logging
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Set
from functools import partial
from multiprocessing.connection import Connection, wait
from typing import Any

from api.cpus import run_on

log = logging.getLogger(__name__)
LOWEST = 19


class Failed(Exception):
    """Why a job came to nothing."""


def main() -> None:
    """The whole process. Arguments: the descriptor of the connection to the service, and nice; on standard input what is asked.

    What is slow to import is imported when the process has stepped back.
    """
    service = Connection(int(sys.argv[1]))
    step_back(int(sys.argv[2]), service)
    work(json.load(sys.stdin), service)


def step_back(nice: int = LOWEST, service: Connection | int | None = None, cpus: Set[int] = frozenset()) -> None:
    """Let other processes go first: by `nice`, and at the lowest, where Linux has it, only in time that nobody else wants.

    The process leads a group of its own, so that those it starts are ended with it, and all of them end with the service. It is no session
    of its own: Linux may weigh sessions against each other and nice inside them alone. `service`: what is ready when that has ended, by
    default the process that started this one; `cpus`: which it may run on, where that is more than who started it.
    """
    os.setpgid(0, 0)
    os.nice(nice)
    run_on(cpus)
    if nice == LOWEST and hasattr(os, "SCHED_IDLE"):
        with contextlib.suppress(OSError):  # nice alone is less, and will do
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    parent = multiprocessing.parent_process()
    ended = service if service is not None or parent is None else parent.sentinel
    if ended is not None:
        threading.Thread(target=_end_with, args=(ended,), name="end with the service", daemon=True).start()


def _end_with(service: Connection | int) -> None:
    wait([service])
    os.killpg(0, signal.SIGKILL)


def work(asked: dict[str, Any], service: Connection) -> None:
    """Answer the `request` with so many `processes`; `parts` were finished before. Sends `Progress` again and again, then the result as
    JSON, or `Failed`."""
    from api.jobs.hand_out import HandOut
    from api.jobs.parallel import replicate
    from api.jobs.studies import planned
    from api.json_text import to_json

    processes, parts = asked["processes"], asked["parts"]
    os.environ["LOKY_MAX_CPU_COUNT"] = str(processes)
    try:
        study = planned(asked["request"])
        hand_out = HandOut(parts, study.runs, service)
        measure = partial(replicate, backend="serial" if processes == 1 else "loky", kept=hand_out)
        answer = study.answer(measure, hand_out.expect)
        hand_out.finish()
        service.send(to_json(answer))
    except Exception as error:  # whatever it is, the manager who asked is told
        log.exception("a simulation failed")
        service.send(Failed(f"{type(error).__name__}: {error}"))
