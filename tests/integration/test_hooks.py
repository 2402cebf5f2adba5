"""Webhooks in: signed or refused, kept before they are answered, done once and in order, and dead letters where they can't be."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future, wait
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from standardwebhooks.webhooks import Webhook

from api.connectors.own import FOREIGN
from api.hooks import inbox as inbox_worker
from api.hooks.letterbox import Hook, Letterbox
from api.store import connections
from api.store.faults import Unavailable
from api.store.tables import inbox
from support.receiver import until
from support.world import World
from support.world import world as make_world


@pytest.fixture
def secret(world: World) -> str:
    made = world.ok("admin", "PUT", "/v1/connections/desk", {})
    assert made["hook"] == "/v1/hooks/desk"
    return str(made["secret"])


def headers(secret: str, letter_id: str, body: str, age_s: float = 0.0) -> dict[str, str]:
    at = datetime.fromtimestamp(int(time.time() - age_s), UTC)
    return {
        "webhook-id": letter_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(letter_id, at, body),
    }


def send(world: World, secret: str, letter_id: str, payload: Any, age_s: float = 0.0, to: str = "desk") -> int:
    body = payload if isinstance(payload, str) else json.dumps(payload)
    status: int = world.client.post(f"/v1/hooks/{to}", content=body, headers=headers(secret, letter_id, body, age_s)).status_code
    return status


def created(world: World, ticket_id: str, **facts: Any) -> dict[str, Any]:
    data = {"id": ticket_id, "account_id": "acme", "subject": "SECRETWORDS", "created_at": world.at()}
    return {"type": "ticket.created", "timestamp": world.at(), "data": data | facts}


def happened(ticket_id: str, what: str, **facts: Any) -> dict[str, Any]:
    return {"type": "ticket.event", "data": {"ticket_id": ticket_id, "type": what} | facts}


def rows(world: World) -> list[dict[str, Any]]:
    with world.services.engine.connect() as connection:
        return [dict(row) for row in connection.execute(sa.select(inbox).order_by(inbox.c.seq)).mappings()]


def worked_off(world: World) -> list[dict[str, Any]]:
    return until(lambda: rows(world), lambda found: all(each["state"] != "waiting" for each in found))


def test_a_ticket_and_its_end_come_in_and_no_word_of_them_stays(world: World, secret: str) -> None:
    world.agent("ana")
    assert send(world, secret, "m1", created(world, "T1", escalated=True)) == 202
    assert send(world, secret, "m2", happened("T1", "contact")) == 202
    assert send(world, secret, "m3", happened("T1", "resolved")) == 202
    assert [(each["state"], each["body"]) for each in worked_off(world)] == [("done", None)] * 3
    ticket = world.ok("helpdesk", "GET", "/v1/tickets/T1")
    assert (ticket["state"], [each["agent_id"] for each in ticket["contacts"]]) == ("resolved", ["ana"])
    with world.services.engine.connect() as connection:
        for table in ("inbox", "events", "tickets", "answers"):
            assert "SECRETWORDS" not in str(connection.exec_driver_sql(f"SELECT * FROM {table}").all())


def test_a_repeat_is_answered_alike_and_changes_nothing(world: World, secret: str) -> None:
    world.agent("ana")
    assert [send(world, secret, "m1", created(world, "T1")) for _ in range(3)] == [202] * 3
    assert send(world, secret, "m1", created(world, "T2")) == 202  # the id counts
    assert send(world, secret, "m2", happened("T1", "contact")) == 202
    assert send(world, secret, "m2", happened("T1", "contact")) == 202
    assert [each["id"] for each in worked_off(world)] == ["m1", "m2"]
    assert [each["id"] for each in world.ok("helpdesk", "GET", "/v1/tickets")["items"]] == ["T1"]


def test_two_connections_may_give_their_webhooks_the_same_id(world: World, secret: str) -> None:
    world.agent("ana")
    other = world.ok("admin", "PUT", "/v1/connections/other", {})["secret"]
    assert send(world, secret, "m1", created(world, "T1")) == 202
    worked_off(world)
    assert send(world, secret, "m2", happened("T1", "contact")) == 202
    assert send(world, other, "m2", happened("T1", "contact", occurred_at=world.at(-60)), to="other") == 202
    assert [each["state"] for each in worked_off(world)] == ["done"] * 3
    assert len(world.ok("helpdesk", "GET", "/v1/tickets/T1")["contacts"]) == 2


def test_what_is_not_signed_is_refused_and_not_kept(world: World, secret: str) -> None:
    payload = created(world, "T1")
    body = json.dumps(payload)
    right = headers(secret, "m1", body)
    other = headers("whsec_" + "A" * 32, "m1", body)
    wrong = [
        {},
        other,
        right | {"webhook-id": "m2"},
        right | {"webhook-timestamp": str(int(right["webhook-timestamp"]) + 1)},
        right | {"webhook-timestamp": "yesterday"},
        right | {"webhook-timestamp": "9" * 400},
        right | {"webhook-signature": "v1,"},
        right | {"webhook-signature": "v1,%%%"},
        right | {"webhook-signature": "nonsense"},
        right | {"webhook-signature": "v2" + right["webhook-signature"][2:]},
        right | {"webhook-signature": right["webhook-signature"].lower()},
        {name: text for name, text in right.items() if name != "webhook-timestamp"},
    ]
    for given in wrong:
        assert world.client.post("/v1/hooks/desk", content=body, headers=given).status_code == 401, given
    assert world.client.post("/v1/hooks/desk", content=body + " ", headers=right).status_code == 401
    assert world.client.post("/v1/hooks/desk", content=b"\xff\xfe", headers=right).status_code == 401
    assert send(world, secret, "old", payload, age_s=301) == 401
    assert send(world, secret, "early", payload, age_s=-305) == 401
    for unknown in ("other", "nobody.desk", "default.desk.", ".", "desk%00"):
        assert send(world, secret, "m1", payload, to=unknown) == 404
    assert rows(world) == []
    assert (
        world.client.post(
            "/v1/hooks/desk", content=body, headers=other | {"webhook-signature": f"v1,x {right['webhook-signature']}"}
        ).status_code
        == 202
    )


def test_what_cannot_be_done_is_a_dead_letter_and_may_come_in_again(world: World, secret: str) -> None:
    world.agent("ana")
    payloads: dict[str, Any] = {
        "m1": "no json",
        "m2": ["a list"],
        "m3": {"type": "ticket.gone", "data": {}},
        "m4": {"type": "ticket.event", "data": {"type": "resolved"}},
        "m5": created(world, "T1", priority="enormous"),
        "m6": happened("T9", "resolved"),
        "m7": created(world, "T1") | {"more": 1},
        "m8a": {"account": "acme", "ticket_id": 7},
        "m9": "a\x00b",
        "m10": created(world, "a\x00b"),
        "m11": created(world, "\ud800"),
    }
    assert send(world, secret, "m8", '{"type": "ticket.created", "data": ' + "[" * 100_000) == 422  # as every call does
    assert [send(world, secret, name, payload) for name, payload in payloads.items()] == [202] * len(payloads)
    worked_off(world)
    path = "/v1/connections/desk/dead-letters"
    found = world.ok("admin", "GET", path)
    assert found["next"] is None
    assert {each["id"]: each["error"] for each in found["items"]} == {
        "m1": "the body is not JSON",
        "m2": "the body is no JSON object",
        "m3": "/type: must be ticket.created or ticket.event",
        "m4": "/data/ticket_id: must be the id of a ticket",
        "m5": "/priority: Input should be 'low', 'normal', 'high' or 'urgent'",
        "m6": "/ticket_id: ticket 'T9' is not known; send the ticket first",
        "m7": "/more: is not a known field",
        "m8a": FOREIGN,
        "m9": "the body is not JSON",
        "m10": "/data/id: must be the id of a ticket",
        "m11": "/data/id: must be the id of a ticket",
    }
    assert "SECRETWORDS" not in json.dumps(found)
    world.ticket("T9")
    assert world.ok("admin", "POST", f"{path}/m6/resend") == {"sent_again": 1}
    until(lambda: world.ok("helpdesk", "GET", "/v1/tickets/T9"), lambda ticket: ticket["state"] == "resolved")
    worked_off(world)
    assert world.ok("admin", "POST", f"{path}/resend") == {"sent_again": 10}
    worked_off(world)
    assert len(world.ok("admin", "GET", path)["items"]) == 10
    assert world("admin", "POST", f"{path}/m99/resend").status_code == 404
    first = world.ok("admin", "GET", f"{path}?limit=3")
    rest = world.ok("admin", "GET", f"{path}?limit=500&after={first['next']}")
    assert len(first["items"]) + len(rest["items"]) == 10


def test_a_rotated_secret_is_good_beside_the_new_one_for_a_while(world: World, secret: str) -> None:
    assert world.ok("admin", "PUT", "/v1/connections/desk", {})["secret"] is None
    fresh = world.ok("admin", "PUT", "/v1/connections/desk", {"rotate": True})["secret"]
    assert fresh not in (None, secret)
    (shown,) = world.ok("admin", "GET", "/v1/connections")["items"]
    assert (shown["secret"], shown["two_secrets_until"] is None) == (None, False)
    assert send(world, secret, "m1", created(world, "T1")) == 202
    assert send(world, fresh, "m2", created(world, "T2")) == 202
    for _ in range(2):
        world.ok("admin", "PUT", "/v1/connections/desk", {"rotate": True})
    assert send(world, secret, "m3", created(world, "T3")) == 401
    worked_off(world)
    ended = world.ok("admin", "DELETE", "/v1/connections/desk")
    assert (ended["name"], ended["secret"]) == ("desk", None)
    assert (send(world, fresh, "m4", created(world, "T4")), rows(world)) == (404, [])
    assert world("admin", "DELETE", "/v1/connections/desk").status_code == 404
    assert world("admin", "PUT", "/v1/connections/a.b", {}).status_code == 422


def pushed(world: World, hooks: Sequence[Hook], into: Letterbox | None = None) -> Future[list[Any]]:
    """Webhooks that come in one pass of the event loop, and what becomes of each: None, or the error that it is answered with."""
    letterbox = into or world.services.letterbox

    async def push() -> list[Any]:
        return await asyncio.gather(*[letterbox.post(each) for each in hooks], return_exceptions=True)

    found: Future[list[Any]] = world.client.portal.start_task_soon(push)  # type: ignore[union-attr]
    return found


def hook(secret: str, letter_id: str, payload: Any, to: str = "desk") -> Hook:
    body = json.dumps(payload)
    return Hook(to, headers(secret, letter_id, body), body.encode())


def test_the_secret_in_use_stays_good_where_the_answer_to_a_rotation_was_lost(world: World, secret: str) -> None:
    """Asked for again, the secret that the helpdesk signs with was good for nothing."""
    lost, repeated, new = (
        world.ok("admin", "PUT", "/v1/connections/desk", {"rotate": True}, Idempotency_Key=key)["secret"] for key in ("k1", "k1", "k2")
    )
    assert repeated is None
    for number, each in enumerate((secret, lost, new)):
        assert send(world, each, f"m{number}", created(world, f"T{number}")) == 202
    last = world.ok("admin", "PUT", "/v1/connections/desk", {"rotate": True})["secret"]
    assert [send(world, each, "m9", created(world, "T9")) for each in (secret, lost, new, last)] == [401, 202, 202, 202]
    with world.services.engine.connect() as connection:
        kept = str(connection.exec_driver_sql("SELECT * FROM answers").all())
    assert not any(each in kept for each in (secret, lost, new))


def test_what_comes_together_is_kept_together_and_answered_when_it_is_durable(world: World, secret: str) -> None:
    numbers = [*range(30), 7, *range(30, 60), 7]  # one is repeated
    hooks = [hook(secret, f"m{number}", created(world, f"T{number}")) for number in numbers]
    hooks[-1] = hook(secret, "m7", created(world, "T98"))  # with other words, too: the first that came counts
    hooks[3:3] = [hook("whsec_" + "A" * 32, "m99", created(world, "T99")), hook(secret, "m98", created(world, "T98"), "other")]
    commits: list[int] = []
    sa.event.listen(world.services.engine, "commit", lambda _: commits.append(threading.get_ident()))
    with world.services.dispatcher.pen.writing() as connection:
        held = connections.hold(connection, "default")  # so nothing can be written down
        answers = pushed(world, hooks)
        assert (held, wait([answers], timeout=0.3).done) == ({"desk"}, set())
    assert [getattr(each, "status", each) for each in answers.result()] == [None] * 3 + [401, 404] + [None] * (len(numbers) - 3)
    assert [each["id"] for each in rows(world)] == [f"m{number}" for number in range(60)]
    assert [each["seq"] for each in rows(world)] == list(range(1, 61))
    worked_off(world)
    assert {each["id"] for each in world.ok("helpdesk", "GET", "/v1/tickets?limit=100")["items"]} == {f"T{number}" for number in range(60)}
    by_thread = Counter(commits)
    assert by_thread[world.services.letterbox.thread.ident] <= 3  # a transaction for each webhook would be 60 of them


def test_several_that_take_in_at_once_keep_each_once(world: World, secret: str) -> None:
    """As several processes on one database do: no number is given twice, and no repeat is kept, whoever it came to."""
    service = world.services
    boxes = [Letterbox(service.dispatcher, service.settings, service.inbox) for _ in range(3)]
    hooks = [hook(secret, f"m{number}", "no call") for number in range(40)]
    for each in boxes:
        each.start()
    rounds = [pushed(world, hooks[at : at + 20], each) for at in (0, 10, 20) for each in boxes]
    assert [found for each in rounds for found in each.result()] == [None] * 180
    for each in boxes:
        each.close()
    assert (len(rows(world)), {each["id"] for each in rows(world)}) == (40, {f"m{number}" for number in range(40)})


def test_one_that_cannot_be_written_down_spoils_no_other(world: World, secret: str) -> None:
    @sa.event.listens_for(world.services.engine, "before_cursor_execute")
    def on_execute(_connection: object, _cursor: object, statement: str, parameters: object, _context: object, _many: bool) -> None:
        if statement.startswith("INSERT INTO inbox") and "m3" in str(parameters):
            raise ValueError("no such row")

    answers = pushed(world, [hook(secret, f"m{number}", created(world, f"T{number}")) for number in range(6)])
    assert [str(each) for each in answers.result()] == ["None"] * 3 + ["no such row"] + ["None"] * 2
    assert [each["id"] for each in worked_off(world)] == ["m0", "m1", "m2", "m4", "m5"]
    assert send(world, secret, "m3", created(world, "T3")) == 500
    assert send(world, secret, "m6", created(world, "T6")) == 202


def test_a_store_that_fails_is_said_to_each(world: World, secret: str) -> None:
    @sa.event.listens_for(world.services.engine, "before_cursor_execute")
    def on_execute(_connection: object, _cursor: object, statement: str, _parameters: object, _context: object, _many: bool) -> None:
        if statement.startswith("INSERT INTO inbox") and failing:
            raise sa.exc.OperationalError(statement, None, Exception("disk I/O error"))

    failing = [True]
    answers = pushed(world, [hook(secret, f"m{number}", created(world, f"T{number}")) for number in range(3)]).result()
    assert [(type(each), str(each)) for each in answers] == [(Unavailable, "the database can't be written")] * 3
    assert len(set(map(id, answers))) == 3
    assert (send(world, secret, "m1", created(world, "T1")), rows(world)) == (503, [])
    failing.clear()
    assert send(world, secret, "m1", created(world, "T1")) == 202
    assert [each["id"] for each in worked_off(world)] == ["m1"]


def test_what_was_taken_is_finished_when_it_stops(world: World, secret: str) -> None:
    answers = pushed(world, [hook(secret, f"m{number}", created(world, f"T{number}")) for number in range(9)])
    until(lambda: answers.done() or len(rows(world)) > 0, bool)
    world.services.letterbox.close()
    assert answers.result() == [None] * 9
    assert len(rows(world)) == 9
    assert send(world, secret, "m9", created(world, "T9")) == 503


def looked_up(world: World) -> threading.Event:
    """When the letterbox has looked up the connection of what came, and is about to write it down."""
    found = threading.Event()

    @sa.event.listens_for(world.services.engine, "after_cursor_execute")
    def on_executed(_connection: object, _cursor: object, statement: str, _parameters: object, _context: object, _many: bool) -> None:
        if "FROM connections" in statement.replace("\n", "") and threading.current_thread() is world.services.letterbox.thread:
            found.set()

    return found


def test_what_came_while_others_were_taken_in_is_finished_too_when_it_stops(world: World, secret: str) -> None:
    letterbox, looked = world.services.letterbox, looked_up(world)
    with world.services.dispatcher.pen.writing() as connection:
        connections.hold(connection, "default")  # so nothing can be written down
        first = pushed(world, [hook(secret, "m1", created(world, "T1"))])
        assert looked.wait(60)
        second = pushed(world, [hook(secret, "m2", created(world, "T2"))])
        until(lambda: len(letterbox._queue), lambda left: left == 1)
        stopping = threading.Thread(target=letterbox.close)
        stopping.start()
        until(lambda: letterbox._open, lambda is_open: not is_open)
    stopping.join()
    assert (first.result(), second.result()) == ([None], [None])
    assert [each["id"] for each in rows(world)] == ["m1", "m2"]


def test_what_comes_by_a_connection_that_ends_meanwhile_is_not_kept_and_said_so(world: World, secret: str) -> None:
    looked = looked_up(world)
    with world.services.dispatcher.pen.writing() as connection:
        connections.hold(connection, "default")
        answers = pushed(world, [hook(secret, "m1", created(world, "T1"))])
        assert looked.wait(60)
        connections.remove(connection, "default", "desk")
    assert [getattr(each, "status", each) for each in answers.result()] == [404]
    assert rows(world) == []


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'respite.db'}"


def test_the_settings_of_the_tolerance_and_of_the_overlap(sqlite_url: str) -> None:
    with make_world(sqlite_url, webhook_tolerance_s=20, webhook_overlap_s=0) as world:
        first = world.ok("admin", "PUT", "/v1/connections/desk", {})["secret"]
        assert send(world, first, "m1", created(world, "T1"), age_s=30) == 401
        assert send(world, first, "m1", created(world, "T1"), age_s=10) == 202
        world.ok("admin", "PUT", "/v1/connections/desk", {"rotate": True})
        assert send(world, first, "m2", created(world, "T2")) == 401
        worked_off(world)


def test_dead_letters_and_their_words_are_kept_for_a_bounded_time(sqlite_url: str) -> None:
    def buried(kept_s: float) -> list[str]:
        """What is left after a restart, of a letter that died a hundred seconds ago."""
        with make_world(sqlite_url, webhook_kept_s=kept_s) as world:
            if kept_s == 200:
                secret = world.ok("admin", "PUT", "/v1/connections/desk", {})["secret"]
                assert send(world, secret, "m0", created(world, "T0")) == 202
                assert send(world, secret, "m1", created(world, "T1") | {"more": 1}) == 202
                worked_off(world)
                with world.services.engine.begin() as connection:
                    connection.execute(sa.update(inbox).where(inbox.c.team == "default").values(ended_s=time.time() - 100))
                return [each["id"] for each in rows(world)]
            return [each["id"] for each in until(lambda: rows(world), lambda found: len(found) < 2)]

    assert buried(200) == ["m0", "m1"]
    assert buried(60) == ["m0"]  # that it came is remembered, for its sender may repeat it


def test_what_a_service_held_that_was_killed_is_worked_off_at_the_next_start(sqlite_url: str) -> None:
    with make_world(sqlite_url) as world:
        secret = world.ok("admin", "PUT", "/v1/connections/desk", {})["secret"]
        assert send(world, secret, "m1", created(world, "T1")) == 202
        worked_off(world)
        held = {
            "state": "waiting",
            "owner": "killed",
            "lease_s": time.time() + inbox_worker.LEASE_S,
            "body": json.dumps(created(world, "T2")),
        }
        with world.services.engine.begin() as connection:
            connection.execute(sa.update(inbox).where(inbox.c.team == "default").values(held))
    began_s = time.time()
    with make_world(sqlite_url) as world:
        assert [each["state"] for each in worked_off(world)] == ["done"]
        assert time.time() < began_s + inbox_worker.LEASE_S / 2
        world.ok("helpdesk", "GET", "/v1/tickets/T2")


def test_what_fails_here_is_tried_eight_times_each_after_twice_as_long(sqlite_url: str) -> None:
    life_s, tries = [time.time() + 60.0], list[float]()  # after all that is taken in

    def fails(_connection: object, _cursor: object, statement: str, parameters: object, _context: object, _many: bool) -> None:
        if statement.startswith("INSERT INTO events") and "ticket_opened" in str(parameters) and '"T1"' in str(parameters):
            tries.append(life_s[0])
            raise ValueError("no such row")

    with make_world(sqlite_url) as world:
        secret = world.ok("admin", "PUT", "/v1/connections/desk", {})["secret"]
        world.services.inbox.life = lambda: life_s[0]
        sa.event.listen(world.services.engine, "before_cursor_execute", fails)
        assert send(world, secret, "m1", created(world, "T1")) == 202
        due_s = life_s[0]
        for number in range(8):
            found, *_ = until(lambda: rows(world), lambda found, number=number: found[0]["attempts"] == number + 1)
            assert (len(tries), tries[-1]) == (number + 1, due_s)
            assert found["state"] == ("dead" if number == 7 else "waiting")
            due_s += 2.0**number
            assert found["next_s"] == (due_s if number < 7 else due_s - 2.0**number)
            if number == 0:  # one of another ticket does not wait for it
                assert send(world, secret, "m2", created(world, "T2")) == 202
                until(lambda: rows(world)[1], lambda other: other["state"] == "done")
            life_s[0] = due_s
            world.services.inbox.wake()
        assert found["error"] == "it failed 8 times: ValueError; the log of the service says why"
