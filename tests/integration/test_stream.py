"""The recovery stream and the settings of the service, on the real service with a clock faster than life."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import httpx2
import pytest

from api.live import streams
from support.served import served
from support.server import LiveServer
from support.world import World
from support.world import world as make_world

TICKET = {"account_id": "acme", "subject": "s", "created_at": "2026-03-02T11:00:00Z"}


def messages(response: httpx2.Response) -> Iterator[dict[str, Any]]:
    """Server-sent events as they come: `{"event", "id", "data"}`."""
    message: dict[str, Any] = {}
    for line in response.iter_lines():
        if not line and message:
            yield message
            message = {}
        elif line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            message[name] = json.loads(value) if name == "data" else value


def but_clock(coming: Iterator[dict[str, Any]]) -> dict[str, Any]:
    """The next that is no sign of life, of which one can be the first that is heard."""
    return next(each for each in coming if each["event"] != "clock")


def test_a_break_begins_and_ends_on_the_stream(tmp_path: Path, database_url: str) -> None:
    with LiveServer(tmp_path, database_url, clock_rate=100, heartbeat_s=0.2) as server:  # a break of six seconds, in which a call is made
        admin, helpdesk = server.key("admin"), server.key("helpdesk")
        server.call(admin, "PUT", "/v1/agents/ana", {"name": "Ana"})
        server.call(helpdesk, "POST", "/v1/agents/ana/status", {"status": "online"})
        server.call(helpdesk, "POST", "/v1/tickets", TICKET | {"id": "T1", "escalated": True})
        with (
            server.client(server.key("agent", "ana")) as client,
            client.stream("GET", "/v1/agents/ana/recovery/stream") as response,
        ):
            assert response.headers["content-type"].startswith("text/event-stream")
            coming = messages(response)
            first = but_clock(coming)
            assert (first["event"], first["data"]["state"]) == ("recovery", "ready")
            server.call(helpdesk, "POST", "/v1/tickets/T1/events", {"type": "resolved"})
            waiting = server.call(helpdesk, "POST", "/v1/tickets", TICKET | {"id": "T2"})
            assert waiting["decision"]["lane"] == "queue"
            seen, beats = [first], 0
            while seen[-1]["data"]["state"] != "ready" or len(seen) == 1:
                message = next(coming)
                beats += message["event"] == "clock"
                if message["event"] == "recovery":
                    seen.append(message)
        states = [each["data"]["state"] for each in seen]
        assert states == ["ready", "break", "ready"]
        assert len({each["id"] for each in seen}) == 3
        assert beats >= 3
        ticket = server.call(helpdesk, "GET", "/v1/tickets/T2")
        assert ticket["agent_id"] == "ana"
        assert ticket["since_at"] >= seen[1]["data"]["until"]


def test_an_open_stream_ends_when_the_service_stops(tmp_path: Path) -> None:
    with LiveServer(tmp_path) as server:
        server.call(server.key("admin"), "PUT", "/v1/agents/ana", {"name": "Ana"})
        with (
            server.client(server.key("agent", "ana")) as client,
            client.stream("GET", "/v1/agents/ana/recovery/stream") as response,
        ):
            coming = messages(response)
            next(coming)
            server.stop()
            assert list(coming) == []


def test_the_batch_bound_and_the_body_bound_change_what_happens(tmp_path: Path) -> None:
    tickets = {"tickets": [TICKET | {"id": f"T{number}"} for number in range(4)]}
    for batch_max, revisions in ((500, 1), (2, 2)):
        with make_world(f"sqlite:///{tmp_path / str(batch_max)}.db", batch_max=batch_max, max_body_bytes=2048) as world:
            world.agent("ana")
            items = world.ok("helpdesk", "POST", "/v1/tickets/bulk", tickets)["items"]
            assert len({each["decision"]["revision"] for each in items}) == revisions
            large = world("helpdesk", "POST", "/v1/tickets", TICKET | {"id": "T9", "body": "x" * 3000})
            assert large.status_code == 413
            assert "2048 bytes" in large.json()["detail"]


def test_a_stream_ends_with_its_key(tmp_path: Path, database_url: str) -> None:
    with LiveServer(tmp_path, database_url) as server:
        server.call(server.key("admin"), "PUT", "/v1/agents/ana", {"name": "Ana"})
        with (
            server.client(server.key("agent", "ana")) as client,
            client.stream("GET", "/v1/agents/ana/recovery/stream") as response,
        ):
            coming = messages(response)
            next(coming)
            server.revoke("agent")
            assert list(coming) == []
        with server.client(server.key("helpdesk")) as client:
            assert client.get("/v1/agents/nobody/recovery/stream").status_code == 404


def test_a_stream_ends_when_its_key_runs_out_and_not_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "ENDED_EVERY_S", 0.1)
    with served(f"sqlite:///{tmp_path / 'respite.db'}", heartbeat_s=0.1) as world:
        world.agent("ana")
        ends_s = world.clock.instant_s + 120.0
        key = {"Authorization": f"Bearer {world.make_key('agent', 'ana', expires_s=ends_s)}"}
        with world.client.stream("GET", "/v1/agents/ana/recovery/stream", headers=key) as response:
            coming = messages(response)
            assert but_clock(coming)["event"] == "recovery"
            world.clock.instant_s = ends_s - 0.001
            assert [next(coming)["event"] for _ in range(4)] == ["clock"] * 4
            world.clock.instant_s = ends_s
            assert len(list(islice(coming, 100))) < 100  # it ends, and not with the test


@pytest.mark.parametrize("who", ["helpdesk", "nobody"])
def test_a_stream_of_nobody_is_a_problem(world: World, who: str) -> None:
    response = world(who, "GET", "/v1/agents/nobody/recovery/stream")
    assert (response.status_code, response.headers["content-type"]) == (404, "application/problem+json")


def test_a_body_that_is_too_large_is_answered_and_not_cut_off(tmp_path: Path) -> None:
    with LiveServer(tmp_path) as server:
        headers = {"Authorization": f"Bearer {server.key('helpdesk')}", "Content-Type": "application/json"}
        for body in (b"x" * 5_000_000, iter([b"x" * 65_536] * 80)):
            request = urllib.request.Request(f"{server.url}/v1/tickets", body, headers, method="POST")  # type: ignore[arg-type]
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(request, timeout=60)
            with refused.value as answer:
                assert (answer.code, json.load(answer)["status"]) == (413, 413)


def test_the_agent_alone_hears_of_a_change_of_status(tmp_path: Path) -> None:
    with served(f"sqlite:///{tmp_path / 'respite.db'}", heartbeat_s=0.2) as world:
        world.agent("ana")
        own, helpdesks = (world.stream(who, "/v1/agents/ana/recovery/stream") for who in ("ana", "helpdesk"))
        assert own.next_but_clock()[1]["status"] == "online"
        assert "status" not in helpdesks.next_but_clock()[1]
        world.ok("helpdesk", "POST", "/v1/agents/ana/status", {"status": "away"})
        name, told = own.next_but_clock()
        assert (name, told["status"], told["state"]) == ("recovery", "away", "ready")
        assert [helpdesks.heard()[0] for _ in range(3)] == ["clock"] * 3
        for each in (own, helpdesks):
            each.close()
