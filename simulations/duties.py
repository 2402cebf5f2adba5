"""What the people of a team do all day: come and go, have lunch, rest, take offers, and end contacts."""

from __future__ import annotations

from router.domain import Status
from router.events import AgentStatus, Event, TicketEvent
from simulations.agenda import Handlers, Incoming, Kind
from simulations.customers import Customers
from simulations.floor import Floor
from simulations.opening import ticket_id
from simulations.people import LIVE_FROM


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
            Kind.ACCEPTS: self._accepts,
        }

    def schedule(self) -> None:
        """Everything of theirs whose instant is known beforehand."""
        agenda = self.floor.agenda
        for row, worker in enumerate(self.staff):
            for start_s, end_s in worker.on_shift:
                agenda.enter(start_s, Kind.SHIFT_BEGINS, row)
                agenda.enter(end_s, Kind.SHIFT_ENDS, row)
            for at_s in worker.lunch_s:
                agenda.enter(at_s, Kind.LUNCH_BEGINS, row)

    def _contact_ends(self, now_s: float, ticket: int, stint: int) -> Incoming:
        floor, tickets, name = self.floor, self.floor.tickets, ticket_id(ticket)
        desk = floor.desks[floor.holder[ticket]]
        if tickets.channel[ticket] < LIVE_FROM and (desk.current != ticket or desk.stint != stint):
            return None
        again, agent_id = floor.round[ticket], self.staff[desk.row].id
        known = again == 0 and tickets.arrives_escalated[ticket]
        happened = ["escalated"] if tickets.escalates[ticket, again] and not known else []
        happened += ["abuse"] if tickets.abuse[ticket, again] else []
        events: list[Event] = [TicketEvent(now_s, name, each, now_s, agent_id) for each in (*happened, "contact", "resolved")]
        desk.drop(ticket)
        floor.touched.add(desk.row)
        self.customers.resolved(ticket, now_s)
        if desk.leaving is not None and not desk.live:
            events.append(self._leave(now_s, desk.row, desk.leaving))
        return events

    def _accepts(self, now_s: float, ticket: int, _: int) -> Incoming:
        """People answer an offer at once."""
        name = ticket_id(ticket)
        return [TicketEvent(now_s, name, "accepted", now_s)] if name in self.floor.state.offered else None

    def _rest(self, now_s: float, row: int, _: int) -> Incoming:
        self.floor.touched.add(row)
        return None

    def _shift_begins(self, now_s: float, row: int, _: int) -> Incoming:
        self.floor.desks[row].leaving = None
        return [self._status(now_s, row, Status.ONLINE)]

    def _shift_ends(self, now_s: float, row: int, _: int) -> Incoming:
        desk = self.floor.desks[row]
        if desk.live:
            desk.leaving = Status.OFFLINE
            return None
        return [self._leave(now_s, row, Status.OFFLINE)]

    def _lunch_begins(self, now_s: float, row: int, _: int) -> Incoming:
        desk = self.floor.desks[row]
        if self.floor.state.agents.status[row] != Status.ONLINE or desk.leaving is not None:
            return None
        if desk.live:
            desk.leaving = Status.AWAY
            return [self._status(now_s, row, Status.BACK_OFFICE)]
        return [self._leave(now_s, row, Status.AWAY)]

    def _lunch_ends(self, now_s: float, row: int, _: int) -> Incoming:
        return [self._status(now_s, row, Status.ONLINE)] if self.floor.state.agents.status[row] == Status.AWAY else None

    def _leave(self, now_s: float, row: int, status: Status) -> Event:
        """Away from the desk, with nothing live in hand."""
        self.floor.desks[row].leaving = None
        if status == Status.AWAY:
            self.floor.agenda.enter(now_s + 60 * self.staff[row].group.lunch_min, Kind.LUNCH_ENDS, row)
        return self._status(now_s, row, status)

    def _status(self, now_s: float, row: int, status: Status) -> Event:
        return AgentStatus(now_s, self.staff[row].id, status.name.lower(), now_s)
