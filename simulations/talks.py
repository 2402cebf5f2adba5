"""What people do about debriefs: who is asked says yes or no at once, and two who said yes sit down together."""

from __future__ import annotations

import numpy as np

from router import debrief
from router.errors import Refused
from router.events import DebriefAnswered, DebriefProposed
from router.matching import pair_of
from simulations.agenda import Handlers, Incoming, Kind
from simulations.floor import Floor
from simulations.streams import Stream, generator


class Talks:
    """Handlers of what willing people do. The k-th proposal to an agent takes the agent's own k-th draw, whatever the others say."""

    def __init__(self, floor: Floor) -> None:
        self.floor = floor
        self._chance: dict[int, np.random.Generator] = {}
        self.happens: Handlers = {Kind.ANSWERS: self._answers}

    def follow(self, event: DebriefProposed | DebriefAnswered, now_s: float) -> None:
        """Have those who are asked answer, and those who have both said yes get up when it is over."""
        found, rows = self.floor.state.debriefs[event.debrief_id], self.floor.state.agents.row
        for agent_id in pair_of(found):
            if isinstance(event, DebriefProposed):
                self.floor.agenda.enter(now_s, Kind.ANSWERS, rows[agent_id])
            elif found.end_s is not None:
                self.floor.touched.add(rows[agent_id])
                self.floor.agenda.enter(found.end_s, Kind.REST, rows[agent_id])

    def _answers(self, now_s: float, row: int, _: int) -> Incoming:
        """Nothing comes of it where the other one has said no, or has something live or a break by now."""
        world, state = self.floor.world, self.floor.state
        if row not in self._chance:
            self._chance[row] = generator(world.scenario.run.seed, world.replication, Stream.ANSWERS, *world.staff[row].place)
        answer = "accept" if self._chance[row].random() < world.scenario.debriefs.accepts else "decline"
        found = debrief.current(state, world.staff[row].id, now_s)
        if found is None:
            return None
        event = DebriefAnswered(now_s, found.id, world.staff[row].id, answer)
        try:
            return [event] if debrief.may_answer(state, event) else None
        except Refused:
            return None
