"""What an agent does with the tickets in hand: live contacts at once, written ones one at a time, nothing on a break or off shift."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from router.agents import FloatArray
from router.domain import PRIORITIES, Status
from router.state import TeamState
from simulations.demand import Tickets
from simulations.settings import CHANNEL_NAMES

LIVE_FROM = CHANNEL_NAMES.index("chat")


class Activity(IntEnum):
    """What a second of an agent's time was spent on."""

    OFF = 0
    LUNCH = 1
    BREAK = 2
    LIVE = 3
    WRITTEN = 4
    IDLE = 5


class Desk:
    """One agent's hands. Mutable: the event loop owns it and calls `look` after everything that may concern the agent."""

    def __init__(self, row: int, tickets: Tickets, left_s: FloatArray, counts_from_s: float) -> None:
        self.row, self._tickets, self._counts_from_s = row, tickets, counts_from_s
        self._left_s = left_s  # seconds of work left on each ticket, shared by all desks
        self.live: set[int] = set()
        self.held: set[int] = set()
        self.current: int | None = None
        self.leaving: Status | None = None  # the status to take once the live contacts have ended
        self.stint = 0  # which start of work is the newest; the end of an older one is void
        self._seconds: FloatArray = np.zeros(len(Activity))
        self._activity, self._since_s, self._began_s = Activity.OFF, counts_from_s, counts_from_s

    def take(self, ticket: int) -> bool:
        """Hold a ticket; true where it is live, so that its contact begins now."""
        live = bool(self._tickets.channel[ticket] >= LIVE_FROM)
        (self.live if live else self.held).add(ticket)
        return live

    def drop(self, ticket: int) -> None:
        """The contact on a ticket in hand has ended."""
        self.live.discard(ticket)
        self.held.discard(ticket)
        if self.current == ticket:
            self.current = None

    def look(self, state: TeamState, now_s: float) -> bool:
        """Take up or park written work as things stand; true where work began, whose end is due in `left_s` seconds."""
        self.spent_s(now_s)
        free = self._may_write(state, now_s)
        if self.current is not None and not free:
            self._left_s[self.current] -= now_s - self._began_s
            self.current, self.stint = None, self.stint + 1
        began = self.current is None and free and bool(self.held)
        if began:
            self.current, self._began_s, self.stint = min(self.held, key=self._turn_of), now_s, self.stint + 1
        self._activity = self._what(state, now_s)
        return began

    def left_s(self) -> float:
        """Seconds until the written work in hand is done."""
        assert self.current is not None
        return float(self._left_s[self.current])

    def spent_s(self, now_s: float) -> FloatArray:
        """Seconds on each `Activity` until now, as far as they count, shape (len(Activity),)."""
        self._seconds[self._activity] += max(0.0, now_s - max(self._since_s, self._counts_from_s))
        self._since_s = now_s
        return self._seconds

    def _turn_of(self, ticket: int) -> tuple[int, int]:
        """Urgent ones first, then the oldest."""
        return -PRIORITIES.index(self._tickets.priority[ticket]), ticket

    def _may_write(self, state: TeamState, now_s: float) -> bool:
        agents, row = state.agents, self.row
        resting = bool(agents.pending_s[row] <= now_s < agents.break_end_s[row])
        return not self.live and agents.status[row] == Status.ONLINE and not resting

    def _what(self, state: TeamState, now_s: float) -> Activity:
        agents, row = state.agents, self.row
        if self.live:
            return Activity.LIVE
        if agents.status[row] <= Status.AWAY:
            return Activity.OFF if agents.status[row] == Status.OFFLINE else Activity.LUNCH
        if agents.break_start_s[row] <= now_s < agents.break_end_s[row]:
            return Activity.BREAK
        return Activity.IDLE if self.current is None else Activity.WRITTEN
