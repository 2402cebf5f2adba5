"""What may be said of people together: a mean over a whole week and a group large enough to hide everyone, quartiles that are nobody's own
number, how uneven something is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fatigue_model.dynamics import DAY_S
from router.agents import FloatArray
from router.state import TeamState

WEEK_D = 7
MONDAY = 4  # 1970-01-01, day 0, was a Thursday: day 4 a Monday
QUARTILES_FROM = 9  # people: of fewer, fewer than three would be in a quartile


def mean_points_last_week(state: TeamState, now_s: float) -> float | None:
    """Mean raw points of those who had contacts in the last whole week (Monday to Sunday, UTC).

    None where these are fewer than the policy's `aggregate_min_group`. A whole week that is over does not change with the hour, so two
    looks differ only by late events, never by one person's last contact.
    """
    until_s, totals = this_monday(now_s) * DAY_S, []
    for person in state.agents.people:
        mine = [each.points for each in person.entries if until_s - WEEK_D * DAY_S <= each.ended_s < until_s]
        if mine:
            totals.append(sum(mine))
    return sum(totals) / len(totals) if len(totals) >= state.policy.aggregate_min_group else None


def debriefs_last_week(state: TeamState, now_s: float) -> int | None:
    """How many debriefs were held in the last whole week; None where fewer than the policy's `aggregate_min_group` took part in them."""
    until_d = this_monday(now_s)
    held = [each for each in state.debriefs.values() if each.end_s is not None and until_d - WEEK_D <= each.end_s // 86_400 < until_d]
    people = {who for each in held for who in (each.handler_id, each.listener_id)}
    return len(held) if len(people) >= state.policy.aggregate_min_group else None


def this_monday(now_s: float) -> int:
    """The last Monday up to `now_s`, in days since 1970 (UTC)."""
    day = int(now_s // 86_400)
    return day - (day - MONDAY) % WEEK_D


def quartiles(amounts: Sequence[float] | FloatArray) -> tuple[float, float, float] | None:
    """Each the mean of the quarter of people around it: 4·∫ F⁻¹(p) dp from k/4 − 1/8 to k/4 + 1/8 for k = 1, 2, 3, with F⁻¹ the step
    function through the ranked amounts, so that who stands at an edge counts in part.

    A plain quartile of 4k + 1 people is one person's own number, to the last digit. None for fewer than `QUARTILES_FROM` people.
    """
    ranked, n = np.sort(np.asarray(amounts, dtype=np.float64)), len(amounts)
    if n < QUARTILES_FROM:
        return None
    upto = np.interp(n * np.array([1, 3, 5, 7]) / 8, np.arange(n + 1), np.concatenate(([0.0], np.cumsum(ranked))))
    low, middle, high = (np.diff(upto) * 4 / n).tolist()
    return low, middle, high


def gini(amounts: Sequence[float] | FloatArray) -> float | None:
    """The Gini index of amounts ≥ 0: 0 where all are equal, (n − 1)/n where one has all; None where nobody has anything."""
    ranked = np.sort(np.asarray(amounts, dtype=np.float64))
    total, n = float(ranked.sum()), len(ranked)
    if total <= 0:
        return None
    return float(2 * np.dot(np.arange(1, n + 1), ranked) / (n * total) - (n + 1) / n)
