"""Customers' words scored in a process of their own while many come at once: the service's own process has others to serve meanwhile.

Whoever comes alone is scored where they stand, which is quicker than asking another process. The process is started when it is first
wanted; until it is there, and where it has died, threads of this process score.
"""

from __future__ import annotations

import asyncio
import multiprocessing
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Executor
from multiprocessing.connection import Connection
from subprocess import Popen

from api import intake
from api.cpus import allowed
from api.intake import Customers, Words
from api.scoring.process import READY, Found, started

SCORED_AT_ONCE = 200  # characters, whose score costs less than handing them to a thread
ALONE_AT_ONCE = 2000  # the same where nobody else is there who would have to wait
TOGETHER = 16  # texts in one message: an answer comes every few milliseconds, so that deciding goes on meanwhile
UNDER_WAY_MOST = 60_000  # characters; more in the pipe could hold up the event loop
AGAIN_AFTER_S = 10.0  # that a process has died

NOTHING: Found = (None, None)  # to be found

Text = tuple[str, str]
Answered = asyncio.Future[Found | None]


class Scorer:
    """Owned by the event loop."""

    def __init__(self) -> None:
        self.cpus = allowed()
        self.pipe: Connection | None = None
        self.process: Popen[bytes] | None = None
        self.loaded = False  # what is known of words, here: that takes a second, in which others are served
        self._starting = self._closed = False
        self._not_before_s = 0.0
        self._coming: deque[tuple[Text, Answered]] = deque()
        self._asked: deque[list[Answered]] = deque()  # by message, the oldest first
        self._sizes: deque[int] = deque()

    async def words(self, given: Customers, alone: bool, threads: Executor) -> Words:
        """What is found in the words of one request; `alone`: no other is being served."""
        text = intake.text_of(given)
        if text is None:
            return Words()
        at_once = ALONE_AT_ONCE if alone else SCORED_AT_ONCE if self.pipe is None else 0
        if self.loaded and _size(text) <= at_once:
            return intake.words_of(given)
        found = await self._ask(text) if self.pipe is not None else None
        return Words(*found) if found is not None else (await self._by_hand([given], threads))[0]

    async def all_words(self, given: Sequence[Customers], threads: Executor) -> list[Words]:
        """What is found in the words of each."""
        if self.pipe is None:
            return await self._by_hand(given, threads)
        waiting = [None if text is None else self._ask(text) for text in map(intake.text_of, given)]
        found = [NOTHING if each is None else await each for each in waiting]
        missing = [one for one, each in zip(given, found, strict=True) if each is None]
        by_hand = iter(await self._by_hand(missing, threads) if missing else ())
        return [Words(*each) if each is not None else next(by_hand) for each in found]

    def _ask(self, text: Text) -> Answered:
        """Have the process score a text; None comes back where it can't."""
        loop = asyncio.get_running_loop()
        if not self._coming:
            loop.call_soon(self._send)
        answered: Answered = loop.create_future()
        self._coming.append((text, answered))
        return answered

    async def _by_hand(self, given: Sequence[Customers], threads: Executor) -> list[Words]:
        """Score in a thread, and see to it that there will be a process."""
        if self.loaded and self.pipe is None:
            self._start()
        found = await asyncio.get_running_loop().run_in_executor(threads, intake.all_words_of, given)
        self.loaded = True
        return found

    def _send(self) -> None:
        """As much as the process may have before it, oldest first, a few texts at a time."""
        while self._coming and self.pipe is not None:
            texts: list[Text] = []
            answered: list[Answered] = []
            size = 0
            while self._coming and len(texts) < TOGETHER:
                more = _size(self._coming[0][0])
                if sum(self._sizes) + size + more > UNDER_WAY_MOST and (texts or self._asked):
                    break
                each, future = self._coming.popleft()
                texts.append(each)
                answered.append(future)
                size += more
            if not texts:
                return
            self._asked.append(answered)
            self._sizes.append(size)
            try:
                self.pipe.send(texts)
            except OSError:
                self._lost()

    def _receive(self) -> None:
        assert self.pipe is not None
        try:
            found: list[Found | None] = self.pipe.recv()
        except (EOFError, OSError):
            self._lost()
            return
        self._sizes.popleft()
        for answered, each in zip(self._asked.popleft(), found, strict=True):
            if not answered.done():
                answered.set_result(each)
        self._send()

    def _start(self) -> None:
        """Start the process in a thread: that takes a while."""
        loop = asyncio.get_running_loop()
        if not self._starting and not self._closed and loop.time() >= self._not_before_s:
            self._starting = True
            loop.run_in_executor(None, self._started, loop)

    def _started(self, loop: asyncio.AbstractEventLoop) -> None:
        if self.process is not None:
            self.process.wait()  # one that has died
        ours, theirs = multiprocessing.Pipe()
        with theirs:
            self.process = started(theirs, self.cpus)
        try:
            ready = ours.recv() == READY and not self._closed
        except (EOFError, OSError):
            ready = False
        try:
            loop.call_soon_threadsafe(self._joined, loop, ours if ready else None)
        except RuntimeError:  # the loop has ended meanwhile
            ready = False
        if not ready:
            ours.close()
            self.process.wait()

    def _joined(self, loop: asyncio.AbstractEventLoop, pipe: Connection | None) -> None:
        self._starting = False
        if pipe is None:
            self._not_before_s = loop.time() + AGAIN_AFTER_S
        elif self._closed:
            pipe.close()
        else:
            self.pipe = pipe
            loop.add_reader(pipe.fileno(), self._receive)

    def _lost(self) -> None:
        """The process has died: what it had before it is scored here."""
        self._not_before_s = asyncio.get_running_loop().time() + AGAIN_AFTER_S
        self._let_go()
        unanswered = [each for message in self._asked for each in message] + [answered for _, answered in self._coming]
        for queue in (self._asked, self._sizes, self._coming):
            queue.clear()
        for each in unanswered:
            if not each.done():
                each.set_result(None)

    def _let_go(self) -> None:
        if self.pipe is not None:
            asyncio.get_running_loop().remove_reader(self.pipe.fileno())
            self.pipe.close()
            self.pipe = None

    def close(self) -> None:
        """Let the process end. To be called on the event loop."""
        self._closed = True
        self._lost()


def _size(text: Text) -> int:
    """How many characters there are to score."""
    return len(text[0]) + len(text[1])
