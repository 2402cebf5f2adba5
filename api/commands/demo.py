"""`respite demo`: a team in a fresh store, the service, and traffic faster than life."""

from __future__ import annotations

import contextlib
import dataclasses
import threading
from typing import Annotated

import typer

from api.clock import Clock
from api.commands.common import read_settings, refuse
from api.commands.on_store import opened
from api.commands.serve import refuse_taken_port
from api.commands.serving import Server, make_server
from api.demo import Traffic, make_keys
from api.settings import DEMO_STORE as STORE
from api.settings import Settings
from api.store.database import DatabaseSettingError
from api.store.sole import serving

RATE = 30.0


def demo(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    rate: Annotated[float, typer.Option(min=1, max=1000, help="How many times faster than life.")] = RATE,
) -> None:
    """Start the service with a demo team. Ctrl-C ends it. The store `var/demo.db` is made anew each time."""
    base = read_settings(port=port, clock_rate=rate)
    settings = dataclasses.replace(base, database_url=f"sqlite:///{STORE}", host="127.0.0.1", deletions_file=None)
    with contextlib.ExitStack() as held:
        _begin_anew(held, settings)
        with opened(settings, begin=True) as engine:
            keys = make_keys(engine, Clock().now_s())
        refuse_taken_port(settings)
        server = make_server(settings, log_level="warning")
        threading.Thread(target=_traffic, args=(server, settings, keys), daemon=True).start()
        with contextlib.suppress(KeyboardInterrupt):
            server.run()
    typer.echo("\nended cleanly")


def _begin_anew(held: contextlib.ExitStack, settings: Settings) -> None:
    """No other demo in this folder while `held` is, and no store of an earlier one; exit with one line where that can't be."""
    try:
        STORE.parent.mkdir(parents=True, exist_ok=True)
        held.enter_context(serving(settings.database_url))
        for old in (STORE, *STORE.parent.glob(f"{STORE.name}-*")):
            old.unlink(missing_ok=True)
    except DatabaseSettingError:
        refuse("another demo is at work in this folder: end it, or start this one in another folder")
    except OSError as error:
        refuse(f"the demo keeps {STORE} in this folder, and can't: {error.filename}: {error.strerror}; start it in another folder")


def _traffic(server: Server, settings: Settings, keys: dict[str, str]) -> None:
    """Wait until the service listens, then drive it until it stops."""
    pause = threading.Event()
    while not server.started:
        if server.should_exit:
            return
        pause.wait(0.05)
    url = f"http://{settings.host}:{settings.port}"
    _welcome(url, keys, settings.clock_rate)
    traffic = Traffic(url, keys, server.services().clock)
    server.on_exit.append(traffic.stopped.set)
    traffic.run()


def _welcome(url: str, keys: dict[str, str], rate: float) -> None:
    typer.echo(
        f"""
Respite is at {url}, {rate:g} times faster than life. Ctrl-C ends it.

  an agent's page  {url}/login#{keys["agent"]}
  the team page    {url}/login#{keys["manager"]}
  API docs         {url}/docs
  its store        RESPITE_DATABASE_URL=sqlite:///{STORE}

  keys: {"  ".join(f"{role} {key}" for role, key in keys.items())}
"""
    )
