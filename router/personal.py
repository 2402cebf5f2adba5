"""Personal mode, as far as the team's log knows of it: whether it is open, and the protection that a check-in gives for today."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from router.errors import Conflict
from router.events import LightDutyAsked
from router.ledger import itemised
from router.person import Person
from router.readiness import onward
from router.shifts import shift_at
from router.state import TeamState

AFTER_HARD_S = (900.0, 2700.0)  # a check-in after a hard contact is asked for 15 to 45 minutes after it


def require_open(state: TeamState) -> None:
    """Raises `Conflict` where the team's policy keeps personal mode closed."""
    if not state.policy.personal.allowed:
        raise Conflict("/personal/allowed", "personal mode is closed by the team's policy")


def pace(sensitivity: float, speed: float) -> tuple[float, float]:
    """The g and r that count, of those that check-ins fitted: low answers never shorten a break or light duty, so g is at least 1 and r at
    most 1. What was fitted stays for the agent to see."""
    return max(1.0, sensitivity), min(1.0, speed)


def protection(state: TeamState, person: Person, answer: float, at_s: float, now_s: float) -> tuple[LightDutyAsked, ...]:
    """Light duty for the rest of the shift after a high answer, which was given at `at_s`; nothing where that shift is over, nor after a
    low one, which never takes any protection away.

    The log learns that light duty was asked for, and not the answer.
    """
    until_s = rest_of_shift_s(person, at_s)
    if answer < state.policy.personal.protect_from or until_s <= now_s:
        return ()
    return (LightDutyAsked(now_s, person.id, until_s),)


def rest_of_shift_s(person: Person, at_s: float) -> float:
    """The end of the shift that `at_s` lies in; outside of shifts, or where there are none, the coming midnight of the agent."""
    shift = shift_at(person.shifts, person.time_zone, at_s)
    if shift is not None:
        return shift[1]
    today = datetime.fromtimestamp(at_s, ZoneInfo(person.time_zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    return (today + timedelta(days=1)).timestamp()


def answered_load(state: TeamState, row: int, at_s: float, speeds: Sequence[float]) -> tuple[float, ...]:
    """What a check-in at `at_s` answers to: A + ½·B at g = 1 and each recovery speed r. What is older than the ledger counts at r = 1."""
    agents, found = state.agents, list[float]()
    for speed in speeds:
        then = itemised(agents, row, state.params, ((-math.inf, 1.0, speed),), at_s).loads
        acute, carried = onward(state, row, *then, at_s, speed) if at_s > agents.as_of_s[row] else then
        found.append(float(acute + 0.5 * carried))
    return tuple(found)


def asked(person: Person, now_s: float, chance: float, answered_s: Sequence[float]) -> str | None:
    """What to ask a check-in for now: after a hard contact, at one random time of the shift (`chance`, 0 … 1, says which), or not at all.

    Each is asked for once a shift; outside of shifts, or without any, nothing is.
    """
    shift = shift_at(person.shifts, person.time_zone, now_s)
    if shift is None:
        return None
    start_s, end_s = shift
    hard = [each.ended_s for each in person.entries if each.hard and each.ended_s >= start_s]
    if hard and AFTER_HARD_S[0] <= now_s - hard[0] <= AFTER_HARD_S[1] and not any(each >= hard[0] for each in answered_s):
        return "after_hard"
    due_s = start_s + chance * (end_s - start_s)
    return "random" if now_s >= due_s and not any(each >= due_s for each in answered_s) else None
