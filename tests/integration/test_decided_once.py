"""What was decided is in rows of its own: the log has what the fold looks at, and tells whether a row is as it was written."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from api.json_text import to_json
from api.store.checking import differing_decisions
from api.store.repository import Missing, Repository
from api.store.tables import decisions, events
from router import snapshot
from router.events import AgentPut, Decided, Event, TicketOpened, encode
from router.evolve import evolve
from router.state import TeamState
from router.turn import turn
from support.world import NOON_S


@pytest.fixture
def log(engine: sa.Engine) -> list[Event]:
    """Three tickets that were decided together and one after them, committed as a turn does, and as they were."""
    state, logged = TeamState(), list[Event]()
    for opened in (("T1", "T2", "T3"), ("T4",)):
        coming = [TicketOpened(NOON_S, each, "acme", NOON_S, "x") for each in opened]
        taken = turn(state, [AgentPut(NOON_S, "ana", "Ana"), *coming], NOON_S)
        with engine.begin() as connection:
            Repository(connection).save("team", len(logged), taken, state, state.tickets, (), ())
        logged += taken
    return logged


def read_back(engine: sa.Engine) -> tuple[list[Event], list[str]]:
    """The log as it is stored, and the decisions that are stored otherwise than in it."""
    with engine.connect().execution_options(reading=True) as connection:
        repository = Repository(connection)
        return list(repository.log("team")), list(differing_decisions(connection, "team", 0, repository.revision("team")))


def test_what_was_decided_is_stored_once(engine: sa.Engine, log: list[Event]) -> None:
    assert read_back(engine) == (log, [])
    with engine.connect().execution_options(reading=True) as connection:
        assert not any("not_others" in body for body in connection.execute(sa.select(events.c.body)).scalars())


def test_a_log_of_before_that_holds_its_decisions_is_read_on(engine: sa.Engine, log: list[Event]) -> None:
    first = next(seq for seq, event in enumerate(log, 1) if isinstance(event, Decided))
    with engine.begin() as connection:
        whole = to_json(encode(log[first - 1])[1])
        connection.execute(sa.update(events).where(events.c.seq == first).values(body=whole))
    assert read_back(engine) == (log, [])
    with engine.begin() as connection:
        connection.execute(sa.update(decisions).where(decisions.c.position == 1).values(body="{}"))
    assert read_back(engine) == (log, [f"d{first}-1"])


def test_a_decision_that_is_other_than_it_was_is_found(engine: sa.Engine, log: list[Event]) -> None:
    last = next(event for event in reversed(log) if isinstance(event, Decided)).decisions[0]
    with engine.begin() as connection:
        other = to_json(last | {"agent_id": "ben"})
        connection.execute(sa.update(decisions).where(decisions.c.id == last["id"]).values(body=other))
    assert read_back(engine)[1] == [last["id"]]


def test_a_decision_that_is_missing_is_found_and_the_fold_needs_it_not(engine: sa.Engine, log: list[Event]) -> None:
    first = next(event for event in log if isinstance(event, Decided)).decisions
    with engine.begin() as connection:
        connection.execute(sa.delete(decisions).where(decisions.c.id == first[2]["id"]))
        assert list(differing_decisions(connection, "team", 0, len(log))) == [first[2]["id"]]
        with pytest.raises(Missing, match="the log of team 'team' has decision 'd5-2'"):
            list(Repository(connection).log("team"))
        folded = snapshot.dump(Repository(connection).catch_up("team", TeamState()))
    state = TeamState()
    for event in log:
        evolve(state, event)
    assert folded == snapshot.dump(state)
