"""How events reach their subscribers: in order, again where they fail, nowhere else, and past whoever hangs."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from api.hooks import courier, post
from support.receiver import Heard, Receiver, until
from support.subscribers import SOON, outbox_rows, path_of, subscribe
from support.world import World
from support.world import world as make_world


def test_the_news_of_a_ticket_come_in_order_although_the_first_tries_fail(telling: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courier, "LOOK_S", 3600.0)  # each is tried again when it is due
    failed: set[str] = set()

    def twice(heard: Heard) -> int:
        first = heard.event["id"] not in failed
        failed.add(heard.event["id"])
        return 503 if first else 200

    with Receiver(twice) as receiver:
        subscribe(telling, receiver, "ticket.assigned", "ticket.queued")
        telling.ticket("T1")
        telling.agent("ana")
        telling.ok("manager", "POST", "/v1/tickets/T1/override", {"agent_id": "ana", "reason": "x"})
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
        found = until(lambda: world.ok("admin", "GET", path_of(made, "/dead-letters")), lambda page: len(page["items"]) == 2)
        assert {each["error"] for each in found["items"]} == {"answered 500"}
        assert all(each["attempts"] >= 1 and each["type"] == "ticket.queued" for each in found["items"])
        shown = world.ok("admin", "GET", path_of(made))
        assert (shown["dead"], shown["waiting"], shown["secret"]) == (2, 0, None)
        (_, second) = (each["id"] for each in found["items"])
        page = world.ok("admin", "GET", path_of(made, "/dead-letters?limit=1"))
        assert [each["id"] for each in world.ok("admin", "GET", path_of(made, f"/dead-letters?after={page['next']}"))["items"]] == [second]
        status[0] = 200
        before = len(receiver.heard)
        assert world.ok("admin", "POST", path_of(made, f"/dead-letters/{second}/resend")) == {"sent_again": 1}
        assert receiver.wait_for(before + 1)[-1].headers["webhook-id"] == second
        assert world.ok("admin", "POST", path_of(made, "/dead-letters/resend")) == {"sent_again": 1}
        assert receiver.wait_for(before + 2)[-1].event["data"]["ticket_id"] == "T1"
        until(lambda: outbox_rows(world), lambda left: not left)
        assert world("admin", "POST", path_of(made, f"/dead-letters/{second}/resend")).status_code == 404


def test_a_subscriber_that_is_gone_is_not_tried_again(upgraded_url: str) -> None:
    """410 says so; its owner sees the dead letter."""
    with make_world(upgraded_url, **SOON) as world, Receiver(lambda _: 410) as receiver:
        made = subscribe(world, receiver, "ticket.queued")
        world.ticket("T1")
        (row,) = until(lambda: outbox_rows(world), lambda found: found[0]["error"] is not None)
        assert (row["state"], row["attempts"], row["error"]) == ("dead", 1, "answered 410")
        assert world.ok("admin", "GET", path_of(made))["dead"] == 1
        assert len(receiver.heard) == 1


@pytest.mark.parametrize(("status", "asked", "waits_s"), [(429, "30", 30.0), (503, "86400", 60.0), (500, "30", 0.02)])
def test_who_asks_to_be_tried_later_is_up_to_the_longest_pause(tmp_path: Path, status: int, asked: str, waits_s: float) -> None:
    settings = SOON | {"webhook_retry_max_s": 60}
    with (
        make_world(f"sqlite:///{tmp_path / 'respite.db'}", **settings) as world,
        Receiver(lambda _: status, {"Retry-After": asked}) as receiver,
    ):
        subscribe(world, receiver, "ticket.queued")
        began_s = time.time()
        world.ticket("T1")
        (row,) = until(lambda: outbox_rows(world), lambda found: found[0]["attempts"] == 1)
        assert began_s + waits_s / 2 <= row["next_s"] <= time.time() + waits_s
        assert status == 500 or row["next_s"] >= began_s + waits_s


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
        assert world.ok("admin", "GET", path_of(slow))["waiting"] == 12
        world.ok("admin", "DELETE", path_of(slow))
        assert world("admin", "GET", path_of(slow)).status_code == 404
    assert len(hangs.heard) == 2


def test_what_arrived_while_the_store_fails_is_written_down_afterwards_and_not_sent_twice(telling: World, receiver: Receiver) -> None:
    failing = [True]

    @sa.event.listens_for(telling.services.engine, "before_cursor_execute")
    def on_execute(_connection: object, _cursor: object, statement: str, _parameters: object, _context: object, _many: bool) -> None:
        if statement.startswith("DELETE FROM outbox") and "owner" in statement and failing:
            failing.clear()
            raise sa.exc.OperationalError(statement, None, Exception("disk I/O error"))

    subscribe(telling, receiver, "ticket.queued")
    for number in range(4):
        telling.ticket(f"T{number}")
    assert until(lambda: outbox_rows(telling), lambda left: not left) == []
    assert (len(receiver.heard), failing) == (4, [])


def test_what_is_under_way_when_a_service_stops_is_held_by_nobody(upgraded_url: str) -> None:
    """Else it would wait for as long as an answer may take, and more, for the next service."""
    with Receiver(lambda _: None) as hangs:
        with make_world(upgraded_url, **SOON, webhook_timeout_s=60) as world:
            subscribe(world, hangs, "ticket.queued")
            world.ticket("T1")
            hangs.wait_for(1)
            assert [each["owner"] is None for each in outbox_rows(world)] == [False]
        left = outbox_rows(world)
        world.services.engine.dispose()  # it was asked once more
    assert [(each["state"], each["owner"], each["lease_s"]) for each in left] == [("waiting", None, 0.0)]


def test_a_redirect_is_not_followed(telling: World, receiver: Receiver) -> None:
    with Receiver(lambda _: 302, {"Location": f"{receiver.url}/elsewhere"}) as redirects:
        subscribe(telling, redirects, "ticket.queued")
        telling.ticket("T1")
        redirects.wait_for(2)
        assert receiver.heard == []
        (row,) = until(lambda: outbox_rows(telling), lambda found: found[0]["error"] is not None)
        assert row["error"] == "answered 302"


@contextmanager
def listening(serve: Callable[[socket.socket], None]) -> Iterator[str]:
    """A subscriber that does with each connection what it likes, once a request has come: its URL."""

    def accept() -> None:
        with contextlib.suppress(OSError):  # it has been closed
            while True:
                threading.Thread(target=answer, args=(server.accept()[0],), daemon=True).start()

    def answer(wire: socket.socket) -> None:
        with wire, contextlib.suppress(OSError):
            wire.recv(65_536)
            serve(wire)

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        server.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    ("first", "then", "arrives"),
    [
        (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 1000, False),
        (b"HTTP/1.1 200 OK\r\n", b"a: b\r\n" * 1000, False),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", (b"1;" + b"a" * 200 + b"\r\nx\r\n") * 100, False),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", b"x" * 10_000, True),
    ],
)
def test_of_an_answer_without_end_little_is_read(tmp_path: Path, first: bytes, then: bytes, arrives: bool) -> None:
    """Where it was read for as long as it may take, one agent's subscriptions made every call of everybody ten times as slow."""

    def serve(wire: socket.socket) -> None:
        wire.sendall(first)
        while True:
            wire.sendall(then)

    settings = SOON | {"webhook_timeout_s": 60}
    with listening(serve) as url, make_world(f"sqlite:///{tmp_path / 'respite.db'}", **settings) as world:
        made = world.ok("admin", "POST", "/v1/subscriptions", {"url": url, "types": ["ticket.queued"]})
        world.ok("admin", "POST", path_of(made, "/ping"))
        left = until(lambda: outbox_rows(world), lambda rows: not rows or rows[0]["error"] is not None)
        assert [each["error"] for each in left] == ([] if arrives else ["its answer is longer than 65536 bytes"])


def test_a_host_that_is_not_found_for_long_holds_up_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of its URLs took one of the threads that look up."""
    answers, look_up, slow = threading.Event(), socket.getaddrinfo, threading.Event()

    def looked_up(host: str, *rest: Any, **more: Any) -> Any:
        if host == "slow.example" and slow.is_set():
            assert answers.wait(60)
        return look_up("127.0.0.1" if host == "slow.example" else host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    settings = SOON | {"webhook_timeout_s": 60}
    with make_world(f"sqlite:///{tmp_path / 'respite.db'}", **settings) as world, Receiver() as receiver:
        for number in range(post.LOOKUP_THREADS):
            wanted = {"url": f"http://slow.example:4999/{number}", "types": ["ticket.queued"]}
            world.ok("admin", "POST", "/v1/subscriptions", wanted)
        slow.set()
        try:
            world.ticket("T1")
            until(lambda: outbox_rows(world), lambda rows: all(each["owner"] for each in rows))
            subscribe(world, receiver, "ticket.queued")
            world.ticket("T2")
            receiver.wait_for(1)
        finally:
            answers.set()


def test_a_connection_that_nothing_goes_over_is_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where its subscription has ended: whoever makes and ends them, one after the other, took a file of the service with each."""
    monkeypatch.setattr(post, "IDLE_S", 0.1)
    monkeypatch.setattr(courier, "LOOK_S", 0.1)
    gone = threading.Event()

    def serve(wire: socket.socket) -> None:
        wire.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
        while wire.recv(65_536):
            pass
        gone.set()

    with listening(serve) as url, make_world(f"sqlite:///{tmp_path / 'respite.db'}", **SOON) as world:
        made = world.ok("admin", "POST", "/v1/subscriptions", {"url": url, "types": ["ticket.queued"]})
        world.ok("admin", "POST", path_of(made, "/ping"))
        until(lambda: outbox_rows(world), lambda left: not left)
        world.ok("admin", "DELETE", path_of(made))
        assert gone.wait(60)


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
        made = world.ok("admin", "POST", "/v1/subscriptions", {"url": "https://8.8.8.8/in", "types": ["ticket.queued"]})
        with world.services.engine.begin() as connection:  # as if its name had come to mean another address since
            connection.exec_driver_sql("UPDATE subscriptions SET url = 'https://127.0.0.1:9999/in'")
        world.ok("admin", "POST", path_of(made, "/ping"))
        (row,) = until(lambda: outbox_rows(world), lambda found: found[0]["error"] is not None)
        assert row["error"].startswith("the host '127.0.0.1' has an address that is not public")
