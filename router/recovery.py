"""The recovery machine of an agent: pending → break → light duty → ready. Instants are fixed when they are known, so the state at any
instant is read off them and a break ends on time even when nothing else happens.

Exactly one break follows each trigger: a trigger that comes while a break is pending joins it, one for a contact that ended before the
running break began is covered by it, and work that ends inside a running break makes the break begin anew.
"""

from __future__ import annotations

import math
from dataclasses import replace

from fatigue_model.dynamics import MINUTE_S
from fatigue_model.recovery import break_length_s
from router import due, streak
from router.cover import covered_s
from router.domain import AWAY, Break
from router.ledger import settle
from router.readiness import load_at, owed, was_off_shift
from router.rest import last_absence_s, rested_elsewhere, rested_since
from router.state import TeamState
from router.timeline import AT_WORK, absences, modes

MOST_HALVINGS = 1000.0  # of a load in an absence: of more no number knows what it was before


def trigger(state: TeamState, row: int, because: tuple[str, ...], ended_s: float) -> None:
    """A contact that owes a break ended at `ended_s`, learned of at `state.now_s`."""
    now_s, person = state.now_s, state.agents.people[row]
    settle(state.agents, row, now_s, state.params)
    if person.recovery is not None and now_s < person.recovery.end_s:
        _join(state, row, person.recovery, because, min(ended_s, now_s))
        return
    if rested_since(state, row, ended_s):
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


def _rested_before(state: TeamState, row: int, current: Break, began_s: float) -> bool:
    """Whether a break that is over had its minimum before live work of `began_s`, or an absence or time off shift as long came since."""
    rested_s = began_s - float(state.agents.rest_from_s[row])
    away = math.isfinite(last_absence_s(state, row, current.since_s))
    return rested_s >= state.policy.break_min_s or away or was_off_shift(state, row, current.since_s, state.now_s)


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


def absences_told(state: TeamState, row: int) -> None:
    """A status came, of now or of before: where an absence is as long as a break, a streak of hard contacts is over, and a break that was
    skipped, or was to follow and waited for something else, is satisfied."""
    agents, person = state.agents, state.agents.people[row]
    streak.count(state, row)
    if person.owed and math.isfinite(last_absence_s(state, row, float(agents.streak_s[row]))):
        person.owed = ()
    current = person.recovery
    if current is None or not state.now_s < current.start_s:
        return
    length_s = current.end_s - current.start_s
    since_s = max(current.since_s, float(agents.streak_s[row]))  # not what came before a contact that owes it, too
    for away_s, back_s in absences(person, since_s, state.now_s, breaks=False):
        if away_s + length_s <= back_s:
            _set(state, row, replace(current, start_s=away_s, end_s=away_s + length_s))
            return


def work_told(state: TeamState, row: int, told_s: float) -> None:
    """It came late that an agent was at work since `told_s`: what an absence stood for until now has no rest after it. A break that they
    worked in begins anew, or follows once more; so does one of contacts that none was sent for."""
    current, person, now_s = state.agents.people[row].recovery, state.agents.people[row], state.now_s
    if current is not None and current.start_s <= now_s:
        begun_s = float(state.agents.rest_from_s[row])
        worked_s = [end_s for _, end_s, mode in modes(person, begun_s, min(current.end_s, now_s)) if mode in AT_WORK]
        if worked_s and now_s < current.end_s:
            _join(state, row, current, (), worked_s[-1])
        elif worked_s and not rested_elsewhere(state, row, begun_s) and not _owed_again(state, row, current.because):
            _send(state, row, current.id, current.because, worked_s[-1])
    catch_up(state, row, due.from_when_s(state, row, told_s))


def catch_up(state: TeamState, row: int, from_s: float) -> None:
    """A break for what ended at `from_s` or later and has none, as late news shows."""
    missed = due.missed(state, row, from_s)
    because = tuple(dict.fromkeys(why for why, _ in reversed(missed)))
    if missed and not _owed_again(state, row, because):
        trigger(state, row, because, missed[0][1])


def _owed_again(state: TeamState, row: int, because: tuple[str, ...]) -> bool:
    """A break that was skipped, and that no contact came after, follows the next one, where an absence that stood for it was none."""
    person, (skipped_s, skipped) = state.agents.people[row], state.agents.people[row].skipped
    again = set(because) <= set(skipped) and state.agents.streak_s.item(row) <= skipped_s
    if again:
        person.owed = tuple(dict.fromkeys(person.owed + because))
    return again


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
    person.skipped = state.now_s, person.owed
    _set(state, row, None)


def _plan(state: TeamState, row: int, start_s: float) -> None:
    current = state.agents.people[row].recovery
    assert current is not None
    settle(state.agents, row, state.now_s, state.params)
    _set(state, row, replace(current, start_s=start_s, end_s=start_s))
    _set(state, row, replace(current, start_s=start_s, end_s=start_s + _length_s(state, row, start_s)))


def _set(state: TeamState, row: int, current: Break | None) -> None:
    agents, before = state.agents, state.agents.people[row].recovery
    if current is not None and before is not None and current.id != before.id:
        agents.last_break_s[row] = before.start_s  # it began: one that is pending is joined, or skipped
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
