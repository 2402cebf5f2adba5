"""What customers do, and what automation does with their tickets: arrive, get an answer, come back."""

from __future__ import annotations

import math

from router.events import TicketEvent
from simulations.agenda import Handlers, Incoming, Kind
from simulations.floor import Floor
from simulations.opening import opened, ticket_id
from simulations.settings import ROUNDS_MAX


class Customers:
    """Handlers of what customers do; each gives the events that the helpdesk sends, `None` where nothing happens after all."""

    def __init__(self, floor: Floor) -> None:
        self.floor, self.tickets = floor, floor.tickets
        self.hot: set[int] = set()  # tickets that have escalated in their first round
        self.target_s: dict[int, float] = {}  # of those that wait for their first answer
        self.happens: Handlers = {
            Kind.ARRIVES: self._arrives,
            Kind.REOPENS: self._reopens,
            Kind.AUTOMATION_ENDS: self._automation_ends,
            Kind.LEAVES: self._leaves,
        }

    def resolved(self, ticket: int, now_s: float) -> None:
        """Whether and when a ticket that was just resolved comes back."""
        again, account = self.floor.round[ticket], int(self.tickets.account[ticket])
        chance = self.tickets.reopen_chance[again] * self.floor.moods.repeat(account, now_s)
        if self.tickets.reopen_draw[ticket, again] < chance:
            self.floor.agenda.enter(now_s + float(self.tickets.reopen_after_s[ticket, again]), Kind.REOPENS, ticket)

    def escalates(self, ticket: int, now_s: float) -> bool:
        """Whether the contact that ends now escalated, which its account remembers; one that came escalated does it no second time."""
        again = self.floor.round[ticket]
        if again == 0 and ticket in self.hot:
            return False
        chance = self.tickets.escalation_chance[ticket] * self.floor.moods.escalation(int(self.tickets.account[ticket]), now_s)
        if ticket in self.floor.harder:
            chance *= self.floor.world.scenario.automation.failed_escalation_factor
        if self.tickets.escalation_draw[ticket, again] >= chance:
            return False
        self._bad(ticket, now_s)
        return True

    def answered(self, ticket: int, now_s: float) -> None:
        """The first answer, or who was called picked up."""
        if now_s > self.target_s.pop(ticket) and self.floor.round[ticket] == 0:
            self._bad(ticket, now_s)

    def _bad(self, ticket: int, now_s: float) -> None:
        self.floor.moods.worsen(int(self.tickets.account[ticket]), now_s)

    def _arrives(self, now_s: float, ticket: int, _: int) -> Incoming:
        self._wait(ticket, now_s)
        escalated = bool(self.tickets.at_arrival[ticket]) and self.escalates(ticket, now_s)
        if escalated:
            self.hot.add(ticket)
        event = opened(self.floor.world, ticket, escalated)
        self.target_s[ticket] = math.inf if event.target_s is None else event.target_s
        return [event]

    def _reopens(self, now_s: float, ticket: int, _: int) -> Incoming:
        """Because it was not resolved after all, or because who left tries again."""
        floor = self.floor
        if ticket_id(ticket) not in floor.state.tickets:  # forgotten, a month after its end
            return None
        if floor.state.tickets[ticket_id(ticket)].state == "resolved":  # who left has had their bad experience
            self._bad(ticket, now_s)
        floor.round[ticket] += 1
        floor.drafted.discard(ticket)
        floor.left_s[ticket] = self.tickets.handle_s[ticket, floor.round[ticket]]
        self._wait(ticket, now_s)
        return [TicketEvent(now_s, ticket_id(ticket), "reopened", now_s)]

    def _automation_ends(self, now_s: float, ticket: int, _: int) -> Incoming:
        if self.floor.state.tickets[ticket_id(ticket)].state != "automation":  # its time ran out before
            self._bad(ticket, now_s)
            return None
        if not self.tickets.automation_works[ticket]:
            self._bad(ticket, now_s)
            self._wait(ticket, now_s)
            return [TicketEvent(now_s, ticket_id(ticket), "automation_failed", now_s)]
        self.resolved(ticket, now_s)
        return [TicketEvent(now_s, ticket_id(ticket), "automation_resolved", now_s)]

    def _wait(self, ticket: int, from_s: float) -> None:
        """Who waits for somebody live from `from_s` on leaves when their patience is over."""
        self.floor.agenda.enter(from_s + float(self.tickets.patience_s[ticket, self.floor.round[ticket]]), Kind.LEAVES, ticket)

    def _leaves(self, now_s: float, ticket: int, _: int) -> Incoming:
        """Who still waits for a person leaves the queue. The time with automation does not count: its patience begins after that."""
        floor, known = self.floor, self.floor.state.tickets.get(ticket_id(ticket))
        if known is None or known.state not in ("waiting", "automation"):
            return None
        again = floor.round[ticket]
        with_bot_s = floor.state.policy.automation.timeout_s if known.state == "automation" else 0
        since_s = known.since_s + with_bot_s
        if since_s + self.tickets.patience_s[ticket, again] > now_s:
            self._wait(ticket, since_s)
            return None
        self._bad(ticket, now_s)
        if self.tickets.returns[ticket, again] and again + 1 < ROUNDS_MAX:
            floor.agenda.enter(now_s + float(self.tickets.return_after_s[ticket, again]), Kind.REOPENS, ticket)
        return [TicketEvent(now_s, ticket_id(ticket), "closed", now_s)]
