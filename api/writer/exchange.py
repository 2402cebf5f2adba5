"""What goes to the dispatcher and what comes back: commands, their outcome, their answers, and why a key is refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import sqlalchemy as sa

from api.telemetry.origin import CURRENT, Origin
from router.errors import Refused
from router.events import Event
from router.state import TeamState

STILL_SERVED = "the first request with this key is still being served"


class KeyReused(Refused):
    """An Idempotency-Key that came before with another body."""


class KeyInFlight(Refused):
    """An Idempotency-Key whose first request is still being served."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request is answered with: an HTTP status and a JSON body as text."""

    status: int
    body: str


class Slip(Protocol):
    """What is told of a command's answer, from the dispatcher's thread; a `Future` is one."""

    def set_running_or_notify_cancel(self) -> bool:
        """False where nobody waits for the answer any more; True from then on means that it is on its way."""
        ...

    def set_result(self, result: Answer) -> None: ...

    def set_exception(self, exception: BaseException | None) -> None: ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a command: the events that were new, all decisions of its batch by ticket, the state after it."""

    state: TeamState
    now_s: float
    logged: tuple[Event, ...]
    decisions: dict[str, dict[str, Any]]
    connection: sa.Connection


@dataclass(frozen=True, slots=True)
class Command:
    """A request to a team. `events` and `answer` may run more than once: they must look at their arguments only.

    `keep`: the key and digest under which the answer is kept; `whose`: the agent whose own it is.
    `tickets` are the ids that its events name, where that is known beforehand: the store is then asked once for a whole batch.
    `origin` is the request that it serves.
    """

    team: str
    events: Callable[[TeamState, float], Sequence[Event]]
    answer: Callable[[Outcome], Answer]
    keep: tuple[str, str] | None = None
    whose: str | None = None
    tickets: tuple[str, ...] = ()
    origin: Origin | None = field(default_factory=CURRENT.get)
