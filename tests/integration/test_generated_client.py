"""A typed client generated from the published schema makes real calls against the app."""

from __future__ import annotations

import asyncio
import importlib
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from support.world import World

NAME = "respite_client"


@pytest.fixture
def client_package(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The package, generated without a warning and importable."""
    (tmp_path / "schema.json").write_text(world.client.get("/openapi.json").text, encoding="utf-8")
    (tmp_path / "config.json").write_text(json.dumps({"post_hooks": []}), encoding="utf-8")
    source = ["--path", "schema.json", "--config", "config.json", "--meta", "none", "--output-path", NAME]
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--fail-on-warning", *source]
    made = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    assert "arning" not in made.stdout + made.stderr
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in [each for each in sys.modules if each.partition(".")[0] == NAME]:
        monkeypatch.delitem(sys.modules, name)
    return NAME


def test_it_routes_a_ticket_and_reads_the_decision(world: World, client_package: str) -> None:
    def call(tag: str, name: str, who: str, *path: str, **given: Any) -> Any:
        """The answer to one call, parsed into its model."""
        module = importlib.import_module(f"{client_package}.api.{tag}.{name}")
        secured = importlib.import_module(client_package).AuthenticatedClient(base_url="http://respite", token=world.key(who))
        transport = httpx.ASGITransport(app=world.client.app)

        async def made() -> Any:
            async with httpx.AsyncClient(transport=transport, base_url="http://respite", headers=bearer(world, who)) as carrier:
                secured.set_async_httpx_client(carrier)
                return await module.asyncio(*path, client=secured, **given)

        return asyncio.run(made())

    models = importlib.import_module(f"{client_package}.models")
    skills = models.AgentInSkills.from_dict({"export": 4})
    agent = call("agents", "put_agent", "admin", "zoe", body=models.AgentIn(name="Zoe", skills=skills))
    assert (agent.id, agent.name, agent.skills["export"], agent.status) == ("zoe", "Zoe", 4, models.AgentOutStatus.OFFLINE)
    call("agents", "post_status", "helpdesk", "zoe", body=models.StatusIn(status=models.StatusInStatus.ONLINE))

    now = datetime.fromtimestamp(world.clock.instant_s, UTC)
    ticket = models.TicketIn(id="A-1", account_id="acme", subject="The export fails", created_at=now, skills=["export"], escalated=True)
    opened = call("tickets", "post_ticket", "helpdesk", body=ticket, idempotency_key="once")
    assert (opened.ticket.state, opened.decision.agent_id) == (models.TicketOutState.ASSIGNED, "zoe")
    assert opened.ticket.created_at == now

    decision = call("decisions", "get_decision", "helpdesk", opened.decision.id)
    assert decision == opened.decision
    assert decision.because[0].term == "load"
    refused = call("decisions", "get_decision", "helpdesk", "nothing")
    assert (type(refused), refused.status) == (models.Problem, 404)
    assert call("tickets", "list_tickets", "manager", limit=10).items == [opened.ticket]


def bearer(world: World, who: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {world.key(who)}"}
