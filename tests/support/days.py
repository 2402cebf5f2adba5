"""Random days of a team as people live them: work arrives, is done, told late or twice or never."""

from __future__ import annotations

import heapq
import json
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import numpy as np

from router import readiness, snapshot
from router.domain import LIVE_CHANNELS, Break, Ticket
from router.errors import Refused
from router.events import AccountPut, AgentPut, AgentStatus, BreakShifted, Decided, Event, PolicyPut, TicketEvent, TicketOpened
from router.person import Person
from router.state import TeamState, exposure
from router.timing import next_change_s
from router.turn import turn
from support.streams import START_S

HOUR_S = 3600.0
DAY_S = 12 * HOUR_S
POLICY: dict[str, Any] = {
    "coverage_floor": 1,
    "rotation_after_escalations": 2,
    "max_wait_s": {"normal": 5400, "high": 1200},
    "automation": {"categories": ["reset"], "capacity": 3},
}


@dataclass
class Day:
    """One day of a team; `restarts`: every hour the state goes through a checkpoint."""

    seed: int
    restarts: bool = False
    agents: int = 5
    length_s: float = DAY_S
    state: TeamState = field(default_factory=TeamState)
    log: list[Event] = field(default_factory=list)
    given: list[tuple[float, dict[str, Any], str, bool, int, list[str]]] = field(default_factory=list)
    breaks: dict[str, tuple[int, Break]] = field(default_factory=dict)
    turns: int = 0

    def run(self) -> Day:
        self.chance, self.numbers = np.random.default_rng(self.seed), count()
        self.agenda: list[tuple[float, int, Event]] = []
        self._opening()
        now_s, hour = START_S, 1
        while now_s < START_S + self.length_s:
            incoming: list[Event] = []
            while self.agenda and self.agenda[0][0] <= now_s:
                incoming.append(heapq.heappop(self.agenda)[2])
            self._turn(incoming, now_s)
            if self.restarts and now_s >= START_S + hour * HOUR_S:
                self.state, hour = snapshot.load(json.loads(json.dumps(snapshot.dump(self.state)))), hour + 1
            next_s = next_change_s(self.state, now_s)
            assert next_s > now_s, f"after the turn at {now_s} another is due at {next_s}: such a day never ends"
            now_s = min(next_s, self.agenda[0][0] if self.agenda else START_S + self.length_s)
        return self

    def _opening(self) -> None:
        self._at(START_S, PolicyPut(START_S, 1, POLICY))
        for number in range(self.agents):
            self._at(START_S, AgentPut(START_S, f"agent-{number}", f"Agent {number}", {"billing": 3} if number % 2 else {}))
            self._at(START_S, AgentStatus(START_S, f"agent-{number}", "online", START_S))
            lunch_s = START_S + float(self.chance.uniform(3, 5)) * HOUR_S
            self._at(lunch_s, AgentStatus(lunch_s, f"agent-{number}", "away", lunch_s))
            back_s = lunch_s + float(self.chance.uniform(300, 2700))
            self._at(back_s, AgentStatus(back_s, f"agent-{number}", "online", back_s))
        for number in range(6):
            renewal_s = START_S + float(self.chance.uniform(-1, 3)) * 86_400
            self._at(START_S, AccountPut(START_S, f"account-{number}", 1000.0 * number, renewal_s))
        at_s = START_S
        while (at_s := at_s + float(self.chance.exponential(200))) < START_S + self.length_s:
            self._at(at_s, self._ticket(at_s))

    def _ticket(self, at_s: float) -> TicketOpened:
        chance, name = self.chance, f"T{next(self.numbers)}"
        return TicketOpened(
            at_s,
            name,
            f"account-{chance.integers(6)}",
            at_s,
            name,
            channel=str(chance.choice(["email", "chat", "phone"])),
            priority=str(chance.choice(["normal", "high"])),
            category=str(chance.choice(["reset", "bug", "bug"])),
            skills=("billing",) if chance.random() < 0.2 else (),
            escalated=bool(chance.random() < 0.08),
            abuse=bool(chance.random() < 0.03),
        )

    def _at(self, at_s: float, event: Event) -> None:
        heapq.heappush(self.agenda, (at_s, next(self.numbers), event))

    def _turn(self, incoming: list[Event], now_s: float) -> None:
        self.turns += 1
        for event in incoming:
            try:
                self._see(turn(self.state, [event], now_s), now_s)
            except Refused:
                continue
        self._see(turn(self.state, [], now_s), now_s)

    def _see(self, logged: list[Event], now_s: float) -> None:
        """Note what was decided and which breaks there are, and let people do the work."""
        self.log += logged
        for row, person in enumerate(self.state.agents.people):
            if person.recovery is not None:
                if person.recovery.id not in self.breaks and self.chance.random() < 0.2:
                    self._at(now_s + 1, BreakShifted(now_s + 1, person.id, float(self.chance.uniform(-900, 900))))
                self.breaks[person.recovery.id] = row, person.recovery
        for record in (record for event in logged if isinstance(event, Decided) for record in event.decisions):
            if record["lane"] == "automation":
                self._at(now_s + 60, TicketEvent(now_s + 60, record["ticket_id"], "automation_resolved", now_s + 60))
            elif record["agent_id"] is not None:
                self._note(record, now_s)
                self._work(record["ticket_id"], record["agent_id"], now_s)

    def _note(self, record: dict[str, Any], now_s: float) -> None:
        state, row = self.state, self.state.agents.row[record["agent_id"]]
        ticket = state.tickets[record["ticket_id"]]
        handlers = state.accounts[ticket.account_id].escalation_handlers[-state.policy.rotation_after_escalations :]
        doing = "cover" if covers(state, ticket, state.agents.people[row], now_s) else readiness.view(state, row, now_s).state
        self.given.append((now_s, record, doing, ticket.escalated, int(state.agents.hot_open[row]), list(handlers)))

    def _work(self, ticket_id: str, agent_id: str, now_s: float) -> None:
        """The contact, and what is told of it: late, twice, in the wrong order, or never."""
        chance, ticket = self.chance, self.state.tickets[ticket_id]
        if chance.random() < 0.05:
            return self._tell("declined", ticket_id, agent_id, now_s + 30)
        pause_s = max(0.0, float(self.state.agents.break_end_s[self.state.agents.row[agent_id]]) - now_s)
        spent_s = float(chance.exponential(420)) + 30
        ended_s = now_s + spent_s + (0 if ticket.channel in LIVE_CHANNELS or not np.isfinite(pause_s) else pause_s)
        happened = [("contact", ended_s), ("resolved", ended_s + 5)]
        if chance.random() < 0.1:
            happened.insert(0, (str(chance.choice(["escalated", "abuse"])), ended_s - 20))
        for kind, occurred_s in happened:
            if chance.random() < 0.9 or kind == "resolved":
                for _ in range(1 + (chance.random() < 0.15)):
                    self._tell(kind, ticket_id, agent_id, occurred_s, float(chance.choice([0, 0, 0, 10, 400])))
        if chance.random() < 0.1:
            self._tell("reopened", ticket_id, None, ended_s + 600)
        return None

    def _tell(self, kind: str, ticket_id: str, agent_id: str | None, occurred_s: float, late_s: float = 0.0) -> None:
        self._at(occurred_s + late_s, TicketEvent(occurred_s + late_s, ticket_id, kind, occurred_s, agent_id))


def covers(state: TeamState, ticket: Ticket, person: Person, now_s: float) -> bool:
    """Whether somebody who waits with a break for cover may have the ticket: nothing hard, and live work that ends before the break."""
    current, hard_points = person.recovery, state.params.hard_contact_points
    if current is None or current.cover_s is None or not current.cover_s <= now_s < current.start_s:
        return False
    ends_s = now_s + ticket.expected_handle_s if ticket.channel in LIVE_CHANNELS else now_s
    return not ticket.hot and exposure(state, ticket, now_s) < hard_points and ends_s <= current.start_s
