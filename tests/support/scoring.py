"""Where customers' words are scored, held up or broken: what is the service doing meanwhile?"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from typing import Any


class HeldScoring(ThreadPoolExecutor):
    """Scores nothing until `released`; `begun` says that there is something to score."""

    def __init__(self, released: Event) -> None:
        super().__init__(1)
        self.released, self.begun = released, Event()

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        def later() -> Any:
            self.begun.set()
            assert self.released.wait(60)
            return fn(*args, **kwargs)

        return super().submit(later)


class BrokenScoring(ThreadPoolExecutor):
    """Fails at whatever it is given."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        failed: Future[Any] = Future()
        failed.set_exception(RuntimeError("it broke"))
        return failed
