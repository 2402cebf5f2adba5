"""One turn of a team: fold what came in, decide once, fold the decisions. Live, simulated and replayed days all take turns."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from router import debrief
from router.accept import accept
from router.decide import decide, overdue
from router.domain import Decision
from router.events import Decided, Event
from router.evolve import evolve
from router.record import as_record
from router.state import TeamState

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
    """Decide as of `now_s` (never before the newest instant of the log) and fold what was decided: `Decided` events, mostly one or none,
    after debriefs that are over and before those that are proposed now.

    A ticket past its longest wait may lose the only agent who was free for it to another one of the same solve. Rules then give way for
    it in a further solve, now and not at the next event.
    """
    now_s, logged = max(now_s, state.now_s), list[Event]()
    logged += _told(state, debrief.due(state, now_s))
    while decisions := decided_by(state, now_s, explain):
        decided = Decided(now_s, tuple(as_record(each) for each in decisions))
        evolve(state, decided)
        logged.append(decided)
        if not any(overdue(state, state.tickets[each], now_s) for each in state.waiting):
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
