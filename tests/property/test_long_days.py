"""Long days at random, as a team lives them: work arrives, is done, told late or twice or never; nobody gets work in a break."""

from __future__ import annotations

import heapq
import json
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import count, pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router import recovery, snapshot
from router.decide import decide, waiting_for
from router.domain import LIVE_CHANNELS, Break
from router.errors import Refused
from router.events import AccountPut, AgentPut, AgentStatus, BreakShifted, Decided, Event, PolicyPut, TicketEvent, TicketOpened
from router.state import TeamState
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
        while now_s < START_S + DAY_S:
            incoming: list[Event] = []
            while self.agenda and self.agenda[0][0] <= now_s:
                incoming.append(heapq.heappop(self.agenda)[2])
            self._turn(incoming, now_s)
            if self.restarts and now_s >= START_S + hour * HOUR_S:
                self.state, hour = snapshot.load(json.loads(json.dumps(snapshot.dump(self.state)))), hour + 1
            now_s = min(next_change_s(self.state, now_s), self.agenda[0][0] if self.agenda else START_S + DAY_S)
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
        while (at_s := at_s + float(self.chance.exponential(200))) < START_S + DAY_S:
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
        doing = recovery.view(state, row, now_s).state
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


@pytest.fixture(scope="module", params=range(4))
def day(request: pytest.FixtureRequest) -> Day:
    return Day(request.param).run()


def test_nobody_is_given_work_in_a_break_or_before_one(day: Day) -> None:
    assert len(day.given) > 100
    assert {doing for _, _, doing, *_ in day.given} <= {"ready", "light_duty"}
    spans = defaultdict(list)
    for row, each in day.breaks.values():
        spans[day.state.agents.people[row].id].append((each.start_s, each.end_s))
    for at_s, record, *_ in day.given:
        assert not any(start_s <= at_s < end_s for start_s, end_s in spans[record["agent_id"]])


def test_rotation_holds_unless_it_was_relaxed_by_name(day: Day) -> None:
    for _, record, _, escalated, _, handlers in day.given:
        if escalated and handlers == [record["agent_id"]] * POLICY["rotation_after_escalations"]:
            assert "rotation" in record["relaxed"]


def test_never_two_hot_tickets_at_one_time(day: Day) -> None:
    hot = [held for _, record, _, escalated, held, _ in day.given if escalated]
    assert hot
    assert set(hot) == {1}


def test_every_hot_contact_is_followed_by_one_break(day: Day) -> None:
    """By one that began after it, or that was running and began anew, or an absence as long."""
    taken: dict[int, list[Break]] = defaultdict(list)
    for row, each in day.breaks.values():
        taken[row].append(each)
    policy = day.state.policy
    latest_s = policy.pending_deadline_s + policy.coverage_delay_max_s + policy.break_shift_max_s
    hot = [contact for ticket in day.state.tickets.values() for contact in ticket.contacts if contact.hot]
    assert len(hot) > 5
    for contact in hot:
        row = day.state.agents.row[contact.agent_id]
        after = [each for each in taken[row] if each.end_s >= contact.ended_s + policy.break_min_s]
        told_late_s = 405 + latest_s
        rest_s = recovery.longest_absence_s(day.state.agents, row, contact.ended_s, day.state.now_s)
        assert any(each.start_s <= contact.ended_s + told_late_s for each in after) or rest_s >= policy.break_min_s
    loads = sum(1 for _, each in day.breaks.values() for why in each.because if why.startswith("load"))
    assert len(day.breaks) <= len(hot) + loads


def test_breaks_do_not_overlap_and_have_their_length(day: Day) -> None:
    for row in range(day.agents):
        mine = sorted((each.start_s, each.end_s) for who, each in day.breaks.values() if who == row)
        assert all(end_s <= start_s for (_, end_s), (start_s, _) in pairwise(mine))
        assert all(end_s - start_s >= day.state.policy.break_min_s for start_s, end_s in mine)


def test_time_alone_asks_for_few_turns(day: Day) -> None:
    assert day.turns < 3 * len(day.log)


def test_at_the_end_nobody_is_pending_and_all_who_wait_have_a_reason(day: Day) -> None:
    state, later_s = day.state, day.state.now_s + 2 * HOUR_S
    assert not [row for row in range(day.agents) if recovery.view(state, row, later_s).state in ("pending", "break")]
    turn(state, [], later_s)
    assert decide(state, later_s) == ()
    assert all(waiting_for(state, state.waiting, later_s).values())


@settings(max_examples=1)
@given(st.integers(100, 10_000))
def test_a_day_with_a_restart_every_hour_is_the_same_day(seed: int) -> None:
    once, again = Day(seed, agents=3).run(), Day(seed, restarts=True, agents=3).run()
    assert once.log == again.log
    assert snapshot.dump(once.state) == snapshot.dump(again.state)
