"""The event loop: drawn demand, the product's own turns, people who work, rest and go home; all in virtual time.

Events have one total order, by instant, kind and sequence, so that a seed gives the same run everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from router import debrief
from router.decide import decide
from router.events import AgentStatus, DebriefAnswered, DebriefProposed, Decided, Event
from router.timing import next_change_s
from router.turn import Decide, turn
from simulations.agenda import Incoming, Kind
from simulations.customers import Customers
from simulations.duties import Duties
from simulations.floor import Floor
from simulations.opening import first_events, policy_put
from simulations.record import Run
from simulations.scenario import Scenario
from simulations.talks import Talks


def simulate(scenario: Scenario, replication: int = 0, explain: bool = False, decided_by: Decide = decide, keeps_log: bool = True) -> Run:
    """One replication of a scenario; the same scenario and number give the same run. `explain` adds the reasons to the log.

    `decided_by` is another policy of routing than ours, to compare with; everything else is the same. A study that asks for numbers
    alone does without the log (`keeps_log`), which is most of what a long run would hold in memory.
    """
    return _Loop(Floor(scenario, replication, keeps_log), explain, decided_by).run()


class _Loop:
    """Takes what comes next, gives the team its turn, and has people do what was decided."""

    def __init__(self, floor: Floor, explain: bool, decided_by: Decide) -> None:
        self.floor, self.explain, self.decided_by = floor, explain, decided_by
        self.customers = Customers(floor)
        self.duties = Duties(floor, self.customers)
        self.talks = Talks(floor)
        people = {**self.customers.happens, **self.duties.happens, **self.talks.happens}
        self.happens = {**people, Kind.POLICY_CHANGES: self._policy_changes}
        self.willing = any(worker.willing for worker in floor.world.staff)
        self.break_start_s = self.break_end_s = np.full(len(floor.desks), math.inf)
        self.turned_s = self.wake_s = math.inf

    def run(self) -> Run:
        floor, agenda, end_s = self.floor, self.floor.agenda, self.floor.world.end_s
        for ticket, created_s in enumerate(floor.tickets.created_s):
            agenda.enter(float(created_s), Kind.ARRIVES, ticket)
        for place, (at_s, _) in enumerate(floor.world.steps):
            agenda.enter(at_s, Kind.POLICY_CHANGES, place)
        self.duties.schedule()
        self._turn(list(first_events(floor.world)), floor.world.start_s)
        while (now_s := min(agenda.next_s(), self.wake_s)) < end_s:
            floor.recorder.sample(floor.state, now_s)
            incoming: Incoming = ()
            if agenda.next_s() <= self.wake_s:
                kind, who, mark = agenda.take()
                incoming = self.happens[kind](now_s, who, mark)
            if incoming is not None:
                self._turn(incoming, now_s)
            else:
                self._set_alarm()
            self._look(now_s)
        floor.recorder.sample(floor.state, end_s)
        return floor.recorder.finish(floor.state, floor.moods.noted, np.array([desk.spent_s(end_s) for desk in floor.desks]))

    def _policy_changes(self, now_s: float, place: int, _: int) -> Incoming:
        return [policy_put(self.floor.world, place)]

    def _turn(self, incoming: Sequence[Event], now_s: float) -> None:
        """One turn of the team, and what people do about its decisions."""
        floor, state = self.floor, self.floor.state
        for event in turn(state, incoming, now_s, self.explain, self.decided_by):
            floor.recorder.note(event, state)
            if isinstance(event, Decided):
                for record in event.decisions:
                    self._follow(floor.world.number[record["ticket_id"]], record, now_s)
                    if record["offer_expires_s"] is not None:
                        floor.agenda.enter(now_s, Kind.ACCEPTS, floor.world.number[record["ticket_id"]])
            elif isinstance(event, AgentStatus):
                floor.touched.add(state.agents.row[event.agent_id])
            elif isinstance(event, DebriefProposed | DebriefAnswered):
                self.talks.follow(event, now_s)
        for ticket in floor.recorder.take_answered():
            self.customers.answered(ticket, now_s)
        self._see_breaks(now_s)
        self.turned_s = now_s
        self._set_alarm()

    def _set_alarm(self) -> None:
        """When time alone changes something since the last turn, exactly where that is before what comes next."""
        state, until_s = self.floor.state, self.floor.agenda.next_s()
        talks = self.willing and any(True for _ in debrief.instants(state, self.turned_s))
        waits = state.waiting or state.automated or state.offered or talks
        self.wake_s = next_change_s(state, self.turned_s, until_s) if waits else math.inf

    def _follow(self, ticket: int, record: dict[str, Any], now_s: float) -> None:
        floor = self.floor
        if record["lane"] == "automation":
            floor.after_bot.add(ticket)
            floor.agenda.enter(now_s + float(floor.tickets.automation_s[ticket]), Kind.AUTOMATION_ENDS, ticket)
        elif record["agent_id"] is not None:
            if record["draft"] and ticket not in floor.drafted:  # the same drawn time, shorter
                floor.drafted.add(ticket)
                floor.recorder.note_draft(now_s)
                floor.left_s[ticket] *= 1 - floor.state.policy.automation.draft_saves_share
            if ticket in floor.after_bot:
                floor.after_bot.remove(ticket)
                floor.harder.add(ticket)
                floor.left_s[ticket] *= floor.world.scenario.automation.failed_handling_factor
            row = floor.holder[ticket] = floor.state.agents.row[record["agent_id"]]
            floor.touched.add(row)
            if floor.desks[row].take(ticket):
                floor.agenda.enter(now_s + float(floor.left_s[ticket]), Kind.CONTACT_ENDS, ticket)

    def _see_breaks(self, now_s: float) -> None:
        """Breaks that the team's state holds now and did not hold before, or holds for another time."""
        floor, agents = self.floor, self.floor.state.agents
        moved = (agents.break_start_s != self.break_start_s) | (agents.break_end_s != self.break_end_s)
        self.break_start_s, self.break_end_s = agents.break_start_s.copy(), agents.break_end_s.copy()
        for row in map(int, np.flatnonzero(moved)):
            floor.touched.add(row)
            current = agents.people[row].recovery
            if current is not None:
                floor.recorder.note_break(row, current)
                floor.agenda.enter(max(now_s, current.start_s), Kind.REST, row)
                floor.agenda.enter(current.end_s, Kind.REST, row)

    def _look(self, now_s: float) -> None:
        """Every desk that something has changed for."""
        for row in sorted(self.floor.touched):
            desk = self.floor.desks[row]
            if desk.look(self.floor.state, now_s) and desk.current is not None:
                self.floor.agenda.enter(now_s + desk.left_s(), Kind.CONTACT_ENDS, desk.current, desk.stint)
        self.floor.touched.clear()
