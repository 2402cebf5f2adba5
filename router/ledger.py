"""The load ledger of one agent: brought up to an instant, contacts entered and taken out, in time or late, and itemised.

Every agent has two loads: the population's, at g = r = 1, which decides who gets what, and their own, which says when they have
recovered. They are one and the same unless the agent opted in to personal calibration.
"""

from __future__ import annotations

import math
from bisect import insort
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from fatigue_model.dynamics import BREAK, DAY_S, account_factor, advance, memory_now
from fatigue_model.params import FatigueParams
from router.agents import MODE_OF_STATUS, Agents, FloatArray
from router.domain import Account
from router.person import Base, Entry
from router.shifts import day_worked
from router.timeline import Paces, came_s, gains, passage, sensitivity

LEDGER_DAYS = 31
LEDGER_S = LEDGER_DAYS * DAY_S
Dated = TypeVar("Dated", bound=tuple[float, ...])


def settle(agents: Agents, row: int, to_s: float, params: FatigueParams) -> None:
    """Bring the loads of one agent up to `to_s` through every mode in between; an earlier instant changes nothing."""
    since = float(agents.as_of_s[row])
    if to_s <= since:
        return
    if math.isfinite(since):
        begin = min(max(float(agents.break_start_s[row]), since), to_s)
        end = min(max(float(agents.break_end_s[row]), begin), to_s)
        mode = int(MODE_OF_STATUS[agents.status[row]])
        for start_s, end_s, code in ((since, begin, mode), (begin, end, BREAK), (end, to_s, mode)):
            if end_s > start_s:
                _advance(agents, row, code, end_s - start_s, params)
        if end > begin:
            _rested(agents.people[row].rests, begin, end)
    person = agents.people[row]
    agents.as_of_s[row] = to_s
    if person.base is None:
        person.base = Base(to_s)
    elif person.base.at_s < to_s - LEDGER_S - DAY_S:
        _sweep(agents, row, params)


def _advance(agents: Agents, row: int, mode: int, span_s: float, params: FatigueParams) -> None:
    acute, carried = advance(agents.acute[row], agents.carried[row], mode, span_s, params)
    if agents.people[row].paces:
        own = advance(agents.own_acute[row], agents.own_carried[row], mode, span_s, params, agents.speed[row])
        agents.own_acute[row], agents.own_carried[row] = float(own[0]), float(own[1])
    else:
        agents.own_acute[row], agents.own_carried[row] = float(acute), float(carried)
    agents.acute[row], agents.carried[row] = float(acute), float(carried)


def _rested(rests: list[tuple[float, float]], start_s: float, end_s: float) -> None:
    if rests and rests[-1][1] == start_s:
        start_s = rests.pop()[0]
    rests.append((start_s, end_s))


def enter(
    agents: Agents,
    row: int,
    account: Account,
    ticket_id: str,
    points: float,
    ended_s: float,
    params: FatigueParams,
    day: int | None = None,
) -> None:
    """Count a contact of `points` with `account` that ended at `ended_s`, as of the `day` that it was counted for before.

    One that is told late is added as what would be left of it now, and what the account's memory then made of later contacts is put
    right: the loads are those of a full recomputation (see `recompute`).
    """
    settle(agents, row, ended_s, params)
    person = agents.people[row]
    day = day_worked(person.shifts, person.time_zone, ended_s if person.shifts else came_s(person, ended_s)) if day is None else day
    entry = Entry(ended_s, ticket_id, account.id, points, points >= params.hard_contact_points, day)
    if person.entries and entry < person.entries[-1]:
        insort(person.entries, entry)
    else:
        person.entries.append(entry)
    _remember(account, person.id, entry, 1, params)
    _refactor(agents, row, account, entry, params)
    agents.record_points(row, points, day)


def take_out(
    agents: Agents, row: int, account: Account, ticket_id: str, points: float, ended_s: float, params: FatigueParams
) -> Entry | None:
    """Undo what `enter` counted, and return it. Of a contact older than the ledger the load stays, of which little is left, and what is
    remembered of the account goes: None."""
    person = agents.people[row]
    found = [each for each in person.entries if (each.ended_s, each.ticket_id, each.points) == (ended_s, ticket_id, points)]
    if not found:
        _remember(account, person.id, Entry(ended_s, ticket_id, account.id, points, points >= params.hard_contact_points, 0), -1, params)
        return None
    person.entries.remove(found[0])
    agents.touch(row, found[0])
    _add(agents, row, [(ended_s, -points * found[0].factor)], params)
    _remember(account, person.id, found[0], -1, params)
    _refactor(agents, row, account, found[0], params)
    agents.record_points(row, -points, found[0].day)
    return found[0]


def _remember(account: Account, agent_id: str, entry: Entry, sign: int, params: FatigueParams) -> None:
    """Add a hard contact to the memory S of the account, or take it out."""
    if not entry.hard:
        return
    memory, memory_s = account.memory.get(agent_id, (0.0, entry.ended_s))
    newest_s = max(memory_s, entry.ended_s)
    faded, fresh = (float(memory_now(each, newest_s - at_s, params)) for each, at_s in ((memory, memory_s), (entry.points, entry.ended_s)))
    account.memory[agent_id] = (max(0.0, faded + sign * fresh), newest_s)  # what is taken out leaves nothing below 0 but rounding


def _refactor(agents: Agents, row: int, account: Account, first: Entry, params: FatigueParams) -> None:
    """Give every contact with the account from `first` on the account factor M that the contacts before it make."""
    entries = agents.people[row].entries
    start = len(entries)
    while start and entries[start - 1].order >= first.order:  # mostly the last one
        start -= 1
    places = [index for index in range(start, len(entries)) if entries[index].account_id == account.id]
    memory, memory_s = account.memory.get(agents.people[row].id, (0.0, first.ended_s))
    hard = (index for index in places if entries[index].hard)
    shares = {index: float(memory_now(entries[index].points, memory_s - entries[index].ended_s, params)) for index in hard}
    remembered = memory - sum(shares.values())
    changes = []
    for index in places:
        entry = entries[index]
        before_s = max(entry.ended_s - memory_s, -LEDGER_S)  # what was remembered further back, the ledger does not know
        factor = float(account_factor(memory_now(max(0.0, remembered), before_s, params), params))
        changes.append((entry.ended_s, entry.points * (factor - entry.factor)))
        entries[index] = replace(entry, factor=factor)
        agents.touch(row, entry)
        remembered += shares.get(index, 0.0)
    _add(agents, row, changes, params)


def _add(agents: Agents, row: int, impulses: list[tuple[float, float]], params: FatigueParams) -> None:
    """Add what is left today of impulses: the instant of each, and its points times factor."""
    changes, paces = [each for each in impulses if each[1]], agents.people[row].paces
    if not changes:
        return
    acute, carried = _left_of(agents, row, changes, params, ())
    own_acute, own_carried = _left_of(agents, row, changes, params, paces) if paces else (acute, carried)
    columns = agents.acute, agents.carried, agents.own_acute, agents.own_carried
    for column, left in zip(columns, (acute, carried, own_acute, own_carried), strict=True):
        column[row] = max(0.0, column[row] + left)  # what is taken out leaves nothing below 0 but rounding


def _left_of(agents: Agents, row: int, changes: list[tuple[float, float]], params: FatigueParams, paces: Paces) -> tuple[float, float]:
    """What impulses have left of themselves as of the ledger's instant, of A and of B."""
    as_of_s = float(agents.as_of_s[row])
    if all(each_s == as_of_s for each_s, _ in changes):
        return sum(impulse * sensitivity(paces, each_s) for each_s, impulse in changes), 0.0
    at_s, impulses = (np.array(each) for each in zip(*changes, strict=True))
    size = impulses * gains(paces, at_s)
    left = passage(agents, row, float(at_s.min()), as_of_s, params, paces).left(at_s)
    return float(np.sum(size * left.acute)), float(np.sum(size * left.carried))


def correct_status(agents: Agents, row: int, occurred_s: float, params: FatigueParams) -> None:
    """A status that began at `occurred_s` was told late: what faded since faded otherwise."""
    if occurred_s < float(agents.as_of_s[row]):
        recompute(agents, row, params)


def forget_pace(agents: Agents, row: int) -> None:
    """The agent's own loads are the population's again, from the first of the ledger on."""
    person = agents.people[row]
    person.paces, agents.speed[row] = [], 1.0
    agents.forget_caches()
    agents.own_acute[row], agents.own_carried[row] = agents.acute[row], agents.carried[row]
    if person.base is not None:
        person.base = replace(person.base, own_acute=person.base.acute, own_carried=person.base.carried)


def recompute(agents: Agents, row: int, params: FatigueParams) -> None:
    """Derive both loads anew from the ledger: its entries, and what was there before the first of them."""
    for own in (False, True):
        lots = itemised(agents, row, params, agents.people[row].paces if own else ())
        column_a, column_b = (agents.own_acute, agents.own_carried) if own else (agents.acute, agents.carried)
        column_a[row], column_b[row] = lots.loads


@dataclass(frozen=True, slots=True)
class Itemised:
    """Every entry's part of A and B as of the ledger's instant, shape (n_entries,), and the part of what came before the ledger."""

    entries: tuple[Entry, ...]
    acute: FloatArray
    carried: FloatArray
    before: tuple[float, float]

    @property
    def loads(self) -> tuple[float, float]:
        """A and B, of all contacts."""
        return float(self.acute.sum()) + self.before[0], float(self.carried.sum()) + self.before[1]


def itemised(agents: Agents, row: int, params: FatigueParams, paces: Paces, to_s: float = math.inf) -> Itemised:
    """What each contact left of itself at the g and r of `paces`: the population's where there are none. An earlier `to_s` gives what
    was left of the contacts before it."""
    to_s = min(to_s, float(agents.as_of_s[row]))
    entries = tuple(each for each in agents.people[row].entries if each.ended_s <= to_s)
    return _itemised(agents, row, entries, to_s, params, paces)


def _itemised(agents: Agents, row: int, entries: tuple[Entry, ...], to_s: float, params: FatigueParams, paces: Paces) -> Itemised:
    person, base = agents.people[row], agents.people[row].base
    if base is None or to_s < base.at_s:
        return Itemised((), np.zeros(0), np.zeros(0), (0.0, 0.0))
    at_s = np.array([each.ended_s for each in entries])
    through = passage(agents, row, float(min([*at_s, base.at_s])), to_s, params, paces)
    left, rest = through.left(at_s), through.left([base.at_s])
    size = np.array([each.points * each.factor for each in entries]) * gains(paces, at_s)
    acute, carried = (base.own_acute, base.own_carried) if paces and paces is person.paces else (base.acute, base.carried)
    before = (acute * float(rest.acute[0]), acute * float(rest.carried[0]) + carried * float(rest.of_carried[0]))
    return Itemised(entries, size * left.acute, size * left.carried, before)


def _sweep(agents: Agents, row: int, params: FatigueParams) -> None:
    """Put what is older than the ledger into one sum, and drop its details."""
    person, cut_s = agents.people[row], float(agents.as_of_s[row]) - LEDGER_S
    old = tuple(each for each in person.entries if each.ended_s <= cut_s)
    sums = list[float]()
    for own in (False, True):
        sums += _itemised(agents, row, old, cut_s, params, person.paces if own else ()).loads
    person.base = Base(cut_s, *sums)
    person.entries = person.entries[len(old) :]
    for entry in old:
        agents.touch(row, entry)
    person.rests = [each for each in person.rests if each[1] > cut_s]
    person.statuses = _since(person.statuses, cut_s)
    person.paces = _since(person.paces, cut_s)


def _since(dated: list[Dated], cut_s: float) -> list[Dated]:
    """What was so at `cut_s` and what came after."""
    return dated[max(sum(1 for each in dated if each[0] <= cut_s) - 1, 0) :]
