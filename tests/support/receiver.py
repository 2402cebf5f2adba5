"""A subscriber: a real HTTP server in a thread, which notes what it gets and answers as the test says."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self, TypeVar

HEARD_DEADLINE_S = 60.0
T = TypeVar("T")


@dataclass(frozen=True)
class Heard:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


class Receiver:
    """`with Receiver() as receiver:`; `receiver.heard` in the order in which it came. `answer` gives the status for each; None: hang until
    the receiver is closed."""

    def __init__(self, answer: Callable[[Heard], int | None] = lambda _: 204, headers: dict[str, str] | None = None) -> None:
        self.heard: list[Heard] = []
        self.answer, self.headers = answer, headers or {}
        self._news, self._closing = threading.Condition(), threading.Event()

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def wait_for(self, enough: int | Callable[[list[Heard]], bool]) -> list[Heard]:
        """What was heard, once it is enough."""
        ready = enough if callable(enough) else lambda heard: len(heard) >= enough
        with self._news:
            assert self._news.wait_for(lambda: ready(self.heard), HEARD_DEADLINE_S), [each.event for each in self.heard]
            return list(self.heard)

    def types(self) -> list[str]:
        return [each.event["type"] for each in self.heard]

    def take(self, heard: Heard) -> int | None:
        with self._news:
            self.heard.append(heard)
            status = self.answer(heard)
            self._news.notify_all()
        if status is None:
            self._closing.wait()
        return status


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            size = int(self.headers["Content-Length"])
            body = self.rfile.read(size)
            if len(body) < size:  # who sent it died over it
                self.close_connection = True
                return
            status = receiver.take(Heard(self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            if status is None:
                self.close_connection = True
                return
            self.send_response(status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


def until(look: Callable[[], T], enough: Callable[[T], bool]) -> T:
    """What is seen once it is enough, looked at again and again."""
    deadline_s = time.monotonic() + HEARD_DEADLINE_S
    while not enough(found := look()):
        assert time.monotonic() < deadline_s, found
        time.sleep(0.01)
    return found
