"""Keys: refused from their revocation on in every process, told apart where they begin alike, found over a connection that broke."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from api.door import doors
from api.door.doors import Doors
from api.door.key_ring import KeyRing
from api.problems import ProblemResponse
from api.settings import Settings
from api.store import keys
from api.store.database import open_database
from api.store.tables import keys as table
from support.world import World
from support.world import world as make_world

QUERY = sa.select(table.c.id, table.c.role)


def key_id(world: World, role: str) -> str:
    with world.services.engine.connect() as connection:
        return str(connection.execute(QUERY.where(table.c.role == role)).one().id)


def test_a_revoked_key_is_refused_at_once_by_every_process(world: World) -> None:
    """The clock stands still; the revocation comes over a connection of its own, as from the command line of another machine."""
    assert world("manager", "GET", "/v1/team").status_code == 200
    mine, elsewhere = key_id(world, "manager"), open_database(world.services.settings.database_url)
    with elsewhere.begin() as connection:
        assert keys.revoke(connection, mine, world.clock.now_s())
    elsewhere.dispose()
    assert world("manager", "GET", "/v1/team").status_code == 401
    assert world("helpdesk", "GET", "/v1/team").status_code == 200


def test_a_key_comes_as_a_bearers_and_in_no_other_way(world: World) -> None:
    for scheme, status in (("Bearer", 200), ("bearer", 200), ("Basic", 401), ("Token", 401), ("", 401)):
        sent = {"Authorization": f"{scheme} {world.keys['manager']}"}
        assert world.client.get("/v1/team", headers=sent).status_code == status, scheme


def test_keys_that_begin_alike_are_told_apart_by_all_of_their_hash(world: World) -> None:
    alike = {"team": "default", "created_s": 0.0, "selector": keys.hashed(world.keys["manager"])[: keys.SELECTOR]}
    digest = alike["selector"] + "0" * 48
    with world.services.engine.begin() as connection:
        connection.execute(sa.insert(table).values(id="other", role="admin", hash=digest, **alike))
    assert world("manager", "GET", "/v1/team").status_code == 200
    assert world("manager", "POST", "/v1/agents/x/status", {}).status_code == 403
    assert keys.the_one([], digest) is None


def test_many_ask_at_once_and_a_broken_connection_is_made_anew(world: World) -> None:
    asked = [keys.hashed(each) for each in (*world.keys.values(), "rsp_admin_wrong")] * 20

    async def ask() -> list[str | None]:
        ring = KeyRing(world.services.engine)
        try:
            first = await asyncio.gather(*(ring.find(each) for each in asked))
            ring._connection.dbapi_connection.close()
            second = await asyncio.gather(*(ring.find(each) for each in asked))
        finally:
            ring.close()
        assert first == second
        return [each and each.role for each in first]

    assert asyncio.run(ask()) == [*world.keys, None] * 20


def test_whoever_goes_while_keys_are_looked_for_takes_no_answer_from_who_asked_for_the_same(postgres_url: str) -> None:
    with make_world(postgres_url) as world:
        digest = keys.hashed(world.keys["manager"])

        async def ask() -> str | None:
            ring, looks = KeyRing(world.services.engine), threading.Event()
            try:
                ring._thread.submit(looks.wait)  # a look that takes its time
                goes, stays = (asyncio.create_task(ring.find(digest)) for _ in range(2))
                await asyncio.sleep(0)
                goes.cancel()
                await asyncio.wait([goes])
                looks.set()
                found = await asyncio.wait_for(stays, 60)
            finally:
                looks.set()
                ring.close()
            return found and found.role

        assert asyncio.run(ask()) == "manager"


def test_no_transaction_is_left_open_by_a_look_at_keys(postgres_url: str) -> None:
    """It would keep the database from ever clearing up behind it."""
    with make_world(postgres_url) as world:
        assert world("manager", "GET", "/v1/team").status_code == 200
        with world.services.engine.connect() as connection:
            here = "datname = current_database() AND state LIKE 'idle in transaction%%' AND query LIKE '%%FROM keys AS one%%'"
            assert connection.exec_driver_sql(f"SELECT query FROM pg_stat_activity WHERE {here}").all() == []


def test_a_key_is_rotated_with_an_overlap(world: World) -> None:
    old = key_id(world, "manager")
    with world.services.engine.begin() as connection:
        made = keys.rotate(connection, old, world.clock.now_s(), 3600)
        assert made is not None
        assert keys.rotate(connection, "nothing", world.clock.now_s(), 3600) is None
    world.keys["new"] = made[1]
    assert [world(each, "GET", "/v1/team").status_code for each in ("manager", "new")] == [200, 200]
    world.clock.instant_s += 3600
    assert [world(each, "GET", "/v1/team").status_code for each in ("manager", "new")] == [401, 200]
    with world.services.engine.begin() as connection:
        assert keys.rotate(connection, old, world.clock.now_s(), 3600) is None  # it has ended
        short_id, _ = keys.create(connection, "default", "agent", "ana", world.clock.now_s(), world.clock.now_s() + 60)
        made = keys.rotate(connection, short_id, world.clock.now_s() + 30, 3600)
        assert made is not None
        rows = {each["id"]: each for each in keys.listed(connection)}
    assert rows[short_id]["expires_s"] == world.clock.now_s() + 60  # no longer than it had
    assert (rows[made[0]]["agent_id"], rows[made[0]]["expires_s"]) == ("ana", world.clock.now_s() + 90)


@pytest.mark.parametrize("what", ["key", "session"])
def test_a_key_ends_at_its_instant_and_so_does_what_it_began(world: World, what: str) -> None:
    world.agent("ana")
    ends_s = world.clock.now_s() + 120
    secret = world.make_key("agent", "ana", expires_s=ends_s)
    world.client.post("/login", content=f"key={secret}", follow_redirects=False)
    headers = {"Authorization": f"Bearer {secret}"} if what == "key" else {}
    assert world.client.get("/v1/agents/ana/recovery", headers=headers).status_code == 200
    world.clock.instant_s = ends_s
    assert world.client.get("/v1/agents/ana/recovery", headers=headers).status_code == 401


def test_a_call_too_many_is_told_when_to_come_again(upgraded_url: str) -> None:
    with make_world(upgraded_url, calls_per_s=0.5, calls_per_s_helpdesk=1000) as world:
        answers = [world("manager", "GET", "/v1/team") for _ in range(6)]
        assert [each.status_code for each in answers] == [200] * 5 + [429]
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 2
        assert answers[-1].headers["content-type"] == "application/problem+json"
        assert world("admin", "GET", "/v1/agents").status_code == 200  # each key has its own
        assert all(world("helpdesk", "GET", "/v1/team").status_code == 200 for _ in range(10))
        refused = [world("agent", "GET", "/v1/agents").status_code for _ in range(6)]
        assert refused == [403] * 5 + [429]  # what a key may not do is a call, too


def test_an_address_that_tries_keys_is_stopped_and_known_keys_of_it_are_not(upgraded_url: str) -> None:
    with make_world(upgraded_url, failures_per_min=3) as world:
        assert world("manager", "GET", "/v1/team").status_code == 200
        for number in range(3):
            world.keys["guess"] = f"rsp_manager_{number}"
            assert world("guess", "GET", "/v1/team").status_code == 401
        refused = world("guess", "GET", "/v1/team")
        assert (refused.status_code, int(refused.headers["retry-after"])) == (429, 20)
        assert world.client.get("/v1/team").status_code == 401  # no key at all is no guess
        assert world("manager", "GET", "/v1/team").status_code == 200
        assert world("helpdesk", "GET", "/v1/team").status_code == 429  # not seen before: it has to wait
        other = TestClient(world.client.app, client=("10.0.0.9", 1), raise_server_exceptions=False)
        assert other.get("/v1/team", headers={"Authorization": f"Bearer {world.keys['helpdesk']}"}).status_code == 200
        form = {"content-type": "application/x-www-form-urlencoded"}
        assert world.client.post("/login", content="key=rsp_agent_x", headers=form).status_code == 429


def test_wrong_keys_of_one_network_count_together_and_so_many_right_ones_are_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "REMEMBERED_GOOD", 1)
    with make_world(f"sqlite:///{tmp_path / 'respite.db'}") as world:

        async def tried(*secrets: str) -> list[bool | int]:
            """Whether each was found, or the status that it was refused with; each from another address of one network."""
            door, found = Doors(world.services.engine, Settings(failures_per_min=2)), list[bool | int]()
            for number, secret in enumerate(secrets):
                try:
                    found.append(await door.find(secret, f"2001:db8::{number:x}") is not None)
                except ProblemResponse as refused:
                    found.append(refused.status)
            door.ring.close()
            return found

        first, second = world.keys["manager"], world.keys["helpdesk"]
        assert asyncio.run(tried(first, second, "a", "b", "c", first, second)) == [True, True, False, False, 429, 429, True]
