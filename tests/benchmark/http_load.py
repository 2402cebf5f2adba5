"""The load generator of the HTTP benchmark: servers as processes of their own, keep-alive connections, and how long each answer took."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mails import mail

BULK = 50
READY_DEADLINE_S = 60.0
SINGLE_PATH, BULK_PATH = "/v1/tickets", "/v1/tickets/bulk"


@dataclass(frozen=True, slots=True)
class Measured:
    """Tickets per second, and the median and the 99th percentile of the answers, in milliseconds."""

    per_s: float
    p50_ms: float
    p99_ms: float


@dataclass(frozen=True, slots=True)
class Caller:
    """A connection: the port it calls, the key it calls with."""

    port: int
    secret: str


@contextmanager
def served(serve: Callable[..., None], *arguments: object, count: int = 1) -> Iterator[list[int]]:
    """`serve(*arguments, port)` in processes of their own, and their ports once they listen."""
    context = multiprocessing.get_context("spawn")
    ports = [_free_port() for _ in range(count)]
    processes = [context.Process(target=serve, args=(*arguments, port)) for port in ports]
    for process in processes:
        process.start()
    try:
        for port in ports:
            asyncio.run(_listening(port))
        yield ports
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.join()


def ticket_body(number: int, worded: bool) -> dict[str, Any]:
    """A ticket that was opened just now: one of last month is late, and asks rules to give way."""
    body = {"body": mail(number)} if worded else {}
    account_id = f"account-{number % 200}"
    return {"id": f"T-{number}", "account_id": account_id, "subject": "Export fails", "created_at": f"{datetime.now(UTC):%FT%TZ}"} | body


class Tickets:
    """Bodies of requests, made beforehand so that the generator costs little; no two have a ticket in common."""

    def __init__(self) -> None:
        self.made = 0

    def single(self, count: int, worded: bool) -> list[bytes]:
        return [json.dumps(each).encode() for each in self._tickets(count, worded)]

    def bulk(self, count: int, worded: bool) -> list[bytes]:
        tickets = self._tickets(count, worded)
        return [json.dumps({"tickets": tickets[start : start + BULK]}).encode() for start in range(0, count, BULK)]

    def _tickets(self, count: int, worded: bool) -> list[dict[str, Any]]:
        first, self.made = self.made, self.made + count
        return [ticket_body(number, worded) for number in range(first, self.made)]


def load(callers: Sequence[Caller], bodies: Sequence[bytes], path: str = SINGLE_PATH, each: int = 1) -> Measured:
    """Post all bodies, each caller one after the other; `each`: how many tickets are in one."""
    spent_s, waits_s = asyncio.run(_load(callers, bodies, path))
    waits_s.sort()
    count = len(waits_s)
    return Measured(count * each / spent_s, waits_s[count // 2] * 1000, waits_s[int(count * 0.99)] * 1000)


async def _load(callers: Sequence[Caller], bodies: Sequence[bytes], path: str) -> tuple[float, list[float]]:
    coming, waits_s = iter(bodies), list[float]()

    async def call(who: Caller) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", who.port)
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {who.secret}\r\nContent-Type: application/json\r\n"
        for body in coming:
            started = time.perf_counter()
            writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            answer = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(answer.lower().split(b"content-length:")[1].split(b"\r\n")[0]))
            waits_s.append(time.perf_counter() - started)
            if not answer.startswith((b"HTTP/1.1 201", b"HTTP/1.1 200")):
                raise RuntimeError(answer.decode())
        writer.close()

    started = time.perf_counter()
    await asyncio.gather(*(call(each) for each in callers))
    return time.perf_counter() - started, waits_s


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _listening(port: int) -> None:
    deadline = time.perf_counter() + READY_DEADLINE_S
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        except OSError:
            if time.perf_counter() > deadline:
                raise
            await asyncio.sleep(0.05)
