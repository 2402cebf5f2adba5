"""What is sent again, late or under one key: nothing is lost, nothing counted twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import sqlalchemy as sa

from api.store.answers import RESERVED, RESERVED_S
from api.store.tables import answers
from router import readiness
from support.refusals import TICKET, problem, revision
from support.scoring import BrokenScoring, HeldScoring
from support.world import World


def test_same_ticket_twice(staffed: World) -> None:
    first = staffed("helpdesk", "POST", "/v1/tickets", TICKET)
    again = staffed("helpdesk", "POST", "/v1/tickets", dict(reversed(TICKET.items())))
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["decision"] == first.json()["decision"]
    other = problem(staffed("helpdesk", "POST", "/v1/tickets", TICKET | {"subject": "other words"}), 409, "/id")
    assert "other content" in other["detail"]
    assert len(staffed.ok("helpdesk", "GET", "/v1/decisions")["items"]) == 1


def test_idempotency_key(staffed: World) -> None:
    first = staffed("helpdesk", "POST", "/v1/tickets", TICKET, Idempotency_Key="k1")
    again = staffed("helpdesk", "POST", "/v1/tickets", TICKET, Idempotency_Key="k1")
    assert (again.status_code, again.text) == (first.status_code, first.text)
    problem(staffed("helpdesk", "POST", "/v1/tickets", TICKET | {"id": "T2"}, Idempotency_Key="k1"), 422, "/Idempotency-Key")
    staffed.happened("T1", "escalated")
    before = revision(staffed)
    for _ in range(3):
        staffed("helpdesk", "POST", "/v1/tickets/T1/events", {"type": "contact"}, Idempotency_Key="k2")
    assert revision(staffed) == before + 1
    bulk = {"tickets": [TICKET | {"id": "T7"}]}
    one, two = (staffed("helpdesk", "POST", "/v1/tickets/bulk", bulk, Idempotency_Key="k3") for _ in range(2))
    assert one.text == two.text
    problem(staffed("helpdesk", "POST", "/v1/tickets/bulk", {"tickets": [TICKET]}, Idempotency_Key="k3"), 422, "/Idempotency-Key")
    staffed.clock.instant_s += 24 * 3600 + 1
    assert staffed("helpdesk", "POST", "/v1/tickets", TICKET, Idempotency_Key="k1").status_code == 200


def test_event_id_with_other_content(staffed: World) -> None:
    staffed.ok("helpdesk", "POST", "/v1/tickets", TICKET)
    staffed.happened("T1", "message", event_id="e1")
    before = revision(staffed)
    staffed.happened("T1", "message", event_id="e1")
    assert revision(staffed) == before
    problem(staffed("helpdesk", "POST", "/v1/tickets/T1/events", {"type": "escalated", "event_id": "e1"}), 409, "/event_id")


def test_repeated_reordered_and_late_events_send_one_break(staffed: World) -> None:
    staffed.ok("helpdesk", "POST", "/v1/tickets", TICKET)
    staffed.clock.instant_s += 600
    ended, raised = staffed.at(-60), staffed.at(-120)
    for _ in range(3):
        staffed.happened("T1", "contact", occurred_at=ended)
    for _ in range(3):
        staffed.happened("T1", "escalated", occurred_at=raised, event_id="up")
    staffed.happened("T1", "escalated", occurred_at=raised)
    staffed.happened("T1", "resolved", occurred_at=ended)
    until = staffed.ok("ana", "GET", "/v1/agents/ana/recovery")["until"]
    staffed.clock.instant_s += 30
    staffed.happened("T1", "contact", occurred_at=ended)
    now = staffed.ok("ana", "GET", "/v1/agents/ana/recovery")
    assert (now["state"], now["until"]) == ("break", until)
    assert now["points"] < 1.5
    with staffed.services.dispatcher.reading("default") as (state, now_s):
        assert len(state.tickets["T1"].contacts) == 1
        staffed.clock.instant_s += 700
        assert readiness.view(state, state.agents.row["ana"], now_s + 700).state == "ready"


def test_a_bulk_under_one_key_is_done_once(staffed: World) -> None:
    """The key is taken before the work begins: a second request meanwhile creates nothing."""
    released, first = Event(), {"tickets": [TICKET | {"id": f"A{number}"} for number in range(3)]}
    staffed.services.scoring = scoring = HeldScoring(released)
    with ThreadPoolExecutor(1) as caller:
        slow = caller.submit(staffed, "helpdesk", "POST", "/v1/tickets/bulk", first, Idempotency_Key="k")
        assert scoring.begun.wait(60)
        other = {"tickets": [TICKET | {"id": "B1"}]}
        problem(staffed("helpdesk", "POST", "/v1/tickets/bulk", first, Idempotency_Key="k"), 409, "/Idempotency-Key")
        problem(staffed("helpdesk", "POST", "/v1/tickets/bulk", other, Idempotency_Key="k"), 422, "/Idempotency-Key")
        released.set()
        done = slow.result()
    assert [each["id"] for each in staffed.ok("helpdesk", "GET", "/v1/tickets")["items"]] == ["A0", "A1", "A2"]
    again = staffed("helpdesk", "POST", "/v1/tickets/bulk", first, Idempotency_Key="k")
    assert (again.status_code, again.text) == (done.status_code, done.text)


def test_a_key_whose_work_failed_or_died_can_be_used_again(staffed: World) -> None:
    bulk = {"tickets": [TICKET]}
    pool, staffed.services.scoring = staffed.services.scoring, BrokenScoring()
    assert staffed("helpdesk", "POST", "/v1/tickets/bulk", bulk, Idempotency_Key="k").status_code == 500
    staffed.services.scoring = pool
    assert staffed("helpdesk", "POST", "/v1/tickets/bulk", bulk, Idempotency_Key="k").status_code == 200
    mine = staffed.services.wire.presence.run
    for run, so_long_s in ((mine, RESERVED_S), (mine ^ 1, 0.0)):  # who has reserved the key stands still over it, or has died
        with staffed.services.engine.begin() as connection:
            connection.execute(sa.update(answers).values(status=RESERVED, body=str(run)))
        if so_long_s:
            served = staffed("helpdesk", "POST", "/v1/tickets/bulk", bulk, Idempotency_Key="k")
            problem(served, 409, "/Idempotency-Key")
            assert served.headers["retry-after"] == "1"
        staffed.clock.instant_s += so_long_s
        assert staffed("helpdesk", "POST", "/v1/tickets/bulk", bulk, Idempotency_Key="k").status_code == 200
