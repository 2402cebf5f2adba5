"""What a team is told while no decision can be made for it: its new tickets wait, and the decision says why."""

from __future__ import annotations

from router.domain import CostTerm, Decision
from router.events import Decided, Event
from router.evolve import evolve
from router.record import ENGINE, as_record
from router.state import TeamState

UNDECIDED = "undecided"
WHY = CostTerm(UNDECIDED, 0, "no decision can be made for the team now; the ticket is decided as soon as one can")


def undecided(state: TeamState, now_s: float) -> tuple[Decision, ...]:
    """A place in the queue for every ticket that has not been told to wait. Looks at nothing else, so nothing else can stop it."""
    new = sorted((state.tickets[each] for each in state.waiting), key=lambda ticket: (ticket.waits_from_s, ticket.id))
    new = [ticket for ticket in new if not ticket.told and not ticket.advised]
    revision = state.revision + 1
    return tuple(
        Decision(
            id=f"d{revision}-{index}",
            ticket_id=ticket.id,
            lane="queue",
            decided_s=now_s,
            revision=revision,
            engine=ENGINE,
            policy_version=state.policy_version,
            fatigue_digest=state.fatigue_digest,
            because=(WHY,),
            waits_for={"rules": {}, "next_change_s": None, "reason": UNDECIDED},
            shadow=bool(state.policy.shadow),
            costs_usd={"automation": 0.0, "draft": 0.0},
        )
        for index, ticket in enumerate(new)
    )


def queue_up(state: TeamState, now_s: float) -> list[Event]:
    """In place of `turn.conclude`: the new tickets are told to wait, and that is folded. None of what time brings is done meanwhile."""
    now_s = max(now_s, state.now_s)
    decisions = undecided(state, now_s)
    if not decisions:
        return []
    event = Decided(now_s, tuple(as_record(each) for each in decisions))
    evolve(state, event)
    return [event]


def is_undecided(event: Decided) -> bool:
    """Whether the event says that nothing could be decided."""
    return any((record["waits_for"] or {}).get("reason") == UNDECIDED for record in event.decisions)
