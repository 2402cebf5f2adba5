"""Which waiting tickets anybody could have at all: all of them at once, by what they ask for and by their points.

It errs on one side. A ticket without prospects goes to nobody, also where every rule gives way that may; of the others some don't either:
what rules say that know the account, or who was asked before, is left out, and the least level of skill is enough.
"""

from __future__ import annotations

import numpy as np

from fatigue_model.dynamics import account_factor
from router import eligibility
from router.agents import BoolArray, FloatArray
from router.moment import ROUNDING, Case, Moment
from router.queue import Queue
from router.relax import kept_at_bound
from router.state import TeamState
from router.waiting import late

FIRM = (
    eligibility.offline,
    eligibility.off_shift,
    eligibility.debrief,
    eligibility.concurrency,
    eligibility.one_hot,
    eligibility.light_duty,
)
GIVING_WAY = (eligibility.on_break, eligibility.ramp_in, eligibility.hard_streak)  # past the longest wait
MOST_POINTS = 1e9  # more than anybody remembers of an account


def prospects(moment: Moment, queue: Queue, among: BoolArray) -> BoolArray:
    """Which of the tickets `among` those that wait somebody may come to have now; both by row of the queue."""
    found, places = np.zeros(len(queue), dtype=np.bool_), among.nonzero()[0]
    rows, kinds, profiles = queue.rows[places], list(queue.kinds), moment.state.agents.profiles
    asked = 2 * rows["kind"] + late(rows, moment.now_s)
    most, rooms = np.full(2 * len(kinds), -np.inf), dict[tuple[object, ...], FloatArray]()
    for each, first in zip(*(found.tolist() for found in np.unique(asked, return_index=True)), strict=True):
        *simple, skills, language = kinds[each // 2]
        overdue = bool(each % 2)
        if (*simple, overdue) not in rooms:
            ticket = moment.state.tickets[queue.ids[places[first]]]
            rooms[*simple, overdue] = _room(Case(moment, ticket), overdue)
        room = rooms[*simple, overdue]
        if skills or language is not None:
            room = room[~profiles.unable(skills, language)]
        most[each] = room.max(initial=-np.inf)
    found[places] = rows["points"] * _least_factor(moment.state) <= most[asked] + ROUNDING
    return found


def _room(case: Case, overdue: bool) -> FloatArray:
    """Points that each agent may be given with a ticket of this kind, −infinity where they may have none; shape (n_agents,)."""
    moment = case.moment
    barred = [moment.pending, *(rule(case).mask for rule in FIRM)]
    if case.hard:
        barred.append(moment.covering)
    barred += [moment.on_break & ~moment.rested] if overdue else [rule(case).mask for rule in GIVING_WAY]
    room = moment.load_limit - case.before
    if overdue:
        room[~kept_at_bound(moment)] = np.inf
    room[np.logical_or.reduce(barred)] = -np.inf
    return room


def _least_factor(state: TeamState) -> float:
    """The smallest account factor M that anybody can have."""
    return float(account_factor(np.array([0.0, MOST_POINTS]), state.params).min())
