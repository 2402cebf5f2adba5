"""What the people of a team do all day: come and go, have lunch, rest, take offers, and end contacts."""

from __future__ import annotations

from router.domain import Status
from router.events import AgentStatus, Event, TicketEvent
from simulations.agenda import Handlers, Incoming, Kind
from simulations.customers import Customers
from simulations.floor import Floor
from simulations.opening import ticket_id
from simulations.people import Desk


class Duties:
    """Handlers of what people do; each gives the events that the helpdesk sends, `None` where nothing happens after all."""

    def __init__(self, floor: Floor, customers: Customers) -> None:
        self.floor, self.customers, self.staff = floor, customers, floor.world.staff
        self.happens: Handlers = {
            Kind.CONTACT_ENDS: self._contact_ends,
            Kind.REST: self._rest,
            Kind.SHIFT_ENDS: self._shift_ends,
            Kind.LUNCH_ENDS: self._lunch_ends,
            Kind.SHIFT_BEGINS: self._shift_begins,
            Kind.LUNCH_BEGINS: self._lunch_begins,
            Kind.MEETING_BEGINS: self._meeting_begins,
            Kind.MEETING_ENDS: self._meeting_ends,
            Kind.ACCEPTS: self._accepts,
        }

    def schedule(self) -> None:
        """Everything of theirs whose instant is known beforehand."""
        agenda = self.floor.agenda
        for row, worker in enumerate(self.staff):
            for start_s, end_s in worker.meetings:
                agenda.enter(start_s, Kind.MEETING_BEGINS, row)
                agenda.enter(end_s, Kind.MEETING_ENDS, row)
            for start_s, end_s in worker.there:
                agenda.enter(start_s, Kind.SHIFT_BEGINS, row)
                agenda.enter(end_s, Kind.SHIFT_ENDS, row)
            for at_s in worker.lunch_s:
                agenda.enter(at_s, Kind.LUNCH_BEGINS, row)

    def _contact_ends(self, now_s: float, ticket: int, stint: int) -> Incoming:
        floor, tickets = self.floor, self.floor.tickets
        desk = floor.desks[floor.holder[ticket]]
        live = ticket in desk.live
        if not live and (desk.current != ticket or desk.stint != stint):
            return None
        if ticket in desk.wraps:
            return self._resolved(now_s, desk, ticket)
        again, events = floor.round[ticket], []
        if self.customers.escalates(ticket, now_s):
            events.append(self._told(now_s, desk, ticket, "escalated"))
        if tickets.abuse[ticket, again]:
            events.append(self._told(now_s, desk, ticket, "abuse"))
        events.append(self._told(now_s, desk, ticket, "contact"))
        floor.harder.discard(ticket)
        if live and tickets.wrap_up_s[ticket, again] > 0:
            desk.wrap_up(ticket, float(tickets.wrap_up_s[ticket, again]))
            floor.touched.add(desk.row)
            return events + self._stand(now_s, desk)
        return events + self._resolved(now_s, desk, ticket)

    def _resolved(self, now_s: float, desk: Desk, ticket: int) -> list[Event]:
        """Nothing is left to do on a ticket in hand."""
        desk.drop(ticket)
        self.floor.touched.add(desk.row)
        self.customers.resolved(ticket, now_s)
        return [self._told(now_s, desk, ticket, "resolved"), *self._stand(now_s, desk)]

    def _accepts(self, now_s: float, ticket: int, _: int) -> Incoming:
        """People answer an offer at once."""
        name = ticket_id(ticket)
        return [TicketEvent(now_s, name, "accepted", now_s)] if name in self.floor.state.offered else None

    def _rest(self, now_s: float, row: int, _: int) -> Incoming:
        self.floor.touched.add(row)
        return None

    def _shift_begins(self, now_s: float, row: int, _: int) -> Incoming:
        desk = self.floor.desks[row]
        desk.on_duty, desk.at_lunch = True, False
        return self._stand(now_s, desk) or None

    def _shift_ends(self, now_s: float, row: int, _: int) -> Incoming:
        desk = self.floor.desks[row]
        desk.on_duty = False
        return self._stand(now_s, desk) or None

    def _lunch_begins(self, now_s: float, row: int, _: int) -> Incoming:
        desk = self.floor.desks[row]
        desk.at_lunch = desk.on_duty
        return self._stand(now_s, desk) or None

    def _lunch_ends(self, now_s: float, row: int, _: int) -> Incoming:
        desk = self.floor.desks[row]
        desk.at_lunch = False
        return self._stand(now_s, desk) or None

    def _meeting_begins(self, now_s: float, row: int, _: int) -> Incoming:
        desk = self.floor.desks[row]
        desk.in_meeting = True
        return self._stand(now_s, desk) or None

    def _meeting_ends(self, now_s: float, row: int, _: int) -> Incoming:
        desk = self.floor.desks[row]
        desk.in_meeting = False
        return self._stand(now_s, desk) or None

    def _stand(self, now_s: float, desk: Desk) -> list[Event]:
        """What the helpdesk is told of an agent where that is news; lunch lasts from when they are away."""
        status = desk.status()
        if status == desk.said:
            return []
        desk.said = status
        if status == Status.AWAY:
            self.floor.agenda.enter(now_s + 60 * self.staff[desk.row].group.lunch_min, Kind.LUNCH_ENDS, desk.row)
        return [AgentStatus(now_s, self.staff[desk.row].id, status.name.lower(), now_s)]

    def _told(self, now_s: float, desk: Desk, ticket: int, what: str) -> Event:
        return TicketEvent(now_s, ticket_id(ticket), what, now_s, self.staff[desk.row].id)
