"""The front desk: what comes in one pass of the event loop is one batch, and whoever is refused, or goes away, takes nobody along."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from api.store.database import open_database, upgrade
from api.store.repository import Repository
from api.writer.dispatcher import Dispatcher
from api.writer.exchange import Answer, Command, KeyInFlight, Outcome
from api.writer.front_desk import FrontDesk
from router.events import AccountPut
from support.stepped_clock import SteppedClock
from support.world import NOON_S


@pytest.fixture
def dispatcher(tmp_path: Any) -> Iterator[Dispatcher]:
    engine = open_database(f"sqlite:///{tmp_path}/desk.db")
    upgrade(engine)
    with engine.begin() as connection:
        Repository(connection).create_team("team", NOON_S)
    made = Dispatcher(engine, SteppedClock(NOON_S))
    yield made
    made.close()
    engine.dispose()


def put(name: str, key: str | None = None) -> Command:
    """Puts an account; answered with the revision after the whole batch, which tells batches apart."""

    def answer(outcome: Outcome) -> Answer:
        return Answer(200, str(outcome.state.revision))

    return Command("team", lambda _state, _now_s: [AccountPut(NOON_S, name)], answer, None if key is None else (key, "digest"))


def test_what_comes_in_one_pass_is_one_batch(dispatcher: Dispatcher) -> None:
    async def use() -> list[Any]:
        desk = FrontDesk(dispatcher, patience_s=60)
        found = await asyncio.gather(*(desk.submit(put(f"a{number}")) for number in range(20)))
        assert desk.open == 0
        return [*found, await desk.submit(put("b"))]

    assert [each.body for each in asyncio.run(use())] == ["20"] * 20 + ["21"]


def test_what_one_caller_hands_in_together_is_not_parted(dispatcher: Dispatcher) -> None:
    """Unless it alone is more than a batch may hold; what others hand in meanwhile comes after it, or with it where there is room."""
    dispatcher.tray.batch_max = 5
    began, go_on = threading.Event(), threading.Event()

    def slow(_state: Any, _now_s: float) -> list[AccountPut]:
        began.set()
        assert go_on.wait(60)
        return []

    async def use() -> list[list[str]]:
        desk = FrontDesk(dispatcher, patience_s=60)
        held = desk.submit(Command("team", slow, lambda _outcome: Answer(200, "")))
        await asyncio.to_thread(began.wait)
        names = ("aaa", "bbbb", "c", "ddddddd", "e")
        groups = [desk.submit_all([put(f"{name}{number}") for number in range(len(name))]) for name in names]
        assert desk.submit_all([]) == []
        await asyncio.sleep(0)
        go_on.set()
        await held
        return [[each.body for each in await asyncio.gather(*group)] for group in groups]

    assert asyncio.run(use()) == [["3"] * 3, ["8"] * 4, ["8"], ["13"] * 5 + ["16"] * 2, ["16"]]


def test_a_key_that_is_still_served_refuses_itself_alone(dispatcher: Dispatcher) -> None:
    async def use() -> list[Any]:
        desk = FrontDesk(dispatcher, patience_s=60)
        first = await asyncio.gather(*(desk.submit(put(name, "key")) for name in ("a", "b")), desk.submit(put("c")), return_exceptions=True)
        return [*first, await desk.submit(put("d", "key"))]

    one, two, three, again = asyncio.run(use())
    assert (one.body, three.body, again.body) == ("2", "2", "2")
    assert isinstance(two, KeyInFlight)


def test_whoever_goes_away_before_their_turn_is_not_served_and_frees_their_key(dispatcher: Dispatcher) -> None:
    begun, release = threading.Event(), threading.Event()

    def slow(_state: Any, _now_s: float) -> list[AccountPut]:
        begun.set()
        assert release.wait(60)
        return [AccountPut(NOON_S, "slow")]

    async def use() -> Answer:
        desk = FrontDesk(dispatcher, patience_s=60)
        held = desk.submit(Command("team", slow, lambda _outcome: Answer(200, "")))
        assert await asyncio.to_thread(begun.wait, 60)
        gone = desk.submit(put("gone", "key"))
        await asyncio.sleep(0)
        gone.cancel()
        release.set()
        await held
        await desk.submit(put("between"))  # by now its turn would have come
        found = await desk.submit(put("there", "key"))
        assert desk.open == 0
        return found

    assert asyncio.run(use()).body == "3"
    with dispatcher.reading("team") as (state, _):
        assert set(state.accounts) == {"slow", "between", "there"}


def test_a_desk_whose_dispatcher_is_closed_says_so(dispatcher: Dispatcher) -> None:
    dispatcher.close()

    async def use() -> None:
        desk = FrontDesk(dispatcher, patience_s=60)
        with pytest.raises(RuntimeError, match="shutting down"):
            await desk.submit(put("a"))
        assert desk.open == 0

    asyncio.run(use())
