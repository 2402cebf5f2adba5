"""The HTTP benchmark runs, and its peer does the same work as the service, so that the ratio compares like with like."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from support.world import World

MAIL = "This is the third time that I write about it. You said it would be done, and nothing happened."


@pytest.fixture(autouse=True)
def _benchmarks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "benchmark"))


@pytest.mark.parametrize("in_line", [True, False])
def test_the_peer_decides_and_stores_what_the_service_would(world: World, in_line: bool) -> None:
    for agent_id in ("ana", "ben"):
        world.agent(agent_id)
    tickets = [
        {"id": f"T{number}", "account_id": "acme", "subject": "words", "body": MAIL, "created_at": world.at()} for number in range(3)
    ]
    with TestClient(import_module("plain_app").make(world.services.engine, world.keys["helpdesk"], in_line)) as peer:
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


@pytest.mark.parametrize("side", ["ours", "plain", "contending", "bare", "scoring"])
def test_the_benchmark_runs(side: str) -> None:
    with import_module("http_bench").started(side, scale=0.05) as started:
        found = started.measure(scale=0.1)
    assert set(found) == {"lone", "mails", "subjects"} | ({"bulk"} if side == "ours" else set())
    assert all(each.per_s > 0 < each.p50_ms <= each.p99_ms for each in found.values())


@pytest.mark.parametrize("scores", [True, False])
def test_the_bare_peer_stores_the_rows_that_the_service_stores(world: World, scores: bool) -> None:
    for agent_id in ("ana", "ben"):
        world.agent(agent_id)
    world.ticket("T0", body=MAIL)
    ticket = {"id": "T1", "account_id": "acme", "subject": "words", "body": MAIL, "created_at": world.at()}
    with TestClient(import_module("bare_app").make(world.services.engine, scores)) as peer:
        answer = peer.post("/v1/tickets", json=ticket, headers={"Authorization": f"Bearer {world.keys['helpdesk']}"})
    assert answer.status_code == 201
    with world.services.engine.connect() as connection:
        kinds = connection.exec_driver_sql("SELECT kind FROM events ORDER BY seq").scalars().all()
        sizes = connection.exec_driver_sql("SELECT ticket_id, length(body) FROM decisions ORDER BY ticket_id").all()
        stored = connection.exec_driver_sql("SELECT id, length(body) FROM tickets ORDER BY id").all()
        opened = connection.exec_driver_sql("SELECT body FROM events WHERE kind = 'ticket_opened' ORDER BY seq").scalars().all()
    assert kinds[-4:] == ["ticket_opened", "decided"] * 2
    ours_scored, peers_scored = (json.loads(each)["text_score"] for each in opened)
    assert peers_scored == (ours_scored if scores else None)
    assert ours_scored > 0
    for (_, ours), (_, peers) in (sizes, stored):
        assert 0.8 < peers / ours < 1.25
