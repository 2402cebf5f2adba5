"""What is to be planned, as frozen plain data: people, what each is to have, who must stay, and the plan before. No solver."""

from __future__ import annotations

from dataclasses import dataclass, replace

BREAK, EXPECTED, LUNCH, DEBRIEF = "break", "expected", "lunch", "debrief"
RESTS = frozenset({BREAK, EXPECTED, LUNCH})

# Prices in whole units, of which one is a lunch that begins a slot later: an owed break presses most, and a person missing
# for one slot outweighs every delay of an hour.
SHORT, SHORT_OF_RESERVE = 60, 20
LATE = {BREAK: 4, DEBRIEF: 2, EXPECTED: 1, LUNCH: 1}
MOVED = 15


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody at work: `on` are the slots of the shift, from and until (excluded), `busy` those away already; `fresh` may be reserve."""

    id: str
    on: tuple[int, int]
    skills: tuple[str, ...] = ()
    busy: tuple[tuple[int, int], ...] = ()
    fresh: bool = False

    def there(self, slot: int) -> bool:
        return self.on[0] <= slot < self.on[1] and not any(begin <= slot < end for begin, end in self.busy)


@dataclass(frozen=True, slots=True)
class Activity:
    """Something that somebody is to have once: it begins at a slot from `earliest` to `latest` and takes `length` slots.

    A debrief is two activities, one for each of the two, that name each other as `partner`.
    """

    id: str
    member_id: str
    kind: str
    earliest: int
    latest: int
    length: int
    partner: str | None = None


@dataclass(frozen=True, slots=True)
class Floor:
    """How many with `skill` are needed in each slot; None stands for anybody."""

    skill: str | None
    need: tuple[int, ...]

    def counts(self, member: Member) -> bool:
        return self.skill is None or self.skill in member.skills


@dataclass(frozen=True, slots=True)
class Problem:
    """The whole of it. `reserve` says how many fresh members are to be there in each slot, `last` where activities began in the plan
    before, `spacing` how many slots lie between two rests of one member at least."""

    start_s: float
    slot_s: int
    slots: int
    members: tuple[Member, ...]
    activities: tuple[Activity, ...]
    floors: tuple[Floor, ...] = ()
    reserve: tuple[int, ...] = ()
    spacing: int = 6
    last: tuple[tuple[str, int], ...] = ()

    def without(self, activity_ids: frozenset[str]) -> Problem:
        """The same with some activities left out, and the other half of a debrief with each."""
        gone = activity_ids | {each.partner for each in self.activities if each.id in activity_ids and each.partner}
        return replace(self, activities=tuple(each for each in self.activities if each.id not in gone))
