"""What the process beside the service runs that scores customers' words. They are in its memory, and go nowhere."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Sequence, Set
from multiprocessing.connection import Connection

from api.cpus import run_on
from fatigue_model.text import score_text, score_texts

Found = tuple[float | None, str | None]  # the score, and what is grave
READY: list[Found | None] = []


def started(pipe: Connection, cpus: Set[int]) -> subprocess.Popen[bytes]:
    """The process, begun on its end of a pipe, on these CPUs. It imports this module and no more: one that multiprocessing spawns would
    import the service first, which takes seconds."""
    begin = f"import sys; sys.path[:] = {sys.path!r}; from api.scoring import process; process.begin({pipe.fileno()}, {set(cpus)!r})"
    return subprocess.Popen([sys.executable, "-c", begin], stdin=subprocess.DEVNULL, pass_fds=[pipe.fileno()])


def begin(file_descriptor: int, cpus: Set[int]) -> None:
    run_on(cpus)
    score_all(Connection(file_descriptor))


def score_all(pipe: Connection) -> None:
    """Answer each list of (text, subject) with a list of what was found, None where that failed, until the other side has gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the service, which ends this
    score_text("The words are loaded.")
    try:
        pipe.send(READY)
        while True:
            pipe.send(_found(pipe.recv()))
    except (EOFError, OSError):
        return


def _found(texts: Sequence[tuple[str, str]]) -> list[Found | None]:
    try:
        return [(each.score, each.grave) for each in score_texts(texts)]
    except Exception:  # said by the service, which tries it again; an error here could quote what somebody wrote
        return [None] if len(texts) == 1 else [found for each in texts for found in _found([each])]
