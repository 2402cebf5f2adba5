"""The choice for one ticket: what is the same for all tickets of its kind stands ready in columns, and the rest is a few operations.

It gives the row that the whole cost table gives, without it: terms that depend on the agent alone, and who is kept off by a rule
that knows no account, are one column; load and fairness are a column each, times the ticket's points; whoever has a history with
the account is looked at one by one.
"""

from __future__ import annotations

import numpy as np

from router import cost, eligibility
from router.agents import FloatArray
from router.moment import Case, once_for

BY_ACCOUNT = (eligibility.excluded, eligibility.declined, eligibility.rotation)
BARRED = (eligibility.excluded_rows, eligibility.declined_rows, eligibility.rotated_rows)
KIND_RULES = tuple(rule for rule in eligibility.RULES if rule not in (*eligibility.AWAY, *BY_ACCOUNT, eligibility.load_bound))
FIXED_TERMS = tuple(cost.TERMS[index][1] for index in cost.OF_KIND)


class Standing:
    """Columns over agents for one kind of ticket at one moment."""

    def __init__(self, case: Case) -> None:
        moment = case.moment
        self.fixed: FloatArray = np.add.reduce(cost.rounded(np.array([term(case) for term in FIXED_TERMS])))
        self.fixed[np.logical_or.reduce([moment.away, *(rule(case).mask for rule in KIND_RULES)])] = np.inf
        self.load, self.fairness = cost.load_column(case), cost.fairness_column(case)
        self.steepest = max(self.load.max(initial=0.0), self.fairness.max(initial=0.0))

    def choose(self, case: Case) -> int:
        """The cheapest agent's row, the smaller one of equals; −1 where a rule keeps every agent off."""
        points = case.points_on_time
        row, other = self.load * points, self.fairness * points
        if self.steepest * points >= cost.TERM_MAX:
            row, other = np.minimum(row, cost.TERM_MAX), np.minimum(other, cost.TERM_MAX)
        np.rint(row, out=row)
        np.rint(other, out=other)
        row += other
        row += self.fixed
        if case.met:
            self._look_at_known(case, row, other)
        if case.points * case.steepest_factor >= case.moment.headroom:
            row[case.before + case.demand > case.moment.load_limit] = np.inf
        best = int(row.argmin()) if row.size else -1
        return best if best >= 0 and row[best] < np.inf else -1

    def _look_at_known(self, case: Case, row: FloatArray, fairness: FloatArray) -> None:
        """Correct the cost of whoever has a history with the account; what all others pay alike is left out."""
        weights = case.moment.state.policy.weights
        taken = cost.taken_points(case)
        for who in {*case.remembered, *taken}:
            load = case.points_on_time * float(case.factor[who]) * float(self.load[who])
            exposed = weights.account_exposure * cost.MILLI * taken.get(who, 0.0)
            row[who] = self.fixed[who] + fairness[who] + _whole(load) + _whole(exposed)
        knows, worth = cost.knows_case(case)
        if knows is not None:
            row[knows] -= _whole(worth)
        had = case.moment.state.agents.row.get(case.ticket.previous_agent_id or "")
        if had is not None:
            row[had] -= _whole(weights.handover * cost.MILLI)
        for barred in BARRED:
            for who in barred(case):
                row[who] = np.inf


def _whole(milli: float) -> int:
    return round(min(milli, cost.TERM_MAX))


@once_for(lambda case: case.kind)
def standing(case: Case) -> Standing:
    """The columns for the ticket's kind, made when its moment needs them first."""
    return Standing(case)
