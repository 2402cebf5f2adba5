"""A history as events of a team's log: for the live store, which learns it now, and for the replay, as it happened.

Every event has an id or a digest of its content, so a second import of the same history changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from fatigue_model.bounds import digest
from router.events import AccountPut, AgentPut, Event, TicketEvent, TicketOpened
from simulations.entries import Step
from simulations.history import Case
from simulations.presence import skills

BATCH_MAX = 500
NAME_LENGTH_MAX = 100
WORK = frozenset({"contact", "resolved"})


def events(cases: Sequence[Case], now_s: float, agents: Collection[str] = (), accounts: Collection[str] = ()) -> Iterator[list[Event]]:
    """Batches for a store that learns the history at `now_s`; `agents` and `accounts` are known to it and are left as
    they are.

    All events of a ticket are in one batch, so that one resolved in the past is never routed; a batch holds up to
    `BATCH_MAX` events, or one ticket that has more. Tickets come in the order in which they ended, so that the order of
    an account's escalations is kept.
    """
    can, known, batch = skills(cases), {*agents}, list[Event]()
    met = {*accounts}
    for case in sorted(cases, key=_ended_s):
        group: list[Event] = []
        for agent_id in _people(case):
            if agent_id not in known:
                known.add(agent_id)
                group.append(AgentPut(now_s, agent_id, name=agent_id[:NAME_LENGTH_MAX], skills=can[agent_id]))
        if case.account_id not in met:
            met.add(case.account_id)
            group.append(AccountPut(now_s, case.account_id, with_ticket=True))
        group += [replace(event, at_s=now_s) for event in ticket_events(case)]
        if batch and len(batch) + len(group) > BATCH_MAX:
            yield batch
            batch = []
        batch += group
    if batch:
        yield batch


def ticket_events(case: Case) -> list[TicketOpened | TicketEvent]:
    """The events of one ticket, each learned when it happened.

    Whoever has a contact or resolves the ticket holds it; where the log does not say so, it is given to them then.
    """
    found: list[TicketOpened | TicketEvent] = [_opened(case)]
    holder: str | None = None
    for step in case.steps:
        agent_id = step.agent_id
        given = step.kind in WORK and agent_id not in (None, holder)
        if given or (step.kind == "reassigned" and agent_id is not None):
            holder = agent_id
            found.append(_event(case, Step(step.at_s, "reassigned", agent_id)))
        if step.kind == "reopened":
            holder = None
        if step.kind == "reassigned" or (step.kind == "contact" and holder is None):
            continue
        found.append(_event(case, replace(step, agent_id=holder if step.kind in WORK else None)))
    return found


def _opened(case: Case) -> TicketOpened:
    # a later export may tell more of the same ticket; what it is known by stays
    identity = {"ticket": case.id, "account": case.account_id, "created_s": case.opened_s}
    return TicketOpened(
        at_s=case.opened_s,
        ticket_id=case.id,
        account_id=case.account_id,
        created_s=case.opened_s,
        digest=digest(identity),
        channel=case.channel,
        priority=case.priority,
        category=case.category,
        skills=case.skills,
        escalated=case.escalated,
    )


def _event(case: Case, step: Step) -> TicketEvent:
    content = {"ticket": case.id, "type": step.kind, "agent": step.agent_id, "occurred_s": step.at_s}
    mark = digest(content)
    return TicketEvent(step.at_s, case.id, step.kind, step.at_s, step.agent_id, event_id=f"history-{mark}", digest=mark)


def _people(case: Case) -> list[str]:
    return sorted({step.agent_id for step in case.steps if step.agent_id is not None})


def _ended_s(case: Case) -> tuple[float, str]:
    return (case.steps[-1].at_s if case.steps else case.opened_s), case.id
