"""What customers do, and what automation does with their tickets: arrive, get an answer, come back."""

from __future__ import annotations

from router.events import TicketEvent
from simulations.agenda import Handlers, Incoming, Kind
from simulations.floor import Floor
from simulations.opening import opened, ticket_id


class Customers:
    """Handlers of what customers do; each gives the events that the helpdesk sends, `None` where nothing happens after all."""

    def __init__(self, floor: Floor) -> None:
        self.floor, self.tickets = floor, floor.tickets
        self.happens: Handlers = {
            Kind.ARRIVES: self._arrives,
            Kind.REOPENS: self._reopens,
            Kind.AUTOMATION_ENDS: self._automation_ends,
        }

    def resolved(self, ticket: int, now_s: float) -> None:
        """Whether and when a ticket that was just resolved comes back."""
        again = self.floor.round[ticket]
        if self.tickets.reopens[ticket, again]:
            self.floor.agenda.enter(now_s + float(self.tickets.reopen_after_s[ticket, again]), Kind.REOPENS, ticket)

    def _arrives(self, now_s: float, ticket: int, _: int) -> Incoming:
        return [opened(self.floor.world, ticket)]

    def _reopens(self, now_s: float, ticket: int, _: int) -> Incoming:
        floor = self.floor
        if ticket_id(ticket) not in floor.state.tickets:  # forgotten, a month after its end
            return None
        floor.round[ticket] += 1
        floor.drafted.discard(ticket)
        floor.left_s[ticket] = self.tickets.handle_s[ticket, floor.round[ticket]]
        return [TicketEvent(now_s, ticket_id(ticket), "reopened", now_s)]

    def _automation_ends(self, now_s: float, ticket: int, _: int) -> Incoming:
        if self.floor.state.tickets[ticket_id(ticket)].state != "automation":  # its time ran out before
            return None
        if not self.tickets.automation_works[ticket]:
            return [TicketEvent(now_s, ticket_id(ticket), "automation_failed", now_s)]
        self.resolved(ticket, now_s)
        return [TicketEvent(now_s, ticket_id(ticket), "automation_resolved", now_s)]
