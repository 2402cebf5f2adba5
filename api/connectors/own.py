"""Respite's own format: `{"type": "ticket.created" | "ticket.event", "data": {…}}`, with the bodies that the API takes.

The data of an event names its ticket in `ticket_id`. A `timestamp` beside them is passed over, as Standard Webhooks has one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from api.connectors.calls import Call, NotUnderstood

CREATED, EVENT = "ticket.created", "ticket.event"
STORABLE = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]{1,200}")  # what more an id must be is checked with all else
FOREIGN = (
    f'the webhook is not in Respite\'s own format, {{"type": "{CREATED}" or "{EVENT}", "data": {{…}}}}, the only one there is: '
    "what a helpdesk sends in its own has to be put into this one first"
)
FIELDS = frozenset({"type", "timestamp", "data"})


def read(payload: dict[str, Any]) -> Sequence[Call]:
    """The one call of a payload; raises `NotUnderstood`."""
    unknown = payload.keys() - FIELDS
    if unknown:
        if "data" not in payload:
            raise NotUnderstood(FOREIGN)
        raise NotUnderstood(f"/{min(unknown)[:100]}: is not a known field")
    kind, data = payload.get("type"), payload.get("data")
    if kind not in (CREATED, EVENT):
        raise NotUnderstood(f"/type: must be {CREATED} or {EVENT}")
    if not isinstance(data, dict):
        raise NotUnderstood("/data: must be an object")
    name = "id" if kind == CREATED else "ticket_id"
    ticket_id = data.get(name)
    if not isinstance(ticket_id, str) or not STORABLE.fullmatch(ticket_id):
        raise NotUnderstood(f"/data/{name}: must be the id of a ticket")
    if kind == CREATED:
        return [Call("ticket", ticket_id, data)]
    return [Call("event", ticket_id, {field: value for field, value in data.items() if field != name})]
