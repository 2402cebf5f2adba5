"""The smallest things that a team can be told."""

from __future__ import annotations

from api.writer.dispatcher import Dispatcher
from api.writer.exchange import Answer, Command
from router.events import AccountPut, Event
from support.world import NOON_S


def put(dispatcher: Dispatcher, account_id: str) -> None:
    tell(dispatcher, AccountPut(NOON_S, account_id))


def tell(dispatcher: Dispatcher, event: Event) -> None:
    dispatcher.submit(Command("team", lambda _state, _now: [event], lambda _outcome: Answer(200, ""))).result()
