"""How narrow the intervals of a comparison have to be before it may stop, and how many runs that will take.

    service_level=0.5pt        half a percentage point
    wait_written_mean_s=5%     a twentieth of what it is in the base scenario
    wait_live_mean=10%,5s      whichever is wider
    staff_usd=100              in the metric's own unit; also s, min, h for times

**Looking and stopping.** After each round the intervals are looked at, and the comparison stops when all are narrow enough. That picks
moments at which the spread happens to look small, so an interval for a fixed number of runs would cover less often than it says: found by
simulation, 93.2 to 95.3 % of the time instead of 95 %, whatever the target. (For normal values the mean is independent of when one
stops, so it is not biased; the spread alone is.) Intervals that were looked at are therefore computed at `LOOKING_LEVEL`, with which they
cover at least 95 %; `tests/property/test_comparison_laws.py` plays the procedure many times. Each interval covers by itself: of twenty
metrics one may be expected to miss.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fatigue_model.bounds import InvalidValues, Violation
from simulations.metrics import Metric

LOOKING_LEVEL = 0.965
LEAST = 10  # runs before the first look
UNITS = {"pt": ("share", 0.01), "s": ("s", 1.0), "min": ("s", 60.0), "h": ("s", 3600.0)}
SUFFIXES = ("", "_s", "_usd", "_points")
PART = re.compile(r"(?P<number>\d+(\.\d*)?|\.\d+)\s*(?P<unit>%|pt|s|min|h|)")


@dataclass(frozen=True, slots=True)
class Target:
    """The half-width to reach: the wider of `absolute`, in the metric's unit, and `relative`, a share of the base scenario's mean."""

    absolute: float
    relative: float

    def half_width(self, base_mean: float) -> float:
        return max(self.absolute, self.relative * abs(base_mean))


POINT, TENTH = Target(0.01, 0.0), Target(5.0, 0.1)
USUAL = {
    "service_level": POINT,
    "abandonment": POINT,
    "above_line": POINT,
    "wait_written_mean_s": TENTH,
    "wait_live_mean_s": TENTH,
    "load_mean_points": Target(0.05, 0.1),
}


def usual(metrics: Mapping[str, Metric]) -> dict[str, Target]:
    """Targets that suit a decision on head-count: of shares a point, of mean waits and loads a tenth; of a textbook model all of these."""
    if "service_level" in metrics:
        return {name: target for name, target in USUAL.items() if name in metrics}
    shares = {name: POINT for name, metric in metrics.items() if metric.unit == "share"}
    return shares | {name: TENTH for name, metric in metrics.items() if metric.unit == "s" and "mean" in name}


def targets_from(words: Mapping[str, str], metrics: Mapping[str, Metric]) -> dict[str, Target]:
    """Targets by the names of `metrics`; raises `InvalidValues` with every word that is none.

    A name may be told without its unit at the end, and `wait_mean` means every mean wait.
    """
    found: dict[str, Target] = {}
    refused: list[Violation] = []
    for word, text in words.items():
        names = _named(word, metrics)
        if not names:
            refused.append(Violation(word, text, "one of " + ", ".join(metrics)))
        for name in names:
            target = _target(text, metrics[name].unit)
            if target is None:
                refused.append(Violation(word, text, _allowed(metrics[name].unit)))
            else:
                found[name] = target
    if refused:
        raise InvalidValues(tuple(dict.fromkeys(refused)))
    return found


def _named(word: str, metrics: Mapping[str, Metric]) -> list[str]:
    exact = [word + suffix for suffix in SUFFIXES if word + suffix in metrics]
    if exact:
        return exact[:1]
    first, _, last = word.rpartition("_")
    return [name for name in metrics if first and name.startswith(f"{first}_") and name.endswith(f"_{last}_s")]


def _target(text: str, unit: str) -> Target | None:
    absolute = relative = 0.0
    for part in text.split(","):
        found = PART.fullmatch(part.strip())
        if found is None or float(found["number"]) <= 0:
            return None
        number = float(found["number"])
        if found["unit"] == "%":
            relative = number / 100
        elif not found["unit"]:
            absolute = number
        elif UNITS[found["unit"]][0] == unit:
            absolute = number * UNITS[found["unit"]][1]
        else:
            return None
    return Target(absolute, relative)


def _allowed(unit: str) -> str:
    own = " or ".join(f"5{name}" for name, (kind, _) in UNITS.items() if kind == unit)
    return f"a number above 0{f', like {own},' if own else ''} or a share of the base scenario's value, like 5%; both with a comma between"


def next_count(done: int, most: int, widths: Iterator[tuple[float, float]]) -> int:
    """How many runs to have done at the next look, from pairs of half-width and target; `done` where all are reached, or `most` are done.

    The half-width falls with the root of the number; at least a tenth more, at most twice as many, the same on every machine.
    """
    ratio = max((half_width / target if target > 0 else math.inf for half_width, target in widths if half_width > target), default=0.0)
    if not ratio or done >= most:
        return done
    wanted = 2.0 * done if math.isinf(ratio) else done * ratio**2
    return min(most, max(done + max(2, math.ceil(done / 10)), math.ceil(min(2.0 * done, wanted))))
