"""Retention beside others who write to the same store: whose state was written down meanwhile, and who left personal mode."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from api.retention import Retention
from api.settings import Settings
from api.store import deletions, personal
from api.store.database import open_database, read_only, upgrade
from api.store.repository import Repository
from router import snapshot
from router.events import AccountPut, AgentPut, Calibrated, Event, PersonalEnded
from router.evolve import evolve
from router.state import TeamState
from support.build import DAY_S
from support.patience import until
from support.stepped_clock import SteppedClock
from support.world import NOON_S

NOW_S = NOON_S + 100 * DAY_S


def tell(connection: sa.Connection, state: TeamState, *events: Event) -> None:
    """Each in a turn of its own."""
    for event in events:
        evolve(state, event)
        Repository(connection).save("team", state.revision - 1, [event], state, (), (), ())


def retention(engine: sa.Engine, before: Callable[[], None] = lambda: None, after: Callable[[], None] = lambda: None) -> Retention:
    """With what others do before, or in, the transaction in which the log is made to begin anew."""
    first = iter([True])

    @contextmanager
    def transaction() -> Iterator[sa.Connection]:
        its = next(first, False)
        if its:
            before()
        with engine.begin() as connection:
            yield connection
            if its:
                after()

    return Retention(engine, Settings(points_days=40), SteppedClock(NOW_S), transaction)


def test_another_s_checkpoint_lacks_no_row_that_retention_dropped(postgres_url: str) -> None:
    """The log begins after the newest checkpoint, whose rows go; another service was about to write what has changed since into them."""
    engine = open_database(postgres_url)
    upgrade(engine)
    state = TeamState()
    with engine.begin() as connection:
        Repository(connection).create_team("team", NOON_S)
        tell(connection, state, *(AccountPut(NOON_S + each, f"a{each}") for each in range(3)))
        Repository(connection).checkpoint("team", state)
        tell(connection, state, AccountPut(NOON_S + DAY_S, "b"), AccountPut(NOW_S - DAY_S, "c"))

    def checkpoint() -> None:
        with engine.begin() as connection:
            Repository(connection).revision("team", taken=True)
            Repository(connection).checkpoint("team", state)

    other = threading.Thread(target=checkpoint)

    def waits() -> bool:
        with engine.connect() as connection:
            return bool(connection.exec_driver_sql("SELECT count(*) FROM pg_locks WHERE NOT granted").scalar_one())

    def begin() -> None:
        other.start()
        until(waits)

    retention(engine, after=begin)._retire("team", NOW_S - 40 * DAY_S)
    other.join()
    with read_only(engine) as connection:
        assert snapshot.dump(Repository(connection).load("team")) == snapshot.dump(state)
        assert Repository(connection).first("team").revision == 4
    engine.dispose()


def test_numbers_of_who_leaves_while_the_log_is_retired_do_not_come_back(engine: sa.Engine) -> None:
    """The state that the log is to begin with was made just before they left: it is made again, for decisions are made coarse next."""
    state = TeamState()
    with engine.begin() as connection:
        tell(connection, state, AgentPut(NOON_S, "ana", "Ana", {}), Calibrated(NOON_S, "ana", 1.2, 0.9), AccountPut(NOW_S - DAY_S, "a"))

    def leave() -> None:
        with engine.begin() as connection:
            tell(connection, state, PersonalEnded(NOW_S, "ana"))
            personal.leave(connection, "team", "ana")
            deletions.note(connection, "team", "ana", deletions.PERSONAL, NOW_S)

    retention(engine, before=leave)._retire("team", NOW_S - 40 * DAY_S)
    with read_only(engine) as connection:
        first = Repository(connection).first("team")
        assert first.revision == 2
        assert not first.agents.people[0].paces
    engine.dispose()
