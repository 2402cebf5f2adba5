"""What streams of a team's recoveries are told: each view computed once however many look at it, and only where it may have changed."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from api.json_text import to_json
from api.live.stream import RETRY_MS, Message, Shown, event
from api.services import Services
from api.shown import views
from api.shown.looking import note_looks
from api.shown.own_news import OwnNews
from api.store import looks
from api.store.keys import Principal
from router import readiness
from router.agents import IntArray
from router.state import TeamState

PENDING, RESTING, OVER, EASED = 1, 2, 4, 8
LASTING = ("state", "because", "may", "owed", "status", "debrief", "in_hand", "next_break_at")
Mark = tuple[Any, ...]
View = dict[str, Any]


class RecoveryNews:
    """The source of one team. What is shown is an agent's recovery as a role sees it."""

    def __init__(self, service: Services, team: str) -> None:
        self.service, self.team = service, team
        self._marks: dict[Shown, Mark | None] = {}

    def changed(self, shown: Collection[Shown]) -> list[Shown]:
        """Those of whom anything is not as it was that their view is made of."""
        with self.service.dispatcher.seeing(self.team) as (state, now_s):
            marks = Marks(state, now_s)
            return [each for each in shown if self._marks.get(each) != marks.of(*each)]

    def messages(self, shown: Sequence[tuple[Shown, Collection[Principal]]]) -> list[Message | None]:
        """The views of one instant."""
        rate = self.service.clock.rate
        with self.service.dispatcher.seeing(self.team) as (state, now_s):
            marks = Marks(state, now_s)
            found = [seen(state, *each, now_s, rate, marks.news) for each, _ in shown]
            for (each, _), one in zip(shown, found, strict=True):
                # at the very instant of a change the two may differ by rounding: then it is looked at again
                agree = one is None or one[0]["state"] == marks.state_of(each[0])
                self._marks[each] = marks.of(*each) if agree else None
        note_looks(self.service, "recovery", [(who, agent_id) for (agent_id, _), whose in shown for who in whose])
        return [None if one is None else message_of(*one) for one in found]


class Marks:
    """What the views of one instant are made of, cheap enough to be compared at every change: whoever's mark is as before has the same
    view but for what fades."""

    def __init__(self, state: TeamState, now_s: float) -> None:
        self.state, self.now_s, self.hour_s, self.news = state, now_s, looks.hour_of(now_s), OwnNews(state, now_s)
        self._codes: list[int] = codes(state, now_s).tolist()

    def of(self, agent_id: str, role: str) -> Mark | None:
        """None where the agent is not known."""
        row = self.state.agents.row.get(agent_id)
        if row is None:
            return None
        person = self.state.agents.people[row]
        seen = (self._codes[row], person.recovery, readiness.owed(self.state, row, self.now_s), self.news.asked.get(agent_id))
        if role == "agent":
            return (*seen, self.news.status_of(agent_id), self.state.held.get(agent_id), self.news.planned_s.get(agent_id))
        return (*seen, self.hour_s)  # whoever looks at another's is written down every hour

    def state_of(self, agent_id: str) -> str:
        """The state that the view is to have."""
        code = self._codes[self.state.agents.row[agent_id]]
        if code & PENDING:
            return "pending"
        if code & RESTING:
            return "break"
        return "light_duty" if code & (OVER | EASED) else "ready"


def codes(state: TeamState, now_s: float) -> IntArray:
    """Of every agent, what depends on the instant, shape (n_agents,): `PENDING` + `RESTING` + `OVER` + `EASED`; 0 for who is ready."""
    agents = state.agents
    own, unfinished = agents.project_own(now_s, state.params), np.isfinite(agents.break_end_s) & (now_s < agents.break_end_s)
    pending = unfinished & (now_s < agents.break_start_s)
    light: IntArray = OVER * (own.acute > own.line) + EASED * (now_s < agents.eased_s)
    return PENDING * pending + RESTING * (unfinished & ~pending) + light


def view_of(state: TeamState, agent_id: str, role: str, now_s: float, clock_rate: float) -> View:
    """An agent's recovery as `role` may see it: points and line for the agent and the helpdesk, states alone for a manager. Raises
    `Unknown`."""
    return _seen(state, state.agents.known_row(agent_id), role, now_s, clock_rate, OwnNews(state, now_s))[0]


def seen(state: TeamState, agent_id: str, role: str, now_s: float, clock_rate: float, news: OwnNews) -> tuple[View, str | None] | None:
    """The view, and the id of the newest break; None where the agent is not known."""
    row = state.agents.row.get(agent_id)
    return None if row is None else _seen(state, row, role, now_s, clock_rate, news)


def _seen(state: TeamState, row: int, role: str, now_s: float, clock_rate: float, news: OwnNews) -> tuple[View, str | None]:
    found, person = readiness.view(state, row, now_s), state.agents.people[row]
    newest = person.recovery
    if role != "agent":
        found = views.as_others_see(found, now_s)
    view = views.recovery(found, clock_rate, now_s, role, news.of(person.id) if role == "agent" else {})
    return view, newest.id if newest else None


def message_of(view: View, break_id: str | None) -> Message:
    """The view as an event. Its id tells states apart by what lasts of what is seen, and by the break: who has that id needs no repeat."""
    until = view["until"] if view["state"] in ("pending", "break") else None
    lasting = to_json([until, break_id, *(view.get(name) for name in LASTING)])
    message_id = f"{view['state']}@{until or ''}-{hashlib.blake2b(lasting.encode(), digest_size=6).hexdigest()}"
    return Message(message_id, event("recovery", view, message_id, RETRY_MS))
