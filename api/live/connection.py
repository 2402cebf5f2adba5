"""uvicorn's HTTP protocol, whose answers go out in one piece, which lets streams see how much of what was sent their client has not read,
and to which a request that would rather have another protocol is one like any other."""

from __future__ import annotations

import asyncio
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.live.stream import CONNECTION


class Connection(HttpToolsProtocol):
    """Gives the transport to the app, as an extension of the ASGI scope."""

    parser: Parser  # type: ignore[assignment]

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.parser = Parser(self)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.transport = InOnePiece(transport, self.loop)  # type: ignore[assignment]

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {CONNECTION: {"transport": self.transport}}

    def on_headers_complete(self) -> None:
        if not self.parser.upgrades():
            super().on_headers_complete()

    def on_message_complete(self) -> None:
        if not self.parser.upgrades():
            super().on_message_complete()


class Parser:
    """httptools' parser, which takes a request for another protocol to end with its headers, whatever body it has. Some clients ask for
    HTTP/2 in the first request of each connection; nobody has to heed it, so such a request is read again as if it did not ask."""

    def __init__(self, protocol: HttpToolsProtocol) -> None:
        self._protocol = protocol
        self._begin()

    def _begin(self) -> None:
        self._parser = httptools.HttpRequestParser(self._protocol)
        self._parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn has it
        self.get_http_version, self.get_method = self._parser.get_http_version, self._parser.get_method
        self.should_upgrade, self.should_keep_alive = self._parser.should_upgrade, self._parser.should_keep_alive

    def upgrades(self) -> bool:
        """Whether what is being read is such a request; a tunnel, which is its method, is not read again."""
        return bool(self.should_upgrade()) and self.get_method() != b"CONNECT"

    def feed_data(self, data: bytes | memoryview) -> None:
        """Raises `httptools.HttpParserError` where it is no HTTP."""
        while True:
            try:
                return self._parser.feed_data(data)
            except httptools.HttpParserUpgrade as stopped:
                if not self.upgrades():
                    return None
                head, data = self._head(), memoryview(data)[stopped.args[0] :]
            self._begin()
            self._parser.feed_data(head)

    def _head(self) -> bytes:
        line = b"%s %s HTTP/%s" % (self.get_method(), self._protocol.url, self.get_http_version().encode())
        headers = (name + b": " + value for name, value in self._protocol.headers if name != b"upgrade")
        return b"\r\n".join((line, *headers, b"", b""))


class InOnePiece:
    """A transport that holds the head of an answer back until what follows is written, or the event loop comes to its next pass: uvicorn
    writes the two one after the other, and each costs a call of the system and a packet."""

    __slots__ = ("_head", "_loop", "_transport", "is_closing")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._head: bytes | None = None
        self.is_closing = transport.is_closing

    def write(self, data: bytes) -> None:
        if self._head is not None:
            head, self._head = self._head, None
            self._transport.write(head + data)
        elif data.startswith(b"HTTP/"):
            self._head = data
            self._loop.call_soon(self._let_go)
        else:
            self._transport.write(data)

    def close(self) -> None:
        self._let_go()
        self._transport.close()

    def _let_go(self) -> None:
        head, self._head = self._head, None
        if head is not None and not self.is_closing():
            self._transport.write(head)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
