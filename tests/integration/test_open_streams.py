"""Open streams over real sockets: told once and all alike, no ghosts, nothing kept for who does not read, and bounded."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from typing import Any

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from api.clock import Clock
from api.live import stream, streams
from api.live.connection import Connection
from api.live.held_open import HeldOpen, begin
from api.live.stream import UNREAD_MAX_BYTES, Message, Opening, Shown, event
from api.live.streams import Streams
from api.problems import ProblemResponse
from api.settings import Settings
from api.store.keys import Principal

DEADLINE_S = 60.0


class Numbers:
    """A source of one number for all, in `filler` bytes more."""

    def __init__(self) -> None:
        self.number, self.filler, self.broken = 0, 0, 0
        self.asked: list[Shown] = []

    def changed(self, shown: Collection[Shown]) -> Collection[Shown]:
        return shown

    def messages(self, shown: Sequence[tuple[Shown, Collection[Principal]]]) -> list[Message | None]:
        if self.broken:
            self.broken -= 1
            raise RuntimeError("the database is gone")
        self.asked += [each for each, _ in shown]
        text = event("number", {"n": self.number, "filler": "x" * self.filler}, str(self.number))
        return [Message(str(self.number), text, self.number == -1)] * len(shown)


class Desk:
    """A server with one topic; the path says what a stream shows, the last event id what it has."""

    def __init__(self, **settings: Any) -> None:
        self.source, self.ended = Numbers(), set[str]()
        self.streams = Streams(Settings(**settings), Clock(), lambda: self.ended)
        self.sockets: list[socket.socket] = []

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        has = dict(scope["headers"]).get(b"last-event-id")
        shown, key = (scope["path"], "agent"), scope["query_string"].decode()
        opening = Opening("topic", shown, Principal(key, "team", "agent", None), lambda: self.source, 3600.0, has and has.decode())
        await begin(self.streams, opening)(scope, receive, send)

    async def connect(self, path: str = "/a", has: str | None = None, key: str = "k") -> asyncio.StreamReader:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.writers.append(writer)
        resumes = "" if has is None else f"Last-Event-ID: {has}\r\n"
        writer.write(f"GET {path}?{key} HTTP/1.1\r\nHost: x\r\n{resumes}\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200")
        assert b"content-type: text/event-stream" in head
        return reader

    def tell(self, number: int) -> None:
        self.source.number = number
        self.streams.wake("topic")

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        self.writers: list[asyncio.StreamWriter] = []
        app = HeldOpen(self.app, lambda: self.streams)
        server = uvicorn.Server(uvicorn.Config(app, http=Connection, lifespan="off", log_level="error", timeout_graceful_shutdown=5))
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            self.port = listening.getsockname()[1]
            running = asyncio.create_task(server.serve([listening]))
            await until(lambda: server.started)
            try:
                yield
            finally:
                self.streams.end_all()
                server.should_exit = True
                await running
                self.streams.close()
                for writer in self.writers:
                    writer.close()
        assert len(self.streams) == 0


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while not condition():
            await asyncio.sleep(0.01)


async def heard(reader: asyncio.StreamReader) -> tuple[str, Any]:
    """The next event: its name and data."""
    async with asyncio.timeout(DEADLINE_S):
        chunk = await reader.readuntil(b"\n\n")
    lines = dict(line.split(": ", 1) for line in chunk.decode().split("\n") if ": " in line)
    return lines["event"], json.loads(lines["data"])


async def but_clock(reader: asyncio.StreamReader) -> tuple[str, Any]:
    """The next event that is no sign of life, of which one can be the first that is heard."""
    while (found := await heard(reader))[0] == "clock":
        pass
    return found


async def rest(reader: asyncio.StreamReader) -> bytes:
    """What comes until the stream ends."""
    async with asyncio.timeout(DEADLINE_S):
        return await reader.readuntil(b"0\r\n\r\n")


def on(desk: Desk, scenario: Callable[[], Awaitable[None]]) -> None:
    async def all_of_it() -> None:
        async with desk.serving():
            await scenario()

    asyncio.run(all_of_it())


def test_a_message_is_made_once_for_all_who_show_the_same() -> None:
    desk = Desk()

    async def scenario() -> None:
        readers = [await desk.connect("/a" if number < 6 else "/b") for number in range(9)]
        assert {(await heard(each))[1]["n"] for each in readers} == {0}
        await until(lambda: desk.source.number == 0)
        desk.source.asked.clear()
        desk.tell(7)
        assert [(await heard(each))[1]["n"] for each in readers] == [7] * 9
        assert sorted(desk.source.asked) == [("/a", "agent"), ("/b", "agent")]
        desk.tell(7)  # nothing new: the next that is heard is a sign of life or 8, and not 7 again
        desk.tell(8)
        assert [(await heard(each))[1]["n"] for each in readers] == [8] * 9

    on(desk, scenario)


def test_who_has_what_is_so_is_told_nothing_twice() -> None:
    desk = Desk()
    desk.source.number = 3

    async def scenario() -> None:
        has, has_not = await desk.connect(has="3"), await desk.connect(has="2")
        assert (await heard(has))[0] == "clock"
        assert await heard(has_not) == ("number", {"n": 3, "filler": ""})
        desk.tell(4)
        assert (await heard(has))[1]["n"] == (await heard(has_not))[1]["n"] == 4

    on(desk, scenario)


def test_signs_of_life_come_from_one_wheel() -> None:
    desk = Desk(heartbeat_s=0.1)

    async def scenario() -> None:
        readers = [await desk.connect() for _ in range(5)]
        for reader in readers:
            assert (await but_clock(reader))[0] == "number"
            assert [(await heard(reader))[0] for _ in range(3)] == ["clock"] * 3
        assert len([each for each in asyncio.all_tasks() if each.get_name() == "streams"]) == 1

    on(desk, scenario)


def test_clients_that_vanish_leave_no_ghosts_and_the_last_message_ends_a_stream() -> None:
    desk = Desk()

    async def scenario() -> None:
        for _ in range(20):
            await heard(await desk.connect())
        assert len(desk.streams) == 20
        for writer in desk.writers[:19]:
            writer.transport.abort()
        await until(lambda: len(desk.streams) == 1)
        last = await desk.connect("/b")
        await heard(last)
        desk.tell(-1)
        assert (await heard(last))[1]["n"] == -1
        await until(lambda: len(desk.streams) == 0)

    on(desk, scenario)


def test_nothing_is_kept_for_a_client_that_does_not_read_and_it_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "LEAST_UNREAD_S", 2 * DEADLINE_S)  # else the system may let it go before anything is kept for it here
    desk = Desk(heartbeat_s=0.3)

    async def scenario() -> None:
        desk.source.filler = 4000
        reader = await desk.connect()
        with socket.socket() as deaf:
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            deaf.connect(("127.0.0.1", desk.port))
            deaf.sendall(b"GET /a?k HTTP/1.1\r\nHost: x\r\n\r\n")
            await until(lambda: len(desk.streams) == 2)
            most, number = 0, 0
            async with asyncio.timeout(DEADLINE_S):
                while len(desk.streams) == 2:
                    number += 1
                    desk.tell(number)
                    while (name_and_data := await heard(reader))[1].get("n") != number:
                        assert name_and_data[0] in ("clock", "number")
                    waiting = [each.connection.get_write_buffer_size() for spoke in desk.streams._spokes for each in spoke]
                    most = max(most, *waiting)
            assert 0 < most <= UNREAD_MAX_BYTES + 5000

    on(desk, scenario)


def test_a_client_that_was_slow_is_told_what_is_so_when_it_reads_again() -> None:
    desk = Desk(heartbeat_s=4.0)  # who does not read for two of them is cut off

    async def scenario() -> None:
        desk.source.filler = 60_000
        reader = await desk.connect()
        with socket.socket() as slow:
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            slow.connect(("127.0.0.1", desk.port))
            slow.sendall(b"GET /a?k HTTP/1.1\r\nHost: x\r\n\r\n")
            await until(lambda: len(desk.streams) == 2)
            number = 0
            while not any(each.unread_s for spoke in desk.streams._spokes for each in spoke):
                number += 1
                desk.tell(number)
                while (await heard(reader))[1].get("n") != number:
                    pass
            slow.setblocking(False)
            loop, tail = asyncio.get_running_loop(), b""
            async with asyncio.timeout(DEADLINE_S):
                while f'"n":{number},'.encode() not in tail:
                    tail = tail[-200:] + await loop.sock_recv(slow, 65_536)
            assert len(desk.streams) == 2

    on(desk, scenario)


def test_a_stream_ends_with_its_key_and_not_with_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "ENDED_EVERY_S", 0.1)
    desk = Desk(heartbeat_s=1.6)  # whose wheel turns as often

    async def scenario() -> None:
        mine, other = await desk.connect(key="mine"), await desk.connect(key="other")
        await but_clock(mine)
        await but_clock(other)
        desk.ended = {"mine", "an old one"}
        assert b"number" not in await rest(mine)
        await until(lambda: len(desk.streams) == 1)
        desk.tell(5)
        assert (await but_clock(other))[1]["n"] == 5

    on(desk, scenario)


def test_a_key_and_a_process_have_so_many_streams_and_no_more() -> None:
    desk = Desk(streams_per_key=2, streams_max=3)

    async def scenario() -> None:
        for _ in range(2):
            await desk.connect(key="mine")
        await until(lambda: len(desk.streams) == 2)
        with pytest.raises(ProblemResponse, match="2 streams open") as refused:
            desk.streams.admit("mine")
        assert (refused.value.status, refused.value.headers) == (429, {"Retry-After": "15"})
        desk.streams.admit("other")
        await desk.connect(key="other")
        await until(lambda: len(desk.streams) == 3)
        with pytest.raises(ProblemResponse, match="3 streams are open here"):
            desk.streams.admit("third")
        desk.writers[0].close()
        await until(lambda: len(desk.streams) == 2)
        desk.streams.admit("mine")

    on(desk, scenario)


def test_a_source_that_fails_is_asked_again(caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk(heartbeat_s=0.1)

    async def scenario() -> None:
        reader = await desk.connect()
        await but_clock(reader)
        desk.source.broken = 2
        desk.tell(9)
        assert (await but_clock(reader))[1]["n"] == 9

    on(desk, scenario)
    assert [each.message for each in caplog.records] == [
        "streams can't be told what has changed; they are told with the next heartbeat"
    ] * 2


def test_streams_end_when_the_service_does_and_none_begins() -> None:
    desk = Desk()

    async def scenario() -> None:
        readers = [await desk.connect() for _ in range(3)]
        for reader in readers:
            await heard(reader)
        desk.streams.end_all()
        assert [await rest(each) for each in readers] == [b"\r\n0\r\n\r\n"] * 3
        with pytest.raises(ProblemResponse) as refused:
            desk.streams.admit("k")
        assert refused.value.status == 503

    on(desk, scenario)
