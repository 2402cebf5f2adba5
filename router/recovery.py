"""The recovery machine of an agent: pending → break → light duty → ready. Instants are fixed when they are known, so the state at any
instant is read off them and a break ends on time even when nothing else happens.

Exactly one break follows each trigger: a trigger that comes while a break is pending joins it, one for a contact that ended before the
running break began is covered by it, and work that ends inside a running break makes the break begin anew.
"""

from __future__ import annotations

import math
from dataclasses import replace

from fatigue_model.dynamics import MINUTE_S, line
from fatigue_model.recovery import break_length_s
from router import streak
from router.cover import covered_s
from router.domain import AWAY, Break
from router.ledger import settle
from router.readiness import load_at, owed, was_off_shift
from router.state import TeamState
from router.timeline import longest_absence_s

MOST_HALVINGS = 1000.0  # of a load in an absence: of more no number knows what it was before


def trigger(state: TeamState, row: int, because: tuple[str, ...], ended_s: float) -> None:
    """A contact that owes a break ended at `ended_s`, learned of at `state.now_s`."""
    now_s, person = state.now_s, state.agents.people[row]
    settle(state.agents, row, now_s, state.params)
    if person.recovery is not None and now_s < person.recovery.end_s:
        _join(state, row, person.recovery, because, min(ended_s, now_s))
        return
    if _rested(state, row, ended_s):
        return
    because, person.owed = tuple(dict.fromkeys(person.owed + because)), ()
    _send(state, row, f"b{state.revision}-{person.id}", because, ended_s)


def _send(state: TeamState, row: int, break_id: str, because: tuple[str, ...], ended_s: float) -> None:
    """A break for a contact that ended at `ended_s`, once live work has ended and others are there."""
    now_s = state.now_s
    if _absent(state, row):
        start_s = min(max(float(state.agents.absent_since_s[row]), ended_s), now_s)
        due_s = start_s
    else:
        due_s = now_s + (state.policy.pending_deadline_s if _working_live(state, row) else 0)
        start_s = covered_s(state, row, due_s)
    cover_s = due_s if due_s < start_s else None
    _set(state, row, Break(break_id, because, min(start_s, now_s), start_s, start_s, cover_s=cover_s))
    _plan(state, row, start_s)


def _join(state: TeamState, row: int, current: Break, because: tuple[str, ...], ended_s: float) -> None:
    """A further trigger while a break is pending or running: the same break, longer where the load or the work asks for it."""
    current = replace(current, because=tuple(dict.fromkeys(current.because + because)))
    _set(state, row, current)
    if state.now_s < current.start_s:
        _plan(state, row, current.start_s)
    else:
        begin_s = max(current.start_s, ended_s)
        anew_s = max(begin_s, current.anew_s or begin_s)
        _set(state, row, replace(current, end_s=max(current.end_s, begin_s + _length_s(state, row, begin_s)), anew_s=anew_s))


def _rested(state: TeamState, row: int, since_s: float) -> bool:
    """Whether a break that is over, an absence at least as long, or time off shift as long as the longest, came after `since_s`."""
    current, policy = state.agents.people[row].recovery, state.policy
    if current is not None and since_s <= float(state.agents.rest_from_s[row]) < current.end_s:
        return True
    if was_off_shift(state, row, since_s, state.now_s):
        return True
    return _enough(state, row, longest_absence_s(state.agents, row, since_s, state.now_s)) and policy.break_max_s > 0


def _rested_before(state: TeamState, row: int, current: Break, began_s: float) -> bool:
    """Whether a break that is over had its minimum before live work of `began_s`, or an absence or time off shift as long came since."""
    rested_s = began_s - float(state.agents.rest_from_s[row])
    away_s = longest_absence_s(state.agents, row, current.since_s, state.now_s, breaks=False)
    off_shift = was_off_shift(state, row, current.since_s, state.now_s)
    return rested_s >= state.policy.break_min_s or _enough(state, row, away_s) or off_shift


def _enough(state: TeamState, row: int, absence_s: float) -> bool:
    """Whether an absence that is over was as long as the break: the longest one where it left the load above the line."""
    acute, carried = load_at(state, row, state.now_s)
    policy = state.policy
    return absence_s >= (policy.break_max_s if acute > float(line(carried, state.params)) else policy.break_min_s)


def live_work_ended(state: TeamState, row: int) -> None:
    """The last live contact of an agent ended: a break that waited for it begins, or waits for nothing but cover."""
    current, now_s = state.agents.people[row].recovery, state.now_s
    if current is None or current.shifted or not now_s < current.start_s:
        return
    if not _working_live(state, row):
        cover_s = min(now_s, now_s if current.cover_s is None else current.cover_s)
        _set(state, row, replace(current, cover_s=cover_s))
        _plan(state, row, min(current.start_s, covered_s(state, row, now_s)))


def line_freed(state: TeamState, row: int, began_s: float, ended_s: float) -> None:
    """A call or a chat of an agent, theirs since `began_s`, ended at `ended_s`, at the latest now: a break that ran meanwhile begins anew,
    it was no rest; one that was over before follows again."""
    current, ended_s = state.agents.people[row].recovery, min(ended_s, state.now_s)
    if current is None or not current.start_s < ended_s or _absent(state, row):
        return
    settle(state.agents, row, state.now_s, state.params)
    if state.now_s < current.end_s:
        _join(state, row, current, (), ended_s)
    elif current.end_s <= ended_s and not _rested_before(state, row, current, began_s):
        _send(state, row, current.id, current.because, ended_s)


def settle_owed(state: TeamState, row: int) -> None:
    """Something comes of what is owed: what time off shift has satisfied by now is owed no more."""
    state.agents.people[row].owed = owed(state, row, state.now_s)


def absence_began(state: TeamState, row: int) -> None:
    """An agent went away: a pending or owed break begins with the absence, so a long enough one satisfies it."""
    person, away_s = state.agents.people[row], float(state.agents.absent_since_s[row])
    settle_owed(state, row)
    if person.recovery is not None and state.now_s < person.recovery.start_s:
        _plan(state, row, min(max(away_s, person.recovery.since_s), state.now_s))
    elif person.owed:
        trigger(state, row, (), away_s)


def absence_ended(state: TeamState, row: int, back_s: float) -> None:
    """An agent came back: a break that was skipped or moved while they were away is satisfied where the absence was long enough, and a
    streak of hard contacts is over."""
    person, away_s = state.agents.people[row], float(state.agents.absent_since_s[row])
    current = person.recovery
    if _enough(state, row, back_s - away_s):
        person.owed = ()
        if math.isfinite(away_s):  # else they are seen for the first time
            streak.rested(state, row, away_s)
    if current is not None and state.now_s < current.start_s:
        start_s, length_s = max(away_s, current.since_s), current.end_s - current.start_s
        if start_s + length_s <= back_s:
            _set(state, row, replace(current, start_s=start_s, end_s=start_s + length_s))


def shift(state: TeamState, row: int, shift_s: float) -> None:
    """Move the start of the pending or running break by `shift_s`, keeping its length; never before now."""
    current = state.agents.people[row].recovery
    assert current is not None
    settle(state.agents, row, state.now_s, state.params)
    length_s = current.end_s - current.start_s
    start_s = max(state.now_s, max(current.start_s, state.now_s) + shift_s)
    _set(state, row, replace(current, start_s=start_s, end_s=start_s + length_s, shifted=True))


def shorten(state: TeamState, row: int) -> None:
    """End the running break now: it has had its minimum, and a ticket past its longest wait has nobody else."""
    current = state.agents.people[row].recovery
    if current is not None and current.start_s <= state.now_s < current.end_s:
        settle(state.agents, row, state.now_s, state.params)
        _set(state, row, replace(current, end_s=state.now_s))


def skip(state: TeamState, row: int) -> None:
    """End the break now and leave it owed: it follows the next contact, or is satisfied by an absence, or time off shift."""
    person = state.agents.people[row]
    assert person.recovery is not None
    settle(state.agents, row, state.now_s, state.params)
    person.owed = person.recovery.because
    _set(state, row, None)


def _plan(state: TeamState, row: int, start_s: float) -> None:
    current = state.agents.people[row].recovery
    assert current is not None
    settle(state.agents, row, state.now_s, state.params)
    _set(state, row, replace(current, start_s=start_s, end_s=start_s))
    _set(state, row, replace(current, start_s=start_s, end_s=start_s + _length_s(state, row, start_s)))


def _set(state: TeamState, row: int, current: Break | None) -> None:
    agents = state.agents
    agents.people[row].recovery = current
    agents.pending_s[row] = current.since_s if current else math.inf
    agents.break_start_s[row] = current.start_s if current else math.inf
    agents.break_end_s[row] = current.end_s if current else math.inf
    agents.rest_from_s[row] = max(current.start_s, current.anew_s or current.start_s) if current else math.inf
    agents.cover_s[row] = math.inf if current is None or current.cover_s is None else current.cover_s


def _length_s(state: TeamState, row: int, start_s: float) -> float:
    """How long a break from `start_s` must be; where that is past, what was rested since counts."""
    acute, carried = load_at(state, row, start_s)
    rested_min = max(0.0, state.now_s - start_s) / MINUTE_S
    policy, speed = state.policy, float(state.agents.speed[row])
    acute *= 2.0 ** min(speed * rested_min / state.params.acute_half_life_break_min, MOST_HALVINGS)
    return break_length_s(acute, carried, policy.break_min_s, policy.break_max_s, state.params, speed)


def _absent(state: TeamState, row: int) -> bool:
    return int(state.agents.status[row]) <= AWAY


def _working_live(state: TeamState, row: int) -> bool:
    return int(state.agents.live_open[row]) > 0
