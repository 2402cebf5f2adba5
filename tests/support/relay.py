"""What may lie between a service and its database: it hands on what it gets, or keeps it and lets nobody know."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
from types import TracebackType
from typing import Self


class Relay:
    """`hold` keeps what comes by the connections there are from then on; new ones are served. A thread of its own, inside a `with`."""

    def __init__(self, port: int) -> None:
        self._to = ("127.0.0.1", port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._ends: dict[socket.socket, socket.socket] = {}
        self._look = selectors.DefaultSelector()
        self._look.register(self._listener, selectors.EVENT_READ)
        self._bell, self._rung = socket.socketpair()
        self._look.register(self._rung, selectors.EVENT_READ)
        self._held = threading.Event()
        self._thread = threading.Thread(target=self._run, name="relay", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._bell.send(b"end")
        self._thread.join()
        for each in (self._listener, self._bell, self._rung, *self._ends):
            each.close()
        self._look.close()

    def through(self, url: str) -> str:
        """The URL of a database, with the relay in between."""
        return url.replace(f":{self._to[1]}/", f":{self.port}/")

    def hold(self) -> None:
        self._bell.send(b"hold")
        self._held.wait()

    def _run(self) -> None:
        while True:
            for key, _ in self._look.select():
                end = key.fileobj
                if end is self._listener:
                    self._connect()
                elif end is not self._rung:
                    self._hand_on(end)  # type: ignore[arg-type]
                elif self._rung.recv(16) == b"end":
                    return
                else:
                    for each in self._ends:
                        self._look.unregister(each)
                    self._held.set()

    def _connect(self) -> None:
        near, far = self._listener.accept()[0], socket.create_connection(self._to)
        self._ends |= {near: far, far: near}
        for each in (near, far):
            self._look.register(each, selectors.EVENT_READ)

    def _hand_on(self, end: socket.socket) -> None:
        other = self._ends[end]
        with contextlib.suppress(OSError):
            said = end.recv(65_536)
            if said:
                other.sendall(said)
                return
        for each in (end, other):
            with contextlib.suppress(KeyError):  # it is held by now
                self._look.unregister(each)
            del self._ends[each]
            each.close()
