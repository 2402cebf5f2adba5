"""The search finds the true minimum of anything that more people never harm, and asks no more than it says."""

from __future__ import annotations

from itertools import pairwise, product

from hypothesis import given
from hypothesis import strategies as st

from simulations.staffing_search import Counts, Space, cheapest, smallest

GROUPS_MAX = 3


@st.composite
def spaces(draw: st.DrawFn, groups: int | None = None, widest: int = 5) -> Space:
    count = groups or draw(st.integers(1, GROUPS_MAX))
    lowest = tuple(draw(st.integers(1, 4)) for _ in range(count))
    highest = tuple(low + draw(st.integers(0, widest)) for low in lowest)
    return Space(lowest, highest, tuple(float(draw(st.integers(1, 4))) for _ in range(count)))


@st.composite
def start_in(draw: st.DrawFn, space: Space) -> Counts:
    return tuple(draw(st.integers(low, high)) for low, high in zip(space.lowest, space.highest, strict=True))


def every(space: Space) -> list[Counts]:
    return list(product(*(range(low, high + 1) for low, high in zip(space.lowest, space.highest, strict=True))))


@given(st.integers(1, 50), st.integers(0, 300), st.integers(-3, 400), st.integers(1, 400))
def test_one_group_is_found_wherever_the_search_begins(lowest: int, width: int, needed: int, start: int) -> None:
    highest, asked = lowest + width, []

    def passes(count: int) -> bool:
        asked.append(count)
        return count >= needed

    assert smallest(passes, start, lowest, highest) == (max(needed, lowest) if needed <= highest else None)
    assert all(lowest <= each <= highest for each in asked)
    assert len(asked) == len(set(asked)) <= Space((lowest,), (highest,), (1.0,)).questions_max()


@given(st.data())
def test_several_groups_who_work_at_different_times_get_what_each_needs(data: st.DataObject) -> None:
    """Where every group has a need of its own there is one minimum, and it is found from anywhere, whatever people cost."""
    space = data.draw(spaces(widest=12))
    needs = data.draw(start_in(space))
    found = cheapest(
        lambda counts: all(count >= need for count, need in zip(counts, needs, strict=True)), space, data.draw(start_in(space))
    )
    assert found == needs


@given(st.data())
def test_what_is_found_passes_and_nothing_that_was_promised_is_cheaper(data: st.DataObject) -> None:
    """Any upward closed set: nobody can be spared, and no one or two of a group for one of another pass for less."""
    space = data.draw(spaces())
    corners = data.draw(st.lists(start_in(space), min_size=0, max_size=4))

    def passes(counts: Counts) -> bool:
        return any(all(count >= need for count, need in zip(counts, corner, strict=True)) for corner in corners)

    found = cheapest(passes, space, data.draw(start_in(space)))
    assert (found is None) == (not corners)
    if found is None:
        return
    assert passes(found)
    for other in every(space):
        steps = sorted(theirs - mine for mine, theirs in zip(found, other, strict=True) if theirs != mine)
        spared, swapped = len(steps) == 1 and steps[0] < 0, len(steps) == 2 and steps[0] in (-1, -2) and steps[1] == 1
        if spared or (swapped and space.cost(other) < space.cost(found)):
            assert not passes(other)


@given(st.data())
def test_two_groups_of_unequal_skill_are_staffed_for_the_least_money(data: st.DataObject) -> None:
    """Work that either may do, and some that only the first can: exchanges by one and two reach the cheapest when people cost the same."""
    space = data.draw(spaces(groups=2, widest=8))
    space = Space(space.lowest, space.highest, (1.0, 1.0))
    skilled, total = data.draw(st.integers(1, 8)), data.draw(st.integers(2, 16))

    def passes(counts: Counts) -> bool:
        return counts[0] >= skilled and sum(counts) >= total

    found = cheapest(passes, space, data.draw(start_in(space)))
    costs = [space.cost(each) for each in every(space) if passes(each)]
    assert (None if found is None else space.cost(found)) == min(costs, default=None)


@given(st.data())
def test_the_ray_adds_one_person_at_a_time_from_the_fewest_to_the_most(data: st.DataObject) -> None:
    space = data.draw(spaces(widest=12))
    ray = space.ray(data.draw(start_in(space)))
    assert (ray[0], ray[-1]) == (space.lowest, space.highest)
    for one, other in pairwise(ray):
        assert sorted(b - a for a, b in zip(one, other, strict=True))[-1] == 1 == sum(other) - sum(one)


def test_two_for_one_is_not_asked_of_groups_who_are_alike() -> None:
    asked: list[Counts] = []

    def passes(counts: Counts) -> bool:
        asked.append(counts)
        return sum(counts) >= 9

    apart, alike = (Space((1, 1, 1), (9, 9, 9), (1.0, 1.0, 1.0), kinds) for kinds in ((), (0, 0, 2)))
    found = [cheapest(passes, apart, (3, 3, 3)), len(set(asked)), asked.clear(), cheapest(passes, alike, (3, 3, 3)), len(set(asked))]
    assert found[0] == found[3] == (3, 3, 3)
    assert (1, 4, 3) not in asked
    assert (1, 3, 4) in asked
    assert found[4] < found[1]


def test_the_ray_keeps_the_mix() -> None:
    space = Space((1, 1, 1), (40, 40, 40), (1.0, 1.0, 1.0))
    assert (4, 8, 12) in space.ray((4, 8, 12))
    assert (10, 20, 30) in space.ray((4, 8, 12))
