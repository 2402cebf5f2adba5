"""Checkpoints: what is kept of a state is the whole log folded, whoever wrote it, in parts where it is large, and over a restart."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa

from api.json_text import to_json
from api.store import repository, states
from api.store.database import open_database, read_only, upgrade
from api.store.past import begin_at
from api.store.repository import Repository
from api.store.tables import checkpoints
from api.writer.dispatcher import Dispatcher
from router import snapshot
from router.events import AccountPut, AgentPut, DebriefAnswered, Event, PointsDropped, TicketEvent, TicketOpened
from router.evolve import evolve
from router.replay import Erased
from router.state import TeamState
from router.turn import conclude, fold
from support.accounts import put, tell
from support.build import DAY_S, HOUR_S, contact, take_turn, team
from support.build import tell as tell_state
from support.odd_days import OddDay
from support.stepped_clock import SteppedClock
from support.streams import START_S, stream, take_in
from support.world import NOON_S
from support.world import world as make_world

STEPS = 150
POLICY = {"break_min_s": 0, "break_max_s": 0, "fatigue": {"hard_contact_points": 0.1}}


def test_a_checkpoint_costs_an_event_no_more_in_a_large_team() -> None:
    """A thousand agents written down at every 2,000th event would cost each event half of one."""
    for agents in (0, 1, 200, 204, 205, 1000, 5000):
        every = repository.checkpoint_every(agents)
        assert repository.EVENTS_AN_AGENT * agents <= every <= max(repository.CHECKPOINT_EVERY, 2 * repository.EVENTS_AN_AGENT * agents)


@pytest.mark.parametrize(("agents", "newest"), [(1, 36), (2, 32)])
def test_a_checkpoint_is_seldomer_with_many_agents(engine: sa.Engine, agents: int, newest: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """At every fourth event with one of them, at every eighth with two."""
    monkeypatch.setattr(repository, "CHECKPOINT_EVERY", 2)
    monkeypatch.setattr(repository, "EVENTS_AN_AGENT", 3)
    dispatcher = Dispatcher(engine, SteppedClock(NOON_S))
    for number in range(38):
        tell(dispatcher, AgentPut(NOON_S, f"agent-{number % agents}", "N", {}))
    dispatcher.close()
    with read_only(engine) as connection:
        assert connection.exec_driver_sql("SELECT max(revision) FROM checkpoints").scalar_one() == newest


def test_a_checkpoint_and_the_log_after_it_are_the_whole_log(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repository, "CHECKPOINT_EVERY", 10)
    dispatcher = Dispatcher(engine, SteppedClock(NOON_S))
    for number in range(24):
        put(dispatcher, f"a{number % 5}")
    dispatcher.close()
    with engine.connect().execution_options(reading=True) as connection:
        kept = connection.exec_driver_sql("SELECT revision FROM checkpoints").scalars().all()
        state = Repository(connection).load("team")
        whole = Repository(connection).catch_up("team", TeamState())
    assert kept == [20]
    assert (state.revision, set(state.accounts)) == (24, set(whole.accounts))


def test_a_checkpoint_of_another_engine_is_passed_over(engine: sa.Engine) -> None:
    """What it folded may not be what this one folds: the log is read from its beginning."""
    dispatcher = Dispatcher(engine, SteppedClock(NOON_S))
    for name in ("a", "b", "c"):
        put(dispatcher, name)
    dispatcher.close()
    other = TeamState()
    fold(other, [AccountPut(NOON_S, name) for name in ("x", "y")])
    with engine.begin() as connection:
        stored = Repository(connection)
        stored.checkpoint("team", other)
        assert set(stored.load("team").accounts) == {"x", "y", "c"}
        connection.execute(sa.update(checkpoints).where(checkpoints.c.team == "team").values(engine="respite-0"))
        assert set(stored.load("team").accounts) == {"a", "b", "c"}


def test_a_state_outgrows_no_value_of_the_database(tmp_path: Path) -> None:
    """Either database takes values of up to 1 GB, here of 1 MiB: of what there may be very many of a state is written in rows."""
    many, few = (
        [
            *(TicketOpened(NOON_S, f"T{number}", f"account-{number % 50}", NOON_S, "x") for number in range(count)),
            *(AccountPut(NOON_S, f"company-{number}", tier="a longer name of a tier" * 4) for number in range(2 * count)),
        ]
        for count in (2 * states.AT_ONCE + 1, 3)
    )
    engine = open_database(f"sqlite:///{tmp_path / 'a.db'}")
    upgrade(engine)
    with engine.begin() as connection:
        stored = Repository(connection)
        stored.create_team("team", NOON_S)
        raw: Any = connection.connection.driver_connection
        raw.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 2**20)
        for opened in (many, few):
            state = TeamState()
            fold(state, opened)
            stored.checkpoint("team", state)
            begin_at(connection, "team", state, Erased())
            for found in (stored.load("team"), stored.first("team")):
                assert snapshot.dump(found) == snapshot.dump(state)
            if opened is many:
                with pytest.raises(sa.exc.DataError):
                    connection.execute(sa.update(checkpoints).values(body=to_json(snapshot.dump(state))))
                connection.execute(sa.delete(checkpoints))
    engine.dispose()


class Following:
    """Two services with the same team, each with its own state of it, on one log."""

    def __init__(self, connection: sa.Connection) -> None:
        self.stored = Repository(connection)
        self.states = [self.stored.first("team") for _ in range(2)]

    def turn(self, batch: list[Event], now_s: float) -> None:
        logged = take_in(self.states[0], batch)
        logged += conclude(self.states[0], now_s)
        for event in logged:
            evolve(self.states[1], event)


def odd_days(seed: int, state: TeamState) -> Iterator[tuple[list[Event], float]]:
    """Two months and more."""
    day, now_s = OddDay(seed), START_S
    yield day.opening(), now_s
    for _ in range(STEPS):
        now_s += float(day.chance.exponential(60 * 86_400 / STEPS))
        yield day.batch(state, now_s), now_s


def streamed(seed: int, _: TeamState) -> Iterator[tuple[list[Event], float]]:
    return stream(np.random.default_rng(seed), STEPS)


@pytest.mark.parametrize("days", [odd_days, streamed])
@pytest.mark.parametrize("seed", range(4))
def test_what_has_changed_since_the_last_one_is_written_whoever_writes(
    engine: sa.Engine, seed: int, days: Callable[[int, TeamState], Iterator[tuple[list[Event], float]]]
) -> None:
    chance, compared = np.random.default_rng(seed), 0
    with engine.begin() as connection:
        both = Following(connection)
        for batch, now_s in days(seed, both.states[0]):
            both.turn(batch, now_s)
            if chance.random() < 0.2:
                state = both.states[int(chance.integers(2))]
                both.stored.checkpoint("team", state)
                assert snapshot.dump(both.stored.load("team")) == snapshot.dump(state)
                if chance.random() < 0.3:
                    begin_at(connection, "team", state, Erased())
                    assert snapshot.dump(both.stored.first("team")) == snapshot.dump(state)
                compared += 1
    assert compared > STEPS / 10


def test_a_restart_keeps_the_instant_at_which_a_break_ends(database_url: str) -> None:
    with make_world(database_url) as before:
        before.agent("ana")
        before.ticket("T1", escalated=True)
        before.happened("T1", "resolved")
        until = before.ok("ana", "GET", "/v1/agents/ana/recovery")["until"]
    with make_world(database_url, SteppedClock(NOON_S + 100)) as after:
        now = after.ok("ana", "GET", "/v1/agents/ana/recovery")
        assert (now["state"], now["until"]) == ("break", until)
        assert after.ticket("T2")["decision"]["lane"] == "queue"


def debriefed() -> Iterator[TeamState]:
    """Somebody listens to what a customer was like, which is hard for them, too; then the customer's account is one that they remember."""
    state = team({"ann": {"debrief_opt_in": True}, "bob": {"debrief_opt_in": True}}, POLICY)
    contact(state, "ann", escalated=True)
    take_turn(state)
    (asked,) = state.debriefs.values()
    for agent_id in ("ann", "bob"):
        tell_state(state, DebriefAnswered(state.now_s, asked.id, agent_id, "accept"))
    yield state
    take_turn(state, state.now_s + HOUR_S)
    assert "bob" in state.accounts[asked.account_id].memory
    yield state


def dropped() -> Iterator[TeamState]:
    """Of an account that was met two months ago nothing is left but that it was put."""
    state = team({"ann": {}})
    tell_state(state, AccountPut(state.now_s, "acme"))
    contact(state, "ann", account_id="acme")
    tell_state(state, PointsDropped(state.now_s + 31 * DAY_S, state.now_s - DAY_S))
    assert state.accounts["acme"].contacts
    yield state
    tell_state(state, PointsDropped(state.now_s + 31 * DAY_S, state.now_s))
    assert not state.accounts["acme"].contacts
    yield state


@pytest.mark.parametrize("steps", [debriefed, dropped])
def test_what_an_account_s_tickets_do_not_tell_of_it_is_written(engine: sa.Engine, steps: Callable[[], Iterator[TeamState]]) -> None:
    with engine.begin() as connection:
        stored = Repository(connection)
        for state in steps():
            stored.checkpoint("team", state)
            assert snapshot.dump(stored.load("team")) == snapshot.dump(state)


def test_only_what_has_changed_is_written(engine: sa.Engine) -> None:
    """Of three hundred tickets of a hundred accounts one, its account, and the day of the ledger that it came into."""
    written: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, given: Any, ___: Any, many: bool) -> None:
        if "state_rows" in statement and not statement.startswith("SELECT"):
            written.extend((statement.split(maxsplit=1)[0], tuple(each[2:5])) for each in (given if many else [given]))

    ended = [TicketEvent(NOON_S, f"T{each}", "resolved", NOON_S, "ana") for each in (1, 2)]
    state = TeamState()
    fold(state, [AgentPut(NOON_S, "ana", "Ana", {}), *(TicketOpened(NOON_S, f"T{n}", f"a{n % 100}", NOON_S, "x") for n in range(300))])
    state.watch()
    with engine.begin() as connection:
        stored = Repository(connection)
        stored.checkpoint("team", state)
        sa.event.listen(engine, "before_cursor_execute", note)
        for event in ended:
            fold(state, [event])
            stored.checkpoint("team", state)
            assert snapshot.dump(stored.load("team")) == snapshot.dump(state)
        sa.event.remove(engine, "before_cursor_execute", note)
    day = int(NOON_S // 86_400)
    of = [{("account", f"a{each}", 0), ("ticket", f"T{each}", 0), ("ledger", "ana", day)} for each in (1, 2)]
    assert sorted(written) == sorted(("INSERT", key) for keys in of for key in keys)


def test_who_only_follows_remembers_no_more_changes_than_there_are_tickets(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Others write the state down, for months: what came and went meanwhile is kept no more."""
    monkeypatch.setattr("router.changes.CHANGED_AT_LEAST", 10)
    state = TeamState()
    state.watch()
    fold(state, [AgentPut(NOON_S, "ana", "Ana", {})])
    with engine.begin() as connection:
        stored = Repository(connection)
        stored.checkpoint("team", state)
        for day in range(120):
            at_s, name = NOON_S + day * DAY_S, f"T{day}"
            fold(state, [TicketOpened(at_s, name, f"a{day}", at_s, "x"), TicketEvent(at_s, name, "resolved", at_s, "ana")])
            assert state.changes is not None
            assert len(state.changes.tickets) <= len(state.tickets) + 10
        assert len(state.tickets) < 40
        assert not state.changes.days
        stored.checkpoint("team", state)
        assert snapshot.dump(stored.load("team")) == snapshot.dump(state)


def test_a_turn_that_came_to_nothing_takes_its_checkpoint_along(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it had written down as done is written with the next one."""
    monkeypatch.setattr(repository, "CHECKPOINT_EVERY", 5)
    dispatcher = Dispatcher(engine, SteppedClock(NOON_S))
    for number in range(4):
        put(dispatcher, f"a{number}")

    def broken(_: sa.Connection) -> None:
        raise sa.exc.OperationalError("COMMIT", None, sqlite3.OperationalError("disk I/O error"))

    sa.event.listen(engine, "commit", broken)
    with pytest.raises(sa.exc.OperationalError):
        put(dispatcher, "a4")
    sa.event.remove(engine, "commit", broken)
    for number in range(5, 12):
        put(dispatcher, f"a{number}")
    dispatcher.close()
    with read_only(engine) as connection:
        assert connection.exec_driver_sql("SELECT max(revision) FROM checkpoints").scalar_one() == 10
        whole = Repository(connection).catch_up("team", TeamState())
        assert snapshot.dump(Repository(connection).load("team")) == snapshot.dump(whole)
