"""The front desk: commands of one pass of the event loop go to the dispatcher together, the answers of a batch come back by one call."""

from __future__ import annotations

import asyncio
from collections import deque

from api.dispatcher import Dispatcher
from api.exchange import Answer, Command

Waiter = asyncio.Future[Answer]


class FrontDesk:
    """Owned by the event loop; only `bring` runs elsewhere, on the dispatcher's thread.

    Nothing waits for others: what has come by the end of a pass of the loop is handed in then. But one that comes alone costs one wake-up
    of each side, and so do fifty that come together.
    """

    def __init__(self, dispatcher: Dispatcher) -> None:
        self.dispatcher = dispatcher
        self.open = 0  # commands that are not answered yet
        self._coming: list[tuple[Command, _Slip]] = []
        self._done: deque[_Slip] = deque()
        self._called = False

    def submit(self, command: Command) -> Waiter:
        """What has the answer after the commit, or what refused the command."""
        loop = asyncio.get_running_loop()
        slip = _Slip(self, loop)
        if not self._coming:
            loop.call_soon(self._hand_in)
        self._coming.append((command, slip))
        self.open += 1
        return slip.waiter

    def _hand_in(self) -> None:
        coming, self._coming = self._coming, []
        try:
            self.dispatcher.take(coming)
        except RuntimeError as error:  # it takes no more
            for _, slip in coming:
                slip.set_exception(error)

    def bring(self, slip: _Slip) -> None:
        """The slip has its answer."""
        self._done.append(slip)
        if not self._called:
            self._called = True
            slip.loop.call_soon_threadsafe(self._give_out)

    def _give_out(self) -> None:
        self._called = False  # first: what is brought from here on is seen below, or calls again
        while self._done:
            self.open -= 1
            self._done.popleft().give_out()


class _Slip:
    """One command's answer on its way to who waits for it; to the dispatcher it is a `Slip`."""

    __slots__ = ("desk", "error", "loop", "result", "waiter")

    def __init__(self, desk: FrontDesk, loop: asyncio.AbstractEventLoop) -> None:
        self.desk, self.loop = desk, loop
        self.waiter: Waiter = loop.create_future()
        self.result: Answer | None = None
        self.error: BaseException | None = None

    def set_running_or_notify_cancel(self) -> bool:
        if self.waiter.cancelled():
            self.desk.bring(self)
            return False
        return True

    def set_result(self, result: Answer) -> None:
        self.result = result
        self.desk.bring(self)

    def set_exception(self, exception: BaseException | None) -> None:
        self.error = exception
        self.desk.bring(self)

    def give_out(self) -> None:
        if self.waiter.done():  # whoever asked has gone
            return
        if self.error is not None:
            self.waiter.set_exception(self.error)
        elif self.result is not None:
            self.waiter.set_result(self.result)
