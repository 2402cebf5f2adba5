"""What a log does not say of a call centre's ways, fitted by running its own calls again: wrap-up after a call, and who goes ahead.

Wrap-up is the time after a call in which the agent takes no other. The log's own arrivals, lengths of calls, staffing and, as far as it
tells them, patience are run through `line` with more and more wrap-up, until waits and abandonment together are as they were.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from simulations.calibrate.attendance import Session
from simulations.calibrate.calls import BoolArray, Calls, FloatArray
from simulations.calibrate.interval import Interval
from simulations.calibrate.line import Demand, Rules, run
from simulations.calibrate.survival import Curve

HOUR_S = 3600.0
PARTS = (0.0, 1 / 16, 1 / 8, 3 / 16, 1 / 4, 3 / 8, 1 / 2, 3 / 4, 1.0)  # of the mean length of a call, at which wrap-up is tried
RUNS, RESAMPLED, REFINED = 4, 400, 2
BEYOND = 2  # wrap-ups tried that are too long: the second one is for the upper end of the interval
HEAD_STARTS_S = tuple(15.0 * step for step in range(41))
TICK_S = 3.0
LOG_TICK_S = 1.0  # a log of whole seconds leaves so much open


@dataclass(frozen=True, slots=True)
class WrapUp:
    """The wrap-up in seconds, and what the runs gave on the way: mean wait (s) and share abandoned at each wrap-up tried."""

    mean_s: Interval
    tried_s: tuple[float, ...]
    waits_s: tuple[float, ...]
    abandoned: tuple[float, ...]


def own(calls: Calls, curve: Curve, curves: Mapping[int, Curve], chance: np.random.Generator) -> Demand:
    """The calls of a log as demand: a caller who hung up waits as long again, one who was answered at least as long as they did.

    Where the log tells no length, since nobody took the call, it is that of another call of its category, drawn.
    """
    service_s = lengths(calls, chance)
    beyond = patience_s(calls, curve, curves, chance, calls.wait_s)
    return Demand(calls.arrived_s, service_s, np.where(calls.left, calls.wait_s, beyond), calls.ahead, calls.category)


def patience_s(calls: Calls, curve: Curve, curves: Mapping[int, Curve], chance: np.random.Generator, from_s: FloatArray) -> FloatArray:
    """Patience drawn for each call from the curve of its category, or of all, given that it is more than `from_s`."""
    drawn = 1 - chance.random(len(calls))
    found = curve.draw(drawn, from_s)
    for kind, each in curves.items():
        these = calls.category == kind
        found[these] = each.draw(drawn[these], from_s[these])
    return found


def lengths(calls: Calls, chance: np.random.Generator) -> FloatArray:
    """The length of every call in seconds; where it had none, that of another one of its category, or of any."""
    found, missing = calls.service_s.copy(), np.isnan(calls.service_s)
    for kind in np.unique(calls.category[missing]):
        these = missing & (calls.category == kind)
        told = calls.service_s[~missing & (calls.category == kind)]
        told = told if len(told) else calls.service_s[~missing]
        found[these] = chance.choice(told, int(these.sum()))
    return found


def head_start_s(calls: Calls) -> float:
    """By how much callers above normal priority go ahead: the head start that explains the most of who was taken before whom.

    Each time a call was taken from the queue, it is set against every call of the other rank that was still waiting.
    """
    if not calls.ahead.any() or calls.ahead.all():
        return 0.0
    ends_s, waited = calls.arrived_s + calls.wait_s, np.flatnonzero(calls.wait_s > 0)
    arrived = calls.arrived_s[waited].tolist()
    longest_s = float(calls.wait_s.max())
    behind: list[float] = []  # a high one taken: it came so much later than one of normal rank that waited
    before: list[float] = []  # a normal one taken: it came so much sooner than a high one that waited
    for call in waited[~calls.left[waited]]:
        at_s, ahead = float(ends_s[call]), bool(calls.ahead[call])
        others = waited[bisect_left(arrived, at_s - longest_s) : bisect_left(arrived, at_s - TICK_S)]
        others = others[(ends_s[others] > at_s + TICK_S) & (calls.ahead[others] != ahead)]
        gaps = calls.arrived_s[call] - calls.arrived_s[others]
        (behind if ahead else before).extend((gaps if ahead else -gaps).tolist())
    late, soon = np.array(behind), np.array(before)
    against = [int((late > head).sum() + (soon < head).sum()) for head in HEAD_STARTS_S]
    return HEAD_STARTS_S[int(np.argmin(against))]


def wrap_up(
    calls: Calls,
    there: Sequence[Session],
    curve: Curve,
    curves: Mapping[int, Curve],
    rules: Rules,
    chance: np.random.Generator,
    runs: int = RUNS,
) -> WrapUp:
    """The wrap-up that gives the waits and the abandonment that were; hours and runs are resampled for its interval."""
    hours = np.unique(np.floor(calls.arrived_s / HOUR_S), return_inverse=True)[1]

    def by_hour(waits_s: FloatArray, left: BoolArray) -> FloatArray:
        return np.stack([np.bincount(hours, weights=waits_s), np.bincount(hours, weights=left)]).astype(np.float64)

    seen, demands = by_hour(calls.wait_s, calls.left), [own(calls, curve, curves, each) for each in chance.spawn(runs)]

    def ran(wrap_up_s: float) -> FloatArray:
        return np.stack([by_hour(*run(demand, there, replace(rules, wrap_up_s=wrap_up_s))) for demand in demands])

    found: dict[float, FloatArray] = {}  # of shape (runs, 2, hours) at each wrap-up
    beyond = 0
    for part in PARTS:
        at_s = part * float(np.nanmean(calls.service_s))
        found[at_s] = ran(at_s)
        beyond += _over(found[at_s].mean(axis=0), seen) > 0
        if beyond == BEYOND:
            break
    for _ in range(REFINED):  # between the two around the answer, where a straight line is too coarse
        at_s = _root({at: each.mean(axis=0) for at, each in found.items()}, seen)
        found.setdefault(at_s, ran(at_s))
    mean = {at: each.mean(axis=0) for at, each in sorted(found.items())}
    drawn = []
    for some in chance.integers(seen.shape[1], size=(RESAMPLED, seen.shape[1])):
        one = int(chance.integers(runs))
        drawn.append(_root({at: each[one][:, some] for at, each in found.items()}, seen[:, some]))
    low, high = np.quantile(drawn, (0.025, 0.975))
    waits_s, abandoned = np.stack([each.sum(axis=1) for each in mean.values()], axis=1) / len(calls)
    around = Interval(_root(mean, seen), max(0.0, float(low) - LOG_TICK_S), float(high) + LOG_TICK_S, len(calls))
    return WrapUp(around, tuple(mean), tuple(waits_s.tolist()), tuple(abandoned.tolist()))


def _over(sums: FloatArray, seen: FloatArray) -> float:
    """By how much waits and abandonment are above what was seen, as the sum of both logarithms."""
    return float(np.sum(np.log(np.maximum(sums.sum(axis=-1), 1e-9) / np.maximum(seen.sum(axis=-1), 1e-9))))


def _root(found: Mapping[float, FloatArray], seen: FloatArray) -> float:
    """The wrap-up at which the excess passes through 0, on a line between the two around it; the end of those tried where it does not."""
    tried = sorted(found)
    over = np.maximum.accumulate([_over(found[at_s], seen) for at_s in tried])
    if over[0] >= 0:
        return 0.0
    return float(np.interp(0.0, over, tried))
