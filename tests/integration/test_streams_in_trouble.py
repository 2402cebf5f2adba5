"""Streams over real sockets while the database goes and comes back, while clients vanish, and when a key opens too many."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from support.patience import until
from support.postgres import ThrowawayPostgres
from support.served import served

HEARTBEAT_S = 0.2


def test_a_stream_that_is_open_while_the_database_is_gone_tells_the_truth_when_it_is_back(postgres: ThrowawayPostgres) -> None:
    """Nobody asks anything, and no stream is opened anew: what came due meanwhile is told, and so is what happens after."""
    name = "streamed_from"
    with served(postgres.create_database(name), heartbeat_s=HEARTBEAT_S) as world:
        world.agent("ana")
        world.ticket("T1", escalated=True)
        mine, managers = (world.stream(who, "/v1/agents/ana/recovery/stream") for who in ("ana", "manager"))
        assert [each.next_but_clock()[1]["state"] for each in (mine, managers)] == ["ready"] * 2
        world.happened("T1", "resolved")
        assert [each.next_but_clock()[1]["state"] for each in (mine, managers)] == ["break"] * 2
        postgres.rename_database(name, "streamed_away")
        world.clock.instant_s += 3600
        until(lambda: world.client.get("/readyz").status_code == 503, "being gone")
        for each in (mine, managers):  # alive, and saying nothing that it can't know
            assert {each.heard()[0] for _ in range(4)} == {"clock"}
        postgres.rename_database("streamed_away", name)
        assert [each.next_but_clock()[1]["state"] for each in (mine, managers)] == ["ready"] * 2
        until(lambda: world.client.get("/readyz").status_code == 200, "being ready")
        world.ticket("T2", escalated=True)
        assert mine.next_but_clock()[1]["in_hand"] == ["T2"]
        world.happened("T2", "resolved")
        assert [each.next_but_clock()[1]["state"] for each in (mine, managers)] == ["break"] * 2
        assert world.open_streams() == 2
        for each in (mine, managers):
            each.close()
    postgres.drop_database(name)


def test_clients_that_are_reset_or_do_not_read_leave_no_ghost(tmp_path: Path) -> None:
    with served(f"sqlite:///{tmp_path / 'respite.db'}", heartbeat_s=HEARTBEAT_S) as world:
        world.agent("ana", concurrency={"email": 1000})
        path = "/v1/agents/ana/recovery/stream"
        streams = [world.stream("ana", path) for _ in range(4)]
        deaf = world.stream("ana", path, receive_bytes=4096)
        assert {each.next_but_clock()[0] for each in streams} == {"recovery"}
        until(lambda: world.open_streams() == 5, "five streams")
        for each in streams[1:]:
            each.reset()
        until(lambda: world.open_streams() == 2, "three streams that end")
        number = 0
        while world.open_streams() == 2:  # what the deaf one is told fills what the system keeps for it
            number += 1
            world.ticket(f"T{number}-{'x' * 100}")
        assert number < 500
        assert len(streams[0].next_but_clock()[1]["in_hand"]) >= 1
        assert world.open_streams() == 1
        streams[0].close()
        until(lambda: world.open_streams() == 0, "the last stream's end")
        deaf.close()


def test_clients_that_vanish_before_their_stream_opens_are_no_fault(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    said = logging.getLogger("api.problems")
    with served(f"sqlite:///{tmp_path / 'respite.db'}") as world, caplog.at_level("ERROR", said.name):
        said.addHandler(caplog.handler)
        world.agent("ana")
        for _ in range(20):
            world.stream("ana", "/v1/agents/ana/recovery/stream").reset()
        until(lambda: world.open_streams() == 0, "no stream")
        said.removeHandler(caplog.handler)
    assert not caplog.records


def test_streams_that_are_asked_for_at_once_are_no_more_than_a_key_may_have(tmp_path: Path) -> None:
    with served(f"sqlite:///{tmp_path / 'respite.db'}", streams_per_key=2) as world:
        world.agent("ana")
        asked = [world.stream("ana", "/v1/agents/ana/recovery/stream") for _ in range(60)]
        answered = [each.wire.recv(12) for each in asked]
        assert (answered.count(b"HTTP/1.1 200"), answered.count(b"HTTP/1.1 429")) == (2, 58)
        for each in asked:
            each.close()


def test_a_stream_too_many_is_a_problem_that_says_when_to_come_again(tmp_path: Path) -> None:
    with served(f"sqlite:///{tmp_path / 'respite.db'}", streams_per_key=2) as world:
        world.agent("ana")
        path = "/v1/agents/ana/recovery/stream"
        held = [world.stream("ana", path) for _ in range(2)]
        assert {each.heard()[0] for each in held} == {"recovery"}
        with world.client.stream("GET", path, headers={"Authorization": f"Bearer {world.key('ana')}"}) as refused:
            assert (refused.status_code, refused.headers["content-type"]) == (429, "application/problem+json")
            assert refused.headers["retry-after"] == "15"
            told = json.loads(refused.read())
        assert (told["status"], "2 streams open" in told["detail"]) == (429, True)
        other = world.stream("manager", path)  # each key has its own
        assert other.heard()[0] == "recovery"
        held[0].close()
        until(lambda: world.open_streams() == 2, "a stream's end")
        again = world.stream("ana", path)
        assert again.heard()[0] == "recovery"
        for each in (held[1], other, again):
            each.close()
