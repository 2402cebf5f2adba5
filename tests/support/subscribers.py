"""Subscriptions of a `World` to what a `Receiver` on this machine hears."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from api.store.tables import outbox
from support.receiver import Receiver
from support.world import World

SOON = {"allow_private_targets": "127.0.0.0/8", "webhook_retry_s": 0.02, "webhook_retry_max_s": 0.05}


def subscribe(world: World, receiver: Receiver, *types: str, who: str = "admin") -> dict[str, Any]:
    made: dict[str, Any] = world.ok(who, "POST", "/v1/subscriptions", {"url": f"{receiver.url}/in?x=1", "types": list(types)})
    return made


def path_of(made: dict[str, Any], more: str = "") -> str:
    return f"/v1/subscriptions/{made['id']}{more}"


def outbox_rows(world: World) -> list[dict[str, Any]]:
    """What has not arrived yet, in its order."""
    with world.services.engine.connect() as connection:
        return [dict(row) for row in connection.execute(sa.select(outbox).order_by(outbox.c.seq)).mappings()]
