"""What a webhook asks for, as a call of this API, and the refusal of one that is not understood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal


class NotUnderstood(ValueError):
    """A payload that no call can be made of; the message says why, without what is in it."""


@dataclass(frozen=True, slots=True)
class Call:
    """`POST /v1/tickets` or `POST /v1/tickets/{ticket_id}/events` with that body. Nothing is checked yet."""

    kind: Literal["ticket", "event"]
    ticket_id: str
    body: dict[str, Any]
