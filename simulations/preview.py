"""A draft policy over a team's own last days: the same events routed twice, under the policy in force and under the draft.

What is taken over from the log: tickets, what customers did, who was at work when, contacts and when they ended, a manager's word. What
is not: who had a ticket. Both passes are counterfactual in the same way, so that only the policy differs between them. A contact lies
with whoever has the ticket then; an agent's "declined" counts where it is theirs. Automation did with a ticket what the log says of it;
one that it never had is taken to be resolved by it at once (counted in `assumed_automated`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fatigue_model.dynamics import DAY_S, Mode
from router.accept import accept
from router.errors import Refused
from router.events import (
    AccountPut,
    AgentPut,
    AgentStatus,
    BreakShifted,
    BreakSkipped,
    Calibrated,
    ContactRated,
    Decided,
    Event,
    ExclusionPut,
    LightDutyAsked,
    Overridden,
    PersonalEnded,
    PolicyPut,
    TicketEvent,
    TicketOpened,
)
from router.policy import Policy, policy_from
from router.snapshot import dump, load
from router.state import TeamState
from router.timeline import modes
from router.turn import fold
from simulations.contrast import Outcome, outcome
from simulations.hours import Span
from simulations.passage import Dated, Passage, as_it_happened
from simulations.true_models import Exponential, lived_by

FROM_THE_WORLD = (
    AccountPut,
    AgentPut,
    AgentStatus,
    BreakShifted,
    BreakSkipped,
    Calibrated,
    ContactRated,
    ExclusionPut,
    LightDutyAsked,
    Overridden,
    PersonalEnded,
    TicketEvent,
    TicketOpened,
)
OUTCOMES = ("automation_resolved", "automation_failed")
LOOK_EVERY_S = 300.0


@dataclass(frozen=True, slots=True)
class Side:
    """One pass, of the team as a whole. `above_line`: mean share of queue time above the line; None for too few people.

    `lanes` counts where tickets went at last; `rotations` those that rotation alone kept from somebody; `relaxed` by rule.
    """

    lanes: dict[str, int]
    rotations: int
    relaxed: dict[str, int]
    breaks: int
    break_s: float
    automation_usd: float
    above_line: float | None
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Changed:
    """One ticket that goes elsewhere under the draft: lane and agent before and after, and the rules of the draft against who had it."""

    ticket_id: str
    account_id: str
    created_s: float
    before: tuple[str, str | None]
    after: tuple[str, str | None]
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What the draft would have changed from `from_s` to `to_s`; `people` were at work in that time."""

    from_s: float
    to_s: float
    people: int
    tickets: int
    assumed_automated: int
    before: Side
    after: Side
    changed: tuple[Changed, ...]


def preview(start: TeamState, log: Sequence[Event], draft: Policy, to_s: float, progress: Callable[[int], None] | None = None) -> Preview:
    """Route `log`, what came after `start`, under the policy in force at its end and under `draft`; `start` is not changed.

    `progress` hears how many tickets have come in, over both passes together.
    """
    told = progress or (lambda _: None)
    plain, came, in_force = dump(start), [each for each in log if isinstance(each, TicketOpened)], _in_force(start, log)
    least = max(in_force.aggregate_min_group, draft.aggregate_min_group)  # a draft that asks for fewer is not in force
    from_s = start.now_s if start.revision else min((each.at_s for each in log), default=to_s)
    before = _pass(load(plain), log, in_force, from_s, told)
    after = _pass(load(plain), log, draft, from_s, lambda count: told(len(came) + count))
    changed = [_changed(each, before, after) for each in came]
    return Preview(
        from_s=from_s,
        to_s=to_s,
        people=min(len(_days_at_work(each.state, from_s, to_s)) for each in (before, after)),
        tickets=len(came),
        assumed_automated=len((before.automated | after.automated) - before.settled_by_log),
        before=_side(before, came, from_s, to_s, least),
        after=_side(after, came, from_s, to_s, least),
        changed=tuple(each for each in changed if each is not None),
    )


def _in_force(start: TeamState, log: Iterable[Event]) -> Policy:
    newest = [each.values for each in log if isinstance(each, PolicyPut)]
    return policy_from(newest[-1]) if newest else start.policy


def _pass(state: TeamState, log: Sequence[Event], policy: Policy, from_s: float, progress: Callable[[int], None]) -> Passage:
    fold(state, [PolicyPut(from_s, state.policy_version + 1, replace(policy, shadow=0).as_mapping())])
    settled = {each.ticket_id for each in log if isinstance(each, TicketEvent) and each.type in OUTCOMES}
    passage = Passage(state, adapted, explain=True, settled_by_log=frozenset(settled))
    passage.run(list(_turns(log)), progress)
    return passage


def _turns(log: Iterable[Event]) -> Iterator[Dated]:
    """What came from the world, numbered by turns: what was decided together is decided together again."""
    turns = 0
    for event in log:
        turns += isinstance(event, Decided)
        if isinstance(event, FROM_THE_WORLD):
            yield event.at_s, turns, event


def adapted(state: TeamState, event: Event) -> Iterator[Event]:
    """The event as it happens in a pass, where somebody else may have the ticket; nothing where it can't happen."""
    ticket = state.tickets.get(event.ticket_id) if isinstance(event, TicketEvent | ContactRated | Overridden) else None
    happens: Iterable[Event] = (event,)
    if isinstance(event, TicketEvent):
        elsewhere = ticket is None or (event.type == "declined" and ticket.agent_id != event.agent_id)
        happens = () if elsewhere or event.type == "reassigned" else as_it_happened(state, event)
    elif isinstance(event, ContactRated):
        who = ticket.contacts[-1].agent_id if ticket is not None and ticket.contacts else None
        happens = (replace(event, agent_id=who),) if who is not None else ()
    for each in happens:
        try:
            accept(each, state)
        except Refused:
            continue
        yield each


def _side(passage: Passage, came: Sequence[TicketOpened], from_s: float, to_s: float, least: int) -> Side:
    state, records = passage.state, [passage.decided.get(each.ticket_id) for each in came]
    lanes = [record["lane"] if record else "queue" for record in records]
    waits_s = [passage.placed_s[each.ticket_id] - each.created_s for each in came if each.ticket_id in passage.placed_s]
    spans = _days_at_work(state, from_s, to_s)
    policy, enough = state.policy, len(spans) >= least
    model = Exponential(policy.fatigue)
    lived = [lived_by(state, each, from_s, _settled_s(state, each, to_s), model, LOOK_EVERY_S) for each in spans] if enough else []
    queue_s = sum(each.queue_s for each in lived)
    return Side(
        lanes={lane: lanes.count(lane) for lane in ("agent", "automation", "queue")},
        rotations=len(passage.rotated),
        relaxed=dict(passage.relaxed),
        breaks=len(passage.breaks),
        break_s=sum(end_s - start_s for _, (start_s, end_s) in passage.breaks.values()),
        automation_usd=sum(sum(record["costs_usd"].values()) for record in records if record),
        above_line=sum(each.above_s for each in lived) / queue_s if queue_s else None,
        outcome=outcome(passage.contacts, waits_s, spans, policy.rotation_after_escalations, least),
    )


def _settled_s(state: TeamState, agent_id: str, to_s: float) -> float:
    return min(to_s, float(state.agents.as_of_s[state.agents.row[agent_id]]))


def _days_at_work(state: TeamState, from_s: float, to_s: float) -> dict[str, list[Span]]:
    """The days (UTC) on which each agent was at work or had a contact."""
    found: dict[str, list[Span]] = {}
    for person in state.agents.people:
        spans = [(start_s, end_s) for start_s, end_s, mode in modes(person, from_s, to_s) if mode != Mode.OFF]
        spans += [(each.ended_s, each.ended_s) for each in person.entries if each.ended_s >= from_s]
        days = {day for start_s, end_s in spans for day in range(int(start_s // DAY_S), int(end_s // DAY_S) + 1)}
        if days:
            found[person.id] = [(day * DAY_S, (day + 1) * DAY_S) for day in sorted(days)]
    return found


def _changed(opened: TicketOpened, before: Passage, after: Passage) -> Changed | None:
    had, would = (_place(each.decided.get(opened.ticket_id)) for each in (before, after))
    if had == would:
        return None
    record = after.decided.get(opened.ticket_id)
    others = record["not_others"] if record else []
    rules: list[dict[str, Any]] = next((each["rules"] for each in others if each["agent_id"] == had[1]), [])
    return Changed(opened.ticket_id, opened.account_id, opened.created_s, had, would, tuple(each["rule"] for each in rules))


def _place(record: dict[str, Any] | None) -> tuple[str, str | None]:
    return (record["lane"], record["agent_id"]) if record else ("queue", None)
