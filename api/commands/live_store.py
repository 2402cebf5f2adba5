"""The live store as something that takes a history: through the dispatcher, like every other event."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Sequence

import sqlalchemy as sa

from api.clock import Clock
from api.commands.common import read_settings
from api.commands.history import import_command
from api.commands.on_store import opened
from api.settings import DEFAULT_TEAM
from api.store import reading
from api.store.database import read_only
from api.store.repository import Repository
from api.writer.dispatcher import Dispatcher
from api.writer.exchange import Answer, Command
from router.events import Event


class LiveStore:
    """The default team of the store. `take` is one transaction: all of its events or none."""

    def __init__(self, engine: sa.Engine, dispatcher: Dispatcher) -> None:
        self.engine, self.dispatcher = engine, dispatcher

    def now_s(self) -> float:
        with self.dispatcher.reading(DEFAULT_TEAM) as (_, now_s):
            return now_s

    def known_agents(self) -> Collection[str]:
        with self.dispatcher.reading(DEFAULT_TEAM) as (state, _):
            return set(state.agents.row)

    def known_accounts(self) -> Collection[str]:
        with self.dispatcher.reading(DEFAULT_TEAM) as (state, _):
            return set(state.accounts)

    def forgotten(self, ticket_ids: Collection[str]) -> Collection[str]:
        """Those of the tickets that are stored and so long over that the team's state has dropped them."""
        with self.dispatcher.reading(DEFAULT_TEAM) as (state, _):
            dropped = [each for each in ticket_ids if each not in state.tickets]
        with read_only(self.engine) as connection:
            return reading.stored_ids(connection, DEFAULT_TEAM, dropped)

    def take(self, events: Sequence[Event]) -> int:
        command = Command(DEFAULT_TEAM, lambda _state, _now_s: events, lambda outcome: Answer(200, str(len(outcome.logged))))
        return int(self.dispatcher.submit(command).result().body)


@contextlib.contextmanager
def live_store() -> Iterator[LiveStore]:
    """The store that the settings name, opened for one command."""
    with opened(read_settings(), begin=True) as engine:
        clock = Clock()
        with engine.begin() as connection:
            Repository(connection).create_team(DEFAULT_TEAM, clock.now_s())
        dispatcher = Dispatcher(engine, clock)
        try:
            yield LiveStore(engine, dispatcher)
        finally:
            dispatcher.close()


import_history = import_command(
    live_store,
    help="Read a helpdesk's history into the store. What is there already changes nothing; what is over is not routed. "
    "Exit 1 where the store refused a ticket.",
)
