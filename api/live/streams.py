"""All open streams of the process: told together when their topic has changed, kept alive by one wheel, ended with their key."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from starlette.types import Receive, Scope, Send

from api import instants
from api.clock import Clock
from api.live.stream import Message, Opening, Shown, Source, Stream, connection_of, event
from api.problems import ProblemResponse
from api.settings import Settings
from api.store.faults import log_failure

log = logging.getLogger(__name__)
TOGETHER = 64  # messages made in one go and streams told in one go: no more than about 2 ms, between which requests are served
REST = 3  # a topic that took t to tell is not looked at again for REST × t, so that streams get a quarter of the time at most
REST_MAX_S = 1.0
ENDED_EVERY_S = 2.0
TICK_S = 1.0
LEAST_TICK_S = 0.05
SPOKES = 16
MISSED_BEATS = 2  # a client that has taken nothing for so many heartbeats is cut off


class _Topic:
    """The streams of a team or of a job, by what they show. `due`: something has changed; `asked`: what is to be looked at in any case."""

    def __init__(self, source: Source, look_s: float, now_s: float) -> None:
        self.source, self.look_s, self.looked_s = source, look_s, now_s
        self.by_shown: dict[Shown, set[Stream]] = {}
        self.due = False
        self.asked: set[Shown] = set()
        self.teller: asyncio.Task[None] | None = None


class Streams:
    """`wake` and all that begins or ends a stream is to be called on the event loop. `ended_keys` says, in a thread, which keys and
    sessions have ended."""

    def __init__(self, settings: Settings, clock: Clock, ended_keys: Callable[[], Iterable[str]]) -> None:
        self.settings, self.clock, self._ended_keys = settings, clock, ended_keys
        self.closing = False
        self.on_count: Callable[[int], None] = lambda _open: None
        self._topics: dict[str, _Topic] = {}
        self._by_key: Counter[str] = Counter()
        self._count = 0
        self._tick_s = min(TICK_S, max(settings.heartbeat_s / SPOKES, LEAST_TICK_S))
        self._spokes: list[set[Stream]] = [set() for _ in range(max(1, round(settings.heartbeat_s / self._tick_s)))]
        self._wheel: asyncio.Task[None] | None = None
        self._ending: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, "streams")
        self._spoke = 0

    def __len__(self) -> int:
        return self._count

    def __contains__(self, topic: str) -> bool:
        """Whether anybody listens to a topic. On any thread: who begins to listen looks at it afterwards."""
        return topic in self._topics

    def admit(self, who_id: str) -> None:
        """Refuse one stream more than a key, or this process, may have open."""
        if self.closing:
            raise ProblemResponse(503, "the service is shutting down", self._later())
        if self._by_key[who_id] >= self.settings.streams_per_key:
            detail = f"this key has {self.settings.streams_per_key} streams open (RESPITE_STREAMS_PER_KEY); close one"
            raise ProblemResponse(429, detail, self._later())
        if len(self) >= self.settings.streams_max:
            raise ProblemResponse(429, f"{self.settings.streams_max} streams are open here (RESPITE_STREAMS_MAX)", self._later())

    def _later(self) -> dict[str, str]:
        return {"Retry-After": str(max(1, round(self.settings.heartbeat_s)))}

    async def hold(self, opening: Opening, scope: Scope, receive: Receive, send: Send) -> None:
        """Keep a stream open until its client goes, or it is ended from here. Without reading what comes, nobody learns that they went."""
        connection = connection_of(scope, MISSED_BEATS * self.settings.heartbeat_s)
        stream = Stream(opening.shown, opening.who, send, connection, opening.has)
        spoke = self._enter(opening, stream)
        try:
            if self.closing:
                await stream.end(self._now_s())
            while (await receive())["type"] != "http.disconnect":
                pass
        finally:
            self._leave(opening.topic, stream, spoke)

    def _enter(self, opening: Opening, stream: Stream) -> set[Stream]:
        if self._wheel is None or self._wheel.done():
            self._wheel = asyncio.create_task(self._turn(), name="streams")
        topic = self._topics.get(opening.topic)
        if topic is None:
            topic = self._topics[opening.topic] = _Topic(opening.source(), opening.look_s, self._now_s())
        topic.by_shown.setdefault(stream.shown, set()).add(stream)
        topic.asked.add(stream.shown)
        self._by_key[stream.who.key_id] += 1
        self._counted(+1)
        self._look(topic)
        self._spokes[self._spoke].add(stream)  # the spoke that has just been told: its turn comes again in a heartbeat
        return self._spokes[self._spoke]

    def _leave(self, name: str, stream: Stream, spoke: set[Stream]) -> None:
        spoke.discard(stream)
        self._by_key[stream.who.key_id] -= 1
        if not self._by_key[stream.who.key_id]:
            del self._by_key[stream.who.key_id]
        self._counted(-1)
        topic = self._topics[name]
        same = topic.by_shown[stream.shown]
        same.discard(stream)
        if not same:
            del topic.by_shown[stream.shown]
        if not topic.by_shown:
            del self._topics[name]

    def _counted(self, more: int) -> None:
        self._count += more
        self.on_count(self._count)

    def wake(self, name: str) -> None:
        """A topic has changed."""
        topic = self._topics.get(name)
        if topic is not None:
            topic.due = True
            self._look(topic)

    def end_all(self) -> None:
        """End every stream, and let none begin."""
        self.closing = True
        self._ending = asyncio.create_task(self._end([each for spoke in self._spokes for each in spoke]))

    def close(self) -> None:
        self.closing = True
        self._thread.shutdown()

    # ---- telling

    def _look(self, topic: _Topic) -> None:
        if topic.teller is None or topic.teller.done():
            topic.teller = asyncio.create_task(self._tell(topic), name="tell")

    async def _tell(self, topic: _Topic) -> None:
        """Tell the streams of a topic what has changed, until nothing has."""
        while (topic.due or topic.asked) and topic.by_shown and not self.closing:
            began_s = self._now_s()
            due, topic.due = topic.due, False
            asked, topic.asked = topic.asked, set()
            try:
                if due:
                    topic.looked_s = began_s
                    asked.update(await self._in_thread(topic.source.changed, list(topic.by_shown)))
                await self._say_all(topic, [each for each in asked if each in topic.by_shown])
            except Exception as error:
                log_failure(log, "streams can't be told what has changed; they are told with the next heartbeat", error)
                topic.asked |= asked
                topic.due |= due
                await asyncio.sleep(min(REST_MAX_S, self.settings.heartbeat_s))
            await asyncio.sleep(min(REST * (self._now_s() - began_s), REST_MAX_S))

    async def _say_all(self, topic: _Topic, shown: list[Shown]) -> None:
        for start in range(0, len(shown), TOGETHER):
            some = [each for each in shown[start : start + TOGETHER] if each in topic.by_shown and not self.closing]
            if not some:
                continue
            asked = [(each, {stream.who for stream in topic.by_shown[each]}) for each in some]
            messages = await self._in_thread(topic.source.messages, asked)
            told = 0
            for each, message in zip(some, messages, strict=True):
                for stream in list(topic.by_shown.get(each, ())):
                    told += 1
                    await self._say(stream, message)
                    if told % TOGETHER == 0:
                        await asyncio.sleep(0)

    async def _say(self, stream: Stream, message: Message | None) -> None:
        """Tell one stream what is so, unless its client has that already; a sign of life is then the first thing it hears."""
        now_s = self._now_s()
        if message is None:
            await stream.end(now_s)
        elif message.id != stream.has or message.last:
            if await stream.say(message.text, now_s):
                stream.has, stream.welcomed = message.id, True
                if message.last:
                    await stream.end(now_s)
        elif not stream.welcomed:
            stream.welcomed = await stream.say(self._clock_text(), now_s)

    # ---- the wheel

    async def _turn(self) -> None:
        """A sign of life for every stream, one spoke after the other, as long as there are streams; keys that have ended, in between."""
        asked_s = self._now_s()
        while self._by_key and not self.closing:
            await asyncio.sleep(self._tick_s)
            for name, topic in list(self._topics.items()):
                if self._now_s() >= topic.looked_s + topic.look_s:
                    self.wake(name)
            if self._now_s() >= asked_s + ENDED_EVERY_S:
                asked_s = self._now_s()
                await self._end_with_keys()
            self._spoke = (self._spoke + 1) % len(self._spokes)
            await self._beat(list(self._spokes[self._spoke]))

    async def _beat(self, streams: list[Stream]) -> None:
        text, limit_s = self._clock_text(), MISSED_BEATS * self.settings.heartbeat_s
        for number, stream in enumerate(streams, 1):
            unread_s = stream.unread_s
            if unread_s is not None and self._now_s() - unread_s >= limit_s:
                stream.cut()
            elif await stream.say(text, self._now_s()) and unread_s is not None:
                self._catch_up(stream)
            if number % TOGETHER == 0:
                await asyncio.sleep(0)

    def _catch_up(self, stream: Stream) -> None:
        """A client that was slow reads again: it is told what it missed."""
        for topic in self._topics.values():
            if stream in topic.by_shown.get(stream.shown, ()):
                topic.asked.add(stream.shown)
                self._look(topic)

    async def _end_with_keys(self) -> None:
        with contextlib.suppress(Exception):  # a database that is gone says nothing of keys; it is asked again
            ended = frozenset(await self._in_thread(self._ended_keys))
            await self._end([each for spoke in self._spokes for each in spoke if not ended.isdisjoint(each.whose)])

    async def _end(self, streams: list[Stream]) -> None:
        for number, stream in enumerate(streams, 1):
            await stream.end(self._now_s())
            if number % TOGETHER == 0:
                await asyncio.sleep(0)

    def _clock_text(self) -> bytes:
        return event("clock", {"now": instants.text(self.clock.now_s())})

    async def _in_thread(self, call: Callable[..., Any], *given: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call, *given)

    @staticmethod
    def _now_s() -> float:
        return asyncio.get_running_loop().time()
