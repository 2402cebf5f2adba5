"""One turn of a team: fold what came in, decide once, fold the decisions. Live, simulated and replayed days all take turns."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from router import debrief, overrun
from router.accept import accept
from router.decide import decide
from router.domain import Decision
from router.events import Decided, Event, PolicyRelaxed
from router.evolve import evolve
from router.offers import ran_out
from router.record import as_record
from router.relax import at_risk
from router.state import TeamState
from router.waiting import may_give_way

# (state, now_s, explain) -> decisions, without changing the state: ours everywhere but in a simulation that compares it with others
Decide = Callable[[TeamState, float, bool], Sequence[Decision]]


def fold(state: TeamState, incoming: Sequence[Event]) -> list[Event]:
    """Fold the events that are new into `state`, in place, and return them; repeats are dropped.

    Raises `Refused` at an event that may not enter; the events before it have been folded by then.
    """
    logged = []
    for event in incoming:
        if accept(event, state):
            evolve(state, event)
            logged.append(event)
    return logged


def conclude(state: TeamState, now_s: float, explain: bool = True, decided_by: Decide = decide) -> list[Event]:
    """Decide as of `now_s` (never before the newest instant of the log) and fold what follows: offers that ran out and debriefs that are
    over, breaks and tickets at risk, `Decided` events, mostly one or none, with the rules that gave way, and debriefs proposed now.

    A ticket may lose the only agent who was free for it to another one of the same solve, and a break that ends early frees an agent for
    more than one. What may be decided then is decided in a further solve, now and not at the next event.
    """
    now_s = max(now_s, state.now_s)
    logged = _told(state, [*ran_out(state, now_s), *debrief.due(state, now_s)])
    logged += _told(state, overrun.at_risk(state, now_s))  # a chat that is recalled may have begun a break
    while True:
        logged += _told(state, at_risk(state, now_s))
        decisions = decided_by(state, now_s, explain)
        if not decisions:
            break
        gave_way = [PolicyRelaxed(now_s, each.ticket_id, each.id, each.relaxed) for each in decisions if each.relaxed and not each.shadow]
        logged += _told(state, [Decided(now_s, tuple(as_record(each) for each in decisions)), *gave_way])
        shortened = any("break_length" in each.rules for each in gave_way)
        if not shortened and not may_give_way(state, now_s):
            break
    return logged + _told(state, debrief.proposals(state, now_s))


def _told(state: TeamState, events: Sequence[Event]) -> list[Event]:
    """Fold what follows from the state and the clock."""
    for event in events:
        evolve(state, event)
    return list(events)


def turn(state: TeamState, incoming: Sequence[Event], now_s: float, explain: bool = True, decided_by: Decide = decide) -> list[Event]:
    """What enters the log, in order: the new events, then what was decided after them. `state` is changed in place."""
    return fold(state, incoming) + conclude(state, now_s, explain, decided_by)
