"""Which rules give way for one ticket, one after the other, until somebody may have it: nobody starves, and a break goes last.

In this order (`LADDER`): everybody else has declined → a level of skill (once the hold is over) → continuity and account exposure, the
soft terms a ticket was held for (see `hold`). Past the longest wait also: ramp-in → hard streak → the manager is told → rotation, where
everybody else is on a break or off → the bound on load, never for those above their line → what a running break has beyond its minimum.
Ramp-in is the first of these: it spreads the load of minutes, the others protect from what is hard. Nothing else ever gives way.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from router.agents import BoolArray
from router.domain import Rejection
from router.eligibility import Excluded, allowed, counts, exclusions, skill_at
from router.events import QueueAtRisk
from router.moment import Case, Moment, once_for
from router.state import TeamState
from router.waiting import hold_ends_s, late, overdue, queue_at

LADDER = (
    "declined",
    "skill_level",
    "continuity",
    "account_exposure",
    "ramp_in",
    "hard_streak",
    "rotation",
    "load_bound",
    "break_length",
)
LASTING = frozenset({"skill", "language", "excluded", "declined", "rotation"})
AWAY = frozenset({"offline", "off_shift", "on_break", "break_pending", "debrief"})


@dataclass(frozen=True, slots=True)
class Way:
    """Who may have a ticket: `free`, shape (n_agents,), by the rules still `in_force`; `gave_way` are the others as they were in force.
    `notify`: the manager is to know; `strict`: nothing may give way for the ticket now."""

    in_force: tuple[Excluded, ...]
    free: BoolArray
    gave_way: tuple[Excluded, ...] = ()
    notify: bool = False
    strict: bool = False

    def for_row(self, row: int) -> tuple[Rejection, ...]:
        """What had to give way for this agent, with its numbers."""
        return tuple(each.rejection(row) for each in self.gave_way if each.mask[row])

    def waived(self, rule: str) -> BoolArray:
        """For whom, of those who may have the ticket now, the rule had to give way; shape (n_agents,)."""
        found = np.zeros_like(self.free)
        for each in self.gave_way:
            if each.rule == rule:
                found |= each.mask & self.free
        return found


def _grounds(case: Case) -> tuple[bool, bool, bool]:
    """Whether it has waited its longest, asks for a level that may be lowered, and was declined or left unanswered by somebody."""
    ticket, moment = case.ticket, case.moment
    leveled, answered = bool(ticket.skills) and case.level > 1, bool(ticket.declined_by or ticket.ignored_by)
    return overdue(moment.state, ticket, moment.now_s), leveled, answered


def relax(case: Case, found: tuple[Excluded, ...]) -> Way:
    """Let rules give way as far as the ticket's wait and what is `found` of it ask for."""
    late, leveled, answered = _grounds(case)
    if not (late or leveled or answered):
        return _strictly(case)
    steps = _Steps(case, found)
    if answered:
        steps.ask_again(late)
    if leveled:
        steps.lower_level()
    if late:
        steps.past_longest_wait()
    return Way(tuple(steps.rules.values()), steps.free(), tuple(steps.gave), steps.notify)


@once_for(lambda case: case.alike)
def _strictly(case: Case) -> Way:
    found = exclusions(case)
    return Way(found, allowed(found), strict=True)


class _Steps:
    """The rules while they give way: `rules` still in force, and those that `gave` way. Mutable, lives for one ticket of one solve."""

    def __init__(self, case: Case, found: tuple[Excluded, ...]) -> None:
        self.case = case
        self.rules = {each.rule: each for each in found}
        self.gave: list[Excluded] = []
        self.notify = False

    def free(self) -> BoolArray:
        return allowed(tuple(self.rules.values()))

    def nobody(self) -> bool:
        return not self.free().any()

    def ever(self, *but: str) -> BoolArray:
        """Who could have the ticket at some time, there or not, at any level of skill; shape (n_agents,)."""
        lasting = [each for rule, each in self.rules.items() if rule in LASTING and rule not in (*but, "skill")]
        return allowed((*lasting, skill_at(self.case, 1)))

    def here(self) -> BoolArray:
        return allowed(tuple(each for rule, each in self.rules.items() if rule in AWAY))

    def drop(self, rule: str) -> None:
        self.gave.append(self.rules.pop(rule))

    def ask_again(self, late: bool) -> None:
        """It goes round again when all who could ever have it were asked, past the longest wait all of them who are there."""
        able = self.ever("declined")
        fresh = able & ~self.rules["declined"].mask
        if late:
            fresh = fresh & self.here()
        if able.any() and not fresh.any():
            self.drop("declined")

    def lower_level(self) -> None:
        """To the highest level that anybody of the team has; once the hold is over, to the highest that somebody free has, at least 1."""
        asked, level, ever = self.rules["skill"], self.case.level, self.ever()
        while level > 1 and not np.any(ever & ~skill_at(self.case, level).mask):
            level -= 1
        self.rules["skill"] = skill_at(self.case, level)
        if self.case.moment.now_s >= hold_ends_s(self.case.moment.state, self.case.ticket):
            while level > 1 and self.nobody():
                level -= 1
                self.rules["skill"] = skill_at(self.case, level)
        if level < self.case.level:
            self.gave.append(replace(asked, rule="skill_level"))

    def past_longest_wait(self) -> None:
        for rule in ("ramp_in", "hard_streak"):
            if self.nobody():
                self.drop(rule)
        self.notify = self.nobody()
        if self.notify and not np.any(self.ever() & self.here()):
            self.drop("rotation")
        if self.nobody():
            self._lift_load_bound()
        if self.nobody():
            self._shorten_breaks()

    def _lift_load_bound(self) -> None:
        """For those at or below their own line who have nothing hard in hand."""
        bound = self.rules["load_bound"]
        self.gave.append(bound)
        self.rules["load_bound"] = replace(bound, mask=bound.mask & kept_at_bound(self.case.moment))

    def _shorten_breaks(self) -> None:
        """A break that has had its minimum may end now. It is never cancelled, and never ends before."""
        moment, resting = self.case.moment, self.rules["on_break"]
        lasted_s = moment.now_s - moment.state.agents.rest_from_s
        self.gave.append(Excluded("break_length", resting.mask, lasted_s, moment.state.policy.break_min_s))
        self.rules["on_break"] = replace(resting, mask=resting.mask & ~moment.rested)


def kept_at_bound(moment: Moment) -> BoolArray:
    """For whom the bound on load never gives way: those above their own line, and who has something hard in hand."""
    own = moment.own
    found: BoolArray = (own.acute > own.line) | (moment.state.agents.hard_open > 0)
    return found


def at_risk(state: TeamState, now_s: float) -> tuple[QueueAtRisk, ...]:
    """Tickets past their longest wait that nobody may have before rules give way that a manager should know of, once per wait."""
    queue = queue_at(state, now_s)
    fresh = (state.tickets[each] for each in queue.fresh)
    unknown = {each.id for each in fresh if overdue(state, each, now_s) and not (each.at_risk or each.advised)}
    if len(queue):
        unknown.update(queue.of((late(queue.rows, now_s) & ~(queue.rows["at_risk"] | queue.rows["advised"])).nonzero()[0]))
    if not unknown:
        return ()
    moment, alarms = Moment(state, now_s), list[QueueAtRisk]()
    for ticket in (state.tickets[each] for each in state.waiting if each in unknown):
        case = Case(moment, ticket)
        found = exclusions(case)
        if relax(case, found).notify:
            alarms.append(QueueAtRisk(now_s, ticket.id, now_s - ticket.waits_from_s, tuple(counts(found))))
    return tuple(alarms)
