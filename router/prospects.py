"""Which waiting tickets anybody could have at all: all of them at once, by what they ask for and by their points.

It errs on one side. A ticket without prospects goes to nobody, also where every rule gives way that may; of the others some don't either:
what rules say that know the account, or who was asked before, is left out, and the least level of skill is enough.
"""

from __future__ import annotations

import numpy as np

from fatigue_model.dynamics import UNKNOWN
from router import eligibility
from router.agents import BoolArray, FloatArray
from router.moment import ROUNDING, Case, Moment
from router.queue import Queue
from router.relax import kept_at_bound
from router.waiting import late

GIVING_WAY = (eligibility.on_break, eligibility.ramp_in, eligibility.hard_streak)  # past the longest wait
OF_KIND = tuple(rule for rule in eligibility.RULES if rule not in (*eligibility.OWN, eligibility.skill, eligibility.language))
FIRM = tuple(rule for rule in OF_KIND if rule not in GIVING_WAY)


def prospects(moment: Moment, queue: Queue, among: BoolArray) -> BoolArray:
    """Which of the tickets `among` those that wait somebody may come to have now; both by row of the queue."""
    rows, kinds, profiles = queue.rows, list(queue.kinds), moment.state.agents.profiles
    asked = 2 * rows["kind"] + late(rows, moment.now_s)
    most, rooms = np.full(2 * len(kinds), -np.inf), dict[tuple[object, ...], FloatArray]()
    for each in np.bincount(asked[among]).nonzero()[0].tolist():
        *simple, skills, language = kinds[each // 2]
        overdue = bool(each % 2)
        if (*simple, overdue) not in rooms:
            ticket_id = queue.ids[(asked == each).argmax()]
            rooms[*simple, overdue] = _room(Case(moment, moment.state.tickets[ticket_id]), overdue)
        room = rooms[*simple, overdue]
        if skills or language is not None:
            room = room[~profiles.unable(skills, language)]
        most[each] = room.max(initial=-np.inf)
    found: BoolArray = among & (rows["points"] * _least_factor(moment) <= most[asked] + ROUNDING)
    return found


def _room(case: Case, overdue: bool) -> FloatArray:
    """Points that each agent may be given with a ticket of this kind, −infinity where they may have none; shape (n_agents,)."""
    moment = case.moment
    free, room = eligibility.allowed(tuple([rule(case) for rule in (FIRM if overdue else OF_KIND)])), moment.load_limit - case.before
    if overdue:
        free &= ~moment.on_break | moment.rested
        room[~kept_at_bound(moment)] = np.inf
    return np.where(free, room, -np.inf)


def _least_factor(moment: Moment) -> float:
    """The smallest account factor M that anybody can have."""
    params = moment.state.params
    return params.account_factor_min if params.account_memory_gain < 0 else UNKNOWN
