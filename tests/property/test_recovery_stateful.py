"""Whatever comes, twice, late or in any order: the laws of recovery, of counting and of time hold after each step."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from router import readiness, snapshot
from router.decide import decide
from router.domain import LIVE_CHANNELS, Break, Status, channel_index
from router.errors import Refused
from router.events import AgentStatus, BreakShifted, BreakSkipped, Decided, Event, Overridden, TicketEvent, TicketOpened
from router.evolve import evolve
from router.replay import replay
from router.state import TeamState
from router.timeline import longest_absence_s
from router.timing import next_change_s
from router.turn import conclude, fold
from support.build import give, open_ticket, team
from support.days import covers
from support.streams import START_S

AGENTS = ("ann", "ben", "cem")
MINUTE_S = 60.0
WAKES_MAX = 100
KINDS = ("contact", "contact", "resolved", "resolved", "escalated", "escalated", "abuse", "reopened", "declined", "reassigned", "closed")
lateness_s = st.sampled_from([0.0, 0.0, 0.0, 1.0, 90.0, 400.0, 1500.0])
agent_ids = st.sampled_from(AGENTS)


class Days(RuleBasedStateMachine):
    """A team of three through hours of a bad helpdesk."""

    def __init__(self) -> None:
        super().__init__()
        self.state, self.log, self.now_s = TeamState(), list[Event](), START_S
        self.told: list[TicketEvent] = []
        self.opened, self.shortened = 0, False
        self.breaks: dict[str, tuple[float, float]] = {}
        self.hot: Counter[tuple[str, str]] = Counter()

    @initialize(
        floor=st.integers(0, 2),
        rotation=st.integers(1, 2),
        longest_s=st.sampled_from([0, 300, 3600]),
        chats=st.integers(1, 2),
        gain=st.sampled_from([0.0, 0.25, 1.0]),
        automation=st.booleans(),
    )
    def begin(self, floor: int, rotation: int, longest_s: int, chats: int, gain: float, automation: bool) -> None:
        policy = {
            "coverage_floor": floor,
            "rotation_after_escalations": rotation,
            "hard_streak_max": 2,
            "ramp_in": {"contacts": 1, "window_s": 300},
            "max_wait_s": {"normal": longest_s, "high": longest_s // 2},
            "fatigue": {"account_memory_gain": gain},
            "automation": {"categories": ["reset"] if automation else [], "timeout_s": 200, "capacity": 1},
        }
        first = team({each: {"concurrency": (2, chats, 1)} for each in AGENTS}, policy)
        self.log = _events_of(first, policy, chats)
        for event in self.log:
            evolve(self.state, event)
        assert snapshot.dump(self.state) == snapshot.dump(first)

    # What may happen.

    @rule(
        channel=st.sampled_from(["email", "chat", "phone", "web"]),
        account=st.sampled_from(["acme", "initech"]),
        escalated=st.booleans(),
        abuse=st.sampled_from([False, False, True]),
        priority=st.sampled_from(["normal", "high"]),
        category=st.sampled_from([None, "reset"]),
        old_s=st.sampled_from([0.0, 0.0, 500.0]),
    )
    def open(self, channel: str, account: str, escalated: bool, abuse: bool, priority: str, category: str | None, old_s: float) -> None:
        self.opened += 1
        fields: dict[str, Any] = {"channel": channel, "priority": priority, "category": category, "escalated": escalated, "abuse": abuse}
        created_s = self.now_s - old_s
        self.take([TicketOpened(self.now_s, f"T{self.opened}", account, created_s, str(self.opened), target_s=created_s + 900, **fields)])

    @precondition(lambda self: self.opened)
    @rule(data=st.data(), kind=st.sampled_from(KINDS), late_s=lateness_s, agent_id=st.none() | agent_ids, event_id=st.booleans())
    def happen(self, data: st.DataObject, kind: str, late_s: float, agent_id: str | None, event_id: bool) -> None:
        number = self.opened - data.draw(st.integers(0, min(3, self.opened - 1)))
        mark = f"e{len(self.told)}" if event_id else None
        self.told.append(TicketEvent(self.now_s, f"T{number}", kind, self.now_s - late_s, agent_id, mark, "x"))
        self.take([self.told[-1]])

    @precondition(lambda self: self.opened)
    @rule(data=st.data(), early_s=st.floats(0, 300), shuffled=st.permutations(["escalated", "contact", "resolved"]))
    def finish(self, data: st.DataObject, early_s: float, shuffled: list[str]) -> None:
        """A ticket in hand is worked on to its end, and the news comes in any order."""
        held = [each for each in self.state.tickets.values() if each.agent_id is not None]
        if held:
            ticket, ended_s = data.draw(st.sampled_from(held)), self.now_s - early_s
            kinds = shuffled if data.draw(st.booleans()) else [each for each in shuffled if each != "escalated"]
            at_s = {"escalated": ended_s - 60, "contact": ended_s, "resolved": ended_s + min(early_s, 5.0)}
            for kind in kinds:
                self.told.append(TicketEvent(self.now_s, ticket.id, kind, at_s[kind], ticket.agent_id))
                self.take([self.told[-1]])

    @precondition(lambda self: self.told)
    @rule(data=st.data(), keep_id=st.booleans())
    def repeat(self, data: st.DataObject, keep_id: bool) -> None:
        old = self.told[-1 - data.draw(st.integers(0, min(4, len(self.told) - 1)))]
        event_id = old.event_id if keep_id else None
        self.take([TicketEvent(self.now_s, old.ticket_id, old.type, old.occurred_s, old.agent_id, event_id, old.digest)])

    @rule(agent_id=agent_ids, status=st.sampled_from(["online", "online", "back_office", "away", "offline"]), late_s=lateness_s)
    def status(self, agent_id: str, status: str, late_s: float) -> None:
        self.take([AgentStatus(self.now_s, agent_id, status, self.now_s - late_s)])

    @rule(agent_id=agent_ids, minutes=st.integers(-15, 15))
    def shift(self, agent_id: str, minutes: int) -> None:
        self.take([BreakShifted(self.now_s, agent_id, minutes * MINUTE_S)])

    @rule(agent_id=agent_ids)
    def skip(self, agent_id: str) -> None:
        skipped = self.state.agents.people[self.state.agents.row[agent_id]].recovery
        if self.take([BreakSkipped(self.now_s, agent_id, "a reason")]) and skipped is not None:
            self.breaks.pop(skipped.id)

    @precondition(lambda self: self.opened)
    @rule(data=st.data(), agent_id=agent_ids)
    def override(self, data: st.DataObject, agent_id: str) -> None:
        number = self.opened - data.draw(st.integers(0, min(3, self.opened - 1)))
        self.take([Overridden(self.now_s, f"T{number}", agent_id, "a reason")])

    @rule(span_s=st.sampled_from([0.5, 7.3, 61.0, 300.0, 601.7, 900.0, 4000.0]), where=st.floats(0.01, 0.99))
    def pass_time(self, span_s: float, where: float) -> None:
        """Nothing happens but time: a turn at each instant that was foreseen, and between them nothing changes."""
        until_s, wakes = self.now_s + span_s, 0
        recoveries = self.recoveries()
        self.shortened = False
        while self.now_s < until_s:
            next_s = next_change_s(self.state, self.now_s)
            assert next_s > self.now_s
            stop_s = min(next_s, until_s)
            before = self.states(self.now_s)
            for part in (where, 1 - 1e-9):
                probe_s = self.now_s + part * (stop_s - self.now_s)
                if probe_s < next_s - 2e-3:
                    assert self.states(probe_s) == before
                    assert decide(self.state, probe_s, explain=False) == ()
            self.now_s, wakes = stop_s, wakes + 1
            self.take([])
        assert wakes <= WAKES_MAX
        assert self.shortened or self.recoveries() == recoveries

    @rule()
    def restart(self) -> None:
        again = snapshot.load(json.loads(json.dumps(snapshot.dump(self.state), allow_nan=False)))
        assert snapshot.dump(again) == snapshot.dump(self.state)
        self.state = again

    # One turn, and what must be so of it.

    def states(self, at_s: float) -> list[str]:
        return [readiness.view(self.state, row, at_s).state for row in range(len(AGENTS))]

    def recoveries(self) -> list[Break | None]:
        """Everybody's break, whether or not the manager has been told that one is at risk."""
        found = (person.recovery for person in self.state.agents.people)
        return [None if each is None else replace(each, at_risk=False) for each in found]

    def take(self, incoming: list[Event]) -> bool:
        before = [(person.recovery, person.owed) for person in self.state.agents.people]
        try:
            logged = fold(self.state, incoming)
        except Refused:
            return False
        self.log += logged
        self.check_breaks(before, logged)
        decided = conclude(self.state, self.now_s)
        self.log += decided
        for record in (record for event in decided if isinstance(event, Decided) for record in event.decisions):
            self.check_decision(record)
            if "break_length" in record["relaxed"]:
                self.note_breaks()
        return bool(logged)

    def check_breaks(self, before: list[tuple[Any, tuple[str, ...]]], logged: list[Event]) -> None:
        """A new break only where something is newly owed, one at a time; and whatever is owed gets one."""
        state, policy = self.state, self.state.policy
        hot = [(c.agent_id, t.id, c.ended_s) for t in state.tickets.values() for c in t.contacts if c.hot]
        counts = Counter(each[:2] for each in hot)
        newly, self.hot = [each for each in hot if counts[each[:2]] > self.hot[each[:2]]], counts | self.hot
        for row, person in enumerate(state.agents.people):
            now, (was, owed) = person.recovery, before[row]
            mine = [ended_s for agent_id, _, ended_s in newly if agent_id == person.id]
            finished = [start_s for name, (start_s, end_s) in self.breaks.items() if name.endswith(person.id) and end_s <= self.now_s]
            if now is not None and now.id not in self.breaks:
                assert was is None or was.end_s <= self.now_s
                worked = any(isinstance(event, TicketEvent) and event.type in ("contact", "resolved", "closed") for event in logged)
                worked = worked or any(isinstance(event, AgentStatus) and event.occurred_s < event.at_s for event in logged)
                assert mine or owed or worked
                assert not mine or owed or worked or any(all(ended_s > start_s for start_s in finished) for ended_s in mine)
            for ended_s in mine:
                in_force = now is not None and self.now_s < now.end_s
                followed = any(ended_s <= start_s for start_s in finished) or (now is not None and ended_s <= now.start_s)
                away_s = longest_absence_s(state.agents, row, ended_s, self.now_s)
                assert in_force or followed or away_s >= policy.break_min_s
            if now is not None:
                self.breaks[now.id] = now.start_s, now.end_s
                assert now.since_s <= now.start_s <= now.since_s + 300 + 600 + 900  # deadline, cover, the agent's own shift
                assert now.end_s - now.start_s >= policy.break_min_s

    def note_breaks(self) -> None:
        """A break that a ticket past its longest wait has ended has had its minimum all the same."""
        self.shortened = True
        for person in self.state.agents.people:
            if person.recovery is not None:
                self.breaks[person.recovery.id] = person.recovery.start_s, person.recovery.end_s
                assert person.recovery.end_s - (person.recovery.anew_s or person.recovery.start_s) >= self.state.policy.break_min_s

    def check_decision(self, record: dict[str, Any]) -> None:
        """Nobody gets work that a rule forbids and no relaxation names."""
        if record["lane"] != "agent":
            return
        agents, row = self.state.agents, self.state.agents.row[record["agent_id"]]
        ticket = self.state.tickets[record["ticket_id"]]
        account = self.state.accounts[ticket.account_id]
        assert covers(self.state, ticket, agents.people[row], self.now_s) or self.states(self.now_s)[row] in ("ready", "light_duty")
        assert agents.status[row] == Status.ONLINE
        column = channel_index(ticket.channel)
        assert agents.open[row, column] <= agents.limits[row, column]
        assert record["agent_id"] not in ticket.declined_by
        assert not ticket.hot or agents.hot_open[row] == 1
        last = account.escalation_handlers[-self.state.policy.rotation_after_escalations :]
        alone = len(last) == self.state.policy.rotation_after_escalations and set(last) == {record["agent_id"]}
        assert not (ticket.escalated and alone) or "rotation" in record["relaxed"]

    # The laws.

    @invariant()
    def counters_are_what_a_recount_gives(self) -> None:
        agents, state = self.state.agents, self.state
        opened, live, hot, booked = np.zeros_like(agents.open), *(np.zeros(len(agents), dtype=np.int64) for _ in range(3))
        for ticket in state.tickets.values():
            assert (ticket.agent_id is not None) == (ticket.state == "assigned")
            if ticket.agent_id is None:
                assert not ticket.live
                assert ticket.booked_milli == 0
                continue
            row = agents.row[ticket.agent_id]
            opened[row, channel_index(ticket.channel)] += ticket.live or ticket.channel not in LIVE_CHANNELS
            live[row] += ticket.live
            hot[row] += ticket.hot
            booked[row] += ticket.booked_milli
        assert np.array_equal(agents.open, opened)
        assert np.array_equal(agents.live_open, live)
        assert np.array_equal(agents.hot_open, hot)
        assert np.array_equal(agents.booked_milli, booked)
        assert np.all(agents.acute >= 0)
        assert np.all(agents.carried >= 0)

    @invariant()
    def every_ticket_is_in_its_set(self) -> None:
        for found, states in (
            (self.state.waiting, {"waiting"}),
            (self.state.automated, {"automation"}),
            (self.state.ended, {"resolved", "closed"}),
        ):
            assert set(found) == {each.id for each in self.state.tickets.values() if each.state in states}
        for account in self.state.accounts.values():
            hostile = {
                each.id for each in self.state.tickets.values() if each.account_id == account.id and each.escalated and not each.over
            }
            assert set(account.escalated_open) == hostile

    @invariant()
    def nobody_waits_who_could_be_served(self) -> None:
        assert decide(self.state, self.now_s, explain=False) == ()

    def teardown(self) -> None:
        if not self.log:
            return
        again = TeamState()
        done = replay(again, self.log)
        count, differences = done.count, done.differences
        assert differences == ()
        assert count == sum(len(event.decisions) for event in self.log if isinstance(event, Decided))
        assert snapshot.dump(again) == snapshot.dump(self.state)


def _events_of(state: TeamState, policy: dict[str, Any], chats: int) -> list[Event]:
    """The log that `support.build.team` folded."""
    from router.events import AgentPut, PolicyPut

    events: list[Event] = [PolicyPut(START_S, 1, policy)]
    for person in state.agents.people:
        events.append(AgentPut(START_S, person.id, person.name, concurrency=(2, chats, 1)))
        events.append(AgentStatus(START_S, person.id, "online", START_S))
    return events


TestDays = Days.TestCase
TestDays.settings = settings(max_examples=80, stateful_step_count=40, suppress_health_check=list(HealthCheck))


# Order.

happenings = st.lists(
    st.tuples(st.sampled_from(["escalated", "abuse", "contact", "resolved", "reopened"]), st.sampled_from(["ann", "ben"])),
    min_size=2,
    max_size=8,
)


@given(happenings, st.data())
@settings(max_examples=250)
def test_news_in_any_order_ends_in_the_same_contacts_and_loads(told: list[tuple[str, str]], data: st.DataObject) -> None:
    events = [(kind, START_S + 60.0 * minute, who) for minute, (kind, who) in enumerate(told, start=1)]
    shuffled = data.draw(st.permutations(events))
    facts, loads = _outcome(shuffled)
    right_facts, right_loads = _outcome(events)
    assert facts == right_facts
    assert loads == pytest.approx(right_loads, abs=1e-9)


def test_a_re_opening_that_turns_out_to_be_none_moves_nothing() -> None:
    told = ("escalated", "resolved", "reopened", "contact", "reopened", "resolved")
    events = [(kind, START_S + 60.0 * minute, "ann") for minute, kind in enumerate(told, start=1)]
    late = [events[index] for index in (0, 1, 3, 4, 2, 5)]  # of the first of the two is heard after the second, at which it was open
    assert _outcome(late)[0] == _outcome(events)[0]


def _outcome(events: list[tuple[str, float, str]]) -> tuple[tuple[object, ...], list[float]]:
    """Where a ticket of ann's ends, and what the ledgers hold, when all is learned an hour later; no breaks, no memory of accounts."""
    state = team(["ann", "ben"], {"break_min_s": 0, "break_max_s": 0, "fatigue": {"account_memory_gain": 0.0}})
    ticket = open_ticket(state)
    give(state, ticket.id, "ann")
    for kind, occurred_s, who in events:
        named = {"contact": who, "resolved": "ann"}.get(kind)
        fold(state, [TicketEvent(START_S + 3600, ticket.id, kind, occurred_s, named)])
    for agent_id in ("ann", "ben"):
        fold(state, [AgentStatus(START_S + 3600, agent_id, "online", START_S + 3600)])
    contacts = sorted((each.agent_id, each.ended_s, each.points, each.hot) for each in ticket.contacts)
    agents, account = state.agents, state.accounts["acme"]
    flags = ticket.over, ticket.reopened_count, ticket.escalated, ticket.abuse, ticket.hot
    facts = flags, contacts, account.escalation_handlers, account.contacts
    return facts, [*agents.acute, *agents.carried]
