"""The same random events through the live dispatcher and SQL, and through memory: equal logs, decisions and end states."""

from __future__ import annotations

import numpy as np
import pytest

from api.json_text import to_json
from api.store.database import open_database, upgrade
from api.store.repository import Repository
from api.writer.dispatcher import Dispatcher
from api.writer.exchange import Answer, Command
from router import snapshot
from router.decide import decide
from router.errors import Refused
from router.events import Decided, Event, encode
from router.plain import plain
from router.replay import replay
from router.state import TeamState
from router.turn import conclude
from support.stepped_clock import SteppedClock
from support.streams import START_S, stream, take_in

STEPS = 160


def in_memory(seed: int) -> tuple[TeamState, list[Event]]:
    """One turn a batch, each event by itself: a refused one is left out."""
    state, log = TeamState(), []
    for batch, now_s in stream(np.random.default_rng(seed), STEPS):
        log += take_in(state, batch)
        log += conclude(state, now_s)
    return state, log


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_dispatcher_on_sql_equals_memory(database_url: str, seed: int) -> None:
    engine = open_database(database_url)
    upgrade(engine)
    with engine.begin() as connection:
        Repository(connection).create_team("team", START_S)
    clock = SteppedClock(START_S)
    dispatcher = Dispatcher(engine, clock)
    for batch, now_s in stream(np.random.default_rng(seed), STEPS):
        clock.instant_s = now_s
        commands = [Command("team", lambda _state, _now, each=each: [each], lambda _outcome: Answer(200, "")) for each in batch]
        for future in dispatcher.submit_all(commands):
            assert future.exception() is None or isinstance(future.exception(), Refused)
    dispatcher.close()

    state, log = in_memory(seed)
    with engine.connect().execution_options(reading=True) as connection:
        stored = list(Repository(connection).log("team"))
        reloaded = Repository(connection).load("team")
    engine.dispose()
    assert [to_json(encode(event)) for event in stored] == [to_json(encode(event)) for event in log]
    assert to_json(snapshot.dump(reloaded)) == to_json(snapshot.dump(state))
    assert sum(len(event.decisions) for event in log if isinstance(event, Decided)) > STEPS / 4


@pytest.mark.parametrize("seed", range(4, 8))
def test_replay_derives_every_decision_again(seed: int) -> None:
    state, log = in_memory(seed)
    again = TeamState()
    done = replay(again, log)
    count, differences = done.count, done.differences
    assert count > STEPS / 4
    assert differences == ()
    assert to_json(snapshot.dump(again)) == to_json(snapshot.dump(state))


@pytest.mark.parametrize("seed", [8])
def test_the_encoder_writes_dataclasses_as_plain_values(seed: int) -> None:
    state, log = in_memory(seed)
    assert to_json(snapshot.rest(state)) == to_json(plain(snapshot.rest(state)))
    assert [to_json(each) for each in log] == [to_json(plain(each)) for each in log]
    assert len({type(each) for each in log}) > 8


def test_a_choice_does_not_depend_on_whether_it_is_explained() -> None:
    state, compared = TeamState(), 0
    for batch, now_s in stream(np.random.default_rng(11), STEPS):
        take_in(state, batch)
        instant_s = max(now_s, state.now_s)
        bare = [(each.ticket_id, each.lane, each.agent_id) for each in decide(state, instant_s, explain=False)]
        full = [(each.ticket_id, each.lane, each.agent_id) for each in decide(state, instant_s)]
        assert bare == full
        compared += len(full)
        conclude(state, now_s)
    assert compared > STEPS / 4
