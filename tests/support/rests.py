"""A team's breaks as tests ask for them: whose there is, from when to when in minutes of the day, moved or skipped."""

from __future__ import annotations

from router import readiness
from router.domain import Break, Ticket
from router.events import BreakShifted, BreakSkipped
from router.readiness import RecoveryView
from router.state import TeamState
from support.build import in_hand, tell
from support.streams import START_S

MIN_S = 60.0
PLAIN = {"fatigue": {"account_memory_gain": 0.0}}
SOON_HARD = {"fatigue": {"ordinary_points": 0.5, "line_points": 20.0, "repeat_points": 0.0}}  # any contact is hard, and none sends a break


def view(state: TeamState, after_s: float, agent_id: str = "ann") -> RecoveryView:
    return readiness.view(state, state.agents.row[agent_id], START_S + after_s)


def current(state: TeamState, agent_id: str = "ann") -> Break:
    found = state.agents.people[state.agents.row[agent_id]].recovery
    assert found is not None
    return found


def span(state: TeamState, agent_id: str = "ann") -> tuple[float, float]:
    """Start and end of the break, in minutes after the start of the test's day."""
    found = current(state, agent_id)
    return (found.start_s - START_S) / MIN_S, (found.end_s - START_S) / MIN_S


def has_none(state: TeamState, agent_id: str = "ann") -> bool:
    return state.agents.people[state.agents.row[agent_id]].recovery is None


def shift(state: TeamState, after_min: float, minutes: float) -> None:
    tell(state, BreakShifted(START_S + after_min * MIN_S, "ann", minutes * MIN_S))


def skip(state: TeamState, after_min: float) -> None:
    tell(state, BreakSkipped(START_S + after_min * MIN_S, "ann", "everybody is ill"))


def held(state: TeamState, agent_id: str = "ann", **fields: object) -> Ticket:
    return in_hand(state, agent_id, account_id="acme", **fields)


def at(after_min: float) -> float:
    return START_S + after_min * MIN_S
