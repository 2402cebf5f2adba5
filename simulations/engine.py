"""The event loop: drawn demand, the product's own turns, people who work, rest and go home; all in virtual time.

Events have one total order, by instant, kind and sequence, so that a seed gives the same run everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from router.decide import decide
from router.domain import Status
from router.events import AgentStatus, Decided, Event, TicketEvent
from router.state import TeamState
from router.timing import next_change_s
from router.turn import Decide, turn
from simulations.agenda import Agenda, Kind
from simulations.opening import World, first_events, opened, ticket_id
from simulations.people import LIVE_FROM, Desk
from simulations.record import Recorder, Run
from simulations.scenario import Scenario

Incoming = Sequence[Event] | None


def simulate(scenario: Scenario, replication: int = 0, explain: bool = False, decided_by: Decide = decide) -> Run:
    """One replication of a scenario; the same scenario and number give the same run. `explain` adds the reasons to the log.

    `decided_by` is another policy of routing than ours, to compare with; everything else is the same.
    """
    return _Loop(scenario, replication, explain, decided_by).run()


class _Loop:
    """One run: the team's own state, the desks, and what is still to come."""

    def __init__(self, scenario: Scenario, replication: int, explain: bool, decided_by: Decide) -> None:
        self.world, self.explain, self.decided_by = World(scenario, replication), explain, decided_by
        self.tickets, count = self.world.tickets, len(self.world.tickets)
        self.state, self.recorder = TeamState(), Recorder(self.world)
        self.left_s = self.tickets.handle_s[:, 0].copy()
        self.desks = [Desk(row, self.tickets, self.left_s, self.world.counts_from_s) for row in range(len(self.world.staff))]
        self.holder, self.round = [0] * count, [0] * count
        self.agenda, self.wake_s = Agenda(self.world.end_s), math.inf
        self.touched: set[int] = set()
        self.drafted: set[int] = set()
        self.break_start_s = self.break_end_s = np.full(len(self.desks), math.inf)
        self.happens: dict[Kind, Callable[[float, int, int], Incoming]] = {
            Kind.CONTACT_ENDS: self._contact_ends,
            Kind.AUTOMATION_ENDS: self._automation_ends,
            Kind.REST: self._rest,
            Kind.SHIFT_ENDS: self._shift_ends,
            Kind.LUNCH_ENDS: self._lunch_ends,
            Kind.SHIFT_BEGINS: self._shift_begins,
            Kind.LUNCH_BEGINS: self._lunch_begins,
            Kind.REOPENS: self._reopens,
            Kind.ARRIVES: self._arrives,
            Kind.ACCEPTS: self._accepts,
        }

    def run(self) -> Run:
        self._schedule()
        self._turn(list(first_events(self.world)), self.world.start_s)
        while (now_s := min(self.agenda.next_s(), self.wake_s)) < self.world.end_s:
            self.recorder.sample(self.state, now_s)
            incoming: Incoming = ()
            if self.agenda.next_s() <= self.wake_s:
                kind, who, mark = self.agenda.take()
                incoming = self.happens[kind](now_s, who, mark)
            if incoming is not None:
                self._turn(incoming, now_s)
            self._look(now_s)
        self.recorder.sample(self.state, self.world.end_s)
        return self.recorder.finish(self.state, np.array([desk.spent_s(self.world.end_s) for desk in self.desks]))

    def _schedule(self) -> None:
        """Everything whose instant is known beforehand."""
        for ticket, created_s in enumerate(self.tickets.created_s):
            self.agenda.enter(float(created_s), Kind.ARRIVES, ticket)
        for row, worker in enumerate(self.world.staff):
            for start_s, end_s in worker.on_shift:
                self.agenda.enter(start_s, Kind.SHIFT_BEGINS, row)
                self.agenda.enter(end_s, Kind.SHIFT_ENDS, row)
            for at_s in worker.lunch_s:
                self.agenda.enter(at_s, Kind.LUNCH_BEGINS, row)

    def _turn(self, incoming: Sequence[Event], now_s: float) -> None:
        """One turn of the team, and what people do about its decisions."""
        for event in turn(self.state, incoming, now_s, self.explain, self.decided_by):
            self.recorder.note(event, self.state)
            if isinstance(event, Decided):
                for record in event.decisions:
                    self._follow(self.world.number[record["ticket_id"]], record, now_s)
                    if record["offer_expires_s"] is not None:
                        self.agenda.enter(now_s, Kind.ACCEPTS, self.world.number[record["ticket_id"]])
            elif isinstance(event, AgentStatus):
                self.touched.add(self.state.agents.row[event.agent_id])
        self._see_breaks(now_s)
        waits = self.state.waiting or self.state.automated or self.state.offered
        self.wake_s = next_change_s(self.state, now_s) if waits else math.inf

    def _follow(self, ticket: int, record: dict[str, Any], now_s: float) -> None:
        if record["lane"] == "automation":
            self.agenda.enter(now_s + float(self.tickets.automation_s[ticket]), Kind.AUTOMATION_ENDS, ticket)
        elif record["agent_id"] is not None:
            if record["draft"] and ticket not in self.drafted:  # the same drawn time, shorter
                self.drafted.add(ticket)
                self.recorder.note_draft(now_s)
                self.left_s[ticket] *= 1 - self.state.policy.automation.draft_saves_share
            row = self.holder[ticket] = self.state.agents.row[record["agent_id"]]
            self.touched.add(row)
            if self.desks[row].take(ticket):
                self.agenda.enter(now_s + float(self.left_s[ticket]), Kind.CONTACT_ENDS, ticket)

    def _see_breaks(self, now_s: float) -> None:
        """Breaks that the team's state holds now and did not hold before, or holds for another time."""
        agents = self.state.agents
        moved = (agents.break_start_s != self.break_start_s) | (agents.break_end_s != self.break_end_s)
        self.break_start_s, self.break_end_s = agents.break_start_s.copy(), agents.break_end_s.copy()
        for row in map(int, np.flatnonzero(moved)):
            self.touched.add(row)
            current = agents.people[row].recovery
            if current is not None:
                self.recorder.note_break(row, current)
                self.agenda.enter(max(now_s, current.start_s), Kind.REST, row)
                self.agenda.enter(current.end_s, Kind.REST, row)

    def _look(self, now_s: float) -> None:
        """Every desk that something has changed for."""
        for row in sorted(self.touched):
            desk = self.desks[row]
            if desk.look(self.state, now_s) and desk.current is not None:
                self.agenda.enter(now_s + desk.left_s(), Kind.CONTACT_ENDS, desk.current, desk.stint)
        self.touched.clear()

    def _contact_ends(self, now_s: float, ticket: int, stint: int) -> Incoming:
        desk, name = self.desks[self.holder[ticket]], ticket_id(ticket)
        if self.tickets.channel[ticket] < LIVE_FROM and (desk.current != ticket or desk.stint != stint):
            return None
        again, agent_id = self.round[ticket], self.world.staff[desk.row].id
        known = again == 0 and self.tickets.arrives_escalated[ticket]
        happened = ["escalated"] if self.tickets.escalates[ticket, again] and not known else []
        happened += ["abuse"] if self.tickets.abuse[ticket, again] else []
        events: list[Event] = [TicketEvent(now_s, name, each, now_s, agent_id) for each in (*happened, "contact", "resolved")]
        desk.drop(ticket)
        self.touched.add(desk.row)
        self._resolved(ticket, now_s)
        if desk.leaving is not None and not desk.live:
            events.append(self._leave(now_s, desk.row, desk.leaving))
        return events

    def _resolved(self, ticket: int, now_s: float) -> None:
        """Whether and when the ticket comes back."""
        again = self.round[ticket]
        if self.tickets.reopens[ticket, again]:
            self.agenda.enter(now_s + float(self.tickets.reopen_after_s[ticket, again]), Kind.REOPENS, ticket)

    def _reopens(self, now_s: float, ticket: int, _: int) -> Incoming:
        if ticket_id(ticket) not in self.state.tickets:  # forgotten, a month after its end
            return None
        self.round[ticket] += 1
        self.drafted.discard(ticket)
        self.left_s[ticket] = self.tickets.handle_s[ticket, self.round[ticket]]
        return [TicketEvent(now_s, ticket_id(ticket), "reopened", now_s)]

    def _arrives(self, now_s: float, ticket: int, _: int) -> Incoming:
        return [opened(self.world, ticket)]

    def _accepts(self, now_s: float, ticket: int, _: int) -> Incoming:
        """People answer an offer at once."""
        name = ticket_id(ticket)
        return [TicketEvent(now_s, name, "accepted", now_s)] if name in self.state.offered else None

    def _automation_ends(self, now_s: float, ticket: int, _: int) -> Incoming:
        if self.state.tickets[ticket_id(ticket)].state != "automation":  # its time ran out before
            return None
        if not self.tickets.automation_works[ticket]:
            return [TicketEvent(now_s, ticket_id(ticket), "automation_failed", now_s)]
        self._resolved(ticket, now_s)
        return [TicketEvent(now_s, ticket_id(ticket), "automation_resolved", now_s)]

    def _rest(self, now_s: float, row: int, _: int) -> Incoming:
        self.touched.add(row)
        return None

    def _shift_begins(self, now_s: float, row: int, _: int) -> Incoming:
        self.desks[row].leaving = None
        return [self._status(now_s, row, Status.ONLINE)]

    def _shift_ends(self, now_s: float, row: int, _: int) -> Incoming:
        desk = self.desks[row]
        if desk.live:
            desk.leaving = Status.OFFLINE
            return None
        return [self._leave(now_s, row, Status.OFFLINE)]

    def _lunch_begins(self, now_s: float, row: int, _: int) -> Incoming:
        desk = self.desks[row]
        if self.state.agents.status[row] != Status.ONLINE or desk.leaving is not None:
            return None
        if desk.live:
            desk.leaving = Status.AWAY
            return [self._status(now_s, row, Status.BACK_OFFICE)]
        return [self._leave(now_s, row, Status.AWAY)]

    def _lunch_ends(self, now_s: float, row: int, _: int) -> Incoming:
        return [self._status(now_s, row, Status.ONLINE)] if self.state.agents.status[row] == Status.AWAY else None

    def _leave(self, now_s: float, row: int, status: Status) -> Event:
        """Away from the desk, with nothing live in hand."""
        self.desks[row].leaving = None
        if status == Status.AWAY:
            self.agenda.enter(now_s + 60 * self.world.staff[row].group.lunch_min, Kind.LUNCH_ENDS, row)
        return self._status(now_s, row, status)

    def _status(self, now_s: float, row: int, status: Status) -> Event:
        return AgentStatus(now_s, self.world.staff[row].id, status.name.lower(), now_s)
