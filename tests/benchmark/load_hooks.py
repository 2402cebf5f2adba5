"""The helpdesk's end of the outbound events: takes webhooks, checks their signatures and their order, and hands them on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

Heard = Callable[[dict[str, Any]], None]


class Hooks:
    """A receiver for several teams, each at `/NAME` with a secret of its own; `wrong` gets a line for what should not come."""

    def __init__(self, wrong: list[str]) -> None:
        self.wrong = wrong
        self._teams: dict[str, tuple[Webhook, Heard]] = {}
        self._seen: set[str] = set()
        self._newest: dict[tuple[str, str], int] = {}
        self.repeats = 0

    async def open(self) -> int:
        """Listen; returns the port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    def close(self) -> None:
        self._server.close()

    def expect(self, team: str, secret: str, heard: Heard) -> None:
        """Events of `team` go to `heard`, once each."""
        self._teams[team] = (Webhook(secret), heard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
                body = await reader.readexactly(int(headers["content-length"]))
                self._take(head[0].split()[1].strip("/"), headers, body)
                writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):  # the other end is gone, or the day is over
            writer.close()

    def _take(self, team: str, headers: dict[str, str], body: bytes) -> None:
        check, heard = self._teams[team]
        try:
            check.verify(body, headers)
        except (WebhookVerificationError, ValueError) as error:
            self.wrong.append(f"webhook of {team}: {error!r}")
            return
        event = json.loads(body)
        if event["id"] in self._seen:
            self.repeats += 1
            return
        self._seen.add(event["id"])
        if "ticket_id" in event["data"]:
            place = (team, event["data"]["ticket_id"])
            if event["revision"] < self._newest.get(place, 0):
                self.wrong.append(f"webhook of {team}: {event['type']} of {place[1]} came after a later one")
            self._newest[place] = event["revision"]
        heard(event)
