"""The front desk: commands of one pass of the event loop go to the dispatcher together, the answers of a batch come back by one call."""

from __future__ import annotations

import asyncio
from collections import deque
from concurrent.futures import Future
from functools import partial

from api.dispatcher import Dispatcher
from api.exchange import Answer, Command

Waiter = asyncio.Future[Answer]


class FrontDesk:
    """Owned by the event loop; only `_bring` runs elsewhere, on the dispatcher's thread.

    Nothing waits for others: what has come by the end of a pass of the loop is handed in then. But one that comes alone costs one wake-up
    of each side, and so do fifty that come together.
    """

    def __init__(self, dispatcher: Dispatcher) -> None:
        self.dispatcher = dispatcher
        self.open = 0  # commands that are not answered yet
        self._coming: list[tuple[Command, Waiter]] = []
        self._done: deque[tuple[Waiter, Future[Answer]]] = deque()
        self._called = False

    def submit(self, command: Command) -> Waiter:
        """What has the answer after the commit, or what refused the command."""
        loop = asyncio.get_running_loop()
        waiter: Waiter = loop.create_future()
        if not self._coming:
            loop.call_soon(self._hand_in)
        self._coming.append((command, waiter))
        self.open += 1
        return waiter

    def _hand_in(self) -> None:
        coming, self._coming = self._coming, []
        try:
            futures = self.dispatcher.submit_all([command for command, _ in coming])
        except RuntimeError as error:  # it takes no more
            for _, waiter in coming:
                refused: Future[Answer] = Future()
                refused.set_exception(error)
                self._bring(waiter, refused)
            return
        for future, (_, waiter) in zip(futures, coming, strict=True):
            future.add_done_callback(partial(self._bring, waiter))

    def _bring(self, waiter: Waiter, done: Future[Answer]) -> None:
        self._done.append((waiter, done))
        if not self._called:
            self._called = True
            waiter.get_loop().call_soon_threadsafe(self._give_out)

    def _give_out(self) -> None:
        self._called = False  # first: what is brought from here on is seen below, or calls again
        while self._done:
            waiter, done = self._done.popleft()
            self.open -= 1
            if waiter.done():  # whoever asked has gone
                continue
            error = done.exception()
            if error is None:
                waiter.set_result(done.result())
            else:
                waiter.set_exception(error)
