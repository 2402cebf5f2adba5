"""Forgetting that is broken off, or done at once with something else: whoever comes next finishes it, and nothing is put back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from api.retention import Retention
from api.settings import Settings
from api.store import backup, deletions, forgetting, past, upkeep
from api.store.repository import Repository
from api.store.restore import restore
from support.leavers import NAME, WHO, a_life_in_the_team, assert_replays, records, stored
from support.retained import number_of_a_person
from support.world import NOON_S, World


def interrupted(transaction: Callable[[], AbstractContextManager[sa.Connection]], after: int) -> Callable[[], Any]:
    """Transactions of which there are no more than some."""
    left = iter(range(after))

    def begun() -> AbstractContextManager[sa.Connection]:
        if next(left, None) is None:
            raise InterruptedError
        return transaction()

    return begun


def test_forgetting_that_was_broken_off_is_finished_by_the_same_command(own_world: World, command: Any) -> None:
    world = own_world
    a_life_in_the_team(world)
    with world.services.engine.begin() as connection:
        forgetting.begin(connection, "default", WHO, world.clock.now_s())
    assert f'"{WHO}"' in stored(world.services.engine)
    assert command("forget", WHO).exit_code == 0
    assert WHO not in stored(world.services.engine)
    assert command("forget", WHO).exit_code == 0  # nothing is left to do


@pytest.mark.parametrize("after", [0, 1, 5, 8])
def test_forgetting_that_was_broken_off_is_finished_by_retention(own_world: World, after: int) -> None:
    world, writing = own_world, own_world.services.dispatcher.writing
    a_life_in_the_team(world)
    keeper = Retention(world.services.engine, Settings(), world.clock, writing)
    with writing() as connection:
        pseudonym = forgetting.begin(connection, "default", WHO, world.clock.now_s()).pseudonym
    with pytest.raises(InterruptedError):
        forgetting.finish(interrupted(writing, after), "default", WHO, pseudonym)
    assert WHO in stored(world.services.engine)
    keeper.enforce("default")
    assert WHO not in stored(world.services.engine)
    with writing() as connection:
        assert forgetting.unfinished(connection, "default") == []
    assert_replays(world.services.engine)


def test_retention_is_done_where_the_log_that_says_who_is_left_can_not_be_read(own_world: World) -> None:
    world, writing = own_world, own_world.services.dispatcher.writing
    a_life_in_the_team(world)
    with writing() as connection:
        forgetting.begin(connection, "default", WHO, world.clock.now_s())
    world.agent("dora")
    with writing() as connection:
        connection.exec_driver_sql("UPDATE events SET body = '{' WHERE kind = 'agent_put' AND body LIKE '%dora%'")
    found = Retention(world.services.engine, Settings(), world.clock, writing).enforce("default")
    assert found["answers_deleted"] == 0
    with world.services.engine.connect() as connection:
        assert upkeep.UNREAD in upkeep.last(connection, "default", upkeep.RETENTION)[1]  # type: ignore[index]


def test_who_is_there_again_keeps_what_is_theirs_now(own_world: World) -> None:
    world, writing = own_world, own_world.services.dispatcher.writing
    a_life_in_the_team(world)
    with writing() as connection:
        forgetting.begin(connection, "default", WHO, world.clock.now_s())
    del world.keys[WHO]  # it was revoked
    world.agent(WHO, name="Another")
    world.ok(WHO, "PUT", f"/v1/agents/{WHO}/personal-mode", {"opt_in": True})
    Retention(world.services.engine, Settings(), world.clock, writing).enforce("default")
    assert world.ok(WHO, "GET", f"/v1/agents/{WHO}/personal-mode")["on"]


@pytest.mark.parametrize("upgraded_url", ["sqlite", "postgresql"], indirect=True)
def test_a_backup_from_the_middle_of_forgetting_brings_nobody_back(world: World, tmp_path: Path) -> None:
    """It knows that they were forgotten, and still has what was not yet deleted."""
    engine, file = world.services.engine, tmp_path / "all.gz"
    a_life_in_the_team(world)
    with engine.begin() as connection:
        pseudonym = forgetting.begin(connection, "default", WHO, world.clock.now_s()).pseudonym
    with backup.snapshot(engine) as connection:
        backup.write(connection, file, NOON_S)
    forgetting.finish(engine.begin, "default", WHO, pseudonym)
    assert restore(engine, file)[1] == 1
    assert not [each for each in (WHO, NAME) if each in stored(engine)]
    assert_replays(engine)


@pytest.mark.parametrize("at_once", [1, 3])
def test_who_had_more_to_do_with_than_is_renamed_at_once_is_renamed_in_all(
    own_world: World, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(forgetting, "AT_ONCE", at_once)
    world = own_world
    world.agent(WHO)
    for number in range(7):
        world.ticket(f"T{number}", account_id=f"acme-{number}")
        world.happened(f"T{number}", "contact")
        world.happened(f"T{number}", "resolved")
        world.clock.instant_s += 900
    assert len(records(world.services.engine)) == 7
    with world.services.engine.begin() as connection:
        forgetting.begin(connection, "default", WHO, world.clock.now_s())
    forgetting.finish(world.services.engine.begin, "default", WHO, "gone-1")
    assert [each["agent_id"] for each in records(world.services.engine)] == ["gone-1"] * 7
    assert WHO not in stored(world.services.engine)


@pytest.mark.parametrize("upgraded_url", ["postgresql"], indirect=True)
def test_what_retention_has_just_taken_out_is_not_put_back_nor_is_who_was_forgotten(world: World) -> None:
    """Each reads a decision, and writes it with less in it: whoever comes second has to read what the first has left."""
    engine = world.services.engine
    a_life_in_the_team(world)
    with engine.begin() as connection:
        pseudonym = forgetting.begin(connection, "default", WHO, world.clock.now_s()).pseudonym
        until = Repository(connection).revision("default")
    forgetter = threading.Thread(target=forgetting.finish, args=(engine.begin, "default", WHO, pseudonym))
    with engine.begin() as connection:
        past.coarsen(connection, "default", 0, until, world.clock.now_s())
        forgetter.start()
        while not waiting_for_a_lock(engine):
            assert forgetter.is_alive()
    forgetter.join()
    assert WHO not in stored(engine)
    assert not [each for each in records(engine) if number_of_a_person(each)]


@pytest.mark.parametrize("upgraded_url", ["postgresql"], indirect=True)
def test_who_is_forgotten_twice_at_once_is_forgotten(world: World, command: Any) -> None:
    engine, told = world.services.engine, list[Any]()
    a_life_in_the_team(world)
    second = threading.Thread(target=lambda: told.append(command("forget", WHO)))
    with engine.begin() as connection:
        past.alone(connection, "default")
        second.start()
        while not waiting_for_a_lock(engine):
            assert second.is_alive()
        pseudonym = forgetting.begin(connection, "default", WHO, world.clock.now_s()).pseudonym
    forgetting.finish(engine.begin, "default", WHO, pseudonym)
    second.join()
    assert [each.exit_code for each in told] == [0]
    assert WHO not in stored(engine)
    with engine.begin() as connection:
        assert len(deletions.listed(connection)) == 1


def waiting_for_a_lock(engine: sa.Engine) -> bool:
    with engine.connect() as connection:
        here = "datname = current_database() AND wait_event_type = 'Lock'"
        return connection.exec_driver_sql(f"SELECT count(*) FROM pg_stat_activity WHERE {here}").scalar_one() > 0
