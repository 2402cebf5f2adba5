"""What the operator is told: metrics, logs and traces, and that none of them tells of a person."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client.parser import text_string_to_metric_families

from api.store.faults import log_failure
from api.telemetry import tracing
from api.telemetry.logs import set_up
from api.telemetry.tracing import Tracing
from support.receiver import Receiver
from support.server import LiveServer
from support.world import World
from support.world import world as make_world

PERSONAL = re.compile(r"\b(ana|ben|acme|t1|words|secret|angry)\b|rsp_", re.IGNORECASE)
CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def scraped(world: World) -> dict[tuple[str, ...], float]:
    """The value of each sample by its name and label values."""
    text = world("admin", "GET", "/metrics").text
    return {(each.name, *each.labels.values()): each.value for family in text_string_to_metric_families(text) for each in family.samples}


def test_what_happens_is_counted(world: World) -> None:
    world.agent("ana")
    world.ticket("T1", escalated=True)
    world.happened("T1", "resolved")
    world.ticket("T2", priority="high")
    world.clock.instant_s += 30
    assert world("helpdesk", "GET", "/v1/tickets/nobody-knows").status_code == 404
    found = scraped(world)
    assert found["respite_decisions_total", "agent"] == found["respite_decisions_total", "queue"] == 1
    assert found["respite_requests_total", "POST", "/v1/tickets", "201"] == 2
    assert found["respite_requests_total", "GET", "/v1/tickets/{ticket_id}", "404"] == 1
    assert found["respite_request_seconds_count", "/v1/tickets"] == 2
    assert found["respite_oldest_waiting_seconds", "high"] == pytest.approx(30, abs=0.1)
    assert (found["respite_waiting_tickets", "high"], found["respite_waiting_tickets", "normal"]) == (1, 0)
    batches = found["respite_batch_requests_count",]
    assert batches == found["respite_phase_seconds_count", "save"] == found["respite_phase_seconds_count", "wait"] >= 4
    assert found["respite_phase_seconds_count", "validate"] == batches
    assert (found["respite_streams_open",], found["respite_jobs", "queued"], found["respite_outbox_dead",]) == (0, 0, 0)


def test_breaks_are_counted_where_there_are_enough_people(world: World) -> None:
    def one_break(number: int) -> None:
        world.ticket(f"T{number}", escalated=True)
        holder = world.ok("helpdesk", "GET", f"/v1/tickets/T{number}")["agent_id"]
        world.happened(f"T{number}", "resolved")
        if number % 2:
            world.ok("manager", "POST", f"/v1/agents/{holder}/recovery/skip", {"reason": "a fire"})

    world.agent("ana")
    one_break(0)
    world.clock.instant_s += 3600
    world.happened("T0", "reopened")
    assert not [each for each in scraped(world) if each[0] == "respite_breaks_total"]
    for number in range(10):
        world.agent(f"more-{number}")
    for number in range(1, 5):
        one_break(number)
    world.clock.instant_s += 3600
    world.ticket("T9")
    found = scraped(world)
    assert [found["respite_breaks_total", each] for each in ("owed", "taken", "skipped")] == [4, 2, 2]


def test_a_rule_that_gives_way_is_counted_by_name(world: World) -> None:
    world.agent("ana", skills={"billing": 2})
    world.ok("manager", "PUT", "/v1/policy", {"max_wait_s": {"normal": 60}, "hard_streak_max": 1})
    world.ticket("T1", escalated=True)
    world.happened("T1", "resolved")
    world.ticket("T2", escalated=True)
    world.clock.instant_s += 1200
    world.ticket("T3", escalated=True)
    world.clock.instant_s += 1200
    world.ticket("T4", escalated=True)
    found = scraped(world)
    assert sum(value for name, value in found.items() if name[0] == "respite_relaxed_rules_total") >= 1


def test_metrics_are_for_an_admin(world: World) -> None:
    assert world.client.get("/metrics").status_code == 401
    assert {who: world(who, "GET", "/metrics").status_code for who in ("admin", "helpdesk", "manager", "ana")} == {
        "admin": 200,
        "helpdesk": 403,
        "manager": 403,
        "ana": 403,
    }


def test_metrics_are_for_this_machine_and_the_log_of_the_server_is_json(tmp_path: Path) -> None:
    with LiveServer(tmp_path, log_format="json") as server, server.client(server.key("helpdesk")) as client:
        assert client.get("/metrics").status_code == 403
        del client.headers["authorization"]
        assert "respite_requests_total" in client.get("/metrics").text
        assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 401
        server.stop()
        lines = [json.loads(each) for each in server.log.read_text().splitlines()]
    assert {each["logger"] for each in lines} >= {"uvicorn.error", "respite.request"}
    (refused, *_) = [each for each in lines if each.get("status") == 403]
    assert (refused["route"], refused["level"], refused["event"]) == ("/metrics", "info", "request")


def test_metrics_may_be_for_a_key_alone_or_for_more_networks(tmp_path: Path) -> None:
    """A proxy on the same machine that says nothing of itself looks like the machine."""
    for number, (given, status) in enumerate((("none", 401), ("10.0.0.0/8", 401), ("127.0.0.0/8", 200))):
        (tmp_path / str(number)).mkdir()
        with LiveServer(tmp_path / str(number), metrics_from=given) as server, server.client(server.key("admin")) as client:
            assert client.get("/metrics").status_code == 200
            del client.headers["authorization"]
            assert client.get("/metrics").status_code == status
            assert client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 401


def test_who_asks_for_a_web_socket_is_answered_without_and_their_address_is_in_no_log(tmp_path: Path) -> None:
    asked = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
    }
    with LiveServer(tmp_path) as server, server.client(server.key("helpdesk")) as client:
        assert client.get("/v1/tickets/acme?secret=1", headers=asked).json()["status"] == 422
        server.stop()
        written = server.log.read_text()
    assert "route=/v1/tickets/{ticket_id} status=422" in written
    assert "[warning" not in written
    assert not PERSONAL.search(written)


def test_nothing_names_a_person_a_ticket_or_an_account(world: World, log: Log) -> None:
    for agent_id in ("ana", "ben"):
        world.agent(agent_id)
    world.ticket("T1", account_id="acme", subject="secret words", body="I am angry, ana", escalated=True)
    world.happened("T1", "resolved")
    world("ana", "GET", "/v1/agents/ana/recovery")
    world("helpdesk", "POST", "/v1/tickets", {"subject": "secret words"})
    assert not PERSONAL.search(world("admin", "GET", "/metrics").text)
    assert len(log.lines()) > 8
    assert not PERSONAL.search(log.stream.getvalue())


def test_each_request_has_an_id_and_its_decision_in_the_log(world: World, log: Log) -> None:
    world.agent("ana")
    ticket = {"id": "T1", "account_id": "acme", "subject": "s", "created_at": world.at()}
    answer = world("helpdesk", "POST", "/v1/tickets", ticket, X_Request_ID="from-the-desk.1")
    assert answer.headers["x-request-id"] == "from-the-desk.1"
    decision_id = answer.json()["decision"]["id"]
    (turn,) = [each for each in log.lines() if each["event"] == "turn" and each["decisions"]]
    assert (turn["requests"], turn["decisions"], turn["team"]) == (["from-the-desk.1"], [decision_id], "default")
    (request,) = [each for each in log.lines() if each["event"] == "request" and each["route"] == "/v1/tickets"]
    assert (request["request_id"], request["decisions"], request["status"]) == ("from-the-desk.1", [decision_id], 201)
    assert request["duration_ms"] > 0
    for unfit in ("x" * 65, 'a"b', "a b", ""):
        made = world.client.get("/healthz", headers={"X-Request-ID": unfit}).headers["x-request-id"]
        assert re.fullmatch(r"[0-9a-f]{16}", made)


class Log:
    """The log of the test, as the lines come."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(each) for each in self.stream.getvalue().splitlines()]


@pytest.fixture
def log() -> Iterator[Log]:
    root, found = logging.getLogger(), Log()
    before = root.handlers, root.level
    set_up("json", "info", found.stream)
    yield found
    root.handlers, root.level = before


def test_text_and_level_are_settings(world: World, log: Log) -> None:
    logging.getLogger("uvicorn.error").setLevel("ERROR")  # as who starts uvicorn may have left it
    set_up("text", "info", log.stream)
    world.client.get("/healthz")
    assert re.search(r"\[info +\] request .*route=/healthz", log.stream.getvalue())
    log.stream.truncate(0)
    set_up("text", "warning", log.stream)
    world.client.get("/healthz")
    logging.getLogger("uvicorn.error").warning("careful")
    assert "careful" in log.stream.getvalue()
    assert "healthz" not in log.stream.getvalue()


def test_work_behind_requests_says_in_a_line_that_the_database_is_gone_and_all_of_anything_else(log: Log) -> None:
    for error in (sa.exc.OperationalError("SELECT 1", {}, Exception("closed")), ValueError("odd")):
        log_failure(logging.getLogger("api"), "planning failed", error)
    gone, odd = log.lines()
    assert (gone["event"], gone["level"], "exception" in gone) == ("planning failed: the database does not answer", "warning", False)
    assert (odd["event"], odd["level"]) == ("planning failed", "error")
    assert "ValueError: odd" in odd["exception"]


def test_an_error_of_the_database_tells_no_words(world: World, log: Log) -> None:
    words = {"word": "-".join(("much", "anger"))}
    try:
        with world.services.engine.begin() as connection:
            connection.execute(sa.text("INSERT INTO nowhere VALUES (:word)"), words)
    except sa.exc.SQLAlchemyError:
        logging.getLogger("api").exception("refused")
    (line,) = log.lines()
    assert "nowhere" in line["exception"]
    assert "much-anger" not in line["exception"]
    assert sum(value for name, value in scraped(world).items() if name[0] == "respite_database_errors_total") == 1


def test_a_request_is_one_trace_down_to_its_commit(world: World) -> None:
    spans = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    traced = world.services.tracing = world.client.app.state.tracing = Tracing(provider)  # type: ignore[attr-defined]
    watch = world.services.dispatcher.on_turn[0].__self__
    watch.tracing = traced
    world.agent("ana")
    spans.clear()
    ticket = {"id": "T1", "account_id": "acme", "subject": "s", "created_at": world.at()}
    answer = world("helpdesk", "POST", "/v1/tickets", ticket, traceparent=CALLER)
    found = {each.name: each for each in spans.get_finished_spans()}
    assert set(found) == {"POST /v1/tickets", "queue wait", "turn", "decide", "commit"}
    request = found["POST /v1/tickets"]
    assert {f"{each.context.trace_id:032x}" for each in found.values()} == {CALLER.split("-")[1]}
    assert f"{request.parent.span_id:016x}" == CALLER.split("-")[2]
    assert found["queue wait"].parent.span_id == found["turn"].parent.span_id == request.context.span_id
    assert found["commit"].parent.span_id == found["decide"].parent.span_id == found["turn"].context.span_id
    assert (
        request.attributes["respite.decision_ids"] == found["turn"].attributes["respite.decision_ids"] == (answer.json()["decision"]["id"],)
    )
    instants = [found["queue wait"].start_time, found["turn"].start_time, found["commit"].start_time, found["commit"].end_time]
    assert instants == sorted(instants)
    assert request.attributes["http.response.status_code"] == 201


def test_traces_go_where_the_environment_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert tracing.configured() is None
    with Receiver() as receiver:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url)
        with make_world(f"sqlite:///{tmp_path / 'traced.db'}") as world:
            world.agent("ana")
        taken = [each for each in receiver.heard if each.path == "/v1/traces"]
    assert b"PUT /v1/agents/{agent_id}" in b"".join(each.body for each in taken)
    assert b"ana" not in b"".join(each.body for each in taken)
