"""The plan as a linear model in whole numbers: one column for each start an activity may have, and one function for each rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from router.plan.problem import LATE, MOVED, RESTS, SHORT, SHORT_OF_RESERVE, Activity, Member, Problem


@dataclass(frozen=True, slots=True)
class Row:
    """low ≤ Σ weight · column ≤ high; None for no lower bound."""

    columns: tuple[int, ...]
    weights: tuple[int, ...]
    low: int | None
    high: int


@dataclass(slots=True)
class Model:
    """Columns from 0 to `upper` with a `price` each; `starts` has the column of an activity for each slot at which it may begin,
    `short` those that count who is missing.

    Start columns, not start times, because their linear relaxation lies within a few tenths of a percent of the best plan.
    """

    problem: Problem
    price: list[int] = field(default_factory=list)
    upper: list[int] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    starts: dict[str, dict[int, int]] = field(default_factory=dict)
    short: dict[int, int] = field(default_factory=dict)

    def column(self, price: int = 0, upper: int = 1) -> int:
        self.price.append(price)
        self.upper.append(upper)
        return len(self.price) - 1

    def row(self, columns: Sequence[int], low: int | None, high: int, weights: Sequence[int] | None = None) -> int:
        self.rows.append(Row(tuple(columns), tuple(weights or [1] * len(columns)), low, high))
        return len(self.rows) - 1

    def of(self, member: Member) -> list[Activity]:
        return [each for each in self.problem.activities if each.member_id == member.id]

    def covering(self, activities: Iterable[Activity], slot: int, longer: int = 0) -> list[int]:
        """The columns of those starts with which one of `activities`, `longer` slots longer than it is, covers `slot`."""
        found = []
        for each in activities:
            columns = self.starts[each.id]
            begins = range(slot - each.length - longer + 1, slot + 1)
            found += [columns[start] for start in begins if start in columns]
        return found


def placed_once(model: Model) -> None:
    """Each activity begins once, inside its window; the later, the dearer."""
    for each in model.problem.activities:
        window = range(max(each.earliest, 0), each.latest + 1)
        model.starts[each.id] = {start: model.column(LATE[each.kind] * (start - each.earliest)) for start in window}
        model.row(list(model.starts[each.id].values()), 1, 1)


def in_shift(model: Model) -> None:
    """Nothing begins that would reach out of the shift, into time that is taken, or past the last slot."""
    members = {each.id: each for each in model.problem.members}
    for each in model.problem.activities:
        member = members[each.member_id]
        for start, column in model.starts[each.id].items():
            span = range(start, start + each.length)
            if span[-1] >= model.problem.slots or not all(member.there(slot) for slot in span):
                model.upper[column] = 0


def one_at_a_time(model: Model) -> None:
    """In each slot a member has one activity at most."""
    for member in model.problem.members:
        theirs = model.of(member)
        if len(theirs) > 1:
            for slot in range(model.problem.slots):
                model.row(model.covering(theirs, slot), None, 1)


def spaced(model: Model) -> None:
    """Between two rests of a member lie `spacing` slots at least: each rest counts as that much longer."""
    for member in model.problem.members:
        rests = [each for each in model.of(member) if each.kind in RESTS]
        if len(rests) > 1:
            for slot in range(model.problem.slots + model.problem.spacing):
                columns = model.covering(rests, slot, model.problem.spacing)
                now = set(model.covering(rests, slot))
                if now:  # without a rest that is running there is none that could come too soon
                    model.row(columns, None, 1)


def together(model: Model) -> None:
    """Both halves of a debrief begin at once."""
    for each in model.problem.activities:
        if each.partner is None or each.id > each.partner:
            continue
        mine, theirs = model.starts[each.id], model.starts[each.partner]
        for start in mine.keys() | theirs.keys():
            columns = [columns[start] for columns in (mine, theirs) if start in columns]
            weights = [1, -1] if len(columns) == 2 else [1]
            model.row(columns, 0, 0, weights)


def covered(model: Model) -> None:
    """In each slot as many are there as each floor asks for; whoever is missing is priced."""
    for floor in model.problem.floors:
        _keep(model, [each for each in model.problem.members if floor.counts(each)], floor.need, SHORT)


def reserved(model: Model) -> None:
    """In each slot so many fresh members are there; whoever is missing is priced."""
    _keep(model, [each for each in model.problem.members if each.fresh], model.problem.reserve, SHORT_OF_RESERVE)


def _keep(model: Model, group: list[Member], need: Sequence[int], price: int) -> None:
    names = {each.id for each in group}
    theirs = [each for each in model.problem.activities if each.member_id in names]
    for slot, wanted in enumerate(need):
        there = sum(each.there(slot) for each in group)
        missing = model.column(price, max(wanted, 0))
        columns = model.covering(theirs, slot)
        model.short[model.row([*columns, missing], None, there - wanted, [*[1] * len(columns), -1])] = missing


def stable(model: Model) -> None:
    """What begins elsewhere than in the last plan costs a move, so that few people are moved."""
    last = dict(model.problem.last)
    for activity_id, columns in model.starts.items():
        for start, column in columns.items():
            if activity_id in last and start != last[activity_id]:
                model.price[column] += MOVED


Rule = Callable[[Model], None]
RULES: tuple[Rule, ...] = (placed_once, in_shift, one_at_a_time, spaced, together, covered, reserved, stable)


def build(problem: Problem, rules: Sequence[Rule] = RULES) -> Model:
    model = Model(problem)
    for rule in rules:
        rule(model)
    return model
