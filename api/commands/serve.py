"""`respite serve`: the service, until it is told to stop."""

from __future__ import annotations

import contextlib
import os
import socket
import tempfile
import time
from collections.abc import Iterator
from typing import Annotated

import typer

from api.clock import Clock
from api.commands.common import read_settings, refuse
from api.commands.on_store import opened, write_down_deletions
from api.commands.serving import make_server
from api.commands.workers import Epoch, Supervisor
from api.heap import keep_little
from api.settings import Settings
from api.store import past
from api.store.database import DatabaseSettingError, read_only
from api.store.sole import serving
from api.telemetry.logs import set_up
from api.telemetry.metrics import SHARED_FOLDER

BACKLOG = 2048


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    database_url: Annotated[str | None, typer.Option(help="Where the log is kept.")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes that serve, on PostgreSQL.")] = None,
) -> None:
    """Start the service. SIGTERM stops it when what it has taken is answered; with workers, SIGHUP replaces them one by one."""
    keep_little()
    settings = read_settings(host=host, port=port, database_url=database_url, workers=workers)
    with opened(settings, begin=True) as engine:  # what is wrong with it is said in one line, before anything starts
        if settings.workers > 1 and engine.dialect.name == "sqlite":
            refuse(f"RESPITE_WORKERS: SQLite takes one service, and {settings.workers} are asked for; use PostgreSQL for several")
        write_down_deletions(engine, settings)
        with read_only(engine) as connection:
            newest_s = past.newest_of_all_s(connection)
    with alone(settings):
        refuse_taken_port(settings)
        if settings.workers == 1:
            make_server(settings).run()
        else:
            supervise(settings, Epoch(time.time(), Clock(settings.clock_rate).continued_from(newest_s).now_s()))


def supervise(settings: Settings, epoch: Epoch) -> None:
    """Several processes on one socket and one clock, until they are told to stop."""
    family, _, _, _, address = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0]
    listener = socket.create_server(address[:2], family=family, backlog=BACKLOG)
    typer.echo(f"respite: {settings.workers} workers on http://{settings.host}:{settings.port}", err=True)
    set_up(settings.log_format, settings.log_level)
    with tempfile.TemporaryDirectory(prefix="respite-metrics-") as folder:
        os.environ[SHARED_FOLDER] = folder  # before the workers start, so that they count into it together
        if not Supervisor(settings, epoch, listener).run():
            raise typer.Exit(1)


@contextlib.contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Not while a restore is at work, and on SQLite the only service; exit with one line otherwise."""
    try:
        with serving(settings.database_url):
            yield
    except DatabaseSettingError as error:
        refuse(str(error))


def refuse_taken_port(settings: Settings) -> None:
    """Exit with one line where the address can't be listened on."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        refuse(f"RESPITE_HOST, RESPITE_PORT: {settings.host}:{settings.port} can't be listened on: {error.strerror}")
