"""A store in memory that takes a history."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from router.events import Decided, Event, TicketOpened
from router.state import TeamState
from router.turn import turn


class MemorySink:
    """Folds what it is given into `state`, and keeps the log."""

    def __init__(self, now_s: float) -> None:
        self.at_s, self.state, self.log = now_s, TeamState(), list[Event]()

    def now_s(self) -> float:
        return self.at_s

    def known_agents(self) -> Collection[str]:
        return list(self.state.agents.row)

    def known_accounts(self) -> Collection[str]:
        return list(self.state.accounts)

    def forgotten(self, ticket_ids: Collection[str]) -> Collection[str]:
        held = {event.ticket_id for event in self.log if isinstance(event, TicketOpened)}
        return (held & set(ticket_ids)) - set(self.state.tickets)

    def take(self, events: Sequence[Event]) -> int:
        logged = turn(self.state, events, self.at_s)
        self.log += logged
        return sum(not isinstance(each, Decided) for each in logged)
