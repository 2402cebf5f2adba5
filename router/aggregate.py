"""The one number about people that a manager sees: a mean over a whole week and a group large enough to hide everyone in it."""

from __future__ import annotations

from router.state import TeamState

WEEK_D = 7
MONDAY = 4  # 1970-01-01, day 0, was a Thursday: day 4 a Monday


def mean_points_last_week(state: TeamState, now_s: float) -> float | None:
    """Mean raw points of those who had contacts in the last whole week (Monday to Sunday, UTC).

    None where these are fewer than the policy's `aggregate_min_group`. A whole week that is over does not change with the hour, so two
    looks differ only by late events, never by one person's last contact.
    """
    day = int(now_s // 86_400)
    this_monday = day - (day - MONDAY) % WEEK_D
    totals = []
    for person in state.agents.people:
        mine = [points for each, points in person.points_by_day.items() if this_monday - WEEK_D <= each < this_monday]
        if mine:
            totals.append(sum(mine))
    return sum(totals) / len(totals) if len(totals) >= state.policy.aggregate_min_group else None
