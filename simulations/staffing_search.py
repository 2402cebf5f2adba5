"""The cheapest head-count that passes a test which more people never fail: a search that asks as few questions as it can.

It only asks `passes(counts)`. That one more person in any group never turns a pass into a failure is assumed, and what it
implies is not asked again; `staffing` checks it on what was measured.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

Counts = tuple[int, ...]
Passes = Callable[[Counts], bool]


@dataclass(frozen=True, slots=True)
class Space:
    """The head-counts that may be chosen: each group's bounds, and what one agent of each costs. All of shape (n_groups,).

    `alike`, where given, has equal numbers for groups who do the same work at the same time: for two of one to make way for one of the
    other is then no other thing than to spare one.
    """

    lowest: Counts
    highest: Counts
    cost_usd: tuple[float, ...]
    alike: tuple[int, ...] = ()

    def cost(self, counts: Counts) -> float:
        return math.fsum(price * count for price, count in zip(self.cost_usd, counts, strict=True))

    def rank(self, counts: Counts) -> tuple[float, int, Counts]:
        """Cheaper first; of equal cost, fewer people first; then the order of the numbers."""
        return self.cost(counts), sum(counts), counts

    def ray(self, mix: Sequence[float]) -> list[Counts]:
        """From the fewest to the most people, one more each time, the mix held as nearly as whole people allow.

        The next one goes where mix ÷ (2 × people + 1) is largest (Sainte-Laguë's divisors: no group ever shrinks as the sum grows).
        """
        found = [self.lowest]
        while (last := found[-1]) != self.highest:
            open_to = [group for group, most in enumerate(self.highest) if last[group] < most]
            found.append(moved(last, {max(open_to, key=lambda group: (mix[group] / (2 * last[group] + 1), -group)): 1}))
        return found

    def questions_max(self) -> int:
        """How many head-counts a search may ask about: two for each halving of the range; six for each group, where several vary."""
        along = 2 + 2 * math.ceil(math.log2(sum(self.highest) - sum(self.lowest) + 2))
        varied = sum(low < high for low, high in zip(self.lowest, self.highest, strict=True))
        return along + 6 * varied * (varied > 1)


def moved(counts: Counts, steps: dict[int, int]) -> Counts:
    return tuple(count + steps.get(group, 0) for group, count in enumerate(counts))


def smallest(passes: Callable[[int], bool], start: int, lowest: int, highest: int) -> int | None:
    """The smallest number from `lowest` to `highest` that passes, or `None`: away from `start` in doubling steps, then by halves.

    The first step is half the square root of `start`, for that is how far a formula for queues is off.
    """
    failed, passed = lowest - 1, highest + 1
    at, step = min(max(start, lowest), highest), max(1, round(math.sqrt(max(start, 1)) / 2))
    while passed - failed > 1:
        if passes(at):
            passed = at
        else:
            failed = at
        if passed > highest:
            at, step = min(highest, at + step), 2 * step
        elif failed < lowest:
            at, step = max(lowest, at - step), 2 * step
        else:
            at = (failed + passed) // 2
    return passed if passed <= highest else None


def cheapest(passes: Passes, space: Space, start: Counts, exchange: bool = True) -> Counts | None:
    """The cheapest counts that pass; `None` where even the most people fail.

    With one group it is the cheapest. With several: first along the mix of `start`, then as many out of each group as can be spared,
    dearest first; then, with `exchange`, one or two of a group for one of another wherever that is cheaper, until nothing like it helps.
    """
    ray = space.ray(start)
    place = smallest(lambda place: passes(ray[place]), _nearest(ray, sum(start)), 0, len(ray) - 1)
    if place is None:
        return None
    found = _lean(passes, space, ray[place])
    while exchange and (other := next((each for each in _exchanges(space, found) if passes(each)), None)) is not None:
        found = _lean(passes, space, other)
    return found


def _nearest(ray: list[Counts], people: int) -> int:
    return min(max(people - sum(ray[0]), 0), len(ray) - 1)


def _lean(passes: Passes, space: Space, counts: Counts) -> Counts:
    """Nobody more than is needed in any group. Once round is enough: who can't be spared now can't be with fewer others, either."""
    for group in sorted(range(len(counts)), key=lambda group: (-space.cost_usd[group], group)):

        def without(number: int, counts: Counts = counts, group: int = group) -> bool:
            return number == counts[group] or passes(moved(counts, {group: number - counts[group]}))

        fewest = smallest(without, counts[group] - 1, space.lowest[group], counts[group])
        assert fewest is not None  # as many as there are pass
        counts = moved(counts, {group: fewest - counts[group]})
    return counts


def _exchanges(space: Space, counts: Counts) -> Iterator[Counts]:
    """One or two fewer of one group, one more of another, for less money; what saves least first, being likelier to pass."""
    groups, kind = range(len(counts)), space.alike or tuple(range(len(counts)))
    others = [
        moved(counts, {out: -fewer, into: 1})
        for out in groups
        for into in groups
        for fewer in (1, 2)
        if out != into and (fewer == 1 or kind[out] != kind[into])
    ]
    inside = (
        each
        for each in others
        if all(low <= count <= high for low, count, high in zip(space.lowest, each, space.highest, strict=True))
        and space.rank(each)[:2] < space.rank(counts)[:2]
    )
    return iter(sorted(inside, key=space.rank, reverse=True))
