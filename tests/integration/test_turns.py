"""Turns that another service overtakes, and turns of a timer that fail."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from api.store.database import open_database, upgrade
from api.store.repository import Repository
from api.store.tables import events
from api.writer.dispatcher import Dispatcher
from api.writer.exchange import Answer, Command, Outcome
from router.events import AccountPut, AgentPut, AgentStatus, Event, TicketEvent, TicketOpened
from router.state import TeamState
from support.stepped_clock import SteppedClock
from support.world import NOON_S


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    made = open_database(f"sqlite:///{tmp_path / 'respite.db'}")
    upgrade(made)
    with made.begin() as connection:
        for team in ("blue", "red"):
            Repository(connection).create_team(team, NOON_S)
    yield made
    made.dispose()


def done(dispatcher: Dispatcher, team: str, *given: Event) -> None:
    dispatcher.submit(Command(team, lambda _state, _now_s: given, lambda _outcome: Answer(200, ""))).result(timeout=60)


def test_a_command_without_events_that_was_overtaken_is_run_again(engine: sa.Engine) -> None:
    """On SQLite others write while a turn only reads: what it answers with must not be from before them."""
    slow, quick = (Dispatcher(engine, SteppedClock(NOON_S)) for _ in range(2))
    seen: list[set[str]] = []

    def looks(state: TeamState, _now_s: float) -> list[Event]:
        seen.append(set(state.accounts))
        if len(seen) == 1:
            done(quick, "blue", AccountPut(NOON_S, "acme"))
        return []

    def answer(outcome: Outcome) -> Answer:
        return Answer(200, ",".join(outcome.state.accounts))

    assert slow.submit(Command("blue", looks, answer)).result(timeout=60).body == "acme"
    assert seen == [set(), {"acme"}]
    for dispatcher in (slow, quick):
        dispatcher.close()


def on_a_break_while_another_ticket_waits(dispatcher: Dispatcher) -> float:
    """When the break of the one agent of team blue ends, which gives them the ticket that waits."""
    at = NOON_S
    done(dispatcher, "blue", AgentPut(at, "ana", "Ana"), AgentStatus(at, "ana", "online", at))
    done(dispatcher, "blue", TicketOpened(at, "T1", "acme", at, "x", escalated=True))
    done(dispatcher, "blue", TicketEvent(at, "T1", "resolved", at))
    done(dispatcher, "blue", TicketOpened(at, "T2", "beta", at, "x"))
    with dispatcher.reading("blue") as (state, _):
        assert state.tickets["T2"].state == "waiting"
        current = state.agents.people[0].recovery
    assert current is not None
    return current.end_s


def test_the_turn_of_a_timer_that_fails_is_tried_again_a_second_later_and_not_before(engine: sa.Engine) -> None:
    """The writer would have nothing else to do any more, and no rest."""
    clock = SteppedClock(NOON_S)
    dispatcher = Dispatcher(engine, clock)
    ends_s = on_a_break_while_another_ticket_waits(dispatcher)
    done(dispatcher, "red")  # what was done of blue has been told of
    tries: list[str] = []
    dispatcher.on_change.append(tries.append)
    with dispatcher.reading("blue") as (state, _):
        place = state.revision + 1
    with engine.begin() as connection:  # taken: what the turn decides can't be stored
        connection.execute(sa.insert(events).values(team="blue", seq=place, at_s=0.0, kind="x", body="{}"))
    clock.instant_s = ends_s

    def tried(count: int) -> int:
        """How often blue's turn has been taken, after so many occasions."""
        for number in range(count):
            done(dispatcher, "red", AccountPut(clock.instant_s, f"a{len(tries)}-{number}"))
        done(dispatcher, "red")  # any before it have come to their end
        return tries.count("blue")

    assert tried(10) == 1
    assert dispatcher.due.first_s() == clock.instant_s + 1.0  # until then the writer sleeps
    clock.instant_s += 1.0
    assert tried(10) == 2
    with engine.begin() as connection:
        connection.execute(sa.delete(events).where(events.c.team == "blue", events.c.seq == place))
    clock.instant_s += 1.0
    assert tried(1) == 3
    with dispatcher.reading("blue") as (state, _):
        assert (state.tickets["T2"].state, state.tickets["T2"].agent_id) == ("assigned", "ana")
    dispatcher.close()
