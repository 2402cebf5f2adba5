"""Subscriptions: what is told, to whom, signed how; real subscribers over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from api.store.tables import outbox
from support.receiver import Heard, Receiver, until
from support.world import World
from support.world import world as make_world

LOOPBACK = "127.0.0.0/8"
SOON = {"allow_private_targets": LOOPBACK, "webhook_retry_s": 0.02, "webhook_retry_max_s": 0.05}
URL = "https://8.8.8.8/in"  # looked up, never called


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """On SQLite; what depends on the store asks for a `database_url`."""
    with make_world(f"sqlite:///{tmp_path / 'respite.db'}", **SOON) as made:
        yield made


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as made:
        yield made


def subscribe(world: World, receiver: Receiver, *types: str, who: str = "admin") -> dict[str, Any]:
    made: dict[str, Any] = world.ok(who, "POST", "/v1/subscriptions", {"url": f"{receiver.url}/in?x=1", "types": list(types)})
    return made


def path(made: dict[str, Any], more: str = "") -> str:
    return f"/v1/subscriptions/{made['id']}{more}"


def rows(world: World) -> list[dict[str, Any]]:
    with world.services.engine.connect() as connection:
        return [dict(row) for row in connection.execute(sa.select(outbox).order_by(outbox.c.seq)).mappings()]


def test_an_assignment_is_told_signed_and_without_words(world: World, receiver: Receiver) -> None:
    world.agent("ana")
    made = subscribe(world, receiver, "ticket.assigned", "ticket.queued")
    assert made["secret"].startswith("whsec_")
    answer = world.ticket("T1", subject="SECRETWORDS")
    (heard,) = receiver.wait_for(1)
    Webhook(made["secret"]).verify(heard.body, heard.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + "A" * 32).verify(heard.body, heard.headers)
    assert heard.path == "/in?x=1"
    assert heard.headers["host"] == receiver.url.removeprefix("http://")
    event = heard.event
    assert (event["type"], event["id"], event["timestamp"]) == ("ticket.assigned", heard.headers["webhook-id"], world.at())
    assert event["data"] == {
        "ticket_id": "T1",
        "decision_id": answer["decision"]["id"],
        "agent_id": "ana",
        "override": False,
        "draft": False,
        "offer_expires_at": None,
    }
    assert "SECRETWORDS" not in heard.body.decode()
    until(lambda: rows(world), lambda found: not found)


def test_each_type_is_told_to_who_asked_for_it(world: World, receiver: Receiver) -> None:
    with Receiver() as other:
        subscribe(world, receiver, "ticket.queued", "offer.expired", "policy.relaxed", "queue.at_risk", "ticket.to_automation")
        subscribe(world, other, "ticket.assigned")
        policy = {
            "offer_timeout_s": {"email": 60},
            "max_wait_s": {"normal": 600},
            "automation": {"categories": ["password"], "capacity": 3, "min_confidence": 0.5},
        }
        world.ok("manager", "PUT", "/v1/policy", policy)
        world.ticket("T1")
        receiver.wait_for(1)
        world.ticket("B1", account_id="other", category="password", automation={"confidence": 0.9})
        world.clock.instant_s += 700
        world.ok("helpdesk", "PUT", "/v1/accounts/x", {})
        world.agent("ana")
        world.clock.instant_s += 61
        world.agent("ben", skills={"export": 1})
        world.ok("manager", "POST", "/v1/tickets/T1/override", {"agent_id": "ben", "reason": "he knows them"})
        heard = receiver.wait_for(lambda heard: "offer.expired" in [each.event["type"] for each in heard])
        found = {each.event["type"]: each.event["data"] for each in heard}
        assert found["ticket.queued"]["waits_for"] == {}
        assert found["ticket.to_automation"]["bot"] == "automation"
        assert (found["queue.at_risk"]["ticket_id"], found["queue.at_risk"]["waited_s"]) == ("T1", 700.0)
        assert found["offer.expired"] == {"ticket_id": "T1", "agent_id": "ana"}
        assert "ticket.assigned" not in receiver.types()
        told = other.wait_for(lambda heard: any(each.event["data"]["override"] for each in heard))
        assert {each.event["type"] for each in told} == {"ticket.assigned"}
        assert told[0].event["data"]["offer_expires_at"] is not None
        assert (told[-1].event["data"]["agent_id"], told[-1].event["data"]["decision_id"]) == ("ben", None)
        assert "he knows them" not in str([each.body for each in told])


def test_the_news_of_a_ticket_come_in_order_although_the_first_tries_fail(world: World) -> None:
    failed: set[str] = set()

    def twice(heard: Heard) -> int:
        first = heard.event["id"] not in failed
        failed.add(heard.event["id"])
        return 503 if first else 200

    with Receiver(twice) as receiver:
        subscribe(world, receiver, "ticket.assigned", "ticket.queued")
        world.ticket("T1")
        world.agent("ana")
        world.ok("manager", "POST", "/v1/tickets/T1/override", {"agent_id": "ana", "reason": "x"})
        heard = receiver.wait_for(6)
        assert [each.event["type"] for each in heard] == ["ticket.queued"] * 2 + ["ticket.assigned"] * 4
        assert heard[0].headers["webhook-id"] == heard[1].headers["webhook-id"]
        revisions = [each.event["revision"] for each in heard]
        assert revisions == sorted(revisions)
        assert len(set(revisions)) == 3


def test_what_fails_for_too_long_is_a_dead_letter_that_can_be_sent_again(upgraded_url: str) -> None:
    status = [500]
    with make_world(upgraded_url, **SOON, webhook_give_up_s=0.1) as world, Receiver(lambda _: status[0]) as receiver:
        made = subscribe(world, receiver, "ticket.queued")
        world.ticket("T1")
        world.ticket("T2")
        found = until(lambda: world.ok("admin", "GET", path(made, "/dead-letters")), lambda page: len(page["items"]) == 2)
        assert {each["error"] for each in found["items"]} == {"answered 500"}
        assert all(each["attempts"] >= 1 and each["type"] == "ticket.queued" for each in found["items"])
        shown = world.ok("admin", "GET", path(made))
        assert (shown["dead"], shown["waiting"], shown["secret"]) == (2, 0, None)
        (_, second) = (each["id"] for each in found["items"])
        page = world.ok("admin", "GET", path(made, "/dead-letters?limit=1"))
        assert [each["id"] for each in world.ok("admin", "GET", path(made, f"/dead-letters?after={page['next']}"))["items"]] == [second]
        status[0] = 200
        before = len(receiver.heard)
        assert world.ok("admin", "POST", path(made, f"/dead-letters/{second}/resend")) == {"sent_again": 1}
        assert receiver.wait_for(before + 1)[-1].headers["webhook-id"] == second
        assert world.ok("admin", "POST", path(made, "/dead-letters/resend")) == {"sent_again": 1}
        assert receiver.wait_for(before + 2)[-1].event["data"]["ticket_id"] == "T1"
        until(lambda: rows(world), lambda left: not left)
        assert world("admin", "POST", path(made, f"/dead-letters/{second}/resend")).status_code == 404


def test_two_secrets_sign_while_they_overlap(world: World, receiver: Receiver) -> None:
    made = subscribe(world, receiver, "ticket.queued")
    rotated = world.ok("admin", "POST", path(made, "/rotate"), {}, Idempotency_Key="k1")
    again = world.ok("admin", "POST", path(made, "/rotate"), {}, Idempotency_Key="k1")
    assert (again["secret"], again["id"]) == (None, made["id"])
    assert rotated["secret"] not in (None, made["secret"])
    world.ticket("T1")
    (heard,) = receiver.wait_for(1)
    for secret in (made["secret"], rotated["secret"]):
        Webhook(secret).verify(heard.body, heard.headers)
    third = world.ok("admin", "POST", path(made, "/rotate"), {"overlap_s": 0})
    assert world.ok("admin", "POST", path(made, "/ping"))["id"].startswith("evt_")
    ping = receiver.wait_for(2)[-1]
    assert ping.event["type"] == "ping"
    Webhook(third["secret"]).verify(ping.body, ping.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(rotated["secret"]).verify(ping.body, ping.headers)
    listed = json.dumps(world.ok("admin", "GET", "/v1/subscriptions"))
    with world.services.engine.connect() as connection:
        kept = str([connection.exec_driver_sql(f"SELECT * FROM {table}").all() for table in ("answers", "outbox", "events")])
    assert not any(secret in listed + kept for secret in (made["secret"], rotated["secret"], third["secret"]))


def test_a_subscriber_that_hangs_holds_up_neither_routing_nor_others(upgraded_url: str) -> None:
    with (
        make_world(upgraded_url, **SOON, webhook_timeout_s=60, webhook_at_once=2) as world,
        Receiver(lambda _: None) as hangs,
        Receiver() as quick,
    ):
        slow = subscribe(world, hangs, "ticket.queued")
        subscribe(world, quick, "ticket.queued")
        for number in range(12):
            world.ticket(f"T{number}")
        quick.wait_for(12)
        assert len(hangs.wait_for(2)) == 2  # no more than its share at once
        assert world.ok("admin", "GET", path(slow))["waiting"] == 12
        world.ok("admin", "DELETE", path(slow))
        assert world("admin", "GET", path(slow)).status_code == 404
    assert len(hangs.heard) == 2


def test_a_redirect_is_not_followed(world: World, receiver: Receiver) -> None:
    with Receiver(lambda _: 302, {"Location": f"{receiver.url}/elsewhere"}) as redirects:
        subscribe(world, redirects, "ticket.queued")
        world.ticket("T1")
        redirects.wait_for(2)
        assert receiver.heard == []
        (row,) = until(lambda: rows(world), lambda found: found[0]["error"] is not None)
        assert row["error"] == "answered 302"


def test_where_events_may_not_go(tmp_path: Path) -> None:
    with make_world(f"sqlite:///{tmp_path / 'respite.db'}") as world:
        for url in (
            "http://8.8.8.8/",
            "https://127.0.0.1/",
            "https://[::ffff:10.0.0.1]/",
            "https://user@8.8.8.8/",
            "https://8.8.8.8:22/",
            "ftp://8.8.8.8",
        ):
            refused = world("admin", "POST", "/v1/subscriptions", {"url": url, "types": ["ticket.queued"]})
            assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/url"), url
        made = world.ok("admin", "POST", "/v1/subscriptions", {"url": URL, "types": ["ticket.queued"]})
        with world.services.engine.begin() as connection:  # as if its name had come to mean another address since
            connection.exec_driver_sql("UPDATE subscriptions SET url = 'https://127.0.0.1:9999/in'")
        world.ok("admin", "POST", path(made, "/ping"))
        (row,) = until(lambda: rows(world), lambda found: found[0]["error"] is not None)
        assert row["error"].startswith("the host '127.0.0.1' has an address that is not public")


def test_a_team_and_an_agent_have_so_many_and_a_repeat_makes_no_other(world: World, receiver: Receiver) -> None:
    wanted = {"url": receiver.url, "types": ["recovery.started"]}
    world.agent("ana")
    first = world.ok("ana", "POST", "/v1/subscriptions", wanted, Idempotency_Key="k")
    again = world.ok("ana", "POST", "/v1/subscriptions", wanted, Idempotency_Key="k")
    assert (again["id"], again["secret"]) == (first["id"], None)
    for _ in range(4):
        world.ok("ana", "POST", "/v1/subscriptions", wanted)
    assert world("ana", "POST", "/v1/subscriptions", wanted).status_code == 409
    assert len(world.ok("ana", "GET", "/v1/subscriptions")["items"]) == 5


def test_breaks_are_told_at_their_instants_and_again_where_their_end_moves(upgraded_url: str) -> None:
    with make_world(upgraded_url, **SOON) as world, Receiver() as receiver:
        subscribe(world, receiver, "recovery.started", "recovery.ended", "light_duty.ended")
        world.agent("ana")
        for number in (1, 2):
            world.ticket(f"T{number}", escalated=number == 1, account_id=f"x{number}")
        world.happened("T1", "resolved")
        recovery = world.ok("ana", "GET", "/v1/agents/ana/recovery")
        (heard,) = receiver.wait_for(1)
        assert heard.event["data"] == {"agent_id": "ana", "since": recovery["since"], "until": recovery["until"]}
        world.ok("ana", "POST", "/v1/agents/ana/recovery/shift", {"minutes": 5})
        ended = receiver.wait_for(2)[-1].event
        assert (ended["type"], ended["data"]["at"]) == ("recovery.ended", world.at())  # it begins anew, later
        world.clock.instant_s += 301
        world.ok("helpdesk", "PUT", "/v1/accounts/x", {})
        begun = receiver.wait_for(3)[-1].event
        assert (begun["type"], begun["timestamp"]) == ("recovery.started", world.at(-1))
        world.clock.instant_s += 3600
        world.ok("helpdesk", "PUT", "/v1/accounts/x", {})
        over = receiver.wait_for(4)[3].event
        assert (over["type"], over["data"]["at"]) == ("recovery.ended", begun["data"]["until"])
        assert set(over["data"]) == {"agent_id", "at"}


def test_a_break_that_ran_out_and_is_replaced_in_the_same_turn_is_told_from_beginning_to_end(world: World, receiver: Receiver) -> None:
    subscribe(world, receiver, "recovery.started", "recovery.ended")
    world.agent("ana")
    for number in (1, 2):
        world.ticket(f"T{number}", escalated=number == 1, account_id=f"x{number}")
    world.happened("T1", "resolved")
    world.ok("ana", "POST", "/v1/agents/ana/recovery/shift", {"minutes": 5})
    receiver.wait_for(2)
    world.happened("T2", "escalated")
    world.clock.instant_s += 3600
    world.happened("T2", "resolved", agent_id="ana")  # the first turn for an hour
    heard = [(each.event["type"].removeprefix("recovery."), each.event["timestamp"]) for each in receiver.wait_for(5)]
    at = [world.at(each - 3600) for each in (0, 0, 300, 900, 3600)]
    assert heard == list(zip(["started", "ended", "started", "ended", "started"], at, strict=True))
    assert {each.event["data"].get("until") for each in receiver.heard[2:4]} == {at[3], None}


def test_a_manager_who_skips_a_break_ends_it_for_everybody(world: World, receiver: Receiver) -> None:
    subscribe(world, receiver, "recovery.started", "recovery.ended")
    world.agent("ana")
    world.ticket("T1", escalated=True)
    world.happened("T1", "resolved")
    receiver.wait_for(1)
    world.clock.instant_s += 60
    world.ok("manager", "POST", "/v1/agents/ana/recovery/skip", {"reason": "nobody else"})
    ended = receiver.wait_for(2)[-1].event
    assert (ended["type"], ended["data"]) == ("recovery.ended", {"agent_id": "ana", "at": world.at()})


def test_the_end_of_light_duty_is_told_at_a_whole_five_minutes(world: World, receiver: Receiver) -> None:
    subscribe(world, receiver, "light_duty.ended")
    world.agent("ana")
    for number in range(6):
        world.ticket(f"T{number}", account_id=f"x{number}", escalated=True, reopened_count=3, abuse=True)
        world.happened(f"T{number}", "contact", agent_id="ana")
    states = []
    while not receiver.heard and len(states) < 400:
        states.append(world.ok("ana", "GET", "/v1/agents/ana/recovery")["state"])
        world.clock.instant_s += 97
        world.ok("helpdesk", "PUT", "/v1/accounts/x", {})
    (heard,) = receiver.wait_for(1)
    assert "light_duty" in states
    assert heard.event["data"]["at"].endswith(("0:00.000Z", "5:00.000Z"))


def test_a_debrief_is_proposed_to_the_two_alone_and_nobody_else_is_told_of_it(world: World) -> None:
    with Receiver() as anas, Receiver() as teams:
        for agent_id in ("ana", "ben"):
            world.agent(agent_id, debrief_opt_in=True)
        for who, types in (("admin", ["debrief.proposed"]), ("ana", ["ticket.assigned"])):
            refused = world(who, "POST", "/v1/subscriptions", {"url": anas.url, "types": types})
            assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/types/0")
        subscribe(world, anas, "debrief.proposed", "recovery.started", who="ana")
        subscribe(world, teams, "recovery.started", "recovery.ended", "ticket.assigned")
        world.ticket("T1", escalated=True)
        world.happened("T1", "resolved")
        world.clock.instant_s += 610
        world.agent("cleo")
        proposed = anas.wait_for(lambda heard: any(each.event["type"] == "debrief.proposed" for each in heard))[-1].event["data"]
        (mine,) = world.ok("ana", "GET", "/v1/agents/ana/debriefs")["items"]
        assert proposed == {"agent_id": "ana", "debrief_id": mine["id"], "expires_at": mine["expires_at"]}
        for who in ("ana", "ben"):
            world.ok(who, "POST", f"/v1/agents/{who}/debriefs/{mine['id']}", {"answer": "accept"})
        world.ticket("T2", account_id="x")
        world.clock.instant_s += 301
        world.ticket("T3", account_id="x")
        seen = teams.wait_for(lambda heard: any(each.event["data"].get("ticket_id") == "T3" for each in heard))
        rests = [(each.event["type"], each.event["data"]["agent_id"]) for each in seen if each.event["type"].startswith("recovery")]
        assert rests == [("recovery.started", "ana"), ("recovery.ended", "ana")]  # her break before
        assert "debrief" not in str([each.body for each in seen])
        assert {each.event["data"]["agent_id"] for each in anas.heard} == {"ana"}


def test_an_agent_reaches_their_own_and_an_admin_sees_and_ends_but_changes_none_of_theirs(world: World, receiver: Receiver) -> None:
    for agent_id in ("ana", "ben"):
        world.agent(agent_id)
    own = subscribe(world, receiver, "recovery.started", who="ana")
    theirs = subscribe(world, receiver, "ticket.queued")
    for who, made in (("ben", own), ("ana", theirs)):
        for method, more in (("GET", ""), ("DELETE", ""), ("GET", "/dead-letters"), ("POST", "/ping"), ("POST", "/dead-letters/resend")):
            assert world(who, method, path(made, more)).status_code == 404, (who, method, more)
        assert world(who, "POST", path(made, "/rotate"), {}).status_code == 404
    assert world("admin", "POST", path(own, "/rotate"), {}).status_code == 404
    assert world("admin", "GET", path(own, "/dead-letters")).status_code == 404
    assert [each["agent_id"] for each in world.ok("ana", "GET", "/v1/subscriptions")["items"]] == ["ana"]
    assert {each["agent_id"] for each in world.ok("admin", "GET", "/v1/subscriptions")["items"]} == {None, "ana"}
    assert world.ok("admin", "GET", path(own))["agent_id"] == "ana"
    world.ok("admin", "DELETE", path(own))
    assert world("ana", "GET", path(own)).status_code == 404


def test_shadow_decisions_are_not_told_and_nothing_from_before(world: World, receiver: Receiver) -> None:
    world.ticket("T0")
    subscribe(world, receiver, "ticket.assigned", "ticket.queued")
    world.ok("manager", "PUT", "/v1/policy", {"shadow": 1})
    world.agent("ana")
    world.ticket("T1")
    world.ok("manager", "PUT", "/v1/policy", {})
    world.ticket("T2", account_id="other")
    heard = receiver.wait_for(lambda heard: any(each.event["data"]["ticket_id"] == "T2" for each in heard))
    assert [each.event["timestamp"] for each in heard] == [world.at()] * len(heard)
    assert not any(each["type"] == "ticket.queued" for each in rows(world))


def test_subscriptions_and_connections_are_read_page_by_page(world: World) -> None:
    for name in ("c", "a", "b"):
        world.ok("admin", "POST", "/v1/subscriptions", {"url": f"https://1.1.1.1/{name}", "types": ["ticket.queued"]})
        world.ok("admin", "PUT", f"/v1/connections/{name}", {})
    for path, name in (("/v1/subscriptions", "id"), ("/v1/connections", "name")):
        whole = world.ok("admin", "GET", path)
        assert (len(whole["items"]), whole["next"]) == (3, None)
        first = world.ok("admin", "GET", f"{path}?limit=2")
        assert first == {"items": whole["items"][:2], "next": whole["items"][1][name]}
        assert world.ok("admin", "GET", f"{path}?limit=2&after={first['next']}") == {"items": whole["items"][2:], "next": None}
        assert [each[name] for each in whole["items"]] == sorted(each[name] for each in whole["items"])
        assert world("admin", "GET", f"{path}?limit=0").status_code == 422
    world.agent("ana")
    own = world.ok("ana", "POST", "/v1/subscriptions", {"url": "https://1.1.1.1/own", "types": ["recovery.started"]})
    assert [each["id"] for each in world.ok("ana", "GET", "/v1/subscriptions?limit=1")["items"]] == [own["id"]]
    assert len(world.ok("admin", "GET", "/v1/subscriptions")["items"]) == 4
