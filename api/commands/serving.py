"""The HTTP server around the app, in one process or in each of several."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import socket
import threading
from collections.abc import Callable
from types import FrameType

import uvicorn
from fastapi import FastAPI

from api.clock import Clock
from api.commands.one_cpu import OneCpu
from api.door.slow_clients import connections
from api.main import create_app
from api.services import Services
from api.settings import Settings
from api.telemetry.logs import set_up

GRACE_S = 5
COLLECTED_AFTER = 20_000  # new objects


class Server(uvicorn.Server):
    """Lets open streams end when it is told to stop, instead of waiting for them. `on_start` and `on_exit` are told.

    `drain_s`: how long it goes on serving the connections it has before it stops, where others take the new ones.
    """

    def __init__(self, config: uvicorn.Config, drain_s: float = 0.0) -> None:
        super().__init__(config)
        self.drain_s = drain_s
        self.on_start: list[Callable[[], None]] = []
        self.on_exit: list[Callable[[], None]] = []
        self._together: asyncio.Task[None] | None = None

    def services(self) -> Services:
        """What the running app has open."""
        app: FastAPI = self.config.app  # type: ignore[assignment]
        found: Services = app.state.services
        return found

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        for told in self.on_exit:
            told()
        if self.started:
            asyncio.get_running_loop().call_soon_threadsafe(self.services().streams.end_all)
        super().handle_exit(sig, frame)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        look_less_for_garbage()
        if self.started:
            self._together = self._on_one_cpu(self.services())
        for told in self.on_start:
            told()

    def _on_one_cpu(self, service: Services) -> asyncio.Task[None] | None:
        if service.settings.cpu_affinity != "one" or len(service.cpus) < 2:
            return None
        return asyncio.get_running_loop().create_task(OneCpu(threading.get_native_id(), service.dispatcher.thread_id).keep())

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self.drain_s:
            for each in self.servers:
                each.close()
            self.server_state.default_headers.append((b"connection", b"close"))  # with the next answer, also of what is being served
            await asyncio.sleep(self.drain_s)
        if self._together is not None:
            self._together.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._together
        await super().shutdown(sockets)


def look_less_for_garbage() -> None:
    """What is loaded by now stays, and a turn makes thousands of objects that end by themselves: the collector need not look at either so
    often. It took a seventh of a turn."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECTED_AFTER, 20, 50)


def make_server(settings: Settings, log_level: str | None = None, clock: Clock | None = None, drain_s: float = 0.0) -> Server:
    set_up(settings.log_format, log_level or settings.log_level)
    config = uvicorn.Config(
        create_app(settings, clock),
        host=settings.host,
        port=settings.port,
        log_config=None,
        http=connections(settings),
        ws="none",  # there are no web sockets, and what refuses one writes its address to the log
        access_log=False,
        forwarded_allow_ips="" if settings.trusted_proxies == "none" else settings.trusted_proxies,
        timeout_graceful_shutdown=GRACE_S,
    )
    return Server(config, drain_s)
