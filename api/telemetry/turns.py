"""A turn of a team as it went, for who counts and times them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from api.writer.exchange import Command
from router.events import Event
from router.state import TeamState


@dataclass(slots=True)
class Turn:
    """Instants on `time.perf_counter`: when it began, and when it was decided, saved, answered and committed. `came_s`: when each command
    was handed in. `state` is to be looked at before the next turn begins. `moved`: the ids of the agents whose recovery is another."""

    team: str
    commands: Sequence[Command] = ()
    came_s: Sequence[float] = ()
    began_s: float = field(default_factory=time.perf_counter)
    decided_s: float = 0.0
    saved_s: float = 0.0
    answered_s: float = 0.0
    committed_s: float = 0.0
    logged: Sequence[Event] = ()
    moved: Sequence[str] = ()
    state: TeamState | None = None
