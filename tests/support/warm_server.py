"""A service that is killed a hundred times: a parent that has imported everything forks a process that really serves, for each round.

The parent holds the listening socket, so that callers who lost their connection wait for the next round instead of being refused.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).parents[2]
START = "import sys; sys.path[:0] = ['tests', '.']; from support.warm_server import parent; parent(sys.argv[1])"


class WarmServer:
    """`begin(at)` forks a serving process, which kills itself at the `at`-th step of its work on the store; `end` kills it now.

    `checkpoint_every`: how many events lie between two checkpoints, where that is to be another number than the service takes.
    """

    def __init__(self, folder: Path, database_url: str, checkpoint_every: int | None = None, **settings: Any) -> None:
        self.log = folder / "served.log"
        self._arguments = json.dumps([{"database_url": database_url, **settings}, checkpoint_every])
        self._pid: int | None = None

    def __enter__(self) -> Self:
        with self.log.open("ab") as log:
            self._parent = subprocess.Popen(
                [sys.executable, "-c", START, self._arguments],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                bufsize=1,
            )
        self.port = int(self._heard())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._pid is not None:
            self.end()
        assert self._parent.stdin is not None
        assert self._parent.stdout is not None
        self._parent.stdin.close()
        self._parent.wait()
        self._parent.stdout.close()

    def begin(self, at: int | None = None) -> None:
        assert self._parent.stdin is not None
        print(json.dumps(at), file=self._parent.stdin)
        self._pid = int(self._heard())

    @property
    def pid(self) -> int:
        """The process that serves."""
        assert self._pid is not None
        return self._pid

    def over(self, within_s: float) -> bool:
        """Whether the process has ended, or does within so many seconds."""
        return bool(select.select([self._parent.stdout], [], [], within_s)[0])

    def end(self) -> None:
        """Pull the plug, and see that it was that which ended it."""
        assert self._pid is not None
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        assert self._heard() == str(-signal.SIGKILL), self.log.read_text()
        self._pid = None

    def _heard(self) -> str:
        assert self._parent.stdout is not None
        line = self._parent.stdout.readline().strip()
        assert line, self.log.read_text()
        return line


def parent(arguments: str) -> None:
    """Import all there is, then fork for each line; tells the port, and for each line the process and how it ended."""
    import anyio._backends._asyncio  # noqa: F401
    import ortools.graph.python.min_cost_flow
    import ortools.sat.python.cp_model  # noqa: F401
    import sqlalchemy as sa

    from api.commands.serve import make_server
    from api.settings import Settings
    from api.store import repository
    from api.store.database import open_database, upgrade
    from fatigue_model.text import score_text

    assert score_text("The export fails.") is not None
    given, checkpoint_every = json.loads(arguments)
    settings = Settings(**given)
    repository.CHECKPOINT_EVERY = checkpoint_every or repository.CHECKPOINT_EVERY
    engine = open_database(settings.database_url)
    upgrade(engine)
    engine.dispose()
    server = make_server(settings, "warning")
    server.config.load()
    server.config.get_loop_factory()  # imports what the loop is made of
    asyncio.run(_look_around(server.config.app))
    listening = socket.create_server(("127.0.0.1", 0), backlog=64)
    gc.collect()
    gc.freeze()  # a service looks through all there is for garbage when it starts: three quarters of a start, of what is shared here
    print(listening.getsockname()[1], flush=True)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _die_at(sa, json.loads(line))
            server.run(sockets=[listening])
            os._exit(0)
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


async def _look_around(app: Any) -> None:
    """The first request makes the app put its routes together."""
    import httpx2

    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://warm") as client:
        assert (await client.get("/nowhere")).status_code == 404


def _die_at(sa: Any, at: int | None) -> None:
    """Arm this process: it dies before its `at`-th statement or commit, wherever that falls."""
    left = [at]

    def step(*_: Any) -> None:
        if left[0] is not None:
            left[0] -= 1
            if left[0] <= 0:
                os.kill(os.getpid(), signal.SIGKILL)

    if at is not None:
        sa.event.listen(sa.Engine, "before_cursor_execute", step)
        sa.event.listen(sa.Engine, "after_cursor_execute", step)
        sa.event.listen(sa.Engine, "commit", step)
