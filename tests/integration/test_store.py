"""The log of a team: compare-and-swap, failing commits, several writers at once, and requests that keep to themselves."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import Future, wait
from typing import Any

import pytest
import sqlalchemy as sa

from api.store.repository import Repository, Stale
from api.store.tables import events, teams
from api.writer.dispatcher import Dispatcher
from api.writer.exchange import Answer, Command, KeyInFlight
from router.events import AccountPut, AgentPut, TicketOpened
from router.state import TeamState
from support.accounts import put
from support.stepped_clock import SteppedClock
from support.world import NOON_S, World


def stored(engine: sa.Engine) -> list[tuple[int, str]]:
    with engine.connect().execution_options(reading=True) as connection:
        return [(row.seq, row.body) for row in connection.execute(sa.select(events.c.seq, events.c.body).order_by(events.c.seq))]


def test_save_is_a_compare_and_swap(engine: sa.Engine) -> None:
    state = TeamState()
    with engine.begin() as connection:
        Repository(connection).save("team", 0, [AccountPut(NOON_S, "a")], state, (), (), ())
    with pytest.raises(Stale), engine.begin() as connection:
        Repository(connection).save("team", 0, [AccountPut(NOON_S, "b")], state, (), (), ())
    assert [seq for seq, _ in stored(engine)] == [1]


def test_a_stale_dispatcher_decides_again(engine: sa.Engine) -> None:
    """Two dispatchers on one database, each with a cached state: every event lands once, in one order, and both agree."""
    pair = [Dispatcher(engine, SteppedClock(NOON_S)) for _ in range(2)]

    def write(dispatcher: Dispatcher, name: str) -> None:
        for number in range(25):
            put(dispatcher, f"{name}{number}")

    threads = [threading.Thread(target=write, args=(each, name)) for each, name in zip(pair, "ab", strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log = stored(engine)
    assert [seq for seq, _ in log] == list(range(1, 51))
    assert len({body for _, body in log}) == 50
    for dispatcher in pair:
        with dispatcher.reading("team") as (state, _):
            assert (state.revision, len(state.accounts)) == (50, 50)
        dispatcher.close()


def test_a_turn_that_is_being_taken_is_not_overtaken(engine: sa.Engine) -> None:
    """A writer that is slower than the others gets its turn all the same: they wait for it, however many they are; on SQLite, where the
    others may write while it decides, from its second try on."""
    slow, *fast = (Dispatcher(engine, SteppedClock(NOON_S)) for _ in range(3))
    others: list[Future[Answer]] = []
    before = 2 if engine.dialect.name == "sqlite" else 0  # come through beside the first try

    def others_come_in_between(_state: TeamState, _now_s: float) -> list[AccountPut]:
        for dispatcher in fast:
            event = AccountPut(NOON_S, f"fast{len(others)}")
            others.append(dispatcher.submit(Command("team", lambda _s, _n, event=event: [event], lambda _outcome: Answer(200, ""))))
        wait(others, timeout=30.0 if len(others) == before else 0.5)
        return [AccountPut(NOON_S, "slow")]

    slow.submit(Command("team", others_come_in_between, lambda _outcome: Answer(200, ""))).result()
    for each in others:
        each.result()
    assert len(others) == before + 2
    assert [seq for seq, _ in stored(engine)] == list(range(1, before + 4))
    assert '"slow"' in stored(engine)[before][1]
    for dispatcher in (slow, *fast):
        dispatcher.close()


def test_processes_that_write_at_once_all_come_through(database_url: str, engine: sa.Engine) -> None:
    program = """if True:
        import sys
        from concurrent.futures import wait
        from api.clock import Clock
        from api.writer.dispatcher import Dispatcher
        from api.writer.exchange import Answer, Command
        from api.store.database import open_database
        from router.events import AccountPut
        engine = open_database(sys.argv[1])
        dispatcher = Dispatcher(engine, Clock(), batch_max=1)
        events = [lambda _state, now_s, n=n: [AccountPut(now_s, sys.argv[2] + str(n))] for n in range(100)]
        futures = dispatcher.submit_all([Command("team", each, lambda _outcome: Answer(200, "")) for each in events])
        wait(futures)
        dispatcher.close()
        print([each.exception() for each in futures if each.exception()])
    """
    running = [subprocess.Popen([sys.executable, "-c", program, database_url, name], stdout=subprocess.PIPE, text=True) for name in "ab"]
    assert [each.communicate(timeout=120)[0] for each in running] == ["[]\n", "[]\n"]
    assert [seq for seq, _ in stored(engine)] == list(range(1, 201))


def test_the_state_of_a_failed_commit_is_thrown_away(engine: sa.Engine) -> None:
    dispatcher = Dispatcher(engine, SteppedClock(NOON_S))
    put(dispatcher, "a")
    with engine.begin() as connection:  # the next event's place is taken: its insert must fail
        connection.execute(sa.insert(events).values(team="team", seq=2, at_s=0.0, kind="x", body="{}"))
    with pytest.raises(sa.exc.IntegrityError):
        put(dispatcher, "b")
    with engine.begin() as connection:
        connection.execute(sa.delete(events).where(events.c.seq == 2))
    with dispatcher.reading("team") as (state, _):
        assert set(state.accounts) == {"a"}
    put(dispatcher, "c")
    assert len(stored(engine)) == 2
    dispatcher.close()


def test_a_failing_commit_answers_500_and_nothing_is_acknowledged(world: World) -> None:
    with world.services.engine.begin() as connection:
        connection.execute(sa.insert(events).values(team="default", seq=1, at_s=0.0, kind="x", body="{}"))
    response = world("admin", "PUT", "/v1/agents/ana", {"name": "Ana"})
    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    with world.services.engine.begin() as connection:
        connection.execute(sa.delete(events))
    assert world.ok("admin", "GET", "/v1/agents")["items"] == []
    assert world("admin", "PUT", "/v1/agents/ana", {"name": "Ana"}).status_code == 200


def test_one_poison_request_spoils_no_other(engine: sa.Engine) -> None:
    dispatcher = Dispatcher(engine, SteppedClock(NOON_S))

    def poison(_state: TeamState, _now_s: float) -> Any:
        raise ZeroDivisionError

    good = [Command("team", lambda _s, _n, n=n: [AccountPut(NOON_S, f"a{n}")], lambda _outcome: Answer(200, "")) for n in range(3)]
    futures = dispatcher.submit_all([good[0], Command("team", poison, lambda _outcome: Answer(200, "")), *good[1:]])
    assert [type(each.exception()) for each in futures] == [type(None), ZeroDivisionError, type(None), type(None)]
    assert len(stored(engine)) == 3
    dispatcher.close()


def test_a_key_whose_first_request_is_still_served_is_refused(engine: sa.Engine) -> None:
    dispatcher, release = Dispatcher(engine, SteppedClock(NOON_S)), threading.Event()

    def slow(_state: TeamState, _now_s: float) -> Any:
        assert release.wait(timeout=60)
        return [AccountPut(NOON_S, "a")]

    command = Command("team", slow, lambda _outcome: Answer(201, "first"), ("key", "digest"))
    first = dispatcher.submit(command)
    assert isinstance(dispatcher.submit(command).exception(), KeyInFlight)
    release.set()
    assert first.result().body == "first"
    assert dispatcher.submit(command).result() == Answer(201, "first")
    assert len(stored(engine)) == 1
    dispatcher.close()


def test_teams_are_apart(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        Repository(connection).create_team("other", NOON_S)
    dispatcher = Dispatcher(engine, SteppedClock(NOON_S))
    for team in ("team", "other"):
        opened = [AgentPut(NOON_S, "ana", "Ana"), TicketOpened(NOON_S, "T1", team, NOON_S, "x")]
        dispatcher.submit(Command(team, lambda _s, _n, opened=opened: opened, lambda _outcome: Answer(200, ""))).result()
    for team in ("team", "other"):
        with dispatcher.reading(team) as (state, _):
            assert set(state.accounts) == {team}
    with engine.connect().execution_options(reading=True) as connection:
        assert connection.execute(sa.select(teams.c.id, teams.c.revision).order_by(teams.c.id)).all() == [("other", 3), ("team", 3)]
    dispatcher.close()
