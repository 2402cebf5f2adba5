"""Subscriptions as they are kept: whose they are, how many, their secrets, their pages."""

from __future__ import annotations

import json
import socket
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from api.hooks import courier
from api.settings import DEFAULT_TEAM
from api.store import keys, letters, tables
from api.store.tables import outbox
from support.receiver import Receiver, until
from support.subscribers import SOON, outbox_rows, path_of, subscribe
from support.world import World
from support.world import world as make_world


def test_two_secrets_sign_while_they_overlap(telling: World, receiver: Receiver) -> None:
    made = subscribe(telling, receiver, "ticket.queued")
    rotated = telling.ok("admin", "POST", path_of(made, "/rotate"), {}, Idempotency_Key="k1")
    again = telling.ok("admin", "POST", path_of(made, "/rotate"), {}, Idempotency_Key="k1")
    assert (again["secret"], again["id"]) == (None, made["id"])
    assert rotated["secret"] not in (None, made["secret"])
    telling.ticket("T1")
    (heard,) = receiver.wait_for(1)
    for secret in (made["secret"], rotated["secret"]):
        Webhook(secret).verify(heard.body, heard.headers)
    again = telling.ok("admin", "POST", path_of(made, "/rotate"), {})
    telling.ok("admin", "POST", path_of(made, "/ping"))
    ping = receiver.wait_for(2)[-1]
    for secret in (made["secret"], rotated["secret"], again["secret"]):
        Webhook(secret).verify(ping.body, ping.headers)
    third = telling.ok("admin", "POST", path_of(made, "/rotate"), {"overlap_s": 0})
    assert telling.ok("admin", "POST", path_of(made, "/ping"))["id"].startswith("evt_")
    ping = receiver.wait_for(3)[-1]
    assert ping.event["type"] == "ping"
    Webhook(third["secret"]).verify(ping.body, ping.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(rotated["secret"]).verify(ping.body, ping.headers)
    listed = json.dumps(telling.ok("admin", "GET", "/v1/subscriptions"))
    with telling.services.engine.connect() as connection:
        kept = str([connection.exec_driver_sql(f"SELECT * FROM {table}").all() for table in ("answers", "outbox", "events")])
    assert not any(secret in listed + kept for secret in (made["secret"], rotated["secret"], third["secret"]))


def signing(world: World) -> list[tuple[str, str]]:
    """Whose secrets are kept, in use or not."""
    with world.services.engine.connect() as connection:
        return [(kind, secret) for kind, secret in connection.exec_driver_sql("SELECT kind, secret FROM webhook_secrets ORDER BY number")]


def test_a_secret_that_has_ended_is_deleted(upgraded_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By itself, and all of them with what they were for, or whose they were."""
    monkeypatch.setattr(courier, "LOOK_S", 0.1)
    with make_world(upgraded_url, **SOON) as world, Receiver() as receiver:
        made = subscribe(world, receiver, "ticket.queued")
        desk = world.ok("admin", "PUT", "/v1/connections/desk", {})
        assert sorted(signing(world)) == [("connection", desk["secret"]), ("subscription", made["secret"])]
        world.ok("admin", "POST", path_of(made, "/rotate"), {})
        rotated = world.ok("admin", "POST", path_of(made, "/rotate"), {"overlap_s": 0.3})
        assert len(signing(world)) == 4
        until(lambda: signing(world), lambda found: len(found) == 2)
        assert ("subscription", rotated["secret"]) in signing(world)
        assert world.ok("admin", "GET", path_of(made))["two_secrets_until"] is None
        world.agent("ana")
        own = subscribe(world, receiver, "recovery.started", who="ana")
        assert ("subscription", own["secret"]) in signing(world)
        world.ok("admin", "DELETE", path_of(made))
        world.ok("admin", "DELETE", "/v1/connections/desk")
        assert signing(world) == [("subscription", own["secret"])]
        with world.services.engine.begin() as connection:
            (key,) = [each["id"] for each in keys.listed(connection) if each["agent_id"] == "ana"]
            assert keys.revoke(connection, key, world.clock.now_s())
        until(lambda: signing(world), lambda found: found == [])


def test_a_team_and_an_agent_have_so_many_and_a_repeat_makes_no_other(telling: World, receiver: Receiver) -> None:
    wanted = {"url": receiver.url, "types": ["recovery.started"]}
    telling.agent("ana")
    first = telling.ok("ana", "POST", "/v1/subscriptions", wanted, Idempotency_Key="k")
    again = telling.ok("ana", "POST", "/v1/subscriptions", wanted, Idempotency_Key="k")
    assert (again["id"], again["secret"]) == (first["id"], None)
    for _ in range(4):
        telling.ok("ana", "POST", "/v1/subscriptions", wanted)
    assert telling("ana", "POST", "/v1/subscriptions", wanted).status_code == 409
    assert len(telling.ok("ana", "GET", "/v1/subscriptions")["items"]) == 5


def test_an_agent_reaches_their_own_and_an_admin_sees_and_ends_but_changes_none_of_theirs(telling: World, receiver: Receiver) -> None:
    for agent_id in ("ana", "ben"):
        telling.agent(agent_id)
    own = subscribe(telling, receiver, "recovery.started", who="ana")
    theirs = subscribe(telling, receiver, "ticket.queued")
    for who, made in (("ben", own), ("ana", theirs)):
        for method, more in (("GET", ""), ("DELETE", ""), ("GET", "/dead-letters"), ("POST", "/ping"), ("POST", "/dead-letters/resend")):
            assert telling(who, method, path_of(made, more)).status_code == 404, (who, method, more)
        assert telling(who, "POST", path_of(made, "/rotate"), {}).status_code == 404
    assert telling("admin", "POST", path_of(own, "/rotate"), {}).status_code == 404
    assert telling("admin", "GET", path_of(own, "/dead-letters")).status_code == 404
    assert [each["agent_id"] for each in telling.ok("ana", "GET", "/v1/subscriptions")["items"]] == ["ana"]
    assert {each["agent_id"] for each in telling.ok("admin", "GET", "/v1/subscriptions")["items"]} == {None, "ana"}
    assert telling.ok("admin", "GET", path_of(own))["agent_id"] == "ana"
    telling.ok("admin", "DELETE", path_of(own))
    assert telling("ana", "GET", path_of(own)).status_code == 404


def test_an_agents_own_end_with_the_last_of_their_keys(upgraded_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where somebody was told of their breaks they would have been for ever, also after they had left."""
    monkeypatch.setattr(courier, "LOOK_S", 0.1)
    with make_world(upgraded_url, **SOON) as world, Receiver(lambda _: 500) as receiver:
        for agent_id in ("ana", "ben"):
            world.agent(agent_id)
        first, second = (subscribe(world, receiver, "recovery.started", who=agent_id) for agent_id in ("ana", "ben"))
        team = subscribe(world, receiver, "ticket.queued")
        world.ok("ana", "POST", path_of(first, "/ping"))
        until(lambda: outbox_rows(world), bool)
        with world.services.engine.begin() as connection:
            ids = {each["agent_id"]: each["id"] for each in keys.listed(connection)}
            world.keys["ben"] = keys.rotate(connection, ids["ben"], world.clock.now_s(), 60.0)[1]  # type: ignore[index]
            assert keys.revoke(connection, ids["ana"], world.clock.now_s())
        world.clock.instant_s += 61.0
        until(lambda: outbox_rows(world), lambda found: not found)
        left = {each["id"] for each in world.ok("admin", "GET", "/v1/subscriptions")["items"]}
        assert left == {second["id"], team["id"]}
        with world.services.engine.begin() as connection:
            connection.execute(
                sa.update(tables.keys)
                .where(tables.keys.c.team == DEFAULT_TEAM, tables.keys.c.agent_id == "ben")
                .values(expires_s=world.clock.now_s() + 30.0)
            )
        assert world.ok("ben", "GET", path_of(second))["id"] == second["id"]
        world.clock.instant_s += 29.0
        assert world.ok("ben", "GET", path_of(second))["id"] == second["id"]
        world.clock.instant_s += 2.0
        until(lambda: world.ok("admin", "GET", "/v1/subscriptions")["items"], lambda found: [each["id"] for each in found] == [team["id"]])


def test_a_name_server_that_does_not_answer_holds_up_no_other_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look-up took one of the forty threads that serve calls; then all for one host took the few that look up."""
    answers, look_up = threading.Event(), socket.getaddrinfo

    def slow(host: str, *rest: Any, **more: Any) -> Any:
        if host == "slow.example":
            assert answers.wait(60)
            raise socket.gaierror
        return look_up(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    wanted = {"url": "https://slow.example/", "types": ["recovery.started"]}
    with make_world(f"sqlite:///{tmp_path / 'respite.db'}", webhook_timeout_s=1) as world, ThreadPoolExecutor(50) as callers:
        world.agent("ana")
        world.key("ana")
        asked = [callers.submit(world, "ana", "POST", "/v1/subscriptions", wanted) for _ in range(50)]
        try:
            assert all(each.result(60).status_code == 422 for each in asked)
            assert "not found within 1 s" in asked[-1].result().text
            again = [callers.submit(world, "ana", "POST", "/v1/subscriptions", wanted) for _ in range(8)]
            assert world("ana", "POST", "/v1/subscriptions", wanted | {"url": "https://8.8.8.8/"}).status_code == 201
            assert all(each.result(60).status_code == 422 for each in again)
        finally:
            answers.set()


def test_subscriptions_and_connections_are_read_page_by_page(telling: World) -> None:
    for name in ("c", "a", "b"):
        telling.ok("admin", "POST", "/v1/subscriptions", {"url": f"https://1.1.1.1/{name}", "types": ["ticket.queued"]})
        telling.ok("admin", "PUT", f"/v1/connections/{name}", {})
    for path, name in (("/v1/subscriptions", "id"), ("/v1/connections", "name")):
        whole = telling.ok("admin", "GET", path)
        assert (len(whole["items"]), whole["next"]) == (3, None)
        first = telling.ok("admin", "GET", f"{path}?limit=2")
        assert first == {"items": whole["items"][:2], "next": whole["items"][1][name]}
        assert telling.ok("admin", "GET", f"{path}?limit=2&after={first['next']}") == {"items": whole["items"][2:], "next": None}
        assert [each[name] for each in whole["items"]] == sorted(each[name] for each in whole["items"])
        assert telling("admin", "GET", f"{path}?limit=0").status_code == 422
    telling.agent("ana")
    own = telling.ok("ana", "POST", "/v1/subscriptions", {"url": "https://1.1.1.1/own", "types": ["recovery.started"]})
    assert [each["id"] for each in telling.ok("ana", "GET", "/v1/subscriptions?limit=1")["items"]] == [own["id"]]
    assert len(telling.ok("admin", "GET", "/v1/subscriptions")["items"]) == 4


def test_what_is_asked_of_two_services_at_once_is_done_one_after_the_other(postgres_url: str) -> None:
    """An agent had nine subscriptions, and a connection that was made twice at once was a bug in the log."""
    with make_world(postgres_url, **SOON) as one, make_world(postgres_url, **SOON) as other, ThreadPoolExecutor(20) as callers:
        one.agent("ana")
        other.keys = one.keys | {"ana": one.key("ana")}

        def at_once(who: str, method: str, path: str, body: Any) -> Counter[int]:
            asked = [callers.submit(world, who, method, path, body) for _ in range(10) for world in (one, other)]
            return Counter(each.result().status_code for each in asked)

        wanted = {"url": "http://127.0.0.1:4999/", "types": ["recovery.started"]}
        assert at_once("ana", "POST", "/v1/subscriptions", wanted) == {201: 5, 409: 15}
        assert at_once("admin", "PUT", "/v1/connections/desk", {}) == {201: 1, 200: 19}
        assert at_once("admin", "PUT", "/v1/connections/desk", {"rotate": True}) == {200: 20}


def test_letters_for_a_subscription_that_has_ended_do_not_stay(upgraded_url: str) -> None:
    """Another service goes on for a second as if it were there, and nobody carried or dropped what it put out."""
    row = {"peer": "sub_ended", "id": "evt_1", "key": "ticket:T1", "type": "ticket.queued", "body": "{}"}
    with make_world(upgraded_url) as world, world.services.engine.begin() as connection:
        letters.add(connection, outbox, DEFAULT_TEAM, [row], 0.0)
    with make_world(upgraded_url, **SOON) as world, Receiver() as receiver:
        made = subscribe(world, receiver, "ticket.queued")
        world.ok("admin", "POST", path_of(made, "/ping"))
        receiver.wait_for(1)
        until(lambda: outbox_rows(world), lambda left: not left)
