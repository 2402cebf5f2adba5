"""Events on their way: whatever fails, hangs or dies in between, each subscriber gets those of a ticket in order, none is lost, and none
comes twice but for a death."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.hooks.courier import Carried, Rounds, wait_s
from api.hooks.post import Failure
from api.settings import Settings
from api.store import letters, subscriptions
from api.store.database import open_database, upgrade
from api.store.letters import Letter
from api.store.repository import Repository
from api.store.rotating import Secret
from api.store.subscriptions import Subscription
from api.store.tables import outbox
from api.writer.dispatcher import Dispatcher
from support.stepped_clock import SteppedClock

TEAM, PEERS, KEYS, EVENTS = "team", ("sub-a", "sub-b"), 4, 18
SETTINGS = Settings(webhook_retry_s=1.0, webhook_retry_max_s=60.0, webhook_give_up_s=200.0, webhook_at_once=3, webhook_timeout_s=5.0)

NO_ANSWER = Failure("no answer")


@pytest.fixture(scope="module")
def dispatcher(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path: Path = tmp_path_factory.mktemp("order") / "respite.db"
    engine = open_database(f"sqlite:///{path}")
    sa.event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous = OFF"))
    upgrade(engine)
    with engine.begin() as connection:
        Repository(connection).create_team(TEAM, 0.0)
        for peer in PEERS:
            subscriptions.add(connection, TEAM, Subscription(peer, None, "https://x", ("ticket.queued",), 0.0, (Secret("whsec_AAAA"),)))
    made = Dispatcher(engine, SteppedClock(0.0))
    yield made
    made.close()
    engine.dispose()


class Network:
    """Takes what rounds give it, and loses, refuses or delivers it as chance has it; sometimes the process dies with it."""

    def __init__(self, dispatcher: Dispatcher, chance: random.Random) -> None:
        self.dispatcher, self.chance, self.now_s = dispatcher, chance, 0.0
        self.got: dict[tuple[str, str], list[str]] = {}
        self.under_way: list[tuple[Subscription, Letter]] = []
        self.sent_s: dict[tuple[str, int], float] = {}
        self.deaths = 0
        self.rounds = self._start()

    def _start(self) -> Rounds:
        return Rounds(self.dispatcher, SETTINGS, lambda: self.now_s, self.chance)

    def step(self, failing: float, deadly: float) -> None:
        self.now_s += self.chance.uniform(0.0, 3.0)
        over = [each for each in self.under_way if self.now_s >= self.sent_s[each[0].id, each[1].seq] + SETTINGS.webhook_timeout_s]
        ready = [each for each in self.under_way if each in over or self.chance.random() < 0.5]
        self.under_way = [each for each in self.under_way if each not in ready]
        carried = [Carried(TEAM, letter, self._arrive(to, letter, failing)) for to, letter in ready]
        if self.chance.random() < deadly:  # what was carried is not written down, what is held runs out
            self.deaths += 1
            self.under_way, self.rounds = [], self._start()
            self.now_s += self.rounds.lease_s + 1.0
            return
        busy = Counter(to.id for to, _ in self.under_way)
        taken, _ = self.rounds.turn(TEAM, carried, busy)
        self.under_way += taken
        self.sent_s |= {(to.id, letter.seq): self.now_s for to, letter in taken}
        assert max(Counter(to.id for to, _ in self.under_way).values(), default=0) <= SETTINGS.webhook_at_once
        assert len({(to.id, letter.key) for to, letter in self.under_way}) == len(self.under_way)

    def _arrive(self, to: Subscription, letter: Letter, failing: float) -> Failure | None:
        outcome = self.chance.random()
        if outcome < failing / 2:
            return NO_ANSWER  # and it has not arrived
        self.got.setdefault((to.id, letter.key), []).append(letter.id)
        return NO_ANSWER if outcome < failing else None  # it has, and the answer was lost


def put(dispatcher: Dispatcher, numbers: range, now_s: float) -> None:
    with dispatcher.writing() as connection:
        rows = [
            {"peer": peer, "id": f"{number:04d}", "key": f"ticket:{number % KEYS}", "type": "ticket.queued", "body": "{}"}
            for number in numbers
            for peer in PEERS
        ]
        letters.add(connection, outbox, TEAM, rows, now_s)


def left(dispatcher: Dispatcher) -> Counter[str]:
    with dispatcher.engine.connect() as connection:
        return Counter(connection.execute(sa.select(outbox.c.state).where(outbox.c.team == TEAM)).scalars())


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), failing=st.floats(0, 0.9), deadly=st.sampled_from([0.0, 0.02, 0.1]))
def test_order_by_ticket(dispatcher: Dispatcher, seed: int, failing: float, deadly: float) -> None:
    with dispatcher.writing() as connection:
        connection.execute(sa.delete(outbox))
    network = Network(dispatcher, random.Random(seed))
    for first in range(0, EVENTS, 6):
        put(dispatcher, range(first, first + 6), network.now_s)
        for _ in range(4):
            network.step(failing, deadly)
    for _ in range(3000):
        if not left(dispatcher)[letters.WAITING]:
            break
        network.step(failing, deadly)
    dead = left(dispatcher)[letters.DEAD]
    assert left(dispatcher)[letters.WAITING] == 0
    arrived = {(peer, each) for (peer, _), ids in network.got.items() for each in ids}
    assert len(arrived) + dead >= len(PEERS) * EVENTS
    for ids in network.got.values():
        assert list(dict.fromkeys(ids)) == sorted(set(ids))  # the first time that each comes
        assert ids == sorted(ids)  # and where it comes again, before the next
    if failing == 0.0 and network.deaths == 0:
        assert (dead, all(len(ids) == len(set(ids)) for ids in network.got.values())) == (0, True)


def test_a_dead_letter_holds_up_nothing_and_comes_late_where_it_is_sent_again(dispatcher: Dispatcher) -> None:
    with dispatcher.writing() as connection:
        connection.execute(sa.delete(outbox))
    network = Network(dispatcher, random.Random(1))
    put(dispatcher, range(2 * KEYS), 0.0)
    while left(dispatcher)[letters.WAITING]:
        taken, _ = network.rounds.turn(TEAM, [], Counter())
        network.now_s += 100.0
        carried = [Carried(TEAM, letter, NO_ANSWER if int(letter.id) < KEYS else None) for _, letter in taken]  # the first of each ticket
        for (to, letter), each in zip(taken, carried, strict=True):
            network.got.setdefault((to.id, letter.key), []).extend([letter.id] if each.error is None else [])
        network.rounds.turn(TEAM, carried, Counter(dict.fromkeys(PEERS, 3)))
    assert left(dispatcher) == {letters.DEAD: len(PEERS) * KEYS}
    assert all(ids == [f"{int(key[-1]) + KEYS:04d}"] for (_, key), ids in network.got.items())
    with dispatcher.writing() as connection:
        assert letters.revive(connection, outbox, TEAM, PEERS[0], network.now_s) == KEYS
    while left(dispatcher)[letters.WAITING]:
        network.step(failing=0.0, deadly=0.0)
    assert network.got["sub-a", "ticket:1"] == ["0005", "0001"]
    assert left(dispatcher) == {letters.DEAD: KEYS}


def test_waits_are_doubled_up_to_a_bound_with_jitter() -> None:
    chance = random.Random(3)
    for attempts, longest_s in ((1, 1.0), (2, 2.0), (6, 32.0), (7, 60.0), (2000, 60.0)):
        found = [wait_s(attempts, SETTINGS, chance) for _ in range(200)]
        assert longest_s / 2 <= min(found) < longest_s * 0.55
        assert longest_s * 0.95 < max(found) <= longest_s
