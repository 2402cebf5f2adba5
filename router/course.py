"""The course of a ticket: what happened on it in the order of when it happened, whatever the order in which it was learned.

`Ticket.marks`, `messages`, `ratings` and `contacts` are its events; everything that depends on their order is derived here, so that
late, repeated and reordered events end in the same facts as events in order.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from fatigue_model.exposure import GRAVE, ContactFacts
from router.domain import Ticket
from router.events import TicketEvent

HOSTILE = ("escalated", "abuse")
MOVES = ("reassigned", "declined")
LEFT = ("left", "came_back")  # marks of who had it until then: by a change of hands, by a re-opening
# what comes first of what happened at one instant, ends and re-openings by turns; other marks only move a ticket between people
RANK = {"escalated": 0, "abuse": 0, "contact": 1, "ended": 2, "reopened": 3}


@dataclass(frozen=True, slots=True)
class Heat:
    """What a contact met: the flags then, whether a break is due for it, and whether for an escalation; the worst of the customer's
    messages that its agent had not met before; and how its agent rated it."""

    escalated: bool = False
    abuse: bool = False
    hot: bool = False
    by_escalation: bool = False
    hostile_before: bool = False
    reopened: int = 0
    text_score: float = 0.0
    grave: str | None = None
    rating: str | None = None

    def of(self, facts: ContactFacts, reopened_before: int) -> ContactFacts:
        """`facts` as they were at that contact; themselves where they are right."""
        reopened = reopened_before + self.reopened
        met = self.escalated, self.abuse, self.hostile_before, reopened, self.text_score, self.grave, self.rating
        if met == (facts.escalated, facts.abuse, facts.hostile_before, facts.reopened_count, facts.text_score, facts.grave, facts.rating):
            return facts
        return replace(
            facts,
            escalated=self.escalated,
            abuse=self.abuse,
            hostile_before=self.hostile_before,
            reopened_count=reopened,
            text_score=self.text_score,
            grave=self.grave,
            rating=self.rating,
        )


COLD = Heat()


@dataclass(frozen=True, slots=True)
class Course:
    """Where a ticket stands: over or not, when it was re-opened, what its next contact meets, what each contact met.

    `implied`: agent and instant of contacts that nobody reported, the ticket was resolved.
    """

    over: bool
    reopened_s: tuple[float, ...]
    now: Heat
    met: tuple[Heat, ...]
    implied: tuple[tuple[str, float], ...]


def course(ticket: Ticket) -> Course:
    """Follow the ticket from its opening; `met` is in the order of `ticket.contacts`.

    An escalation counts once until the ticket is over, abuse each time; a contact uses up what made it hot. When the ticket is over
    the flags hold for contacts still to be reported, until it is re-opened or something hostile happens again.
    """
    flags, over, spent, reopened_s = COLD, False, False, list[float]()
    met, ends = [flags] * len(ticket.contacts), list[tuple[float, int]]()
    for instant_s, _, index, kind in _in_order(ticket):
        if kind == "contact":
            met[index] = flags
            if flags.hot:
                flags = replace(flags, hot=False, by_escalation=False, hostile_before=True)
        elif kind == "ended":
            ends += [] if over else [(instant_s, index)]
            over, spent = True, True
        elif kind == "reopened" and over:
            reopened_s.append(instant_s)
            flags = replace(_cooled(flags) if spent else flags, reopened=len(reopened_s))
            over, spent = False, False
        elif kind in HOSTILE:
            flags, spent = _heated(_cooled(flags) if spent else flags, kind), False
    met, now = _read(ticket, met, _cooled(flags) if spent else flags)
    return Course(over, tuple(reopened_s), now, tuple(met), tuple(dict.fromkeys(_implied(ticket, tuple(reopened_s), ends))))


def _read(ticket: Ticket, met: list[Heat], now: Heat) -> tuple[list[Heat], Heat]:
    """What was met, with the words of the customer and of the agent: each contact meets the messages that its agent had not met."""
    if not ticket.messages and not ticket.ratings:
        return met, now
    happened = [(max(each[0], ticket.created_s), 0, index) for index, each in enumerate(ticket.messages)]
    happened += [(max(each.ended_s, ticket.created_s), 1, index) for index, each in enumerate(ticket.contacts)]
    happened += [(max(each[0], ticket.created_s), 2, index) for index, each in enumerate(ticket.ratings)]
    unmet, came = dict[str | None, list[int]](), list[int]()
    last, grave_before = dict[str, int](), False
    for _, kind, index in sorted(happened):
        if kind == 0:
            came.append(index)
            for waiting in unmet.values():
                waiting.append(index)
        elif kind == 1:
            who = ticket.contacts[index].agent_id
            met[index] = _worst(ticket, _again(met[index], grave_before), unmet.get(who, came))
            grave_before = grave_before or met[index].grave is not None
            if who is not None:  # else of somebody who is forgotten: None is nobody, who has met nothing
                unmet[who], last[who] = [], index
        elif ticket.ratings[index][1] in last:
            place = last[ticket.ratings[index][1]]
            met[place] = replace(met[place], rating=ticket.ratings[index][2])
    return met, _worst(ticket, _again(now, grave_before), unmet.get(ticket.agent_id, came))


def _again(heat: Heat, grave_before: bool) -> Heat:
    """After a contact that met grave words, the next hostile one of the ticket is a second one."""
    return replace(heat, hostile_before=True) if grave_before else heat


def _worst(ticket: Ticket, heat: Heat, messages: list[int]) -> Heat:
    """The highest score counts and what is gravest, never an average."""
    found = [ticket.messages[index] for index in messages]
    score = max((each[1] for each in found), default=0.0)
    return replace(heat, text_score=score, grave=next((each for each in GRAVE if each in {kind for *_, kind in found}), None))


def moved_s(ticket: Ticket, reopened_s: Sequence[float], until_s: float = math.inf) -> float:
    """When the ticket last changed hands, up to `until_s`; −infinity where it never did."""
    moves = [instant_s for instant_s, kind, _ in ticket.marks if kind in MOVES] + [left_s for left_s, _ in _left(ticket, reopened_s)]
    return max((each for each in (*moves, *reopened_s) if each <= until_s), default=-math.inf)


def reopenings(ticket: Ticket) -> tuple[float, ...]:
    """When the ticket was re-opened, each time that it was over."""
    return course(ticket).reopened_s if any(kind == "reopened" for _, kind, _ in ticket.marks) else ()


def handler_of(ticket: Ticket, event: TicketEvent) -> str | None:
    """Whom the event concerns: who is named, else who held the ticket then."""
    if event.agent_id is not None:
        return event.agent_id
    return holder_at(ticket, event.occurred_s, ticket.handler)


def holder_at(ticket: Ticket, at_s: float, holder: str | None) -> str | None:
    """Who held the ticket at `at_s`: `holder`, who has it or had it last, unless somebody gave it up after that; None also where that
    was somebody who is forgotten. Many helpdesks cut instants to seconds: what happened in the second of a hand-over came after it."""
    return next((who for left_s, who in _left(ticket, reopenings(ticket)) if at_s < math.floor(left_s)), holder)


def _left(ticket: Ticket, reopened_s: Sequence[float]) -> list[tuple[float, str | None]]:
    """Until when the ticket was with each who had it before, in their order. A hand-over that is told late was earlier than some that were
    known: those never were. Which re-opening brought it back is known once all are."""
    found, until_s = list[tuple[float, str | None]](), math.inf
    for marked_s, kind, who in reversed(ticket.marks):
        if kind == "came_back":
            until_s = min(until_s, max((each for each in reopened_s if each <= marked_s), default=math.inf))
        elif kind in ("left", "reassigned"):
            until_s = min(until_s, marked_s)
        if kind in LEFT and until_s < math.inf:
            found.append((until_s, who))
    return found[::-1]


def _implied(ticket: Ticket, reopened_s: Sequence[float], ends: list[tuple[float, int]]) -> Iterator[tuple[str, float]]:
    """Who ended the ticket, each time, without having reported a contact since they had it or soon after."""
    for number, (end_s, index) in enumerate(ends):
        who, since_s = ticket.marks[index][2], moved_s(ticket, reopened_s, end_s)
        until_s = reopened_s[number] if number < len(reopened_s) else math.inf
        again_s = min((instant_s for instant_s, kind, _ in ticket.marks if kind in HOSTILE and instant_s > end_s), default=math.inf)
        theirs = (each.ended_s for each in ticket.contacts if each.agent_id == who and not each.implied)
        if who is not None and not any(since_s <= each_s <= until_s and each_s < again_s for each_s in theirs):
            yield who, end_s


def _in_order(ticket: Ticket) -> list[tuple[float, int, int, str]]:
    """Everything that counts, first things first; nothing happens on a ticket before it is there."""
    found, times = list[tuple[float, int, int, str]](), dict[tuple[float, str], int]()
    for index, (each_s, kind, _) in enumerate(ticket.marks):
        if kind in RANK:
            before = times[each_s, kind] = times.get((each_s, kind), -1) + 1
            found.append((max(each_s, ticket.created_s), RANK[kind] + 2 * before, index, kind))
    found += [(max(each.ended_s, ticket.created_s), RANK["contact"], index, "contact") for index, each in enumerate(ticket.contacts)]
    return sorted(found)


def _cooled(flags: Heat) -> Heat:
    if not (flags.escalated or flags.abuse or flags.hot):
        return flags
    return replace(flags, escalated=False, abuse=False, hot=False, by_escalation=False)


def _heated(flags: Heat, kind: str) -> Heat:
    if kind == "abuse":
        return replace(flags, abuse=True, hot=True)
    return flags if flags.escalated else replace(flags, escalated=True, hot=True, by_escalation=True)
