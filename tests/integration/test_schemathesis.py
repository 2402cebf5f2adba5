"""Schemathesis against the running server: examples, coverage, fuzzing with right and wrong data, and links followed; all its checks.

A longer run: SCHEMATHESIS_EXAMPLES=200 python -m pytest tests/integration/test_schemathesis.py (1 by default: about a minute of CPU).
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from support.server import LiveServer

EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "1"))
AGENT = "zoe"
PATHS = {"agent_id": AGENT, "ticket_id": "A-1", "account_id": "acme", "decision_id": "d7-0"}

# What is not asked of a call, and why. Nothing else is left out.
NOT_CALLED = {
    "stream_recovery": "a stream has no end to wait for; tests of its own read it",
    "stream_simulation": "a stream has no end to wait for; tests of its own read it",
    "post_hook": "signed calls alone; tests of its own sign them",
}
# 422 is an answer to data that is right by its schema, too: no schema can say what time it is (nothing may lie in the future), that of
# some fields one must be given, that one setting bounds another, or what the words of a what-if mean.
ACCEPTED = ["2xx", "401", "403", "404", "409", "422", "429"]


def operations(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in schema["paths"].items():
        for method, call in methods.items():
            yield method, path, call


def role_for(server: LiveServer, keys: dict[str, str], method: str, path: str) -> str:
    """The first role that may make a call."""
    for name, value in PATHS.items():
        path = path.replace(f"{{{name}}}", value)
    for role, key in keys.items():
        with server.client(key) as client:
            if client.request(method.upper(), path, json={}).status_code not in (401, 403):
                return role
    raise AssertionError(f"nobody may {method} {path}")


def prepare(server: LiveServer, keys: dict[str, str]) -> None:
    """A small team with something to find."""
    server.call(keys["admin"], "PUT", f"/v1/agents/{AGENT}", {"name": "Zoe", "skills": {"export": 4}, "debrief_opt_in": True})
    server.call(keys["admin"], "PUT", "/v1/agents/ben", {"name": "Ben"})
    for each in (AGENT, "ben"):
        server.call(keys["helpdesk"], "POST", f"/v1/agents/{each}/status", {"status": "online"})
    ticket = {"id": "A-1", "account_id": "acme", "subject": "The export fails", "created_at": "2026-01-05T09:00:00Z", "escalated": True}
    server.call(keys["helpdesk"], "POST", "/v1/tickets", ticket)


def configuration(server: LiveServer, keys: dict[str, str], schema: dict[str, Any]) -> str:
    """Every call with a key that may make it."""
    lines = [
        "continue-on-failure = true",
        "request-timeout = 30.0",
        "warnings = false",  # hints about data and links, a tenth of its work; its checks are what counts
        "[generation]",
        f"max-examples = {EXAMPLES}",
        "deterministic = true",
        "no-shrink = true",
        'database = "none"',
        "[phases.stateful.generation]",
        f"max-examples = {10 * EXAMPLES}",
        "[checks.positive_data_acceptance]",
        f"expected-statuses = {json.dumps(ACCEPTED)}",
    ]
    for method, path, call in operations(schema):
        named = ["[[operations]]", f'include-operation-id = "{call["operationId"]}"']
        if call["operationId"] in NOT_CALLED:
            lines += [*named, "enabled = false"]
        elif "security" in call:
            role = role_for(server, keys, method, path)
            lines += named
            lines.append(f'headers = {{ Authorization = "Bearer {keys[role]}" }}')
            if role == "agent":
                lines.append(f'parameters = {{ agent_id = "{AGENT}" }}')
    return "\n".join(lines) + "\n"


def test_nothing_that_it_tries_finds_a_fault(tmp_path: Path) -> None:
    settings = {"jobs_per_key": 1, "job_processes": 1, "calls_per_s": 10**6, "calls_per_s_helpdesk": 10**6, "failures_per_min": 10**6}
    with LiveServer(tmp_path, **settings) as server:
        keys = {role: server.key(role) for role in ("admin", "manager", "helpdesk")} | {"agent": server.key("agent", AGENT)}
        prepare(server, keys)
        with server.client(keys["admin"]) as client:
            schema = client.get("/openapi.json").json()
        (tmp_path / "schemathesis.toml").write_text(configuration(server, keys, schema), encoding="utf-8")
        program = "from schemathesis.cli import schemathesis; schemathesis()"
        command = [
            sys.executable,
            "-c",
            program,
            "--config-file",
            "schemathesis.toml",
            "run",
            f"{server.url}/openapi.json",
            "--checks",
            "all",
            "--no-color",
        ]
        made = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=580)
        assert made.returncode == 0, made.stdout[-20_000:] + made.stderr[-2000:]
        tested = re.search(r"Tested: +(\d+)", made.stdout)
        assert tested is not None
        assert int(tested[1]) == len(list(operations(schema))) - len(NOT_CALLED)
