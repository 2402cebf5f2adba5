"""`respite serve`: the service, until it is told to stop."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from types import FrameType
from typing import Annotated

import typer
import uvicorn
from fastapi import FastAPI

from api.commands.common import opened, read_settings, refuse
from api.main import create_app
from api.services import Services
from api.settings import Settings

GRACE_S = 5


class Server(uvicorn.Server):
    """Lets open streams end when it is told to stop, instead of waiting for them."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.on_exit: list[Callable[[], None]] = []

    def services(self) -> Services:
        """What the running app has open."""
        app: FastAPI = self.config.app  # type: ignore[assignment]
        found: Services = app.state.services
        return found

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        for told in self.on_exit:
            told()
        if self.started:
            asyncio.get_running_loop().call_soon_threadsafe(self.services().close_streams)
        super().handle_exit(sig, frame)


def make_server(settings: Settings, log_level: str = "info") -> Server:
    config = uvicorn.Config(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_level=log_level,
        access_log=False,
        forwarded_allow_ips="" if settings.trusted_proxies == "none" else settings.trusted_proxies,
        timeout_graceful_shutdown=GRACE_S,
    )
    return Server(config)


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    database_url: Annotated[str | None, typer.Option(help="Where the log is kept.")] = None,
) -> None:
    """Start the service."""
    settings = read_settings(host=host, port=port, database_url=database_url)
    with opened(settings):
        pass  # a database that can't be opened is said in one line, before anything starts
    refuse_taken_port(settings)
    make_server(settings).run()


def refuse_taken_port(settings: Settings) -> None:
    """Exit with one line where the address can't be listened on."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        refuse(f"RESPITE_HOST, RESPITE_PORT: {settings.host}:{settings.port} can't be listened on: {error.strerror}")
