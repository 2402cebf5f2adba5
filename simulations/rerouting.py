"""A history routed again in virtual time by the product's own turns: who had each ticket, and who would have got it.

What is taken over from the history: when tickets came in, were contacted, escalated, resolved and re-opened. What is
not: who had them. A ticket stays with our choice until the instant at which it was resolved in the history, as if
everybody took as long; one that was resolved before anybody could take it counts as unserved. Automation resolves at
once what it is given (the most it could do), and what the history escalates or re-opens after that comes back to a
person. When people are at work is assumed, see `presence`.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from router.domain import Contact
from router.events import AgentPut, AgentStatus, PolicyPut, TicketEvent, TicketOpened
from router.policy import Policy
from router.state import TeamState
from router.turn import fold
from simulations.backfill import ticket_events
from simulations.columns import ColumnMap
from simulations.contrast import Outcome, outcome
from simulations.history import Case
from simulations.hours import Span
from simulations.passage import Dated, Passage
from simulations.presence import presence, skills

CONCURRENCY = (1_000_000, 1_000_000, 1_000_000)  # how much one holds is the history's doing, not ours
ARRIVING, HAPPENING = 0, 1
Told = Sequence[TicketOpened | TicketEvent]


@dataclass(frozen=True, slots=True)
class Routed:
    """One ticket: who had it last, who would have it (None: automation or nobody), by which decision, how soon."""

    case_id: str
    account_id: str
    opened_s: float
    had: str | None
    would: str | None
    lane: str
    decision_id: str | None
    waited_s: float | None
    rotated: bool


@dataclass(frozen=True, slots=True)
class Rerouting:
    """What became of a history.

    `same_agent` counts, of `comparable` tickets that a person had and a person would have, those that stay with the
    same one; `rotations` the tickets that the rotation rule alone kept from somebody; `unserved` those that nobody
    could take before they were over. `contacts_away` of `contacts` ended, by the history's instants, while our choice
    is not taken to be at work; so `breaks_at_work` of `breaks`, with `break_s` seconds, fall into time at work.
    """

    tickets: int
    comparable: int
    same_agent: int
    rotations: int
    contacts: int
    contacts_away: int
    breaks: int
    breaks_at_work: int
    break_s: float
    to_automation: int
    came_back: int
    automation_usd: float
    unserved: int
    relaxed: dict[str, int]
    before: Outcome
    after: Outcome
    routed: tuple[Routed, ...]


def reroute(
    cases: Sequence[Case],
    columns: ColumnMap,
    policy: Policy | None = None,
    progress: Callable[[int], None] | None = None,
) -> Rerouting:
    """Route `cases`, sorted by the instant they came in; `progress` hears how many have come in so far."""
    policy = policy or Policy()
    at_work = presence(cases, columns)
    told = {case.id: ticket_events(case) for case in cases}
    passage = Passage(_team(cases, at_work, policy))
    passage.run(_timeline(told, at_work), progress or (lambda _: None))
    rows = tuple(_routed(case, told[case.id], passage) for case in cases)
    comparable = [row for row in rows if row.had is not None and row.would is not None]
    ended = [(each.agent_id, each.ended_s) for _, contacts in passage.contacts.values() for each in contacts if each.agent_id is not None]
    on_breaks_s = [_within_s(span, at_work[agent_id]) for agent_id, span in passage.breaks.values()]
    before = _as_it_was(_team(cases, at_work, policy), told.values())
    waits_before_s = [wait_s for wait_s in map(_first_had_s, told.values()) if wait_s is not None]
    waits_after_s = [row.waited_s for row in rows if row.waited_s is not None]
    bounds = (policy.rotation_after_escalations, policy.aggregate_min_group)
    return Rerouting(
        tickets=len(cases),
        comparable=len(comparable),
        same_agent=sum(row.had == row.would for row in comparable),
        rotations=sum(row.rotated for row in rows),
        contacts=len(ended),
        contacts_away=sum(not _within(ended_s, at_work[agent_id]) for agent_id, ended_s in ended),
        breaks=len(on_breaks_s),
        breaks_at_work=sum(on_break_s > 0 for on_break_s in on_breaks_s),
        break_s=sum(on_breaks_s),
        to_automation=len(passage.automated),
        came_back=sum(row.lane == "agent" for row in rows if row.case_id in passage.automated),
        automation_usd=passage.state.bots.spent_usd,
        unserved=sum(row.lane == "queue" for row in rows),
        relaxed=dict(passage.relaxed),
        before=outcome(before, waits_before_s, at_work, *bounds),
        after=outcome(passage.contacts, waits_after_s, at_work, *bounds),
        routed=rows,
    )


def _team(cases: Sequence[Case], at_work: Mapping[str, Sequence[Span]], policy: Policy) -> TeamState:
    """The team before its first day."""
    state, can = TeamState(), skills(cases)
    start_s = min((case.opened_s for case in cases), default=0.0)
    start_s = min([start_s, *(spans[0][0] for spans in at_work.values())])
    people = (AgentPut(start_s, agent_id, name=agent_id[:100], skills=can[agent_id], concurrency=CONCURRENCY) for agent_id in at_work)
    fold(state, [PolicyPut(start_s, 1, policy.as_mapping()), *people])
    return state


def _timeline(told: Mapping[str, Told], at_work: Mapping[str, Sequence[Span]]) -> list[Dated]:
    """Everything that happens but who had what; of one instant first who and what comes, then what follows."""
    found: list[Dated] = []
    for agent_id, spans in at_work.items():
        for start_s, end_s in spans:
            found.append((start_s, ARRIVING, AgentStatus(start_s, agent_id, "online", start_s)))
            found.append((end_s, HAPPENING, AgentStatus(end_s, agent_id, "offline", end_s)))
    for events in told.values():
        for event in events:
            if isinstance(event, TicketOpened):
                found.append((event.at_s, ARRIVING, event))
            elif event.type != "reassigned":
                found.append((event.at_s, HAPPENING, event))
    return sorted(found, key=lambda each: (each[0], each[1]))


def _as_it_was(state: TeamState, told: Iterable[Told]) -> dict[str, tuple[str, Sequence[Contact]]]:
    """The contacts of the history, with their points as the model counts them."""
    contacts: dict[str, tuple[str, Sequence[Contact]]] = {}
    for event in sorted((event for events in told for event in events), key=lambda event: event.at_s):
        if isinstance(event, TicketEvent) and event.ticket_id not in state.tickets:
            continue  # over for longer than a team's state remembers
        fold(state, [event])
        ticket = state.tickets[event.ticket_id]
        contacts[ticket.id] = ticket.account_id, ticket.contacts
    return contacts


def _routed(case: Case, told: Told, passage: Passage) -> Routed:
    record, placed_s = passage.decided.get(case.id), passage.placed_s.get(case.id)
    return Routed(
        case_id=case.id,
        account_id=case.account_id,
        opened_s=case.opened_s,
        had=next((each.agent_id for each in reversed(told) if isinstance(each, TicketEvent) and each.agent_id), None),
        would=record["agent_id"] if record else None,
        lane=record["lane"] if record else "queue",
        decision_id=record["id"] if record else None,
        waited_s=None if placed_s is None else placed_s - case.opened_s,
        rotated=case.id in passage.rotated,
    )


def _first_had_s(told: Told) -> float | None:
    """How long the ticket waited in the history until somebody had it."""
    return next((each.at_s - told[0].at_s for each in told if isinstance(each, TicketEvent) and each.agent_id), None)


def _within(at_s: float, spans: Sequence[Span]) -> bool:
    before = bisect_right(spans, (at_s, math.inf))
    return before > 0 and at_s <= spans[before - 1][1]


def _within_s(span: Span, spans: Sequence[Span]) -> float:
    """How much of a span lies within others."""
    return sum(max(0.0, min(span[1], end_s) - max(span[0], start_s)) for start_s, end_s in spans)
