"""What would have to change for somebody else to get the ticket: the rules that must go, what lifts each, and the cost that must fall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from fatigue_model.dynamics import Mode, advance, line
from router.explain import minutes, words
from router.ledger import itemised
from router.readiness import onward
from router.shifts import window
from router.state import TeamState

SOFT = frozenset({"continuity", "account_exposure"})  # no rules: costs that a ticket was held for
LOOK_AHEAD_S, STEP_S = 86_400.0, 300.0  # loads are told to five minutes, a day ahead
LIFTS = {
    "rotation": "somebody else takes an escalation of this account first (the last {limit} in a row were theirs)",
    "on_break": "the break ends",
    "break_pending": "the break that is about to begin is over",
    "debrief": "those few minutes are over",
    "light_duty": "exposure is back at the line, and light duty that was asked for is over",
    "load_bound": "exposure, with what the work in hand will add, has fallen so far that this ticket stays within the bound",
    "skill": "they have every skill it needs at level {limit}",
    "language": "they speak {limit}",
    "concurrency": "a slot is free: {actual} of {limit} are taken",
    "off_shift": "the shift begins",
    "offline": "they are online",
    "excluded": "the agreement to have no contact with this account ends",
    "hard_streak": "a break, or a contact that is not hard, ends the row of hard contacts, and those in hand are done",
    "ramp_in": "the cap after a break, an absence or the start of the shift is over",
    "one_hot": "the hot ticket in hand is done, or was given long enough ago for one that is not hot",
    "declined": "they take it after all, or everybody else has been asked",
    "shift_end": "enough of a shift is left",
}


@dataclass(frozen=True, slots=True)
class Lift:
    """A rule that must go: the numbers it found and allows, and the instant at which time alone lifts it, where that is known.

    `about`: the instant is estimated from how load fades, to five minutes.
    """

    rule: str
    actual: float | str | None
    limit: float | str | None
    at_s: float | None = None
    about: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """What is dearer than what was chosen, in milli-minutes: the cost must fall by `by`.

    `terms`: where it can fall, by name, the largest difference first; together they come to `by`. None where the terms are not recorded.
    """

    cost: int
    chosen_cost: int
    by: int
    terms: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """What keeps a ticket from an agent. Nothing in it where they have the ticket; `busy`: they were as good, and took another ticket
    of the same solve; `held_for`: it waits a little for that agent, whoever else is free.
    It is exact for a ticket that was decided alone; among others a change for one moves others too."""

    decision_id: str
    ticket_id: str
    agent_id: str
    lane: str
    chosen_agent_id: str | None
    lifts: tuple[Lift, ...] = ()
    gap: Gap | None = None
    busy: bool = False
    held_for: str | None = None


def counterfactual(record: dict[str, Any], agent_id: str, state: TeamState | None = None) -> Counterfactual | None:
    """From a decision's record; None where it says nothing of the agent: they joined later, or automation has the ticket.

    `state`, the team's state then or later, tells when shifts begin and loads have faded. Its ledger reaches back 31 days.
    """
    about = (record["id"], record["ticket_id"], agent_id, record["lane"], record["agent_id"])
    if agent_id == record["agent_id"]:
        return Counterfactual(*about)
    other = next((each for each in record["not_others"] if each["agent_id"] == agent_id), None)
    if other is None:
        return None
    gave_way = other.get("cost") is not None
    lifts = () if gave_way else tuple(_lift(each, other["rules"], record["decided_s"], agent_id, state) for each in other["rules"])
    alone = bool(lifts) and any(step not in SOFT for step in record["relaxed"])  # rules give way only where nobody is free without that
    gap = _gap(record, other, agent_id) if record["lane"] == "agent" and not alone else None
    held_for = (record.get("waits_for") or {}).get("agent_id")
    return Counterfactual(*about, lifts, gap, busy=not lifts and gap is None and held_for is None, held_for=held_for)


def _gap(record: dict[str, Any], other: dict[str, Any], agent_id: str) -> Gap | None:
    """What must fall for the agent to be cheaper than the chosen one, or as cheap with the smaller id; None where nothing must."""
    chosen = {each["term"]: each["cost"] for each in record["because"]}
    mine = other["cost"] if other.get("cost") is not None else other.get("would_cost")
    if mine is None or not chosen:
        return None
    chosen_cost = sum(chosen.values())
    by = mine - chosen_cost + (agent_id > record["agent_id"])
    if by <= 0:
        return None
    finalist: dict[str, int] = next((each["terms"] for each in record.get("finalists", ()) if each["agent_id"] == agent_id), {})
    dearer = sorted(((cost - chosen.get(term, 0), term) for term, cost in finalist.items()), key=lambda each: (-each[0], each[1]))
    left, terms = by, list[tuple[str, int]]()
    for difference, term in dearer:
        part = min(left, max(difference, 0))
        if left and (part or not terms):
            terms.append((term, part))
            left -= part
    if terms and left:  # alike in everything: any term by a thousandth
        terms[0] = (terms[0][0], terms[0][1] + left)
    return Gap(mine, chosen_cost, by, tuple(terms))


def _lift(rule: dict[str, Any], rules: Sequence[dict[str, Any]], decided_s: float, agent_id: str, state: TeamState | None) -> Lift:
    code, actual, limit = rule["rule"], rule["actual"], rule["limit"]
    row = state.agents.row.get(agent_id) if state is not None else None
    if code in ("on_break", "debrief") and actual is not None:
        return Lift(code, actual, limit, decided_s + actual)
    if state is None or row is None:
        return Lift(code, actual, limit)
    person = state.agents.people[row]
    if code == "off_shift":
        inside, begins_s = window(person.shifts, person.time_zone, decided_s)
        return Lift(code, actual, limit, None if inside else begins_s)
    if code in ("light_duty", "load_bound") and actual is not None:
        resting_s = next((float(each["actual"] or 0.0) for each in rules if each["rule"] == "on_break"), 0.0)
        added = None if code == "light_duty" else float(actual)
        return Lift(code, actual, limit, _faded_s(state, row, decided_s, resting_s, added), about=True)
    return Lift(code, actual, limit)


def _faded_s(state: TeamState, row: int, decided_s: float, resting_s: float, projected: float | None) -> float | None:
    """About when the load, through `resting_s` more seconds of a break and then at the queue, has faded: to the agent's own line, or,
    where `projected` says what the ticket would have lifted it to, so far that it keeps the bound. None where a day is too short."""
    own, params, person = projected is None, state.params, state.agents.people[row]
    paces, speed = (person.paces, float(state.agents.speed[row])) if own else ((), 1.0)
    then = itemised(state.agents, row, params, paces, decided_s).loads
    if decided_s > state.agents.as_of_s[row]:
        acute, carried = onward(state, row, *then, decided_s, speed)
        then = (float(acute), float(carried))
    added, ratio = (0.0, 1.0) if projected is None else (max(projected - then[0], 0.0), params.load_bound_ratio)
    after_s = np.arange(STEP_S, LOOK_AHEAD_S + STEP_S, STEP_S)
    acute, carried = advance(*then, int(Mode.BREAK), np.minimum(after_s, resting_s), params, speed)
    acute, carried = advance(acute, carried, int(Mode.QUEUE), np.maximum(after_s - resting_s, 0.0), params, speed)
    within = np.flatnonzero(acute + added <= ratio * line(carried, params))
    return decided_s + float(after_s[within[0]]) if within.size else None


def told(found: dict[str, Any]) -> tuple[str, ...]:
    """A counterfactual in sentences, from its plain values as the reader may see them; the `at` of a lift is as they read instants."""
    ticket, who = found["ticket_id"], found["agent_id"]
    if who == found["chosen_agent_id"]:
        return (f"{who} has ticket {ticket}.",)
    if found["busy"]:
        return (f"Nothing keeps ticket {ticket} from {who} but other tickets of the same solve, which they took.",)
    lines = []
    if found.get("held_for") is not None and not found["lifts"]:
        lines.append(f"Nothing keeps ticket {ticket} from {who} but that it is held a little for {found['held_for']}.")
    if found["lifts"]:
        lines.append(f"For {who} to get ticket {ticket}, {'this' if len(found['lifts']) == 1 else 'all of this'} must come about:")
        lines.extend(f"- {_lifted(each)}." for each in found["lifts"])
    if found["dearer"]:
        then, gap = "Then" if found["lifts"] else f"For {who} to get ticket {ticket}", found["gap"]
        fall = "the cost must fall" if gap is None else f"the cost must fall by {minutes(gap['by'])} min"
        where = ", ".join(f"{each['term']} by {minutes(each['by'])}" for each in gap["terms"]) if gap else ""
        lines.append(f"{then} {fall} to go below that of {found['chosen_agent_id']}{f': {where}' if where else ''}.")
    return tuple(lines)


def _lifted(lift: dict[str, Any]) -> str:
    what = words(LIFTS, lift["rule"], lift)
    return what if lift["at"] is None else f"{what} ({'about ' if lift['about'] else ''}{lift['at']})"
