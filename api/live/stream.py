"""One open stream, what it is told, and where that comes from."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from starlette.types import Scope, Send

from api.json_text import to_json
from api.store.keys import Principal

CONNECTION = "respite.connection"  # the ASGI extension by which `api.live.connection` gives the transport
UNREAD_MAX_BYTES = 16_384  # kept for a client that is slow to read; messages are whole states, so what it misses is told by the next
SEND_BUFFER_BYTES = 32_768
LEAST_UNREAD_S = 1.0
RETRY_MS = 1000

Shown = tuple[str, str]  # what is looked at, and as whom: streams that show the same are told the same


@dataclass(frozen=True, slots=True)
class Message:
    """A whole state as it is sent; `last` where nothing can follow it."""

    id: str
    text: bytes
    last: bool = False


class Source(Protocol):
    """Where the messages of one topic come from. Both are called in a thread, one after the other."""

    def changed(self, shown: Collection[Shown]) -> Collection[Shown]:
        """Those whose message may be another than the one asked for last."""

    def messages(self, shown: Sequence[tuple[Shown, Collection[Principal]]]) -> list[Message | None]:
        """What is so now for each, and who is to see it; None where there is nothing any more."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A stream that is about to begin: on what topic (a team, a job), what it shows, for whom, and the id of what they have already.

    `source` makes the topic's source where this is its first stream; the source looks again after `look_s` even when nobody says so.
    """

    topic: str
    shown: Shown
    who: Principal
    source: Callable[[], Source]
    look_s: float
    has: str | None = None


@dataclass(slots=True, eq=False)
class Stream:
    """`has` is the id of the message that the client has; `welcomed` once it has heard something; `unread_s` since when what was said
    before lies unread."""

    shown: Shown
    who: Principal
    send: Send
    connection: Any
    has: str | None
    welcomed: bool = False
    ended: bool = False
    unread_s: float | None = None

    @property
    def whose(self) -> tuple[str, str | None]:
        """The key, and the session of it, with one of which the stream ends."""
        return self.who.key_id, self.who.session_id

    async def say(self, text: bytes, now_s: float, more: bool = True) -> bool:
        """Send; False where nothing was: the stream has ended, or too much lies unread."""
        if self.ended:
            return False
        if self.connection is not None and self.connection.get_write_buffer_size() > UNREAD_MAX_BYTES:
            self.unread_s = now_s if self.unread_s is None else self.unread_s
            return False
        self.unread_s, self.ended = None, not more
        await self.send({"type": "http.response.body", "body": text, "more_body": more})
        return True

    async def end(self, now_s: float) -> None:
        """Let it end; a client that does not read is cut off."""
        if not self.ended and not await self.say(b"", now_s, more=False):
            self.cut()

    def cut(self) -> None:
        """Drop the connection and what lies unread in it."""
        self.ended = True
        self.connection.abort()


def event(name: str, data: Any, message_id: str | None = None, retry_ms: int | None = None) -> bytes:
    """A server-sent event on the wire. JSON has no line ends, so the data is one line."""
    lines = [f"event: {name}", f"data: {to_json(data)}"]
    if message_id is not None:
        lines.append(f"id: {message_id}")
    if retry_ms is not None:
        lines.append(f"retry: {retry_ms}")
    return ("\n".join(lines) + "\n\n").encode()


def connection_of(scope: Scope, unread_s: float) -> Any:
    """The transport under a request, where the server gives it, set so that little is kept for a client that does not read, and that one
    that takes nothing for `unread_s`, or is not there any more, is let go."""
    connection = scope.get("extensions", {}).get(CONNECTION, {}).get("transport")
    if connection is not None and not connection.is_closing():  # one that has gone already has no socket
        wire = connection.get_extra_info("socket")
        with contextlib.suppress(OSError, AttributeError):  # a pipe, or a system without it
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, round(1000 * max(unread_s, LEAST_UNREAD_S)))
    return connection
