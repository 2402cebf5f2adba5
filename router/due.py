"""After which contacts of an agent a break is due: hot ones, and those that left the load far above the line. Read off what is known by now
of contacts and of where the agent was, as of each contact's end, so that late news changes it as news in time would have."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from operator import attrgetter

import numpy as np

from fatigue_model.dynamics import line
from fatigue_model.exposure import ContactFacts, points
from router.ledger import itemised
from router.person import Entry
from router.rest import rested_since
from router.state import TeamState, contact_behind, facts_behind
from router.timeline import absences, passage, sensitivity

ENDED_S = attrgetter("ended_s")


def reason(rule: str, ticket_id: str) -> str:
    """Why a break follows a contact on the ticket: `escalated`, `abuse` or `load`."""
    return f"{rule}:{ticket_id}"


def by_load(state: TeamState, row: int, entry: Entry) -> bool:
    """Whether the agent's own load was where a break is due when the contact ended, and would have been without what single messages were
    read to mean.

    Left out are the words of this contact, and the floor that grave words set for any: one wrong reading must not send a break, now or
    with the next ticket. That many contacts in a row were worded angrily counts, at most `text_points_max` each.
    """
    agents, person = state.agents, state.agents.people[row]
    in_time = entry.ended_s >= agents.as_of_s.item(row)
    acute, carried = agents.own_acute.item(row), agents.own_carried.item(row)
    if in_time and not _is_due(state, acute, carried):
        return False
    lots = itemised(agents, row, state.params, person.paces, entry.ended_s)
    acute, carried = (acute, carried) if in_time else lots.loads
    if not _is_due(state, acute, carried):
        return False
    read = np.array([_read_share(state, person.id, each, each.order == entry.order) for each in lots.entries])
    return _is_due(state, acute - float(read @ lots.acute), max(0.0, carried - float(read @ lots.carried)))


def missed(state: TeamState, row: int, from_s: float) -> list[tuple[str, float]]:
    """The contacts that ended at `from_s` or later, were not rested from, and are followed by no break, pending or skipped: why one is due,
    and their end, the last first."""
    person = state.agents.people[row]
    if state.policy.break_max_s == 0 or (person.recovery is not None and state.now_s < person.recovery.end_s):
        return []
    found = list[tuple[str, float]]()
    unrested = person.entries[max(_first_unrested(state, row), bisect_left(person.entries, from_s, key=ENDED_S)) :]
    loads = _loads(state, row, unrested)
    for entry, load in reversed(list(zip(unrested, loads, strict=True))):
        contact = contact_behind(state, person.id, entry)
        if contact is None:
            continue
        if contact.hot:
            why = reason("escalated" if contact.escalation else "abuse", entry.ticket_id)
        elif _is_due(state, *load) and by_load(state, row, entry):
            why = reason("load", entry.ticket_id)
        else:
            continue
        if why in person.owed:
            break
        found.append((why, entry.ended_s))
    return found


def from_when_s(state: TeamState, row: int, told_s: float) -> float:
    """From where on contacts may have missed their break, given that a status since `told_s` was told late: minus infinity where what the
    status was taken for until then, with the absences on either side of it, was as long as a break and so may have stood for one."""
    person, least_s, now_s = state.agents.people[row], state.policy.break_min_s, state.now_s
    until_s = next((since_s for since_s, _ in person.statuses if since_s > told_s), now_s)
    before = absences(person, told_s - least_s, told_s)
    after = absences(person, until_s, now_s) if until_s < now_s else []
    start_s = before[-1][0] if before and before[-1][1] == told_s else told_s
    end_s = after[0][1] if after and after[0][0] == until_s else until_s
    return -math.inf if end_s - start_s >= least_s else told_s


def _first_unrested(state: TeamState, row: int) -> int:
    """The place of the first contact that is not rested from: whoever has rested since a contact has since those before it, so not every
    one is looked at."""
    entries, step = state.agents.people[row].entries, 1
    high = low = len(entries)
    while low and not rested_since(state, row, entries[low - 1].ended_s):
        high, low, step = low - 1, max(0, low - 1 - step), 2 * step
    return bisect_left(range(low, high), True, key=lambda place: not rested_since(state, row, entries[place].ended_s)) + low


def _loads(state: TeamState, row: int, entries: Sequence[Entry]) -> list[tuple[float, float]]:
    """The agent's own A and B at the end of each of the last entries of a ledger."""
    if not entries:
        return []
    agents, paces, at_s = state.agents, state.agents.people[row].paces, entries[0].ended_s
    acute, carried = itemised(agents, row, state.params, paces, at_s).loads
    found = list[tuple[float, float]]()
    for ended_s, together in groupby(entries, ENDED_S):
        each = tuple(together)
        if ended_s > at_s:
            left = passage(agents, row, at_s, ended_s, state.params, paces).left([at_s])
            carried = acute * float(left.carried[0]) + carried * float(left.of_carried[0])
            impulse = sum(entry.points * entry.factor for entry in each) * sensitivity(paces, ended_s)
            acute, at_s = acute * float(left.acute[0]) + impulse, ended_s
        found += [(acute, carried)] * len(each)
    return found


def _is_due(state: TeamState, acute: float, carried: float) -> bool:
    return acute >= state.params.break_trigger_ratio * float(line(carried, state.params))


def _read_share(state: TeamState, agent_id: str, entry: Entry, whole: bool) -> float:
    """The share of a contact's points, 0 … 1, that comes from grave words and from no fact; with `whole`, from any of the words."""
    facts = facts_behind(state, agent_id, entry)
    counted = points(facts, state.params) if facts is not None else 0.0
    if facts is None or counted <= 0:
        return 0.0
    return 1 - points(without_words(facts) if whole else replace(facts, grave=None), state.params) / counted


def without_words(facts: ContactFacts) -> ContactFacts:
    """The facts without what was read into words."""
    return replace(facts, text_score=0.0, grave=None) if facts.text_score or facts.grave else facts
