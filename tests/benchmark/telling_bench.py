"""What being watched and telling cost routing: CPU time of POST /v1/tickets with metrics, with log lines, with an outbox, over without.

The app is called in this process without a server or sockets, behind which a cost could hide; the subscriber is a process of its own.
Sides take turns, each on a fresh store. In the columns of seconds stand CPU seconds for a ticket.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from statistics import median
from typing import Any

import sqlalchemy as sa
from fastapi import FastAPI
from http_bench import AGENTS, prepare_two
from http_load import served, ticket_body

from api.main import create_app
from api.services import Services
from api.settings import DEFAULT_TEAM, Settings
from api.shown import news
from api.store.tables import outbox
from api.telemetry.logs import set_up
from api.telemetry.observe import Observe

CALLERS, ROUNDS, TICKETS = 32, 6, 640
BAR = 1 / 1.15  # without over with
BARE, COUNTED, LOGGED, TOLD = SIDES = ("bare", "counted", "logged", "told")
DELIVERING = ("courier", "asyncio")  # threads that carry events away, and in which it is written down how that went
Spent = tuple[float, float]  # CPU seconds for a ticket: all of it, and without delivering


def run(rounds: int = ROUNDS, tickets: int = TICKETS) -> list[dict[str, Any]]:
    """Medians over rounds of what one side takes over what another takes in the same round."""
    with served(subscriber) as (port,), _logging():
        measure(TOLD, port, tickets)  # loads what is loaded when it is first wanted
        found = [{side: measure(side, port, tickets) for side in SIDES[n % 4 :] + SIDES[: n % 4]} for n in range(rounds)]

    def row(name: str, without: str, with_: str, what: int, bar: float | None) -> dict[str, Any]:
        ratio = median(each[without][what] / each[with_][what] for each in found)
        ours_s, peer_s = (median(each[side][what] for each in found) for side in (with_, without))
        return {"name": name, "ratio": round(ratio, 3), "bar": bar, "peer": without, "ours_s": ours_s, "peer_s": peer_s}

    note = f"{CALLERS} at once, {AGENTS} agents, subjects alone, SQLite FULL"
    return [
        row(f"CPU of a ticket, without metrics over with ({note})", BARE, COUNTED, 0, BAR),
        row("the same, without either over with metrics and log lines", BARE, LOGGED, 0, None),
        row("the same, nobody subscribed over one to everything, delivery apart", COUNTED, TOLD, 1, BAR),
        row("the same with delivery, an event a call", COUNTED, TOLD, 0, None),
    ]


@contextlib.contextmanager
def _logging() -> Iterator[None]:
    """Lines as the service writes them, to nowhere."""
    root = logging.getLogger()
    before = root.handlers, root.level
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        set_up("json", "warning", nowhere)
        yield
    root.handlers, root.level = before


def measure(side: str, port: int, tickets: int) -> Spent:
    """One side on a fresh store; `port`: where a subscriber listens."""
    logging.getLogger().setLevel(logging.INFO if side == LOGGED else logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.db"
        helpdesk, admin = prepare_two(url, "admin")
        app = create_app(Settings(database_url=url, allow_private_targets="127.0.0.0/8", calls_per_s_helpdesk=1e6))
        if side == BARE:
            app.user_middleware = [each for each in app.user_middleware if each.cls is not Observe]
        return asyncio.run(_posting(app, side, helpdesk, admin, port, tickets))


async def _posting(app: FastAPI, side: str, helpdesk: str, admin: str, port: int, tickets: int) -> Spent:
    async with app.router.lifespan_context(app):
        service = app.state.services
        if side == BARE:
            service.dispatcher.on_turn.clear()
        if side == TOLD:
            subscription = {"url": f"http://127.0.0.1:{port}/", "types": list(news.OF_THE_TEAM)}
            await call(app, "/v1/subscriptions", admin, json.dumps(subscription).encode())
        bodies = [json.dumps(ticket_body(number, False)).encode() for number in range(tickets)]
        before = _spent()
        for start in range(0, tickets, CALLERS):  # in step, so that every side decides as many together
            await asyncio.gather(*(call(app, "/v1/tickets", helpdesk, each) for each in bodies[start : start + CALLERS]))
        posted = _spent()
        if side == TOLD:
            while _waiting(service):
                await asyncio.sleep(0.1)
        after = _spent()
    routed = [all_of_it - delivering for all_of_it, delivering in (before, posted)]
    return (after[0] - before[0]) / tickets, (routed[1] - routed[0]) / tickets


def _spent() -> Spent:
    """CPU seconds of this process, and those of them that its delivering threads had."""
    clocks = (time.pthread_getcpuclockid(each.ident) for each in threading.enumerate() if each.name.startswith(DELIVERING) and each.ident)
    delivering = sum(time.clock_gettime(each) for each in clocks)
    return time.process_time(), delivering


def _waiting(service: Services) -> bool:
    """Whether events are on their way."""
    with service.engine.connect().execution_options(reading=True) as connection:
        return connection.execute(sa.select(outbox.c.seq).where(outbox.c.team == DEFAULT_TEAM).limit(1)).first() is not None


async def call(app: FastAPI, path: str, key: str, body: bytes) -> None:
    """POST, which must succeed."""
    headers = [(b"authorization", f"Bearer {key}".encode()), (b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http", "path": path}
    scope |= {"raw_path": path.encode(), "query_string": b"", "root_path": "", "headers": headers, "client": ("127.0.0.1", 1)}
    coming = iter([{"type": "http.request", "body": body, "more_body": False}])
    answer = list[Any]()

    async def receive() -> Any:
        return next(coming, None) or await asyncio.Future[Any]()  # the caller stays

    async def send(message: Any) -> None:
        answer.append(message)

    await app(scope | {"server": ("127.0.0.1", 80)}, receive, send)
    assert answer[0]["status"] == 201, answer


def subscriber(port: int) -> None:
    """A subscriber that takes everything, on a process of its own."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                await reader.readexactly(int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0]))
                writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        writer.close()

    async def listen() -> None:
        await (await asyncio.start_server(serve, "127.0.0.1", port)).serve_forever()

    asyncio.run(listen())


if __name__ == "__main__":
    for found in run():
        print(found)
