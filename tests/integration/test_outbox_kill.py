"""kill -9 in the middle of deliveries: every event of what was acknowledged arrives, in order for each ticket, and a repeat has its id."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import httpx2

from support.receiver import Receiver
from support.server import LiveServer

ROUNDS, TICKETS = 2, 8
URGENT = {"allow_private_targets": "127.0.0.0/8", "webhook_retry_s": 0.05, "webhook_retry_max_s": 0.2, "webhook_timeout_s": 0.5}


def test_events_survive(tmp_path: Path) -> None:
    acknowledged: dict[str, str] = {}
    with LiveServer(tmp_path, **URGENT) as server:
        admin, helpdesk = server.key("admin"), server.key("helpdesk")
        for turn in range(ROUNDS):
            fatal = 3 + 6 * turn  # the service dies while it waits for the answer to this one

            def answer(_: object, fatal: int = fatal, seen: list[int] = []) -> int:  # noqa: B006
                seen.append(1)
                if len(seen) == fatal:
                    os.kill(server.pid, signal.SIGKILL)
                return 200 if len(seen) % 3 else 503

            with Receiver(answer) as receiver:
                made = server.call(admin, "POST", "/v1/subscriptions", {"url": receiver.url, "types": ["ticket.queued"]})
                with server.client(helpdesk) as client:
                    for number in range(TICKETS):
                        ticket = {"id": f"T{turn}-{number}", "account_id": "acme", "subject": "s", "created_at": "2026-03-02T11:00:00Z"}
                        try:
                            decision = client.post("/v1/tickets", json=ticket).json()["decision"]
                        except httpx2.TransportError:
                            break
                        acknowledged[ticket["id"]] = decision["id"]
                receiver.wait_for(fatal)
                server.kill()
                server.start()
                mine = {each for each in acknowledged if each.startswith(f"T{turn}-")}
                heard = receiver.wait_for(lambda heard, mine=mine: mine <= {each.event["data"]["ticket_id"] for each in heard})
                server.call(admin, "DELETE", f"/v1/subscriptions/{made['id']}")
            ids: dict[str, set[str]] = {}
            for each in heard:
                assert each.headers["webhook-id"] == each.event["id"]
                ids.setdefault(each.event["data"]["ticket_id"], set()).add(each.event["id"])
            assert all(len(found) == 1 for found in ids.values())
            for each in heard:
                data = each.event["data"]
                assert data["decision_id"] == acknowledged.get(data["ticket_id"], data["decision_id"])
    assert len(acknowledged) >= ROUNDS * 2
