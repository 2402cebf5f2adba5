"""What the tickets of one solve do to an agent together: each may be within the bound on load and the streak, and several be over it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from router.moment import Case, Moment
from router.relax import Way
from router.solver.batch import WAITS

Taken = tuple[Case, Way]


class Share:
    """What one agent, by row, is given in a solve, ticket by ticket; mutable, lives for one look at one answer."""

    def __init__(self, moment: Moment, row: int) -> None:
        self.moment, self.row = moment, row
        self.load_points, self.hard, self.streak = float(moment.expected[row]), 0, int(moment.streak[row])

    def has_room(self, ticket: Taken) -> bool:
        """Whether a ticket that they may have by itself may come to what they were given: a rule that gave way for it does so for the
        first hard one alone, for the others can come when that is done."""
        case, way = ticket
        if not case.hard:
            return True
        waived = {each.rule for each in way.gave_way if each.mask[self.row]} if not self.hard else set[str]()
        within = self.load_points + self._adds(case) <= self.moment.load_limit[self.row]
        in_row = self.streak < self.moment.state.policy.hard_streak_max
        return bool(within or "load_bound" in waived) and bool(in_row or "hard_streak" in waived)

    def add(self, ticket: Taken) -> None:
        case, _ = ticket
        self.load_points += self._adds(case)
        self.hard += case.hard
        self.streak += case.hard

    def _adds(self, case: Case) -> float:
        return case.points * case.remembered.get(self.row, self.moment.factor_of_a_stranger)


def too_much(
    moment: Moment, tickets: Sequence[Taken], rows: Sequence[int], urgent_first: Sequence[int]
) -> Iterator[tuple[int, list[int], list[int]]]:
    """Each agent, by row, who is given more than the rules allow together; which tickets, by place, they keep and which they may not have
    besides those. `urgent_first`: the places of all tickets, in the order in which they have a right to stay."""
    given = defaultdict[int, list[int]](list)
    for place in urgent_first:
        if rows[place] != WAITS:
            given[rows[place]].append(place)
    for row, places in sorted(given.items()):
        if len(places) == 1:
            continue
        share, kept, refused = Share(moment, row), list[int](), list[int]()
        for place in places:
            if not kept or share.has_room(tickets[place]):
                share.add(tickets[place])
                kept.append(place)
            else:
                refused.append(place)
        if refused:
            yield row, kept, [place for place, ticket in enumerate(tickets) if place not in kept and not share.has_room(ticket)]
