"""The server's side of a connection: who sends too slowly, too much of a header, or no HTTP, or has gone without a word, is let go."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from http import HTTPStatus
from typing import Any

from starlette.types import Receive, Scope, Send

from api.live.connection import Connection
from api.problems import RETRY, problem
from api.settings import Settings

HEADERS_BYTES = 65_536
BYTES_PER_S = 1024  # a body may take so much longer than its headers
HEALTH = (b"/healthz", b"/readyz")
# a peer that acknowledges nothing, or takes nothing, for so long has gone
GONE_S = 60
PROBES = (("SO_KEEPALIVE", 1), ("TCP_KEEPIDLE", GONE_S // 2), ("TCP_KEEPINTVL", GONE_S // 6), ("TCP_KEEPCNT", 3))


class Watched(Connection):
    """uvicorn's, which waits for headers and bodies for ever; the times and the bound are set by `connections`.

    One timer for each connection, and nothing for each request but a note of when it began.
    """

    within_s: float
    most: int

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.served_by = self.app
        self._began_s: float | None = self.loop.time()  # when the request began that has not come whole; None between requests
        self._got_bytes, self._in_headers = 0, True
        _watch_peer(transport.get_extra_info("socket"))
        self._timer = self.loop.call_later(self.within_s, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        self._timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._got_bytes += len(data)
        super().data_received(data)
        if self._in_headers and self._got_bytes > HEADERS_BYTES:
            self._refuse(431, f"the headers are longer than {HEADERS_BYTES} bytes")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._began_s is None:
            self._began_s, self._got_bytes = self.loop.time(), 0
        self._in_headers = True

    def on_headers_complete(self) -> None:
        self._in_headers = False
        full = len(self.connections) > self.most and self.url not in HEALTH
        self.app = _full if full else self.served_by
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._began_s = None
        super().on_message_complete()

    def _look(self) -> None:
        """Let go of a request that has not come whole in its time; else look again when it should have."""
        left_s = self.within_s
        if self._began_s is not None:
            left_s = self._began_s + self.within_s + self._got_bytes / BYTES_PER_S - self.loop.time()
        if left_s <= 0:
            self._refuse(408, "the request did not come whole in its time")
        else:
            self._timer = self.loop.call_later(left_s, self._look)

    def send_400_response(self, msg: str) -> None:
        """As uvicorn has it, in our form."""
        self._refuse(400, msg)

    def _refuse(self, status: int, detail: str) -> None:
        """Say why, where something came, nothing has been said of it yet, and no request before it waits for its answer; and close."""
        came, open_cycle = self._got_bytes or self.cycle is not None, self.cycle is not None and not self.cycle.response_complete
        said = open_cycle and (self.cycle.response_started or self._in_headers)
        if came and not said and not self.transport.is_closing():
            answer = problem(status, detail, headers={"Connection": "close"})
            head = [b"HTTP/1.1 %d %s" % (status, HTTPStatus(status).phrase.encode())]
            head += [name + b": " + value for name, value in answer.raw_headers]
            self.transport.write(b"\r\n".join(head) + b"\r\n\r\n" + bytes(answer.body))
        self.transport.close()


def connections(settings: Settings) -> type[Watched]:
    """The class of connections for these settings, as uvicorn makes them itself."""
    return type("Watched", (Watched,), {"within_s": settings.request_within_s, "most": settings.connections_max})


async def _full(scope: Scope, receive: Receive, send: Send) -> None:
    answer = problem(503, "as many connections are open as this service takes; try again", headers=RETRY | {"Connection": "close"})
    await answer(scope, receive, send)


def _watch_peer(found: Any) -> None:
    """Have the system find out whether the other end is still there (as far as it can: what it has no name for is left out)."""
    with contextlib.suppress(OSError):
        for name, value in PROBES:
            if hasattr(socket, name):
                level = socket.SOL_SOCKET if name.startswith("SO_") else socket.IPPROTO_TCP
                found.setsockopt(level, getattr(socket, name), value)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            found.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, GONE_S * 1000)
