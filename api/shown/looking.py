"""Noting that somebody else looks at what is kept of a person, before they see it: the person's statement says so."""

from __future__ import annotations

from collections.abc import Iterable

from api.services import Services
from api.store import looks
from api.store.keys import Principal


def note_look(service: Services, who: Principal, what: str, agent_id: str = looks.EVERYBODY) -> None:
    """Write down, once an hour, that a key has looked at `what` (of `looks.WHAT`) of an agent, or of everybody in its team."""
    note_looks(service, what, [(who, agent_id)])


def note_looks(service: Services, what: str, looking: Iterable[tuple[Principal, str]]) -> None:
    """The same of several keys and agents at once."""
    now_s = service.clock.now_s()
    hour_s = looks.hour_of(now_s)
    others = {(hour_s, who.team, agent_id, who.key_id, what): who for who, agent_id in looking if agent_id != who.agent_id}
    new = {look: who for look, who in others.items() if look not in service.noted_looks}
    if new:
        with service.engine.begin() as connection:
            for (_, _, agent_id, _, _), who in new.items():
                looks.note(connection, who, agent_id, what, now_s)
        service.noted_looks = {each for each in service.noted_looks if each[0] == hour_s} | new.keys()
