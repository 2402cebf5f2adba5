"""What is still to come in a run: one heap with a total order, by instant, then kind, then the order of entry."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Sequence
from enum import IntEnum

from router.events import Event


class Kind(IntEnum):
    """What happens, in the order in which it happens at one instant: a new policy holds at once, hands get free before new work comes."""

    POLICY_CHANGES = -1
    CONTACT_ENDS = 0
    AUTOMATION_ENDS = 1
    REST = 2
    SHIFT_ENDS = 3
    LUNCH_ENDS = 4
    MEETING_ENDS = 5
    MEETING_BEGINS = 6  # one that a shift begins with goes before it
    SHIFT_BEGINS = 7
    LUNCH_BEGINS = 8
    REOPENS = 9
    ARRIVES = 10
    ACCEPTS = 11
    ANSWERS = 12
    LEAVES = 13


Incoming = Sequence[Event] | None  # what a helpdesk sends; `None` where nothing happens after all, so that no turn is taken
Handlers = dict[Kind, Callable[[float, int, int], Incoming]]  # given the instant, who, and the mark of an entry


class Agenda:
    """Entries of (instant, kind, who, mark) until `end_s`; what lies beyond is not kept. Mutable, owned by the event loop."""

    def __init__(self, end_s: float) -> None:
        self._end_s, self._entered = end_s, 0
        self._heap: list[tuple[float, Kind, int, int, int]] = []

    def enter(self, at_s: float, kind: Kind, who: int, mark: int = 0) -> None:
        """`who` is a ticket or an agent's row; `mark` tells apart entries that may have been overtaken."""
        self._entered += 1
        if at_s < self._end_s:
            heapq.heappush(self._heap, (at_s, kind, self._entered, who, mark))

    def next_s(self) -> float:
        """The instant of the next entry; infinity where there is none."""
        return self._heap[0][0] if self._heap else math.inf

    def take(self) -> tuple[Kind, int, int]:
        """The next entry: kind, who, mark."""
        _, kind, _, who, mark = heapq.heappop(self._heap)
        return kind, who, mark
