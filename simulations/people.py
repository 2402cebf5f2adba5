"""What an agent does with the tickets in hand: live contacts at once, then what is to do after them, then written ones one at a time;
nothing on a break or off shift."""

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
    WRAP_UP = 6
    MEETING = 7
    DEBRIEF = 8


class Desk:
    """One agent's hands. Mutable: the event loop owns it and calls `look` after everything that may concern the agent."""

    def __init__(self, row: int, tickets: Tickets, left_s: FloatArray, counts_from_s: float) -> None:
        self.row, self._tickets, self._counts_from_s = row, tickets, counts_from_s
        self._left_s = left_s  # seconds of work left on each ticket, shared by all desks
        self.live: set[int] = set()
        self.held: set[int] = set()
        self.wraps: set[int] = set()  # whose live contact has ended, with work left to do after it
        self.current: int | None = None
        self.on_duty = self.at_lunch = self.in_meeting = False  # or soon: who has live work in hand ends it first
        self.said = Status.OFFLINE  # what the helpdesk was told last
        self.stint = 0  # which start of work is the newest; the end of an older one is void
        self._seconds: FloatArray = np.zeros(len(Activity))
        self._activity, self._since_s, self._began_s = Activity.OFF, counts_from_s, counts_from_s

    def take(self, ticket: int) -> bool:
        """Hold a ticket; true where it is live, so that its contact begins now."""
        live = bool(self._tickets.channel[ticket] >= LIVE_FROM)
        (self.live if live else self.held).add(ticket)
        return live

    def drop(self, ticket: int) -> None:
        """The contact on a ticket in hand has ended, or what was to do after it."""
        for pile in (self.live, self.held, self.wraps):
            pile.discard(ticket)
        if self.current == ticket:
            self.current = None

    def wrap_up(self, ticket: int, after_s: float) -> None:
        """The live contact on a ticket has ended; `after_s` seconds of work follow it."""
        self.live.discard(ticket)
        self.wraps.add(ticket)
        self._left_s[ticket] = after_s

    def status(self) -> Status:
        """What the helpdesk is to be told: who leaves ends what is live first, and takes nothing new before the work after a contact."""
        busy = bool(self.live or self.wraps)
        if not self.on_duty and not busy:
            return Status.OFFLINE
        if self.at_lunch and not busy:
            return Status.AWAY
        return Status.BACK_OFFICE if self.at_lunch or self.wraps or self.in_meeting else Status.ONLINE

    def look(self, state: TeamState, now_s: float) -> bool:
        """Take up or park work that can be parked as things stand; true where it began, with its end due in `left_s` seconds."""
        self.spent_s(now_s)
        pile, free = (self.wraps, self._may_wrap_up(state, now_s)) if self.wraps else (self.held, self._may_write(state, now_s))
        if self.current is not None and not free:
            self._left_s[self.current] -= now_s - self._began_s
            self.current, self.stint = None, self.stint + 1
        began = self.current is None and free and bool(pile)
        if began:
            self.current, self._began_s, self.stint = min(pile, key=self._turn_of), now_s, self.stint + 1
        self._activity = self._what(state, now_s)
        return began

    def left_s(self) -> float:
        """Seconds until the work that was taken up is done."""
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
        resting = bool(agents.pending_s[row] <= now_s < agents.break_end_s[row]) and not agents.covering(now_s)[row]
        return not self.live and agents.status[row] == Status.ONLINE and not resting and agents.debrief_until_s[row] <= now_s

    def _may_wrap_up(self, state: TeamState, now_s: float) -> bool:
        """Also beside another chat, but not on a break."""
        agents, row = state.agents, self.row
        return not agents.break_start_s[row] <= now_s < agents.break_end_s[row]

    def _what(self, state: TeamState, now_s: float) -> Activity:
        agents, row = state.agents, self.row
        if self.live:
            return Activity.LIVE
        if agents.status[row] <= Status.AWAY:
            return Activity.OFF if agents.status[row] == Status.OFFLINE else Activity.LUNCH
        if agents.break_start_s[row] <= now_s < agents.break_end_s[row]:
            return Activity.BREAK
        if agents.debrief_until_s[row] > now_s:
            return Activity.DEBRIEF
        if self.current is None:
            return Activity.MEETING if self.in_meeting else Activity.IDLE
        return Activity.WRAP_UP if self.current in self.wraps else Activity.WRITTEN
