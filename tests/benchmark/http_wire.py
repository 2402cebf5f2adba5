"""HTTP/1.1 over kept-alive connections with as little work as can be: a load generator shares its cores with what it loads."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any


class Refused(Exception):
    """The service answered something else than was hoped for, or not at all."""


class Wire:
    """Connections to one server, taken from a pool and given back; as many as are needed at once."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self.port, self.host = port, host
        self._free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def call(self, method: str, path: str, key: str, body: Any = None, **headers: str) -> tuple[int, bytes]:
        """Status and body of the answer; `body` is sent as JSON. A connection that the server has closed meanwhile is replaced once."""
        content = b"" if body is None else json.dumps(body).encode()
        while True:
            kept = bool(self._free)
            reader, writer = self._free.pop() if kept else await asyncio.open_connection(self.host, self.port)
            try:
                writer.write(self._head(method, path, key, len(content), headers) + content)
                status, length = await _answer_head(reader)
                answer = await reader.readexactly(length)
            except (ConnectionError, asyncio.IncompleteReadError):
                writer.close()
                if not kept:
                    raise
                continue
            self._free.append((reader, writer))
            return status, answer

    async def events(self, path: str, key: str) -> AsyncIterator[tuple[str, Any]]:
        """The name and data of each server-sent event, until the server ends the stream."""
        reader, writer = await asyncio.open_connection(self.host, self.port)
        try:
            writer.write(self._head("GET", path, key, 0, {"Accept": "text/event-stream"}))
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise Refused(head.decode())
            name = "message"
            while line := await reader.readline():
                if line.startswith(b"event:"):
                    name = line[6:].strip().decode()
                elif line.startswith(b"data:"):
                    yield name, json.loads(line[5:])
        finally:
            writer.close()

    def close(self) -> None:
        for _, writer in self._free:
            writer.close()
        self._free.clear()

    def _head(self, method: str, path: str, key: str, length: int, headers: dict[str, str]) -> bytes:
        more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        start = f"{method} {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nAuthorization: Bearer {key}\r\n"
        return f"{start}{more}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n".encode()


async def _answer_head(reader: asyncio.StreamReader) -> tuple[int, int]:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    _, _, rest = head.partition(b"content-length:")
    return int(head[9:12]), int(rest.split(b"\r\n", 1)[0]) if rest else 0
