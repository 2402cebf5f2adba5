"""Whether somebody is ready for work at an instant, and if not, from when on: read off the loads and breaks that are known."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from fatigue_model.dynamics import FloatArray, Floats, Mode, advance, line
from fatigue_model.recovery import ready_range_s
from router.agents import MODE_OF_STATUS
from router.state import TeamState


@dataclass(frozen=True, slots=True)
class RecoveryView:
    """What is so at one instant: the state, since and until when, ready from when to when, and the numbers behind it."""

    state: str
    since_s: float | None
    until_s: float | None
    ready_s: tuple[float, float] | None
    points: float
    line_points: float
    because: tuple[str, ...]
    may: tuple[str, ...]
    owed: int


def view(state: TeamState, row: int, now_s: float) -> RecoveryView:
    """The recovery of one agent as of `now_s`."""
    agents, params = state.agents, state.params
    person, now_s = agents.people[row], max(now_s, float(agents.as_of_s[row]))
    acute, carried = load_at(state, row, now_s)
    limit, speed = float(line(carried, params)), float(agents.speed[row])
    mode = Mode(int(MODE_OF_STATUS[agents.status[row]]))
    current = person.recovery
    pending = current is not None and now_s < current.start_s
    if current is not None and now_s < current.end_s:
        begin, until = (current.since_s, current.start_s) if pending else (current.start_s, current.end_s)
        acute_then, carried_then = load_at(state, row, current.end_s)
        earliest, latest = ready_range_s(acute_then, carried_then, Mode.QUEUE, params, speed)
        ready = (current.end_s + earliest, current.end_s + latest)
        name = "pending" if pending else "break"
        may = () if current.shifted else ("shift",)
        return RecoveryView(name, begin, until, ready, acute, limit, current.because, may, len(owed(state, row, now_s)))
    ended_s = current.end_s if current is not None else -math.inf
    because = current.because if current is not None else ()
    since = max(ended_s, float(agents.as_of_s[row]))
    eased_s = float(agents.eased_s[row])
    if acute > limit or now_s < eased_s:
        earliest, latest = ready_range_s(acute, carried, mode, params, speed)
        span = (max(now_s + earliest, eased_s), max(now_s + latest, eased_s))
        reasons = (because or ("load",) if acute > limit else ()) + (("asked",) if now_s < eased_s else ())
        return RecoveryView("light_duty", _finite(since), span[0], span, acute, limit, reasons, (), len(owed(state, row, now_s)))
    return RecoveryView("ready", _finite(since), None, None, acute, limit, (), (), len(owed(state, row, now_s)))


def owed(state: TeamState, row: int, now_s: float) -> tuple[str, ...]:
    """Why a skipped break is still to follow; nothing any more once time off shift as long as the longest break came after the last
    contact, whatever the status was meanwhile."""
    agents, person = state.agents, state.agents.people[row]
    if not person.owed:
        return ()
    return () if was_off_shift(state, row, float(agents.streak_s[row]), now_s) else person.owed


def shift_begins_s(state: TeamState, row: int, now_s: float) -> float | None:
    """When the next shift of an agent begins who is off shift; None on shift, and where there are no shifts."""
    on_shift, until_s = state.agents.profiles.shift_windows(now_s)
    return None if on_shift[row] else float(until_s[row])


def was_off_shift(state: TeamState, row: int, since_s: float, now_s: float) -> bool:
    """Whether time off shift as long as the longest break came after `since_s` and is over."""
    ended_s = float(state.agents.profiles.rested_s(now_s, state.policy.break_max_s)[row])
    return math.isfinite(ended_s) and since_s <= ended_s


def load_at(state: TeamState, row: int, at_s: float) -> tuple[float, float]:
    """An agent's own A and B at `at_s`, through any break in between."""
    agents = state.agents
    acute, carried = onward(state, row, agents.own_acute[row], agents.own_carried[row], at_s, float(agents.speed[row]))
    return float(acute), float(carried)


def onward(state: TeamState, row: int, acute: Floats, carried: Floats, at_s: float, speed: float) -> tuple[FloatArray, FloatArray]:
    """What loads as of the ledger's instant, of any shape, come to at `at_s`."""
    agents = state.agents
    since, mode = float(agents.as_of_s[row]), int(MODE_OF_STATUS[agents.status[row]])
    if math.isinf(since):
        return np.asarray(acute), np.asarray(carried)
    begin = min(max(float(agents.break_start_s[row]), since), max(at_s, since))
    end = min(max(float(agents.break_end_s[row]), begin), max(at_s, since))
    for span_s, code in ((begin - since, mode), (end - begin, int(Mode.BREAK)), (max(at_s, since) - end, mode)):
        if span_s > 0:
            acute, carried = advance(acute, carried, code, span_s, state.params, speed)
    return np.asarray(acute), np.asarray(carried)


def _finite(instant_s: float) -> float | None:
    return instant_s if math.isfinite(instant_s) else None
