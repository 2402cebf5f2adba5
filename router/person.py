"""What of an agent is not a number in an array: the profile, the recovery, and the ledger of contacts with all that it is read by."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from operator import attrgetter

from fatigue_model.dynamics import DAY_S
from router.domain import Break, Shift


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """A contact in an agent's ledger: points e, the account factor M that it counts with, whether the account is remembered for it, and
    the day worked that it belongs to, by the shifts, or without them the statuses, that were known when it was told first."""

    ended_s: float
    ticket_id: str
    account_id: str
    points: float
    hard: bool
    day: int
    factor: float = 0.0

    @property
    def order(self) -> tuple[float, str]:
        return self.ended_s, self.ticket_id

    @property
    def utc_day(self) -> int:
        """The day, in UTC, under which the entry is written down."""
        return int(self.ended_s // DAY_S)


@dataclass(frozen=True, slots=True)
class Base:
    """The loads that contacts older than the ledger had left at its first instant."""

    at_s: float
    acute: float = 0.0
    carried: float = 0.0
    own_acute: float = 0.0
    own_carried: float = 0.0


UTC_DAY = attrgetter("utc_day")


@dataclass(slots=True)
class Person:
    """What of an agent is not a number in an array.

    The ledger: `entries` in the order in which they ended, the `statuses` as (since, mode), the `rests` taken as (start, end), the
    `paces` of who opted in to personal calibration as (since, g, r), and the `base`, what was there
    before (None until the first instant). `owed`: why a skipped break is still to follow; `skipped`: when the last one was, and why it
    was due. `points_by_day`: raw points of each day worked (see `shifts.day_worked`).
    """

    id: str
    name: str
    skills: dict[str, int]
    languages: tuple[str, ...]
    time_zone: str
    shifts: tuple[Shift, ...]
    debrief_opt_in: bool
    recovery: Break | None = None
    owed: tuple[str, ...] = ()
    skipped: tuple[float, tuple[str, ...]] = (0.0, ())
    statuses: list[tuple[float, int]] = field(default_factory=list)
    rests: list[tuple[float, float]] = field(default_factory=list)
    paces: list[tuple[float, float, float]] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    base: Base | None = None
    points_by_day: dict[int, float] = field(default_factory=dict)
    recent: list[tuple[float, bool]] = field(default_factory=list)

    def entries_of(self, day: int) -> list[Entry]:
        """The entries of one day, in UTC."""
        first, end = (bisect_left(self.entries, each, key=UTC_DAY) for each in (day, day + 1))
        return self.entries[first:end]
