"""Debriefs: a few minutes with a willing colleague after a tough contact. Proposed, accepted by both or not at all, and never written
about; what listening takes goes into the listener's ledger like a contact."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace

from fatigue_model.dynamics import DAY_S
from router.domain import Debrief
from router.errors import Conflict, Refused, Unknown
from router.events import DebriefAnswered, DebriefEnded, DebriefProposed
from router.ledger import enter
from router.matching import best, free, needs, open_at, pair_of, pairs
from router.state import KEEP_S, TeamState
from router.statement import LISTENED

ANSWERS = ("accept", "decline")


def proposals(state: TeamState, now_s: float) -> tuple[DebriefProposed, ...]:
    """What to propose now; nobody who is asked already is asked again before that is over."""
    people, expires_s = state.agents.people, now_s + state.policy.debrief.answer_s
    return tuple(
        DebriefProposed(
            now_s,
            f"f{state.revision + 1 + index}",
            people[pair.need.row].id,
            people[pair.listener].id,
            pair.need.entry.ticket_id,
            pair.need.entry.account_id,
            pair.need.entry.ended_s,
            pair.rise_points,
            expires_s,
        )
        for index, pair in enumerate(best(pairs(state, now_s)))
    )


def due(state: TeamState, now_s: float) -> tuple[DebriefEnded, ...]:
    """Debriefs that are over and not in the ledger yet."""
    over = [each for each in state.debriefs.values() if not each.entered and each.end_s is not None and each.end_s <= now_s]
    return tuple(DebriefEnded(now_s, each.id) for each in over)


def may_answer(state: TeamState, event: DebriefAnswered) -> bool:
    """True where the answer is new, False where it is known; raises `Refused` where it may not be given."""
    debrief = state.debriefs.get(event.debrief_id)
    if debrief is None or event.agent_id not in pair_of(debrief):
        raise Unknown("/debrief_id", f"debrief {event.debrief_id!r} is not known")
    if event.answer not in ANSWERS:
        raise Refused("/answer", f"must be one of {', '.join(ANSWERS)}")
    if event.answer == "accept" and event.agent_id in debrief.accepted:
        return False
    if not open_at(debrief, event.at_s):
        raise Conflict("/answer", "this debrief is over, under way or offered no more")
    if event.answer == "accept" and debrief.accepted and not _both_free(state, debrief, event.at_s):
        raise Conflict("/answer", "one of you has a live contact or a break just now; accept when it is over")
    return True


def _both_free(state: TeamState, debrief: Debrief, now_s: float) -> bool:
    here = free(state, now_s, among=[each for each in state.debriefs.values() if each.id != debrief.id])
    return all(bool(here[state.agents.row[each]]) for each in pair_of(debrief))


def propose(state: TeamState, event: DebriefProposed) -> None:
    state.debriefs[event.debrief_id] = Debrief(
        event.debrief_id,
        event.ticket_id,
        event.account_id,
        event.contact_s,
        event.handler_id,
        event.listener_id,
        event.points,
        event.at_s,
        event.expires_s,
    )


def answer(state: TeamState, event: DebriefAnswered) -> None:
    """One no ends it; the second yes begins it, and neither of the two is given work until it is over."""
    debrief = state.debriefs[event.debrief_id]
    if event.answer == "decline":
        state.debriefs[debrief.id] = replace(debrief, declined=True)
        return
    debrief = replace(debrief, accepted=(*debrief.accepted, event.agent_id))
    if set(debrief.accepted) == set(pair_of(debrief)):
        end_s = state.now_s + state.policy.debrief.length_s
        debrief = replace(debrief, start_s=state.now_s, end_s=end_s)
        for agent_id in pair_of(debrief):
            state.agents.debrief_until_s[state.agents.row[agent_id]] = end_s
    state.debriefs[debrief.id] = debrief


def end(state: TeamState, event: DebriefEnded) -> None:
    """Enter what listening took, under the debrief's id, as of when it was over."""
    debrief = state.debriefs[event.debrief_id]
    assert debrief.end_s is not None
    row, account = state.agents.row[debrief.listener_id], state.account(debrief.account_id)
    enter(state.agents, row, account, LISTENED + debrief.id, debrief.points, debrief.end_s, state.params)
    state.debriefs[debrief.id] = replace(debrief, entered=True)


def forget(state: TeamState) -> None:
    """Drop what was proposed over 30 days ago."""
    while state.debriefs:
        oldest = next(iter(state.debriefs.values()))
        if oldest.proposed_s >= state.now_s - KEEP_S:
            break
        del state.debriefs[oldest.id]


def forget_agent(state: TeamState, agent_id: str) -> None:
    """Drop an agent's debriefs; whoever is in one with them has nobody to talk to any more, and is free. One that is over is in the
    ledger of whoever listened first."""
    for each in of(state, agent_id):
        if each.listener_id != agent_id and stage(each, agent_id, state.now_s) == "held" and not each.entered:
            end(state, DebriefEnded(state.now_s, each.id))
        del state.debriefs[each.id]
        if stage(each, agent_id, state.now_s) == "under_way":
            for who in pair_of(each):
                state.agents.debrief_until_s[state.agents.row[who]] = -math.inf


def instants(state: TeamState, now_s: float) -> Iterator[float]:
    """Instants at which time alone ends a debrief or a proposal, or lets two people meet again."""
    for each in state.debriefs.values():
        if each.end_s is not None and not each.entered:
            yield each.end_s
        elif open_at(each, now_s):
            yield each.expires_s
    if needs(state, now_s):
        yield from (each.proposed_s + state.policy.debrief.repeat_gap_d * DAY_S + 1e-3 for each in state.debriefs.values())
        _, until = state.agents.profiles.shift_windows(now_s)
        yield from until.tolist()


def possible(state: TeamState, now_s: float) -> Callable[[float], bool] | None:
    """Whether by some instant a pair can be proposed, as load fades; None where nobody needs one. What was possible no more is where a
    contact is no longer fresh, so it is asked of the last instants at which each still was, too."""
    last_s = sorted(each.entry.ended_s + state.policy.debrief.fresh_s for each in needs(state, now_s))
    if not last_s:
        return None
    return lambda at_s: any(pairs(state, each) for each in (*(stale_s for stale_s in last_s if stale_s < at_s), at_s))


def of(state: TeamState, agent_id: str) -> list[Debrief]:
    """An agent's own debriefs of the last 30 days, the newest first."""
    return [each for each in reversed(state.debriefs.values()) if agent_id in pair_of(each)]


def stage(found: Debrief, agent_id: str, now_s: float) -> str:
    """Where a debrief stands for one of the two; a colleague's no looks to them like no answer."""
    if found.start_s is not None and found.end_s is not None:
        return "under_way" if now_s < found.end_s else "held"
    if not open_at(found, now_s):
        return "over"
    return "accepted" if agent_id in found.accepted else "proposed"


def current(state: TeamState, agent_id: str, now_s: float) -> Debrief | None:
    """What an agent is asked for or is in; None where there is nothing."""
    return next((each for each in of(state, agent_id) if stage(each, agent_id, now_s) in ("proposed", "accepted", "under_way")), None)
