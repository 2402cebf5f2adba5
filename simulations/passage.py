"""Virtual time: a timeline of events passes through the product's own turns; what was decided is noted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from router.domain import Break, Contact
from router.events import Decided, Event, TicketEvent, TicketOpened
from router.state import TeamState
from router.timing import next_change_s
from router.turn import conclude, fold
from simulations.hours import Span

Dated = tuple[float, int, Event]  # when, and what comes first of what happens at one instant
Adapted = Callable[[TeamState, Event], Iterable[Event]]


class Passage:
    """Takes turns over a timeline and notes what was decided; mutable, owned by who made it."""

    def __init__(
        self, state: TeamState, adapted: Adapted | None = None, explain: bool = False, settled_by_log: frozenset[str] = frozenset()
    ) -> None:
        """`adapted` says what an event is to a ticket that somebody else may have; `explain`: with all reasons. Automation resolves what
        it gets at once, but for the tickets in `settled_by_log`, of which the timeline tells."""
        self.state, self.adapted = state, adapted or as_it_happened
        self.explain, self.settled_by_log = explain, settled_by_log
        self.now_s = state.now_s
        self.contacts: dict[str, tuple[str, tuple[Contact, ...]]] = {}
        self.decided: dict[str, dict[str, Any]] = {}
        self.placed_s: dict[str, float] = {}
        self.automated: set[str] = set()
        self.rotated: set[str] = set()
        self.relaxed: Counter[str] = Counter()
        self.breaks: dict[str, tuple[str, Span]] = {}
        self._recoveries: dict[str, Break | None] = {}

    def run(self, timeline: Sequence[Dated], progress: Callable[[int], None]) -> None:
        came = 0
        for (at_s, _), group in groupby(timeline, key=lambda each: (each[0], each[1])):
            self._pass_time(at_s)
            for _, _, event in group:
                came += isinstance(event, TicketOpened)
                fold(self.state, list(self.adapted(self.state, event)))
                if isinstance(event, TicketEvent) and event.ticket_id in self.state.tickets:
                    ticket = self.state.tickets[event.ticket_id]
                    self.contacts[ticket.id] = ticket.account_id, ticket.contacts
            self._decide(at_s)
            progress(came)

    def _pass_time(self, until_s: float) -> None:
        """Decide again whenever time alone changes something for a ticket that waits or lies with automation."""
        while self.state.waiting or self.state.automated:
            at_s = next_change_s(self.state, self.now_s)
            if at_s >= until_s:
                return
            self._decide(at_s)

    def _decide(self, at_s: float) -> None:
        self.now_s = at_s
        # rotation is seen in the reasons alone
        explain = self.explain or any(self.state.tickets[each].escalated for each in self.state.waiting)
        for event in conclude(self.state, at_s, explain):
            for record in event.decisions if isinstance(event, Decided) else ():
                self._note(record, at_s)
        for person in self.state.agents.people:
            current = person.recovery
            if current is not None and current is not self._recoveries.get(person.id):
                self.breaks[current.id] = person.id, (current.start_s, current.end_s)
            self._recoveries[person.id] = current

    def _note(self, record: dict[str, Any], at_s: float) -> None:
        ticket_id = record["ticket_id"]
        self.relaxed.update(record["relaxed"])
        if any([each["rule"] for each in other["rules"]] == ["rotation"] for other in record["not_others"]):
            self.rotated.add(ticket_id)
        if record["lane"] == "queue":
            return
        self.decided[ticket_id] = record
        self.placed_s.setdefault(ticket_id, at_s)
        if record["offer_expires_s"] is not None:
            fold(self.state, [TicketEvent(at_s, ticket_id, "accepted", at_s)])
        if record["lane"] == "automation":
            self.automated.add(ticket_id)
            if ticket_id not in self.settled_by_log:
                fold(self.state, [TicketEvent(at_s, ticket_id, "automation_resolved", at_s)])


def as_it_happened(state: TeamState, event: Event) -> Iterator[Event]:
    """The event as it happens to our ticket, which somebody else may have, or nobody, or which is over already."""
    if not isinstance(event, TicketEvent):
        yield event
        return
    ticket = state.tickets.get(event.ticket_id)
    if ticket is None or (event.type == "contact" and ticket.agent_id is None):
        return
    if ticket.over and event.type in ("escalated", "abuse"):
        yield replace(event, type="reopened", event_id=None)
    yield replace(event, agent_id=None)
