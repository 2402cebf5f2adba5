"""The HTTP benchmark runs, and its peer does the same work as the service, so that the ratio compares like with like."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from support.world import World

MAIL = "This is the third time that I write about it. You said it would be done, and nothing happened."


@pytest.fixture(autouse=True)
def _benchmarks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "benchmark"))


def test_the_peer_decides_and_stores_what_the_service_would(world: World) -> None:
    for agent_id in ("ana", "ben"):
        world.agent(agent_id)
    tickets = [
        {"id": f"T{number}", "account_id": "acme", "subject": "words", "body": MAIL, "created_at": world.at()} for number in range(3)
    ]
    with TestClient(import_module("plain_app").make(world.services.engine, world.keys["helpdesk"])) as peer:
        answers = [peer.post("/v1/tickets", json=each) for each in tickets[:2]]
    assert [each.status_code for each in answers] == [201, 201]
    assert {each.json()["decision"]["agent_id"] for each in answers} == {"ana", "ben"}
    kept = world.ok("helpdesk", "GET", "/v1/decisions")["items"]
    assert [each["ticket_id"] for each in kept] == ["T0", "T1"]
    assert world.ticket("T2", body=MAIL)["decision"]["revision"] == kept[-1]["revision"] + 2
    with world.services.dispatcher.reading("default") as (state, _):
        scores = {state.tickets[each].text_score for each in ("T0", "T1", "T2")}
    assert len(scores) == 1
    assert min(scores) > 0


@pytest.mark.parametrize("kind", ["ours", "plain", "bulk"])
def test_the_benchmark_runs(kind: str) -> None:
    found = import_module("http_bench").measure(kind, requests=60)
    assert found["per_s"] > 0
    assert found["p99_ms"] > 0
