"""From a team's state to the problem of its next hours: who is at work, what each is to have, how many must stay."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from router import streak
from router.domain import Status
from router.matching import open_at, pair_of
from router.person import Person
from router.plan.forecast import floors
from router.plan.problem import BREAK, DEBRIEF, EXPECTED, LUNCH, Activity, Member, Problem
from router.plan.published import SHOWN
from router.readiness import owed
from router.shifts import shift_at, window
from router.state import TeamState
from router.timeline import longest_absence_s

SLOT_S = 300
OWED_WITHIN_S, EXPECTED_WITHIN_S, LATE_LUNCH_S = 1800, 5400, 1800
HARD_WITHIN_S, HARD_CONTACTS = 7200.0, 2
LUNCH_FROM_SHIFT_S = 6 * 3600.0  # Directive 2003/88/EC, article 4: a working day of over six hours has a rest break
FRESH_SHARE = 1 / 3
SPACING_S = 1800


def problem_from(state: TeamState, now_s: float) -> Problem:
    """What is to be planned from the next full slot on; slots begin at full five minutes, so that a new plan can keep an old one's."""
    start_s = math.floor(now_s / SLOT_S + 1) * float(SLOT_S)
    slots = state.policy.plan.horizon_s // SLOT_S
    gather = _Gather(state, now_s, start_s, slots)
    members = gather.members()
    there = {each.id: each for each in members}
    activities = [each for member in members for each in gather.activities(member)]
    activities += gather.debriefs(there)
    last = {f"{each.kind}:{each.agent_id}": gather.slot(each.start_s) for each in (state.plan.entries if state.plan else ())}
    return Problem(
        start_s,
        SLOT_S,
        slots,
        members,
        tuple(activities),
        floors(state, now_s, start_s, SLOT_S, slots),
        (state.policy.plan.reserve,) * slots,
        SPACING_S // SLOT_S,
        tuple(sorted((name, slot) for name, slot in last.items() if slot >= 0)),
    )


class _Gather:
    """What is read of the state at one instant."""

    def __init__(self, state: TeamState, now_s: float, start_s: float, slots: int) -> None:
        self.state, self.now_s, self.start_s, self.slots = state, now_s, start_s, slots
        self.loads = state.agents.project(now_s, state.params)
        self.on_shift, self.until_s = state.agents.profiles.shift_windows(now_s)

    def slot(self, instant_s: float) -> int:
        """The slot that an instant lies in; negative before the first."""
        return math.floor((min(instant_s, self.start_s + self.slots * SLOT_S) - self.start_s) / SLOT_S)

    def whole(self, span_s: float) -> int:
        return math.ceil(span_s / SLOT_S)

    def members(self) -> tuple[Member, ...]:
        """Who is online, until the end of the shift, and whose shift begins within the hours ahead."""
        found = []
        for row, person in enumerate(self.state.agents.people):
            on = self._on(row, person)
            if on[0] < on[1]:
                fresh = bool(self.loads.acute[row] <= FRESH_SHARE * self.loads.line[row])
                found.append(Member(person.id, on, tuple(sorted(person.skills)), self._busy(person), fresh))
        return tuple(found)

    def _on(self, row: int, person: Person) -> tuple[int, int]:
        agents = self.state.agents
        if self.on_shift[row]:
            return (0, self.slot(float(self.until_s[row]))) if agents.status[row] == Status.ONLINE else (0, 0)
        begin_s = float(self.until_s[row])
        if begin_s >= self.start_s + self.slots * SLOT_S:
            return 0, 0
        return self.slot(begin_s + SLOT_S - 1), self.slot(window(person.shifts, person.time_zone, begin_s)[1])

    def _busy(self, person: Person) -> tuple[tuple[int, int], ...]:
        """A break that is pending or under way, and what of the last plan has begun, but for what only the agent is to know of."""
        current, spans = person.recovery, list[tuple[float, float]]()
        if current is not None and current.end_s > self.start_s:
            spans.append((current.start_s, current.end_s))
        spans += [(begin_s, end_s) for kind, begin_s, end_s in self._begun(person.id) if kind in SHOWN]
        return tuple(sorted((max(0, self.slot(begin)), self.slot(end + SLOT_S - 1)) for begin, end in spans if end > self.start_s))

    def _begun(self, agent_id: str) -> Iterator[tuple[str, float, float]]:
        plan = self.state.plan
        for each in plan.entries if plan else ():
            if each.agent_id == agent_id and each.start_s < self.start_s < each.end_s:
                yield each.kind, each.start_s, each.end_s

    def activities(self, member: Member) -> Iterator[Activity]:
        row = self.state.agents.row[member.id]
        person, begun = self.state.agents.people[row], {each[0] for each in self._begun(member.id)}
        rest, owes = self.whole(self.state.policy.break_min_s), bool(owed(self.state, row, self._there_s(member)))
        if rest and person.recovery is None and owes and BREAK not in begun:
            yield from self._fits(member, BREAK, 0, self.whole(OWED_WITHIN_S), rest)
        elif rest and not (owes or self._resting(person)) and EXPECTED not in begun and self._expected(row, person):
            yield from self._fits(member, EXPECTED, 0, self.whole(EXPECTED_WITHIN_S), rest)
        if LUNCH not in begun:
            yield from self._lunch(member, person)

    def _there_s(self, member: Member) -> float:
        """When somebody is there: now, or when their shift begins, and time off shift is over."""
        return max(self.now_s, self.start_s + member.on[0] * SLOT_S)

    def _resting(self, person: Person) -> bool:
        return person.recovery is not None and self.now_s < person.recovery.end_s

    def _expected(self, row: int, person: Person) -> bool:
        """Above the line, or enough hard contacts lately without a rest since."""
        since_s = self.now_s - HARD_WITHIN_S
        if person.recovery is not None:
            since_s = max(since_s, person.recovery.end_s)
        hard = [each for each in person.recent if each[1] and each[0] > since_s]
        return bool(self.loads.acute[row] > self.loads.line[row]) or len(streak.unrested(self.state, row, hard)) >= HARD_CONTACTS

    def _lunch(self, member: Member, person: Person) -> Iterator[Activity]:
        """In the middle third of a long shift, soon where that is over; none after an absence as long since that began."""
        length_s = self.state.policy.plan.lunch_s
        shift = shift_at(person.shifts, person.time_zone, self._there_s(member))
        if not length_s or shift is None or shift[1] - shift[0] < LUNCH_FROM_SHIFT_S:
            return
        third_s, row = (shift[1] - shift[0]) / 3, self.state.agents.row[member.id]
        begin_s, end_s = shift[0] + third_s, shift[0] + 2 * third_s
        if begin_s < self.now_s and longest_absence_s(self.state.agents, row, begin_s, self.now_s) >= length_s:
            return
        earliest, latest = max(0, self.slot(begin_s + SLOT_S - 1)), self.slot(end_s)
        yield from self._fits(member, LUNCH, earliest, max(latest, self.whole(LATE_LUNCH_S)), self.whole(length_s))

    def _fits(self, member: Member, kind: str, earliest: int, latest: int, length: int) -> Iterator[Activity]:
        """The activity where the hours ahead have room for it; else it is left to a later plan."""
        earliest, latest = max(earliest, member.on[0]), min(latest, member.on[1] - length)
        if any(all(member.there(slot) for slot in range(start, start + length)) for start in range(earliest, latest + 1)):
            yield Activity(f"{kind}:{member.id}", member.id, kind, earliest, latest, length)

    def debriefs(self, there: dict[str, Member]) -> Iterator[Activity]:
        """Debriefs that are offered: a slot for both before the offer ends."""
        length = self.whole(self.state.policy.debrief.length_s)
        for each in self.state.debriefs.values():
            pair = pair_of(each)
            if not open_at(each, self.now_s) or not all(who in there for who in pair):
                continue
            earliest = max(there[who].on[0] for who in pair)
            latest = min(self.slot(each.expires_s), *(there[who].on[1] - length for who in pair))
            free = [
                all(there[who].there(slot) for who in pair for slot in range(start, start + length))
                for start in range(earliest, latest + 1)
            ]
            if np.any(free):
                names = [f"{DEBRIEF}:{who}" for who in pair]
                for who, name, other in zip(pair, names, reversed(names), strict=True):
                    yield Activity(name, who, DEBRIEF, earliest, latest, length, other)
