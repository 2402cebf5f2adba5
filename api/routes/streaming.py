"""What streams of server-sent events share: when to look again, until the key or the service ends."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator

from starlette.concurrency import run_in_threadpool

from api.auth import ENDED_EVERY_S, ended
from api.services import Services
from api.store.keys import Principal


async def looks_due(service: Services, who: Principal, topic: str, heartbeat_s: float | None = None) -> AsyncGenerator[None]:
    """Comes at once, whenever the topic (a team, a job) has changed, and when a sign of life is due. Ends with the key and with the
    service. `heartbeat_s`: other than the setting."""
    changed = asyncio.Event()
    listeners = service.listeners.setdefault(topic, set())
    listeners.add(changed)
    try:
        while not service.closing and not await run_in_threadpool(ended, service, who):
            changed.clear()
            yield
            await _news(changed, service, who, heartbeat_s or service.settings.heartbeat_s)
    finally:
        listeners.discard(changed)
        if not listeners and service.listeners.get(topic) is listeners:
            del service.listeners[topic]


async def _news(changed: asyncio.Event, service: Services, who: Principal, heartbeat_s: float) -> None:
    """Return when something has changed, when a sign of life is due, or when the key has ended."""
    loop = asyncio.get_running_loop()
    due_s = loop.time() + heartbeat_s
    while (left_s := due_s - loop.time()) > 0:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(left_s, ENDED_EVERY_S)):
                await changed.wait()
                return
        if await run_in_threadpool(ended, service, who):
            return
