"""The smallest thing that a team can be told: an account."""

from __future__ import annotations

from api.writer.dispatcher import Dispatcher
from api.writer.exchange import Answer, Command
from router.events import AccountPut
from support.world import NOON_S


def put(dispatcher: Dispatcher, account_id: str) -> None:
    event = AccountPut(NOON_S, account_id)
    dispatcher.submit(Command("team", lambda _state, _now: [event], lambda _outcome: Answer(200, ""))).result()
