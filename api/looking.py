"""Noting that somebody else looks at what is kept of a person, before they see it: the person's statement says so."""

from __future__ import annotations

from api.services import Services
from api.store import looks
from api.store.keys import Principal

EVERYBODY = ""


def note_look(service: Services, who: Principal, what: str, agent_id: str = EVERYBODY) -> None:
    """Write down, once an hour, that a key has looked at `what` (of `looks.WHAT`) of an agent, or of everybody in its team."""
    if who.role == "agent" and agent_id == who.agent_id:
        return
    now_s = service.clock.now_s()
    look = (looks.hour_of(now_s), who.team, agent_id, who.key_id, what)
    if look not in service.noted_looks:
        with service.engine.begin() as connection:
            looks.note(connection, who, agent_id, what, now_s)
        service.noted_looks = {each for each in service.noted_looks if each[0] == look[0]} | {look}
