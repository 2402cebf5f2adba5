"""A helpdesk's webhooks in: p99 until 202 from 16 connections that never pause, while what came in is routed and others post tickets."""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from http_bench import prepare_two, serve
from http_load import served, ticket_body

from api.hooks import webhooks

CONNECTIONS, POSTERS, HOOKS, WARM = 16, 4, 2000, 400
LIMIT_MS = 100.0
PAYLOADS = Path(__file__).parents[3] / "shared" / "helpdesks" / "payloads"  # of real helpdesks; not part of the repository


def run(hooks: int = HOOKS) -> list[dict[str, Any]]:
    """Rows for the table: the limit over the p99. What comes in a format that has no connector is signed, kept, and a dead letter."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.db"
        helpdesk, admin = prepare_two(url, "admin")
        with served(serve, "ours", url, helpdesk) as (port,):
            return asyncio.run(_rows(port, helpdesk, admin, hooks))


async def _rows(port: int, helpdesk: str, admin: str, hooks: int) -> list[dict[str, Any]]:
    line = await Line.to(port)
    secret = json.loads(await line.ask("PUT", "/v1/connections/desk", {"Authorization": f"Bearer {admin}"}, b"{}", 201))["secret"]
    await _measured("", port, helpdesk, secret, tickets("warm", WARM))
    rows = [await _measured("tickets with mails", port, helpdesk, secret, tickets("own", hooks))]
    foreign = [each.read_bytes() for each in sorted(PAYLOADS.glob("*.json"))] if PAYLOADS.is_dir() else []
    if foreign:
        bodies = [foreign[number % len(foreign)] for number in range(hooks)]
        rows.append(await _measured("payloads of real helpdesks, in formats not known here", port, helpdesk, secret, bodies))
    line.close()
    return rows


def tickets(name: str, count: int) -> list[bytes]:
    """Webhooks that open tickets, in the format of the API's own calls."""
    opened = (ticket_body(number, True) | {"id": f"{name}-{number}"} for number in range(count))
    return [json.dumps({"type": "ticket.created", "timestamp": each["created_at"], "data": each}).encode() for each in opened]


async def _measured(what: str, port: int, helpdesk: str, secret: str, bodies: Sequence[bytes]) -> dict[str, Any]:
    """Send them all, each connection one after the other, while tickets are posted; a row of how long the answers took."""
    coming, waits_s, posted, name = iter(bodies), list[float](), list[float](), f"post-{time.monotonic_ns()}"
    posters = [asyncio.create_task(_post(port, helpdesk, f"{name}-{number}", posted)) for number in range(POSTERS)]
    begun = time.perf_counter()
    await asyncio.gather(*(_send(port, secret, coming, waits_s) for _ in range(CONNECTIONS)))
    spent_s = time.perf_counter() - begun
    for each in posters:
        each.cancel()
    await asyncio.gather(*posters, return_exceptions=True)
    for each in posters:
        if not each.cancelled():
            each.result()  # what went wrong
    waits_s.sort()
    p50_ms, p99_ms = (waits_s[int(len(waits_s) * share)] * 1000 for share in (0.5, 0.99))
    told = f"{len(waits_s) / spent_s:.0f}/s beside {len(posted) / spent_s:.0f} posted tickets/s, p50 {p50_ms:.0f} ms"
    row = {"name": f"POST /v1/hooks, {what}, {CONNECTIONS} connections: {LIMIT_MS:g} ms over p99 ({told})", "ratio": LIMIT_MS / p99_ms}
    return row | {"bar": 1.0, "peer": f"{LIMIT_MS:g} ms", "ours_s": p99_ms / 1000, "peer_s": LIMIT_MS / 1000}


async def _send(port: int, secret: str, coming: Iterator[bytes], waits_s: list[float]) -> None:
    line = await Line.to(port)
    for body in coming:
        headers = webhooks.signed(f"w-{time.perf_counter_ns()}-{id(line)}", body.decode(), [secret], time.time())
        started = time.perf_counter()
        await line.ask("POST", "/v1/hooks/desk", headers, body, 202)
        waits_s.append(time.perf_counter() - started)
    line.close()


async def _post(port: int, helpdesk: str, name: str, posted: list[float]) -> None:
    line, number = await Line.to(port), 0
    while True:
        body = json.dumps(ticket_body(number, True) | {"id": f"{name}-{number}"}).encode()
        await line.ask("POST", "/v1/tickets", {"Authorization": f"Bearer {helpdesk}"}, body, 201)
        posted.append(time.perf_counter())
        number += 1


class Line:
    """A connection that is kept; `ask` gives the body of the answer, which must have the status that is expected."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def to(cls, port: int) -> Line:
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def ask(self, method: str, path: str, headers: dict[str, str], body: bytes, expected: int) -> bytes:
        sent = headers | {"Host": "x", "Content-Type": "application/json", "Content-Length": str(len(body))}
        head = "".join(f"{name}: {text}\r\n" for name, text in sent.items())
        self._writer.write(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body)
        answer = await self._reader.readuntil(b"\r\n\r\n")
        length = answer.lower().partition(b"content-length:")[2].split(b"\r\n")[0]
        found = await self._reader.readexactly(int(length or 0))
        assert answer.startswith(b"HTTP/1.1 %d" % expected), (answer, found)
        return found

    def close(self) -> None:
        self._writer.close()


if __name__ == "__main__":
    for found in run():
        print(found)
