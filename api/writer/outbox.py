"""The outbox: what a turn of a team tells its subscribers, written in the turn's own transaction and carried away afterwards."""

from __future__ import annotations

import math
import secrets
import time
from collections.abc import Callable, Mapping, Sequence

import sqlalchemy as sa

from api import instants
from api.json_text import to_json
from api.shown import news
from api.shown.news import News
from api.store import letters, subscriptions
from api.store.subscriptions import Subscription
from api.store.tables import outbox
from api.writer.rests import Rests
from router.domain import Break
from router.events import Event
from router.state import TeamState

REMEMBERED_S = 1.0  # so long a change of another service's subscriptions may go unnoticed
RESTS = frozenset(news.RESTS)


class Outbox:
    """`put` in each turn. `written` are the teams that something was put out for since the courier looked last."""

    def __init__(self, life: Callable[[], float] = time.time) -> None:
        self.written: set[str] = set()
        self._life = life
        self._rests = Rests()
        self._known: dict[str, tuple[float, tuple[Subscription, ...]]] = {}

    def forget(self, team: str) -> None:
        """Somebody subscribed or unsubscribed."""
        self._known.pop(team, None)

    def begin_anew(self) -> None:
        """The store was replaced: who listens, and what they were told, is read again."""
        self._known.clear()
        self._rests = Rests()

    def put(
        self,
        connection: sa.Connection,
        team: str,
        state: TeamState,
        logged: Sequence[Event],
        before: Mapping[str, Break | None],
        now_s: float,
    ) -> float:
        """Write down what is to be told of this turn; returns when to take a turn although nothing will have happened by then.

        `logged`: what entered the log. `before`: each agent's break when the turn began. It costs a look at a clock where nobody listens.
        """
        told = self._subscribed(connection, team)
        if not told:
            return math.inf
        rests, again_s = list[News](), math.inf
        if any(RESTS.intersection(each.types) for each in told):
            rests, again_s = self._rests.news(connection, team, state, before, now_s)
        # what began or ended by now goes before what was made of it: that a call runs into a break, that two may talk after it
        found = [*rests, *news.of_log(logged, state.revision - len(logged) + 1)]
        rows = [row for each in found for row in addressed(each, told)]
        if rows:
            letters.add(connection, outbox, team, rows, self._life())
            self.written.add(team)
        return again_s

    def _subscribed(self, connection: sa.Connection, team: str) -> tuple[Subscription, ...]:
        since_s, known = self._known.get(team, (-math.inf, ()))
        if time.monotonic() >= since_s + REMEMBERED_S:
            known = subscriptions.of(connection, team)
            self._known[team] = (time.monotonic(), known)
            if not known:
                self._rests.forget(team)
        return known


def addressed(told: News, to: Sequence[Subscription]) -> list[dict[str, str]]:
    """A row of the outbox for each subscription that the news go to: asked for, its own, and not from before it was made."""
    wanted = [
        each
        for each in to
        if told.type in each.types
        and told.at_s >= each.created_s
        and (not told.private if each.agent_id is None else told.key == news.agent_key(each.agent_id))
    ]
    return [row(each, told, new_id()) for each in wanted]


def new_id() -> str:
    return f"evt_{secrets.token_hex(12)}"


def row(to: Subscription, told: News, letter_id: str) -> dict[str, str]:
    body = {
        "id": letter_id,
        "type": told.type,
        "timestamp": instants.text(told.at_s),
        "revision": told.revision,
        "data": told.data,
    }
    return {"peer": to.id, "id": letter_id, "key": told.key, "type": told.type, "body": to_json(body)}
