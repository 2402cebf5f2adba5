"""Processes of `respite serve` that need not start Python and import it all: forked from one that has, and from there on the real command.

The parent is started when it is first wanted, and ends with the tests. Each process is asked for, and told of, over a socket of its own.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from functools import cache
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[2]
BEGIN = "import sys; sys.path.insert(0, 'tests'); from support.forked import parent; del sys.path[0]; parent(sys.argv[1])"
IMPORTED = ("api.commands.serve", "api.main", "ortools.graph.python.min_cost_flow", "anyio._backends._asyncio", "uvloop")
TOLD_BYTES = 8  # a number: which process, and how it ended


class Forked:
    """As much of a `Popen` as is needed: a process that runs `respite` with arguments in an environment, its output added to a file."""

    def __init__(self, arguments: list[str], environment: dict[str, str], log: Path) -> None:
        self._told = socket.socket(socket.AF_UNIX)
        self._told.connect(_parent())
        self._told.sendall((json.dumps([arguments, environment, str(log)]) + "\n").encode())
        self.pid = int(self._told.recv(TOLD_BYTES, socket.MSG_WAITALL))
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """How it ended, or None where it has not."""
        try:
            return self.wait(0.001)
        except subprocess.TimeoutExpired:
            return None

    def wait(self, within_s: float | None = None) -> int:
        """How it ended; raises where it does not within so many seconds."""
        if self.returncode is None:
            self._told.settimeout(within_s)
            try:
                said = self._told.recv(TOLD_BYTES)
            except TimeoutError:
                raise subprocess.TimeoutExpired("respite", within_s or 0.0) from None
            self.returncode = int(said)
            self._told.close()
        return self.returncode

    def terminate(self) -> None:
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        self._send(signal.SIGKILL)

    def _send(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)


@cache
def _parent() -> str:
    """Start it; where it listens."""
    folder = tempfile.TemporaryDirectory(prefix="respite-")
    place = f"{folder.name}/parent"
    process = subprocess.Popen([sys.executable, "-c", BEGIN, place], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"

    def end() -> None:
        process.communicate()  # closes what it reads, on which it ends, as it does where the tests are killed
        folder.cleanup()

    atexit.register(end)
    return place


def parent(place: str) -> None:
    """Import what a service does, then fork for each who calls."""
    for name in IMPORTED:
        import_module(name)
    from fatigue_model.text import score_text

    assert score_text("The export fails.") is not None
    gc.collect()
    gc.freeze()  # a service looks through all there is for garbage when it starts
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(place)
        listening.listen()
        print("ready", flush=True)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how those ended who wait for a service
        while sys.stdin not in select.select([listening, sys.stdin], [], [])[0]:
            told, _ = listening.accept()
            if os.fork() == 0:
                listening.close()
                _begin_and_wait(told)
            told.close()


def _begin_and_wait(told: socket.socket) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with told.makefile("r") as lines:
        arguments, environment, log = json.loads(lines.readline())
    pid = os.fork()
    if pid == 0:
        told.close()
        _serve(arguments, environment, log)
    told.sendall(b"%*d" % (TOLD_BYTES, pid))
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    told.sendall(b"%*d" % (TOLD_BYTES, code))
    os._exit(0)


def _serve(arguments: list[str], environment: dict[str, str], log: str) -> None:
    """Become the command."""
    from api.cli import main

    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["respite", *arguments]
    main()
