"""One replication of a textbook queue: who came, what became of each, and what the servers did meanwhile.

Those who came in the counted time are followed until they are served or leave, so no wait is cut off.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from router.agents import BoolArray, FloatArray
from simulations.reference import NUMBA, PREEMPTIVE, SINGLE, Reference
from simulations.reference_customers import Customers, IntArray, customers, vacations_s
from simulations.reference_loop import BLOCKED, Played, Rules, play
from simulations.reference_preemptive import play_preemptive

AHEAD = 1.02  # customers are drawn for a little longer than counts: some come while the last that count still wait
LONGEST = 1000.0  # times the counted time; a queue that takes longer to serve them has no end


class Pieces(NamedTuple):
    """Stretches of time of the servers, all together; each of shape (k,)."""

    from_s: FloatArray
    until_s: FloatArray


NOTHING = Pieces(np.zeros(0), np.zeros(0))


@dataclass(frozen=True, slots=True)
class Told:
    """What happened, each array of shape (n,) in order of arrival; instants in s, infinite where they never come.

    `left_line_s` is when a customer was no longer waiting, `gone_s` when no longer there. It counts from `from_s` to `until_s`.
    """

    who: Customers
    counted: BoolArray
    blocked: BoolArray
    served: BoolArray
    began_s: FloatArray
    left_line_s: FloatArray
    gone_s: FloatArray
    server: IntArray
    busy: Pieces
    breaks: Pieces
    vacations: Pieces
    from_s: float
    until_s: float


def simulated(reference: Reference, seed: int, replication: int) -> Told:
    """One replication; it depends on the arguments alone. Raises `OverflowError` where the line does not come to an end."""
    from_s = reference.before_s
    until_s = from_s + reference.counted_s
    covered_s, away = AHEAD * until_s, _expected_vacations(reference, until_s)
    while covered_s < LONGEST * until_s:
        who = customers(reference, seed, replication, covered_s)
        told = _preemptive(reference, who, from_s, until_s) if reference.priorities == PREEMPTIVE else None
        if reference.priorities != PREEMPTIVE:
            told = _played(reference, who, vacations_s(reference, seed, replication, away), from_s, until_s)
        if told is not None:
            return told
        covered_s, away = 1.5 * covered_s, 2 * away
    raise OverflowError(f"those who came until {until_s:g} s were still not served at {covered_s:g} s")


def _expected_vacations(reference: Reference, until_s: float) -> int:
    return 0 if reference.vacations is None else math.ceil(1.1 * reference.servers * until_s / reference.vacations.length.mean) + 100


def _played(reference: Reference, who: Customers, lengths_s: FloatArray, from_s: float, until_s: float) -> Told | None:
    """`None` where customers or vacations ran out."""
    first, last = (0, 0) if reference.saturated else map(int, np.searchsorted(who.arrive_s, [from_s, until_s]))
    counted = np.zeros(len(who.arrive_s), dtype=np.bool_)
    counted[first:last] = True
    rules = Rules(
        servers=reference.servers,
        capacity=-1 if reference.capacity is None else reference.capacity,
        room=-1 if reference.waiting_room is None else reference.waiting_room,
        single=reference.vacations is not None and reference.vacations.kind == SINGLE,
        endless=reference.saturated,
        first=first,
        last=last,
        end_s=until_s,
    )
    found = _by_engine(reference, who, rules, lengths_s)
    if not found.complete:
        return None
    served, blocked = found.server >= 0, found.server == BLOCKED
    ended_s = found.began_s + who.service_s
    left_line_s = np.where(blocked, who.arrive_s, np.minimum(found.began_s, who.leave_s))  # nobody is served who has left
    return Told(
        who=who,
        counted=counted,
        blocked=blocked,
        served=served,
        began_s=found.began_s,
        left_line_s=left_line_s,
        gone_s=np.where(served, ended_s, left_line_s),
        server=found.server,
        busy=Pieces(found.began_s, ended_s),  # who is never served takes no time
        breaks=NOTHING if reference.recovery_break is None else Pieces(ended_s, ended_s + who.pause_s),
        vacations=Pieces(found.away_s, found.away_s + lengths_s[: len(found.away_s)]),
        from_s=from_s,
        until_s=until_s,
    )


def _by_engine(reference: Reference, who: Customers, rules: Rules, lengths_s: FloatArray) -> Played:
    if reference.engine != NUMBA:
        return play(who, rules, lengths_s)
    from simulations.reference_kernel import play_compiled

    return play_compiled(who, rules, lengths_s)


def _preemptive(reference: Reference, who: Customers, from_s: float, until_s: float) -> Told | None:
    counted = (who.arrive_s >= from_s) & (who.arrive_s < until_s)
    found = play_preemptive(who, reference.servers, int(np.searchsorted(who.arrive_s, until_s)), until_s)
    if not found.complete:
        return None
    served = np.isfinite(found.ended_s)
    return Told(
        who=who,
        counted=counted,
        blocked=np.zeros_like(counted),
        served=served,
        began_s=found.began_s,
        left_line_s=np.where(served, found.ended_s - who.service_s, math.inf),  # all time out of service, moved to the front
        gone_s=found.ended_s,
        server=np.zeros(len(counted), dtype=np.int64),
        busy=Pieces(found.piece_from_s, found.piece_until_s),
        breaks=NOTHING,
        vacations=NOTHING,
        from_s=from_s,
        until_s=until_s,
    )
