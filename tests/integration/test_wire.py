"""Services on one PostgreSQL hear from each other what they have committed, and of their timers one goes off."""

from __future__ import annotations

import json
import queue
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from api.clock import Clock
from api.store import looks
from api.store.database import open_database, upgrade
from api.store.keys import Principal
from api.store.postgresql import give_up_stuck_turns
from api.store.presence import Presence
from api.store.repository import Repository
from api.writer.dispatcher import Dispatcher
from api.writer.exchange import Answer, Command
from api.writer.wire import CHANNEL, Wire, _messages
from router.events import AccountPut, AgentPut, AgentStatus, Event, TicketEvent, TicketOpened
from router.state import TeamState
from support.postgres import ThrowawayPostgres

WAIT_S = 60.0
RATE = 600.0  # a break of ten minutes takes a second


class Service:
    """A dispatcher with its wire: what a service consists of for another."""

    def __init__(self, url: str, clock: Clock) -> None:
        self.engine = open_database(url)
        give_up_stuck_turns(self.engine)
        upgrade(self.engine)
        with self.engine.begin() as connection:
            Repository(connection).create_team("team", clock.now_s())
        self.dispatcher = Dispatcher(self.engine, clock)
        self.heard: queue.Queue[str] = queue.Queue()
        self.wire = Wire(self.dispatcher, Presence(self.engine))
        self.dispatcher.on_change.append(self.heard.put)
        self.taken: list[str] = []  # turns that locked the team
        sa.event.listen(self.engine, "before_cursor_execute", self._note)
        self.wire.start()

    def _note(self, _connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "FOR NO KEY UPDATE" in statement:
            self.taken.append(statement)

    def put(self, events: Callable[[float], list[Event]], team: str = "team") -> None:
        command = Command(team, lambda _state, now_s: events(now_s), lambda _outcome: Answer(200, ""))
        self.dispatcher.submit(command).result()

    def until(self, happened: Callable[[TeamState], bool], team: str = "team") -> None:
        """Wait for news until something has happened here as well."""
        while True:
            assert self.heard.get(timeout=WAIT_S) in ("team", team)
            with self.dispatcher.reading(team) as (state, _):
                if happened(state):
                    return

    def close(self) -> None:
        self.dispatcher.close()
        self.wire.close()
        self.engine.dispose()


@contextmanager
def services(url: str, number: int = 2) -> Iterator[list[Service]]:
    clock = Clock(RATE)
    with ExitStack() as stack:
        made = [Service(url, clock) for _ in range(number)]
        for each in made:
            stack.callback(each.close)
        for each in made:
            each.put(lambda _now_s: [])  # so that the first turn, which each takes when it starts, is over
        yield made


@pytest.fixture
def url(postgres: ThrowawayPostgres, request: pytest.FixtureRequest) -> Iterator[str]:
    name = request.node.name.replace("[", "_").replace("]", "")[:60]
    yield postgres.create_database(name)
    postgres.drop_database(name)


def work_that_waits_for_a_break(now_s: float) -> list[Event]:
    """One agent, sent on a break by a tough ticket, and one more ticket that waits for the end of the break."""
    return [
        AgentPut(now_s, "ana", "Ana"),
        AgentStatus(now_s, "ana", "online", now_s),
        TicketOpened(now_s, "T1", "acme", now_s, "1", escalated=True),
    ]


def tough_end(now_s: float) -> list[Event]:
    return [TicketEvent(now_s, "T1", "resolved", now_s, "ana"), TicketOpened(now_s, "T2", "acme", now_s, "2")]


def assigned(state: TeamState) -> bool:
    return state.tickets["T2"].agent_id == "ana"


def test_what_one_commits_the_other_hears(url: str) -> None:
    with services(url) as (one, other):
        one.put(lambda now_s: [AccountPut(now_s, "acme")])
        other.until(lambda state: "acme" in state.accounts)
        other.put(lambda now_s: [AccountPut(now_s, "bolt")])
        one.until(lambda state: "bolt" in state.accounts)


def test_a_team_that_another_made_is_served(url: str) -> None:
    with services(url) as (one, other):
        with other.engine.begin() as connection:
            Repository(connection).create_team("later", 0.0)
        other.put(lambda now_s: [AccountPut(now_s, "acme")], "later")
        one.until(lambda state: "acme" in state.accounts, "later")
        one.put(lambda now_s: [AccountPut(now_s, "bolt")], "later")
        other.until(lambda state: "bolt" in state.accounts, "later")


def test_what_was_missed_is_looked_at(url: str) -> None:
    """Every connection ends, and something is committed before the wires are back."""
    with services(url) as (one, other):
        one.put(lambda now_s: [AccountPut(now_s, "acme")])
        other.until(lambda state: "acme" in state.accounts)
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
            others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            connection.execute(f"SELECT pg_terminate_backend(pid, 5000) {others}")
        one.put(lambda now_s: [AccountPut(now_s, "bolt")])
        other.until(lambda state: "bolt" in state.accounts)


def test_where_the_ear_alone_is_cut_off_the_others_are_heard_again_and_it_is_said_once(url: str, caplog: pytest.LogCaptureFixture) -> None:
    with services(url) as (one, other):
        one.put(lambda now_s: [AccountPut(now_s, "acme")])
        other.until(lambda state: "acme" in state.accounts)
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
            ears = "datname = current_database() AND query ~ '^(LISTEN|SELECT pg_notify|SELECT id, revision, tableoid)'"
            ending = f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {ears} AND pid <> pg_backend_pid()"
            ended = connection.execute(ending).fetchall()
        assert len(ended) == 2
        one.put(lambda now_s: [AccountPut(now_s, "bolt")])
        other.until(lambda state: "bolt" in state.accounts)
        other.put(lambda now_s: [AccountPut(now_s, "cork")])
        one.until(lambda state: "cork" in state.accounts)
    said = [each.getMessage() for each in caplog.records if each.name == "api.writer.wire"]
    assert len(said) == 2, said
    assert all(each.startswith("no word from the other services") for each in said)


def test_what_no_service_said_deafens_none(url: str) -> None:
    with services(url) as (one, other):
        one.put(lambda now_s: [AccountPut(now_s, "acme")])
        other.until(lambda state: "acme" in state.accounts)
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
            for said in ("", "words", "[1]", "{}"):
                connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, said))
        one.put(lambda now_s: [AccountPut(now_s, "bolt")])
        other.until(lambda state: "bolt" in state.accounts)


def test_who_is_woken_sees_what_was_heard_of_without_asking_the_store(url: str) -> None:
    with services(url) as (one, other):
        one.put(lambda now_s: [AccountPut(now_s, "acme")])
        other.until(lambda state: "acme" in state.accounts)
        asked: list[threading.Thread] = []
        sa.event.listen(other.engine, "before_cursor_execute", lambda *_: asked.append(threading.current_thread()))
        for _ in range(2):
            with other.dispatcher.seeing("team") as (state, _now_s):
                assert "acme" in state.accounts
        assert threading.current_thread() not in asked
        one.put(lambda now_s: [AccountPut(now_s, "bolt")])
        found: set[str] = set()
        while "bolt" not in found:
            assert other.heard.get(timeout=WAIT_S) == "team"
            with other.dispatcher.seeing("team") as (state, _now_s):
                found = set(state.accounts)


def test_of_many_timers_one_goes_off(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.writer.turns.BACKUP_S", (WAIT_S, WAIT_S))  # the others know of the turn by hearing of it
    with services(url, 3) as (one, *others):
        one.put(work_that_waits_for_a_break)
        one.put(tough_end)
        for each in others:
            each.until(lambda state: "T2" in state.tickets)
            each.taken.clear()
        for each in (one, *others):
            each.until(assigned)
        assert [each.taken for each in others] == [[], []]


def test_the_timer_of_a_service_that_has_died_goes_off_elsewhere(url: str) -> None:
    with services(url) as (one, other):
        one.put(work_that_waits_for_a_break)
        one.put(tough_end)
        other.until(lambda state: "T2" in state.tickets)
        one.dispatcher.close()
        other.until(assigned)
        with other.dispatcher.reading("team") as (state, _):
            assert state.tickets["T2"].since_s >= state.agents.break_end_s[0]


def test_a_service_that_stands_still_in_a_turn_gives_the_team_up(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.store.postgresql.STUCK_S", 1)
    with services(url) as (one, other):

        def stand_still() -> None:
            with one.engine.begin() as turn:
                Repository(turn).revision("team", taken=True)
                other.put(lambda now_s: [AccountPut(now_s, "acme")])
                Repository(turn).revision("team")

        with pytest.raises(sa.exc.InternalError, match="idle-in-transaction"):
            stand_still()
        one.until(lambda state: "acme" in state.accounts)


def test_a_long_list_of_news_is_told_in_parts() -> None:
    news: dict[str, Any] = {f"{number:03}{'ä' * 97}": (number, float("inf") if number % 2 else number / 7) for number in range(100)}
    messages = list(_messages(news))
    assert all(len(each.encode()) < 8000 for each in messages)
    told = [item for each in messages for item in json.loads(each)]
    assert told == [[team, revision, None if due_s == float("inf") else due_s] for team, (revision, due_s) in news.items()]


def test_two_that_note_the_same_look_at_once_note_it_once(url: str) -> None:
    with services(url, 1) as (one,), ThreadPoolExecutor(1) as pool:
        who = Principal("k1", "team", "manager", None)

        def note() -> None:
            with one.engine.begin() as second:
                looks.note(second, who, "ana", "recovery", 7200.0)

        with one.engine.begin() as first:
            looks.note(first, who, "ana", "recovery", 7200.0)
            noting = pool.submit(note)
            with one.engine.begin() as watching:
                until_s = time.monotonic() + WAIT_S
                while not watching.exec_driver_sql("SELECT count(*) FROM pg_locks WHERE NOT granted").scalar():
                    assert time.monotonic() < until_s
        noting.result()
        with one.engine.connect() as connection:
            assert looks.of(connection, "team", "ana", 0.0) == [looks.Look(7200.0, "manager", "k1", "recovery")]
