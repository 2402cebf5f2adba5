"""An answer goes out in one piece, and one that has only begun does not wait for its body."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import uvicorn
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from api.live.connection import Connection

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
STARTED: dict[str, Any] = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]}


class Wire(asyncio.Transport):
    """What was written to it, piece by piece."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[bytes] = []
        self.closed = False

    def write(self, data: Any) -> None:
        assert not self.closed
        self.pieces.append(bytes(data))

    def writelines(self, list_of_data: Any) -> None:
        self.write(b"".join(list_of_data))

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.closed = True

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass


def pieces(app: Callable[[Scope, Receive, Send], Awaitable[None]], sent: bytes = GET) -> tuple[list[bytes], bool]:
    """What came of a request within a few passes of the event loop, and whether the connection was closed."""

    async def asked() -> tuple[list[bytes], bool]:
        wire, config, failed = Wire(), uvicorn.Config(app, log_level="critical"), list[dict[str, Any]]()
        asyncio.get_running_loop().set_exception_handler(lambda _loop, told: failed.append(told))
        connection = Connection(config, ServerState(), {})
        connection.connection_made(wire)
        connection.data_received(sent)
        for _ in range(10):
            await asyncio.sleep(0)
        found = list(wire.pieces), wire.closed
        connection.connection_lost(None)
        assert not failed
        return found

    return asyncio.run(asked())


@pytest.mark.parametrize("answer", [Response("four"), Response("x" * 1_000_000), Response(status_code=204), Response("four", 404)])
def test_an_answer_is_one_piece(answer: Response) -> None:
    (piece,), closed = pieces(answer)
    assert piece.partition(b"\r\n\r\n")[2] == answer.body
    assert not closed


def test_so_is_one_after_which_the_connection_closes() -> None:
    (piece,), closed = pieces(Response("four"), GET.replace(b"1.1", b"1.0"))
    assert piece.endswith(b"\r\n\r\nfour")
    assert closed


def test_so_is_the_head_of_a_body_that_is_not_asked_for() -> None:
    (piece,), _ = pieces(Response("four"), GET.replace(b"GET", b"HEAD"))
    assert piece.endswith(b"\r\n\r\n")


def test_two_requests_that_come_at_once_have_a_piece_each() -> None:
    found, _ = pieces(Response("four"), 2 * GET)
    assert [each.partition(b"\r\n\r\n")[2] for each in found] == [b"four", b"four"]


def test_what_has_begun_is_told_before_its_body_comes() -> None:
    async def begins(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send(STARTED)
        await asyncio.get_running_loop().create_future()

    (head,), _ = pieces(begins)
    assert head.endswith(b"\r\n\r\n")


def test_each_part_of_a_body_goes_out_by_itself() -> None:
    async def streams(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send(STARTED | {"headers": []})
        for part in (b"one", b"two", b""):
            await send({"type": "http.response.body", "body": part, "more_body": bool(part)})

    found, _ = pieces(streams)
    assert found[0].endswith(b"\r\n\r\n3\r\none\r\n")
    assert found[1:] == [b"3\r\ntwo\r\n", b"0\r\n\r\n"]


def test_the_head_of_an_answer_that_breaks_off_is_told() -> None:
    async def breaks(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send(STARTED)
        raise RuntimeError("broken")

    (head,), closed = pieces(breaks)
    assert head.endswith(b"\r\n\r\n")
    assert closed


def test_nothing_is_written_to_who_has_gone() -> None:
    async def goes(scope: Scope, _receive: Receive, send: Send) -> None:
        await send(STARTED)
        scope["extensions"]["respite.connection"]["transport"].abort()

    assert pieces(goes) == ([], True)
