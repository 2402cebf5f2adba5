"""The front desk: commands of one pass of the event loop go to the dispatcher together, the answers of a batch come back by one call."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import Sequence

from api.store.faults import Unanswered
from api.writer.dispatcher import Dispatcher
from api.writer.exchange import Answer, Command

Waiter = asyncio.Future[Answer]
LOOK_S = 1.0


class FrontDesk:
    """Owned by the event loop; only `bring` runs elsewhere, on the dispatcher's thread.

    Nothing waits for others: what has come by the end of a pass of the loop is handed in then. But one that comes alone costs one wake-up
    of each side, and so do fifty that come together. Who has waited for `patience_s` gets `Unanswered`, should the writer hang.
    """

    def __init__(self, dispatcher: Dispatcher, patience_s: float) -> None:
        self.dispatcher, self.patience_s = dispatcher, patience_s
        self._open: dict[_Slip, float] = {}  # whose answer is not there yet, and since when, the first first
        self._watching = False
        self._coming: list[list[tuple[Command, _Slip]]] = []
        self._done: deque[_Slip] = deque()
        self._called = False

    def submit(self, command: Command) -> Waiter:
        """What has the answer after the commit, or what refused the command."""
        return self.submit_all((command,))[0]

    def submit_all(self, commands: Sequence[Command]) -> list[Waiter]:
        """The same of commands of one caller that are decided together, as far as one batch reaches; those of others may come with them."""
        loop = asyncio.get_running_loop()
        together = [(command, _Slip(self, loop)) for command in commands]
        if not self._coming:
            loop.call_soon(self._hand_in)
        self._coming.append(together)
        self._open.update((slip, loop.time()) for _, slip in together)
        if not self._watching:
            self._watching = True
            loop.call_later(min(self.patience_s, LOOK_S), self._watch)
        return [slip.waiter for _, slip in together]

    @property
    def open(self) -> int:
        """Commands that are not answered yet."""
        return len(self._open)

    def _watch(self) -> None:
        """Let go of who has waited too long; looks again while anybody waits."""
        loop = asyncio.get_running_loop()
        for slip, since_s in list(self._open.items()):
            if loop.time() - since_s < self.patience_s:
                break
            del self._open[slip]
            if not slip.waiter.done():
                slip.waiter.set_exception(Unanswered(f"the writer has not answered within {self.patience_s:g} s"))
        self._watching = bool(self._open)
        if self._watching:
            loop.call_later(min(self.patience_s, LOOK_S), self._watch)

    def _hand_in(self) -> None:
        coming, self._coming = self._coming, []
        try:
            self.dispatcher.take(coming)
        except RuntimeError as error:  # it takes no more
            for _, slip in itertools.chain(*coming):
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
            slip = self._done.popleft()
            self._open.pop(slip, None)
            slip.give_out()


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
