"""Solving a plan: no rule broken, the bound below, the best where it says so, the same every time, and stable."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from router.plan import check
from router.plan.problem import Activity, Member, Problem
from router.plan.solve import Effort, solve
from support.plans import draw

QUICK = Effort(trials=100, parts=2, part_s=0.1, whole_s=0.3)


def small(seed: int) -> Problem:
    """Three people with few starts each, so that every plan can be tried."""
    problem = draw(3, seed)
    activities = tuple(replace(each, latest=min(each.latest, each.earliest + 7)) for each in problem.activities[:4] if each.partner is None)
    return replace(problem, activities=activities)


@pytest.mark.parametrize("seed", range(12))
def test_the_best_of_all_plans_is_found(seed: int) -> None:
    problem = small(seed)
    windows = [range(each.earliest, each.latest + 1) for each in problem.activities]
    plans = (dict(zip((each.id for each in problem.activities), starts, strict=True)) for starts in product(*windows))
    prices = [check.price(problem, each) for each in plans if not check.violations(problem, each)]
    found = solve(problem)
    if prices:
        assert (found.status, found.price, found.bound, found.gap) == ("optimal", min(prices), min(prices), 0.0)
    else:  # the short windows of two activities of one person may leave no room
        assert found.status == "infeasible"
        left = solve(problem.without(frozenset(found.unmet)))
        assert left.status == "optimal"


@pytest.mark.parametrize(("people", "seed"), [(6, 1), (10, 2), (25, 3), (25, 4)])
def test_a_plan_keeps_every_rule_and_says_what_it_costs_and_how_far_it_may_be_from_the_best(people: int, seed: int) -> None:
    problem = draw(people, seed)
    found = solve(problem, QUICK)
    assert check.violations(problem, found.starts) == ()
    assert found.price == check.price(problem, found.starts)
    assert 0 <= found.bound <= found.price
    assert found.gap == pytest.approx((found.price - found.bound) / found.price)
    assert (found.status == "optimal") == (found.price == found.bound)


def test_the_same_problem_has_the_same_plan() -> None:
    problem = draw(25, 7)
    assert solve(problem, QUICK) == solve(problem, QUICK)


def test_ten_people_over_four_hours_are_proven() -> None:
    assert [solve(draw(10, seed)).status for seed in (1, 2)] == ["optimal", "optimal"]


def test_planning_again_moves_few() -> None:
    problem = draw(25, 5)
    first = solve(problem, QUICK)
    last = tuple(sorted(first.starts.items()))
    assert solve(replace(problem, last=last), QUICK).starts == first.starts
    gone = replace(problem, members=(replace(problem.members[0], fresh=False), *problem.members[1:]), last=last)
    again = solve(gone, QUICK)
    assert len(check.moved(gone, again.starts)) <= len(problem.activities) // 10


def test_what_can_not_be_placed_is_named_and_the_rest_can_be_planned_without_it() -> None:
    ann, bob = Member("ann", (0, 12)), Member("bob", (0, 12))
    activities = (
        Activity("break:ann", "ann", "break", 0, 1, 3),
        Activity("lunch:ann", "ann", "lunch", 2, 4, 6),
        Activity("lunch:bob", "bob", "lunch", 0, 6, 6),
    )
    problem = Problem(0.0, 300, 12, (ann, bob), activities)
    found = solve(problem)
    assert (found.status, found.starts, found.unmet) == ("infeasible", {}, ("break:ann", "lunch:ann"))
    rest = solve(problem.without(frozenset(found.unmet)))
    assert (rest.status, rest.starts) == ("optimal", {"lunch:bob": 0})


def test_a_debrief_falls_with_its_other_half() -> None:
    one = Activity("debrief:ann", "ann", "debrief", 0, 2, 1, "debrief:bob")
    other = Activity("debrief:bob", "bob", "debrief", 0, 2, 1, "debrief:ann")
    busy = Member("bob", (0, 12), busy=((0, 12),))
    problem = Problem(0.0, 300, 12, (Member("ann", (0, 12)), busy), (one, other))
    assert solve(problem).unmet == ("debrief:ann", "debrief:bob")
    assert problem.without(frozenset({"debrief:bob"})).activities == ()


def test_nothing_to_plan_is_a_plan() -> None:
    problem = replace(draw(5, 1), activities=())
    found = solve(problem)
    assert (found.status, found.starts, found.price) == ("optimal", {}, check.price(problem, {}))
