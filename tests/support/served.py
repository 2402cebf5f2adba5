"""The app behind its real HTTP server, in a thread of this process: sockets, addresses and streams as they are, and no process to start."""

from __future__ import annotations

import contextlib
import json
import logging
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2

from api.commands.serving import make_server
from api.settings import Settings
from support.patience import until
from support.stepped_clock import SteppedClock
from support.world import NOON_S, World, share_routes

DEADLINE_S = 60.0
RESET = struct.pack("ii", 1, 0)  # lingering for no time: closing sends RST and no FIN


class Events:
    """An open stream, on a socket of its own, which is read when the test asks for it."""

    def __init__(self, port: int, key: str, path: str, receive_bytes: int | None = None) -> None:
        self.wire = socket.socket()
        if receive_bytes is not None:
            self.wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        self.wire.settimeout(DEADLINE_S)
        self.wire.connect(("127.0.0.1", port))
        self.wire.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n\r\n".encode())
        self._lines = self.wire.makefile("rb")

    def heard(self) -> tuple[str, Any]:
        """The next event: its name and data; of no name where the stream has ended."""
        name = ""
        with contextlib.suppress(ConnectionResetError):
            while line := self._lines.readline():
                if line.startswith(b"event: "):
                    name = line[7:].decode().strip()
                elif line.startswith(b"data: "):
                    return name, json.loads(line[6:])
        return "", None

    def next_but_clock(self) -> tuple[str, Any]:
        """The next event that is no sign of life."""
        deadline_s = time.monotonic() + DEADLINE_S
        while (found := self.heard())[0] == "clock":
            assert time.monotonic() < deadline_s, f"nothing but signs of life for {DEADLINE_S:g} s"
        return found

    def close(self) -> None:
        self._lines.close()
        self.wire.close()

    def reset(self) -> None:
        """Vanish with RST."""
        self.wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.close()


class Served(World):
    """A world whose client calls over a socket, and which opens streams."""

    port: int

    def stream(self, who: str, path: str, receive_bytes: int | None = None) -> Events:
        return Events(self.port, self.key(who), path, receive_bytes)

    def open_streams(self) -> int:
        """How many the service counts, as an operator reads it."""
        text = self("admin", "GET", "/metrics").text
        return round(float(next(line for line in text.splitlines() if line.startswith("respite_streams_open ")).split()[1]))


@contextmanager
def served(database_url: str, **settings: Any) -> Iterator[Served]:
    root = logging.getLogger()
    before, clock = (root.handlers, root.level), SteppedClock(NOON_S)
    server = make_server(Settings(database_url=database_url, **settings), "critical", clock)
    share_routes(server.config.app)  # type: ignore[arg-type]
    with socket.create_server(("127.0.0.1", 0)) as listening:
        running = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        running.start()
        until(lambda: server.started or not running.is_alive(), "the server")
        port = listening.getsockname()[1]
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=DEADLINE_S, verify=False) as client:
            client.app = server.config.app  # type: ignore[attr-defined]
            made = Served(client, clock)  # type: ignore[arg-type]
            made.port = port
            try:
                yield made
            finally:
                server.config.app.state.services.streams.closing = True  # type: ignore[union-attr]
                server.should_exit = True
                running.join(DEADLINE_S)
                root.handlers, root.level = before
        assert not running.is_alive()
