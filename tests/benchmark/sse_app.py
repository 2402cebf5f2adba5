"""The peers of the streams' benchmark beside the service's own streams: the same told through `fastapi.sse`, one task and timer each."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Collection, Sequence
from typing import Annotated, Any

from fastapi import Depends, FastAPI
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from api.door.auth import needs
from api.live.held_open import EventStream, begin
from api.live.stream import Message, Opening, Shown, event
from api.routes.common import Service
from api.routes.recovery import current
from api.store.keys import Principal

Agents = Annotated[Principal, Depends(needs("agent"))]


class Same:
    """One number that all are told."""

    def __init__(self) -> None:
        self.number = 0
        self.listeners: set[asyncio.Event] = set()

    def data(self) -> dict[str, Any]:
        return {"number": self.number, "filler": "x" * 300}

    def changed(self, shown: Collection[Shown]) -> Collection[Shown]:
        return shown

    def messages(self, shown: Sequence[tuple[Shown, Collection[Principal]]]) -> list[Message | None]:
        return [Message(str(self.number), event("same", self.data(), str(self.number)))] * len(shown)

    async def changes(self, heartbeat_s: float) -> AsyncIterator[None]:
        """Comes at once, and whenever there is news or a sign of life is due."""
        news = asyncio.Event()
        self.listeners.add(news)
        try:
            while True:
                news.clear()
                yield
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(heartbeat_s):
                        await news.wait()
        finally:
            self.listeners.discard(news)

    def wake(self) -> None:
        for each in self.listeners:
            each.set()


def add_peers(app: FastAPI) -> None:
    """Routes that tell what the service's own streams tell."""
    same, views = Same(), Same()

    @app.get("/ours/same")
    async def ours(who: Agents, service: Service) -> EventStream:
        return begin(service.streams, Opening("same", ("same", ""), who, lambda: same, 3600.0))

    @app.get("/peer/same", response_class=EventSourceResponse)
    async def peer(who: Agents, service: Service) -> AsyncIterator[ServerSentEvent]:
        async for _ in same.changes(service.settings.heartbeat_s):
            yield ServerSentEvent(event="same", id=str(same.number), data=same.data())

    @app.get("/peer/views/{agent_id}", response_class=EventSourceResponse)
    async def peer_views(agent_id: str, who: Agents, service: Service) -> AsyncIterator[ServerSentEvent]:
        told: object = None
        async for _ in views.changes(service.settings.heartbeat_s):
            view = await run_in_threadpool(current, service, who, agent_id)
            if (view["state"], view["because"]) != told:
                told = (view["state"], view["because"])
                yield ServerSentEvent(event="recovery", id=view["now"], data=view)

    @app.post("/tell")
    async def tell(service: Service) -> dict[str, int]:
        same.number += 1
        service.streams.wake("same")
        same.wake()
        return {"number": same.number}

    @app.post("/listen")
    async def listen(service: Service) -> int:
        """Let the peers hear of changes; the process that they run in."""
        loop = asyncio.get_running_loop()
        service.dispatcher.on_change.append(lambda _team: loop.call_soon_threadsafe(views.wake))
        return os.getpid()
