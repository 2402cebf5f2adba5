"""Random days under random policies: skills, shifts, offers, declines and exclusions of all kinds; what a law forbids is collected.

The oracles below read the plain state and know nothing of masks, ladders or solvers.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np

from fatigue_model.dynamics import account_factor, line, memory_now
from router import readiness
from router.decide import decide
from router.domain import LIVE_CHANNELS, Status, Ticket, channel_index
from router.events import (
    AccountPut,
    AgentPut,
    AgentStatus,
    Decided,
    Event,
    ExclusionPut,
    OfferExpired,
    Overridden,
    PolicyPut,
    PolicyRelaxed,
    QueueAtRisk,
    TicketOpened,
)
from router.person import Person
from router.relax import at_risk
from router.shifts import window
from router.state import TeamState, exposure
from router.timing import next_change_s
from support.build import shifts
from support.days import HOUR_S, Day, covers
from support.streams import START_S

LENGTH_S = 3 * HOUR_S
SKILLS = ("billing", "product")
hours_at = lru_cache(64)(window)  # asked of each person and instant once for every ticket that waits


def random_policy(chance: np.random.Generator) -> dict[str, Any]:
    def one(*values: Any) -> Any:
        return values[int(chance.integers(len(values)))]

    least_s, longest_s = one(0, 120, 300, 600), one(0, 300, 1200, 3600)
    return {
        "rotation_after_escalations": one(1, 1, 2, 3),
        "hard_skill_level": one(1, 2, 3, 5),
        "hard_streak_max": one(1, 1, 2, 3),
        "break_min_s": least_s,
        "break_max_s": one(least_s, 900, 1800),
        "coverage_floor": one(0, 1, 2),
        "hold_max_s": one(0, 300, 1200, 1200),
        "ramp_in": {"contacts": one(1, 2), "window_s": one(0, 300, 1200)},
        "max_wait_s": {name: longest_s // one(1, 2) for name in ("low", "normal", "high", "urgent")},
        "offer_timeout_s": {name: one(0, 45, 240) for name in ("email", "chat", "phone")},
        "automation": {"categories": one([], ["reset"]), "capacity": 2, "timeout_s": 600},
        "weights": {name: one(0, 5, 40) for name in ("continuity", "account_exposure", "fairness", "open_work", "skill_fit")}
        | {"waiting": one(0.05, 0.2, 1)},
        "fatigue": {"load_bound_ratio": one(1.0, 2.0, 3.0), "line_points": one(1.0, 3.0), "account_memory_gain": one(0.0, 0.5)},
    }


@dataclass
class WildDay(Day):
    """`unsolved`: something was left to decide after a turn. `missed`: or came to be before an instant that was told. `stranded`: a ticket
    past its longest wait, and somebody who could have had it. `overtaken`: a younger ticket that went before an older one alike in all.
    `compared`: pairs that were alike."""

    agents: int = 4
    length_s: float = LENGTH_S
    unsolved: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    stranded: list[str] = field(default_factory=list)
    overtaken: list[str] = field(default_factory=list)
    compared: int = 0
    overdue: int = 0
    seen: Counter[str] = field(default_factory=Counter)

    def _opening(self) -> None:
        chance = self.chance
        self.policy, self.agents = random_policy(chance), int(chance.integers(2, 5))
        self.heat = float(chance.choice([0.1, 0.4]))
        self._at(START_S, PolicyPut(START_S, 1, self.policy))
        for number in range(self.agents):
            agent_id = f"agent-{number}"
            levels = {name: int(level) for name in SKILLS if (level := chance.integers(0, 6))}
            hours = shifts(9 * 60 + 30 * number, 11 * 60 + 45 * number) if chance.random() < 0.3 else ()
            limits = (int(chance.integers(1, 4)), int(chance.integers(0, 3)), 1)
            languages = ("en", "it") if chance.random() < 0.5 else ("en",)
            self._at(START_S, AgentPut(START_S, agent_id, agent_id, levels, languages, limits, shifts=hours))
            at_s = START_S + float(chance.choice([0, 0, 900]))
            while at_s < START_S + self.length_s:
                for status in ("online", str(chance.choice(["away", "back_office", "offline"]))):
                    self._at(at_s, AgentStatus(at_s, agent_id, status, at_s))
                    at_s += float(chance.exponential(5400 if status == "online" else 900))
        for number in range(3):
            self._at(START_S, AccountPut(START_S, f"account-{number}", 1000.0 * number))
        for _ in range(3):
            at_s = START_S + float(chance.uniform(0, self.length_s))
            pair = f"agent-{chance.integers(self.agents)}", f"account-{chance.integers(3)}"
            self._at(at_s, ExclusionPut(at_s, *pair, "agreed", at_s + float(chance.uniform(60, 5400))))
        at_s, gap_s = START_S, float(chance.choice([200, 400, 800]))
        while (at_s := at_s + float(chance.exponential(gap_s))) < START_S + self.length_s:
            first = self._ticket(at_s)
            self._at(at_s, first)
            for number in range(int(chance.choice([0, 0, 0, 3]))):  # the same once more, and once more
                again_s = at_s + 20.0 * (number + 1)
                self._at(again_s, replace(first, at_s=again_s, created_s=again_s, ticket_id=f"{first.ticket_id}+{number}"))

    def _ticket(self, at_s: float) -> TicketOpened:
        chance, name = self.chance, f"T{next(self.numbers)}"
        return TicketOpened(
            at_s,
            name,
            f"account-{chance.integers(3)}",
            at_s,
            name,
            channel=str(chance.choice(["email", "email", "email", "web", "chat", "phone"])),
            priority=str(chance.choice(["low", "normal", "normal", "normal", "urgent"])),
            category=str(chance.choice(["reset", "bug", "bug"])),
            language="it" if chance.random() < 0.1 else None,
            skills=(str(chance.choice(SKILLS)),) if chance.random() < 0.25 else (),
            target_s=at_s + float(chance.choice([100, 900])) if chance.random() < 0.2 else None,
            expected_handle_s=float(chance.choice([300, 900])),
            reopened_count=int(chance.choice([0, 0, 0, 3])),
            escalated=bool(chance.random() < self.heat),
            abuse=bool(chance.random() < 0.03),
        )

    def _work(self, ticket_id: str, agent_id: str, now_s: float) -> None:
        """Some look away, some decline, some take it and do the work; now and then a manager steps in."""
        fate = float(self.chance.random())
        if fate < 0.15:
            return None
        if fate < 0.3:
            return self._tell("declined", ticket_id, agent_id, now_s + 20)
        if fate < 0.32:
            at_s = now_s + 10
            self._at(at_s, Overridden(at_s, ticket_id, f"agent-{self.chance.integers(self.agents)}", "x"))
        self._tell("accepted", ticket_id, agent_id, now_s + 15)
        return super()._work(ticket_id, agent_id, now_s + 15)

    def _see(self, logged: list[Event], now_s: float) -> None:
        before = len(self.given)
        super()._see(logged, now_s)
        self.seen.update(doing for _, _, doing, *_ in self.given[before:])
        for event in logged:
            if isinstance(event, OfferExpired | QueueAtRisk | PolicyRelaxed):
                self.seen[type(event).__name__] += 1
            elif isinstance(event, Decided):
                for record in event.decisions:
                    self.seen.update(record["relaxed"])
                    self.seen["held"] += "agent_id" in (record["waits_for"] or {})
        self._check(logged, now_s)

    def _check(self, logged: list[Event], now_s: float) -> None:
        state = self.state
        left = decide(state, now_s, explain=False)
        self.unsolved += [f"{now_s}: {each.ticket_id}" for each in left]
        self.unsolved += [f"{now_s}: {each.ticket_id} at risk" for each in at_risk(state, now_s)]
        self._look_between(now_s)
        waiting = [state.tickets[each] for each in state.waiting]
        held: dict[str, list[Ticket]] = {person.id: [] for person in state.agents.people}
        for ticket in state.tickets.values():
            if ticket.agent_id is not None:
                held[ticket.agent_id].append(ticket)
        for ticket in waiting:
            if now_s >= ticket.waits_from_s + self.policy["max_wait_s"][ticket.priority]:
                self.overdue += 1
                self.stranded += [f"{now_s}: {ticket.id} and {each.id}" for each in who_could(state, ticket, held, now_s)]
        records = (record for event in logged if isinstance(event, Decided) for record in event.decisions)
        given = [state.tickets[each["ticket_id"]] for each in records if each["lane"] == "agent"]
        for first in given:
            alike = kind(state, first, now_s)
            for left in waiting if alike is not None else ():
                if kind(state, left, now_s) == alike:
                    self.compared += 1
                    self.overtaken += [f"{now_s}: {first.id} before {left.id}"] if left.created_s < first.created_s else []

    def _look_between(self, now_s: float) -> None:
        """Half way to the next turn, and shortly before what is told as the next change."""
        told_s = next_change_s(self.state, now_s)
        until_s = min(told_s - 2e-3, self.agenda[0][0] if self.agenda else START_S + self.length_s)
        for at_s in ((now_s + until_s) / 2, until_s) if until_s > now_s else ():
            self.missed += [f"{at_s}: {each.ticket_id}, before {told_s}" for each in decide(self.state, at_s, explain=False)]


def kind(state: TeamState, ticket: Ticket, now_s: float) -> tuple[Any, ...] | None:
    """What two tickets must be alike in to be of equal kind; None for one with a past, a target or a hold of its own."""
    if ticket.marks or ticket.messages or ticket.target_s is not None or ticket.held_for or ticket.contacts or ticket.reopened_count:
        return None
    facts = ticket.account_id, ticket.channel, ticket.priority, ticket.skills, ticket.language, ticket.expected_handle_s, ticket.bounced
    return (*facts, ticket.declined_by, ticket.ignored_by, ticket.previous_agent_id, exposure(state, ticket, now_s))


def who_could(state: TeamState, ticket: Ticket, held: dict[str, list[Ticket]], now_s: float) -> list[Person]:
    """Who is free for a ticket past its longest wait when everything has given way that may."""
    roomy = [
        each for each in state.agents.people if _there(state, ticket, each, now_s) and _has_room(state, ticket, each, held[each.id], now_s)
    ]
    return [person for person in roomy if _could(state, ticket, person, now_s)]


def _could(state: TeamState, ticket: Ticket, person: Person, now_s: float) -> bool:
    if not _ever(state, ticket, person, now_s):
        return False
    others = [each for each in state.agents.people if each is not person and _ever(state, ticket, each, now_s)]
    asked = {*ticket.declined_by, *ticket.ignored_by}
    fresh = [
        each for each in others if each.id not in asked and not _rotated_out(state, ticket, each) and _at_work(state, ticket, each, now_s)
    ]
    if person.id in asked and (fresh or _rotated_out(state, ticket, person)):
        return False
    if _rotated_out(state, ticket, person):
        if any(_at_work(state, ticket, each, now_s) and not _rotated_out(state, ticket, each) and each.id not in asked for each in others):
            return False
        if asked:  # who was asked before counts as soon as all were: the oracle leaves this corner to the unit tests
            return False
    return _can_bear(state, ticket, person, now_s)


def _ever(state: TeamState, ticket: Ticket, person: Person, now_s: float) -> bool:
    pair = state.exclusions.get((person.id, ticket.account_id))
    barred = pair is not None and (pair[1] is None or now_s < pair[1])
    speaks = ticket.language is None or ticket.language in person.languages
    return speaks and not barred and all(person.skills.get(name, 0) >= 1 for name in ticket.skills)


def _rotated_out(state: TeamState, ticket: Ticket, person: Person) -> bool:
    most = state.policy.rotation_after_escalations
    last = state.accounts[ticket.account_id].escalation_handlers[-most:]
    return ticket.escalated and len(last) == most and set(last) == {person.id}


def _at_work(state: TeamState, ticket: Ticket, person: Person, now_s: float) -> bool:
    """Online, on shift, and neither on a break nor about to begin one, unless they are cover for the ticket until then."""
    row, current = state.agents.row[person.id], person.recovery
    on_shift, _ = hours_at(person.shifts, person.time_zone, now_s)
    resting = current is not None and now_s < current.end_s and not covers(state, ticket, person, now_s)
    return state.agents.status[row] == Status.ONLINE and on_shift and not resting


def _there(state: TeamState, ticket: Ticket, person: Person, now_s: float) -> bool:
    """At work, or on a break that has had its minimum, or cover until it begins."""
    row, current = state.agents.row[person.id], person.recovery
    on_shift, _ = hours_at(person.shifts, person.time_zone, now_s)
    if state.agents.status[row] != Status.ONLINE or not on_shift:
        return False
    if current is None or now_s >= current.end_s or covers(state, ticket, person, now_s):
        return True
    began_s = current.start_s if current.anew_s is None else max(current.start_s, current.anew_s)
    return now_s >= began_s + state.policy.break_min_s and now_s >= current.start_s


def _has_room(state: TeamState, ticket: Ticket, person: Person, mine: list[Ticket], now_s: float) -> bool:
    row, column = state.agents.row[person.id], channel_index(ticket.channel)
    held = sum(1 for each in mine if channel_index(each.channel) == column and (each.live or each.channel not in LIVE_CHANNELS))
    _, until_s = hours_at(person.shifts, person.time_zone, now_s)
    ends = until_s - now_s if person.shifts else math.inf
    late = ticket.channel in LIVE_CHANNELS and ends < ticket.expected_handle_s
    if any(each.hot for each in mine) and now_s - state.agents.hot_s[row] < state.policy.hot_alone_s:
        return False
    return held < state.agents.limits[row, column] and not late and not (ticket.hot and any(each.hot for each in mine))


def _can_bear(state: TeamState, ticket: Ticket, person: Person, now_s: float) -> bool:
    """Not a hard ticket above the line or at their own word, and no ticket over the bound above the line or with something hard in hand."""
    row, params = state.agents.row[person.id], state.params
    acute, carried = readiness.load_at(state, row, now_s)
    over = acute > float(line(carried, params))
    points = exposure(state, ticket, now_s)
    hard = ticket.hot or points >= params.hard_contact_points
    if hard and (over or state.agents.eased_s[row] > now_s):
        return False
    memory, memory_s = state.accounts[ticket.account_id].memory.get(person.id, (0.0, now_s))
    factor = float(account_factor(memory_now(memory, max(0.0, now_s - memory_s), params), params))
    before = acute + float(state.agents.booked_milli[row]) / 1000 if hard else acute
    kept = over or state.agents.hard_open[row] > 0
    return not kept or before + points * factor <= params.load_bound_ratio * float(line(carried, params))
