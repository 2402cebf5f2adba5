"""Each rule of the plan: without its function the model breaks exactly it, with it nothing is broken."""

from __future__ import annotations

from dataclasses import replace

import pytest

from router.plan import check, model
from router.plan.model import RULES, Rule, build
from router.plan.problem import MOVED, SHORT, SHORT_OF_RESERVE, Activity, Floor, Member, Problem
from router.plan.prove import prove
from router.plan.relax import relax
from router.plan.solve import solve

ANN, BOB = Member("ann", (0, 12), ("export",), fresh=True), Member("bob", (0, 12), ("export",), fresh=True)
LUNCH = Activity("lunch:ann", "ann", "lunch", 0, 9, 3)


def team(*activities: Activity, members: tuple[Member, ...] = (ANN, BOB), **parts: object) -> Problem:
    return Problem(0.0, 300, 12, members, activities, **parts)  # type: ignore[arg-type]


def best(problem: Problem, rules: tuple[Rule, ...] = RULES) -> dict[str, int]:
    starts, _ = prove(build(problem, rules), None, None, 2.0, 1)
    assert starts is not None
    return starts


def debrief(latest: int = 6) -> tuple[Activity, Activity]:
    names = ("debrief:ann", "debrief:bob")
    return Activity(names[0], "ann", "debrief", 0, latest, 1, names[1]), Activity(names[1], "bob", "debrief", 2, latest, 1, names[0])


HARD = {
    "in_shift": team(LUNCH, members=(replace(ANN, on=(4, 12)),)),
    "one_at_a_time": team(replace(LUNCH, latest=0), *debrief(2)[:1], spacing=0),
    "spaced": team(LUNCH, Activity("break:ann", "ann", "break", 0, 8, 2), spacing=4),
    "together": team(*debrief()),
}


@pytest.mark.parametrize("name", sorted(HARD))
def test_a_model_without_one_rule_breaks_that_rule_alone(name: str) -> None:
    problem, rule = HARD[name], getattr(model, name)
    if name == "one_at_a_time":  # with the partner elsewhere, so that only the own lunch is in the way
        problem = team(replace(LUNCH, latest=0), replace(debrief(4)[0], partner=None))
    without = best(problem, tuple(each for each in RULES if each is not rule))
    assert {each.rule for each in check.violations(problem, without)} == {name}
    assert check.violations(problem, best(problem)) == ()


def test_busy_time_is_no_time() -> None:
    problem = team(LUNCH, members=(replace(ANN, busy=((0, 5),)),))
    without = best(problem, tuple(each for each in RULES if each is not model.in_shift))
    assert [each.rule for each in check.violations(problem, without)] == ["in_shift"]
    assert best(problem) == {"lunch:ann": 5}


@pytest.mark.parametrize("starts", [{}, {"lunch:ann": 10}])
def test_what_is_not_placed_in_its_window_is_found(starts: dict[str, int]) -> None:
    problem = team(replace(LUNCH, latest=8), members=(replace(ANN, on=(0, 13)),))
    problem = replace(problem, slots=13)
    assert [each.rule for each in check.violations(problem, starts)] == ["placed_once"]
    assert list(best(problem)) == ["lunch:ann"]


def test_without_floors_both_leave_at_once_and_with_them_one_after_the_other() -> None:
    lunches = (LUNCH, Activity("lunch:bob", "bob", "lunch", 0, 9, 3))
    problem = team(*lunches, floors=(Floor("export", (1,) * 12),))
    without = best(problem, tuple(each for each in RULES if each is not model.covered))
    assert check.violations(problem, without) == ()
    assert [(each.skill, each.slot, each.missing) for each in check.shortfalls(problem, without)] == [
        ("export", slot, 1) for slot in range(3)
    ]
    assert check.price(problem, without) == 3 * SHORT
    kept = best(problem)
    assert check.shortfalls(problem, kept) == ()
    assert sorted(kept.values()) == [0, 3]


def test_a_floor_holds_for_its_own_skill_alone() -> None:
    lunches = (LUNCH, Activity("lunch:bob", "bob", "lunch", 0, 9, 3))
    problem = team(*lunches, members=(ANN, replace(BOB, skills=("sales",))), floors=(Floor("export", (1,) * 3 + (0,) * 9),))
    assert best(problem) == {"lunch:ann": 3, "lunch:bob": 0}


def test_a_floor_that_cannot_hold_is_priced_and_named() -> None:
    problem = team(LUNCH, floors=(Floor(None, (3,) * 12),))
    found = solve(problem)
    assert found.status == "optimal"
    assert found.price == SHORT * (12 + 3)
    assert {each.missing for each in check.shortfalls(problem, found.starts)} == {1, 2}


def test_the_reserve_is_kept_for_its_price() -> None:
    problem = team(LUNCH, members=(ANN, replace(BOB, fresh=False)), reserve=(1,) * 4 + (0,) * 8)
    without = best(problem, tuple(each for each in RULES if each is not model.reserved))
    assert [each.reserve for each in check.shortfalls(problem, without)] == [True] * 3
    assert check.price(problem, without) == 3 * SHORT_OF_RESERVE
    assert best(problem) == {"lunch:ann": 4}


def test_who_is_planned_already_is_moved_only_for_more_than_a_move_costs() -> None:
    problem = team(LUNCH, last=(("lunch:ann", 7),))
    without = best(problem, tuple(each for each in RULES if each is not model.stable))
    assert check.moved(problem, without) == ("lunch:ann",)
    assert check.price(problem, without) == MOVED
    assert best(problem) == {"lunch:ann": 7}
    needed = replace(problem, floors=(Floor("export", (0,) * 7 + (2,) * 5),))
    assert best(needed) == {"lunch:ann": 0}


def test_every_rule_of_the_model_is_shown_here() -> None:
    shown = {*HARD, "placed_once", "covered", "reserved", "stable"}
    assert {each.__name__ for each in RULES} == shown


def test_no_room_for_a_lunch_has_no_relaxation() -> None:
    assert relax(build(team(replace(LUNCH, length=13)))) is None
