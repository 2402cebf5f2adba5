"""What an agent's page shows beside the recovery: their status, debriefs, tickets in hand, the next planned break. For the agent alone."""

from __future__ import annotations

from typing import Any

from api import instants
from router.context import held_by
from router.debrief import stage
from router.domain import STATUSES, Debrief
from router.matching import open_at, pair_of
from router.plan.problem import RESTS
from router.state import TeamState


class OwnNews:
    """Of one instant, read once for all agents."""

    def __init__(self, state: TeamState, now_s: float) -> None:
        self.state = state
        self.asked = _asked(state, now_s)
        self.planned_s = _planned_s(state, now_s)

    def of(self, agent_id: str) -> dict[str, Any]:
        """The status, where the debrief stands that they are asked for or are in, the tickets in hand, and when the plan has their next
        break."""
        held = [each.id for each in held_by(self.state, agent_id)]
        next_break_at = instants.text(self.planned_s.get(agent_id))
        status = STATUSES[self.status_of(agent_id)]
        return {"status": status, "debrief": self.asked.get(agent_id), "in_hand": held, "next_break_at": next_break_at}

    def status_of(self, agent_id: str) -> int:
        """As a place in `STATUSES`."""
        return int(self.state.agents.status[self.state.agents.row[agent_id]])


def _asked(state: TeamState, now_s: float) -> dict[str, str]:
    """By agent, the newest debrief that they are asked for or are in, and where it stands for them."""
    alive = [each for each in state.debriefs.values() if _alive(each, now_s)]
    return {agent_id: f"{each.id} {stage(each, agent_id, now_s)}" for each in alive for agent_id in pair_of(each)}


def _alive(each: Debrief, now_s: float) -> bool:
    return open_at(each, now_s) or (each.end_s is not None and now_s < each.end_s)


def _planned_s(state: TeamState, now_s: float) -> dict[str, float]:
    """By agent, when the plan has their next break or lunch begin."""
    found: dict[str, float] = {}
    for each in state.plan.entries if state.plan else ():
        if each.kind in RESTS and each.start_s > now_s:
            found.setdefault(each.agent_id, each.start_s)
    return found
