"""kill -9 while webhooks come in: every one that was acknowledged is worked off once, in order for each ticket, whatever is repeated."""

from __future__ import annotations

import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2

from api.hooks import webhooks
from api.json_text import to_json
from support.patience import until
from support.server import LiveServer

SENDERS, TICKETS, FATAL = 6, 25, (20, 70)  # each sender opens so many and solves each; the service dies when so many are acknowledged


def payloads(sender: int) -> list[tuple[str, str]]:
    """Webhooks with their ids: each ticket is opened, then resolved."""
    found: list[tuple[str, str]] = []
    for number in range(TICKETS):
        name = f"T{sender}-{number}"
        opened = {"id": name, "account_id": "acme", "subject": "s", "created_at": "2026-03-02T11:00:00Z"}
        found.append((f"{name}-opened", to_json({"type": "ticket.created", "data": opened})))
        found.append((f"{name}-resolved", to_json({"type": "ticket.event", "data": {"ticket_id": name, "type": "resolved"}})))
    return found


def test_what_was_acknowledged_is_worked_off(tmp_path: Path) -> None:
    acknowledged: set[str] = set()
    counting = threading.Lock()
    with LiveServer(tmp_path) as server:
        admin, helpdesk = server.key("admin"), server.key("helpdesk")
        secret = server.call(admin, "PUT", "/v1/connections/desk", {})["secret"]

        def send(sender: int, fatal: int | None) -> None:
            """What is not acknowledged yet, in order, until the service is gone."""
            with server.client(helpdesk) as client:
                for letter_id, body in payloads(sender):
                    if letter_id in acknowledged:
                        continue
                    headers = webhooks.signed(letter_id, body, [secret], time.time()) | {"Content-Type": "application/json"}
                    try:
                        status = client.post("/v1/hooks/desk", content=body, headers=headers).status_code
                    except httpx2.TransportError:
                        return
                    assert status == 202
                    with counting:
                        acknowledged.add(letter_id)
                        if len(acknowledged) == fatal:
                            os.kill(server.pid, signal.SIGKILL)

        for fatal in (*FATAL, None):
            with ThreadPoolExecutor(SENDERS) as pool:
                list(pool.map(send, range(SENDERS), [fatal] * SENDERS))
            if fatal is not None:
                assert fatal <= len(acknowledged) < SENDERS * TICKETS * 2
                server.kill()
                server.start()
        assert len(acknowledged) == SENDERS * TICKETS * 2

        def waiting() -> list[int]:
            return [each["waiting"] for each in server.call(admin, "GET", "/v1/connections")["items"]]

        until(lambda: waiting() == [0], "the end of all work")
        (left,) = server.call(admin, "GET", "/v1/connections")["items"]
        assert left["dead"] == 0  # an event that came before its ticket would be
        found = server.call(helpdesk, "GET", "/v1/tickets?limit=500")["items"]
        assert {each["id"]: each["state"] for each in found} == {
            f"T{sender}-{number}": "resolved" for sender in range(SENDERS) for number in range(TICKETS)
        }
