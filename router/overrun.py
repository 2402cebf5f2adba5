"""Live work that runs into a break: the manager is told, once per break."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from router.domain import AWAY, Ticket
from router.events import BreakAtRisk
from router.state import TeamState


def at_risk(state: TeamState, now_s: float) -> tuple[BreakAtRisk, ...]:
    """Breaks that run although live work from before them goes on, and that nobody has been told of. Who went away is on none."""
    agents, found = state.agents, list[BreakAtRisk]()
    if not np.count_nonzero(agents.live_open):
        return ()
    running = (agents.break_start_s <= now_s) & (now_s < agents.break_end_s)
    for row in np.flatnonzero(running & (agents.live_open > 0) & (agents.status > AWAY)).tolist():
        person = agents.people[row]
        current = person.recovery
        assert current is not None
        live = tuple(sorted(each.id for each in on_live_work(state, person.id) if each.since_s <= current.start_s))
        if live and not current.at_risk:
            found.append(BreakAtRisk(now_s, person.id, live))
    return tuple(found)


def on_live_work(state: TeamState, agent_id: str) -> list[Ticket]:
    """The calls and chats that an agent is on; not on one that is still on offer."""
    held = (state.tickets[each] for each in state.held.get(agent_id, ()))
    return [each for each in held if each.live and each.offer_expires_s is None]


def told(state: TeamState, event: BreakAtRisk) -> None:
    """The manager knows."""
    person = state.agents.people[state.agents.row[event.agent_id]]
    assert person.recovery is not None
    person.recovery = replace(person.recovery, at_risk=True)
